"""Other tools' stores: their files hold anything, and each is read as far as it goes."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from runfolio.errors import SourceNotRecognised, SourceUnreadable
from runfolio.exports.tensorboard.events import frame_all
from runfolio.sources.opening import SourceOptions, open_foreign, read_foreign
from tests.fuzz.target import Target, fresh_folder, join_pieces, split_pieces, write_files
from tests.sources.test_mlflow_sqlite import make_database
from tests.sources.test_tensorboard import scalars, session
from tests.sources.test_tensorboard_values import event
from tests.sources.test_tensorboard_values import field as tensor_field
from tests.sources.test_wandb import END, begin, field, row
from tests.sources.test_wandb_records import write_log

EVENTS: Final = "events.out.tfevents.1700000000.box.17.0"
WANDB: Final = "wandb/run-20260101_120000-r1"


def _read(folder: Path, kind: str) -> None:
    """Read what lies in a folder as far as a report of it would."""
    with suppress(SourceUnreadable, SourceNotRecognised):
        foreign = open_foreign(folder, SourceOptions(kind))
        with read_foreign(foreign) as tables:
            assert tables.runs.num_rows or tables.damage or not tables.metrics.num_rows
            for row_ in tables.artifacts.select(["run_id", "path"]).to_pylist():
                place, file = tables.file_of(row_["run_id"], row_["path"])
                assert file.resolve().is_relative_to(place.resolve()), row_["path"]


def _check_events(data: bytes) -> None:
    _read(write_files(fresh_folder("events"), {EVENTS: data}), "tensorboard")


def _check_event_records(data: bytes) -> None:
    """Events with the right checksums."""
    _check_events(frame_all(split_pieces(data)))


def _events() -> list[list[bytes]]:
    tensor = bytes([8, 1]) + tensor_field(4, struct.pack("<2f", 1.0, 2.0))
    return [
        [b"\x09" + struct.pack("<d", 1.7e9) + b"\x1a\x0dbrain.Event:2", *scalars("loss", [1, 0.5])],
        session({"lr": 0.1, "net": "cnn", "flag": True}),
        [event("t", tensor_field(8, tensor), "scalars"), event("p", b"\x15\0\0\x80\x3f")],
        [
            event(name, tensor_field(8, tensor), name)
            for name in ("images", "histograms", "text", "hparams", "pr_curves", "odd")
        ],
    ]


def _check_wandb(data: bytes) -> None:
    name = f"{WANDB}/run-r1.wandb"
    _read(write_files(fresh_folder("wandb"), {name: data}), "wandb")


def _check_wandb_records(data: bytes) -> None:
    """Records with the right checksums."""
    _check_wandb(write_log(split_pieces(data)))


def _wandb_records() -> list[bytes]:
    media = {"_type": "image-file", "path": "media/images/a.png", "sha256": "0" * 64, "size": 1}
    table = {"_type": "table-file", "path": "../../x.json", "ncols": 1, "nrows": 1}
    bins = {"_type": "histogram", "bins": [0, 1, 2], "values": [1, 2]}
    return [
        begin(lr=0.1, net={"depth": 3}, _wandb={"value": {"python": "3.11"}}),
        row(0, loss=1.0, _runtime=2.5, _timestamp=1.7e9),
        row(1, loss=float("nan"), picture=media, table=table, bins=bins),
        field(1, 7) + field(3, b"".join([field(1, field(1, "loss") + field(16, "2"))])),
        field(5, field(1, "system") + field(2, field(1, "cpu") + field(16, "1"))),
        END,
    ]


def _seeds_of_wandb() -> Sequence[bytes]:
    return [write_log(_wandb_records()), write_log([begin(), row(0, loss=1.0), END])]


def _in_files(kind: str, *names: str) -> Callable[[bytes], None]:
    """A check of inputs whose pieces are the files of a store, by their order."""

    def check(data: bytes) -> None:
        files = dict(zip(names, split_pieces(data), strict=False))
        _read(write_files(fresh_folder(kind), files), kind)

    return check


def _documents(kind: str, stores: Sequence[Mapping[str, str]]) -> Target:
    """A target for a store of text files; all stores have the same names."""
    names = tuple(stores[0])
    seeds = [join_pieces(text.encode() for text in store.values()) for store in stores]
    return Target(kind, _in_files(kind, *names), partial(list, seeds), _WORDS, 100)


_STATE: Final = json.dumps(
    {"global_step": 2, "log_history": [{"step": 1, "loss": 0.5}, {"step": 2, "eval_loss": 0.25}]}
)
_SACRED: Final = {
    "1/run.json": json.dumps(
        {
            "experiment": {"name": "e", "sources": [["a.py", "_sources/a.py"]]},
            "status": "COMPLETED",
            "start_time": "2026-01-01T00:00:00",
            "stop_time": "2026-01-01T00:00:10",
            "artifacts": ["a.txt"],
            "host": {"hostname": "h", "os": ["Linux", "x"]},
            "result": 1.0,
        }
    ),
    "1/config.json": '{"lr": 0.1, "seed": 1, "net": {"py/tuple": [1, 2]}}',
    "1/metrics.json": json.dumps(
        {"loss": {"steps": [0, 1], "timestamps": ["2026-01-01T00:00:00"] * 2, "values": [1, 0.5]}}
    ),
    "1/cout.txt": "words\n",
    "1/info.json": '{"a": 1}',
}
_MLFLOW: Final = {
    "0/meta.yaml": "artifact_location: file:///x\nexperiment_id: '0'\nlifecycle_stage: active\n"
    "name: Default\n",
    "0/0123456789abcdef0123456789abcdef/meta.yaml": "artifact_uri: ./artifacts\nend_time: 2\n"
    "experiment_id: '0'\nlifecycle_stage: active\nrun_id: 0123456789abcdef0123456789abcdef\n"
    "run_name: a\nrun_uuid: 0123456789abcdef0123456789abcdef\nstart_time: 1\nstatus: 3\n"
    "user_id: u\n",
    "0/0123456789abcdef0123456789abcdef/metrics/loss": "1700000000000 1.5 0\n1700000000001 nan 1\n",
    "0/0123456789abcdef0123456789abcdef/params/lr": "0.1",
    "0/0123456789abcdef0123456789abcdef/tags/mlflow.note.content": "a *note*",
    "0/0123456789abcdef0123456789abcdef/tags/mlflow.log-model.history": '[{"run_id": "x"}]',
    "0/0123456789abcdef0123456789abcdef/inputs/x/meta.yaml": "source_type: DATASET\nsource_id: x\n",
    "0/datasets/x/meta.yaml": "name: d\ndigest: '1'\nsource_type: local\nsource: '{}'\n",
    "models/m/meta.yaml": "name: m\ncreation_timestamp: 1\nlast_updated_timestamp: 2\n",
    "models/m/version-1/meta.yaml": "name: m\nversion: 1\nrun_id: x\nsource: runs:/x/model\n",
}
_UNIFORM: Final = json.dumps(
    {
        "name": "FloatDistribution",
        "attributes": {"step": None, "low": 0.0, "high": 1.0, "log": False},
    }
)
_OPTUNA: Final = "\n".join(
    json.dumps(one)
    for one in (
        {"op_code": 0, "worker_id": "w", "study_name": "s", "directions": [1]},
        {"op_code": 4, "worker_id": "w", "study_id": 0, "datetime_start": "2026-01-01T00:00:00"},
        {
            "op_code": 5,
            "worker_id": "w",
            "trial_id": 0,
            "param_name": "x",
            "param_value_internal": 0.5,
            "distribution": _UNIFORM,
        },
        {"op_code": 7, "worker_id": "w", "trial_id": 0, "step": 1, "intermediate_value": 0.5},
        {"op_code": 8, "worker_id": "w", "trial_id": 0, "user_attr": {"a": 1}},
        {
            "op_code": 6,
            "worker_id": "w",
            "trial_id": 0,
            "state": 1,
            "values": [0.5],
            "datetime_complete": "2026-01-01T00:00:01",
        },
    )
)
_KERAS: Final = "epoch,accuracy,loss\n0,0.5,1.25\n1,0.75,NA\n"

_WORDS: Final = (
    *(b"!!python/object/apply:os.system", b"&a [*a]", b"*a", b"\n- ", b": ", b"? ", b"| ", b"> "),
    *(b'{"py/object": "os.system"}', b"1700000000000", b"-9223372036854775809", b"0001-01-01"),
    *(b"9999-12-31T23:59:59", b"2026-13-45", b"1_000", b"0x10", b"1e400", b"nan", b"inf", b"~"),
    *(b"<<: ", b"---\n", b"...\n", b'"\\ud800"', b"../../x", b"file:///etc/passwd", b",", b'""'),
)

_FORMATS: Final = tuple(
    _documents(kind, stores)
    for kind, stores in (
        ("mlflow", [_MLFLOW]),
        ("sacred", [_SACRED]),
        ("trainer", [{"trainer_state.json": _STATE, "config.json": '{"model_type": "bert"}'}]),
        (
            "ultralytics",
            [
                {
                    "results.csv": " epoch, train/box_loss, metrics/mAP50(B)\n 0, 1.5, 0.25\n",
                    "args.yaml": "task: detect\nlr0: 0.01\n",
                }
            ],
        ),
        (
            "dvclive",
            [
                {
                    "dvclive/metrics.json": '{"train": {"loss": 0.25}, "step": 1}',
                    "dvclive/params.yaml": "lr: 0.01\n",
                    "dvclive/plots/metrics/train/loss.tsv": "step\tloss\n0\t0.5\n1\t0.25\n",
                }
            ],
        ),
        (
            "lightning",
            [
                {
                    "lightning_logs/version_0/metrics.csv": "epoch,loss,step\n0,0.5,1\n,0.25,2\n",
                    "lightning_logs/version_0/hparams.yaml": "lr: 0.1\nnet:\n  depth: 3\n",
                }
            ],
        ),
        ("keras", [{"log.csv": _KERAS}]),
        ("optuna", [{"journal.log": _OPTUNA + "\n"}]),
    )
)


def _check_tables(data: bytes) -> None:
    """Pieces: a CSV file, a TSV file and a file of JSON lines."""
    files = zip(("sweep.csv", "log.tsv", "log.jsonl"), split_pieces(data), strict=False)
    for name, content in files:
        _read(write_files(fresh_folder("tables"), {name: content}), "table")


def _seeds_of_tables() -> Iterator[bytes]:
    yield join_pieces(
        [
            b"name,lr,loss\na,0.1,0.5\nb,0.2,0.25\n",
            b'step\tloss\n0\t0.5\n1\t"0.2"\n',
            b'{"step": 1, "loss": 0.5}\n{"step": 2, "loss": {"a": 0.25}}\n',
        ]
    )
    yield join_pieces([b"run,step,loss\na,0,1\nb,0,2\na,1,\xff\n", b"", b'{"a": [1]}\nnull\n'])


def _check_database(data: bytes) -> None:
    _read(write_files(fresh_folder("database"), {"mlflow.db": data}), "mlflow")


def _databases() -> Sequence[bytes]:
    return [make_database(fresh_folder("made") / "mlflow.db").read_bytes()]


TARGETS: Final = (
    Target("events", _check_events, lambda: [frame_all(one) for one in _events()], examples=80),
    Target("event-records", _check_event_records, lambda: [join_pieces(one) for one in _events()]),
    Target("wandb", _check_wandb, _seeds_of_wandb, examples=80),
    Target(
        "wandb-records", _check_wandb_records, lambda: [join_pieces(_wandb_records())], _WORDS, 150
    ),
    *_FORMATS,
    Target("database", _check_database, _databases, (b"NULL", b"CREATE VIEW x AS", b"loss"), 60),
    Target("tables", _check_tables, lambda: [*_seeds_of_tables()], _WORDS, 100),
)
