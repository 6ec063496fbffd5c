"""Reading W&B's run folders: what W&B itself writes, older folders, damaged files."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.errors import WandbUnreadable
from runfolio.schema import FileRecord
from runfolio.sources import import_runs, read_foreign
from runfolio.sources.opening import open_foreign
from runfolio.sources.place import open_place
from runfolio.sources.records import ForeignRun
from runfolio.sources.wandb.content import Content
from runfolio.sources.wandb.runs import SOURCE
from runfolio.sources.wandb.values import Values
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.reads import points_of, read_all
from tests.sources.test_wandb_records import write_log

FULL = """
import numpy as np
import wandb

run = wandb.init(project="demo", name="first", id="full", group="g", job_type="train",
                 tags=["a", "b"], notes="note *md*",
                 config={"lr": 0.1, "model": {"depth": 3, "name": "x"}, "layers": [1, 2]})
run.define_metric("epoch")
run.define_metric("val/*", step_metric="epoch")
run.define_metric("loss", summary="min")
for i in range(5):
    run.log({"loss": 1 / (i + 1), "train": {"acc": i * 0.25, "deep": {"x": i}}, "ok": i > 2,
             "nan": float("nan"), "inf": float("-inf"), "said": f"t{i}", "none": None})
run.log({"val/acc": 0.5, "epoch": 1})
grey = np.full((4, 4), 60, dtype=np.uint8)
run.log({
    "img": wandb.Image(np.zeros((4, 4, 3), dtype=np.uint8), caption="black"),
    "imgs": [wandb.Image(grey + 60 * k, caption=f"c{k}") for k in range(2)],
    "hist": wandb.Histogram(np_histogram=([1, 2], [0.0, 1.0, 2.0])),
    "many": np.random.default_rng(0).normal(size=1000),
    "table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, None]]),
    "page": wandb.Html("<b>x</b>"),
}, step=10)
run.log({"img": wandb.Image(np.zeros((4, 4, 3), dtype=np.uint8), caption="again")}, step=11)
run.config.update({"late": True, "model": {"depth": 4}}, allow_val_change=True)
run.summary["best"] = 0.9
run.summary["verdict"] = "good"
run.alert("Look", "at this")
print("hello from the run")
run.finish()
"""

ENDINGS = """
import os, sys, time
import wandb

how = sys.argv[1]
run = wandb.init(project="demo", id=how, resume="allow")
for i in range(3000 if how == "killed" else 3):
    run.log({"loss": 1 / (i + 1)})
if how == "killed":
    time.sleep(2)
    os._exit(9)
run.finish(exit_code=1 if how == "failed" else 0)
"""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that W&B wrote offline, of all that can be logged."""
    folder = tmp_path_factory.mktemp("wandb")
    run_apart("peers", FULL, cwd=folder)
    return folder / "wandb"


@pytest.fixture(scope="module")
def endings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs that failed, were resumed and were killed."""
    folder = tmp_path_factory.mktemp("endings")
    for how in ("failed", "resumed", "resumed"):
        run_apart("peers", ENDINGS, how, cwd=folder)
    with pytest.raises(AssertionError):
        run_apart("peers", ENDINGS, "killed", cwd=folder)
    return folder / "wandb"


def the_run(path: Path) -> ForeignRun:
    [run] = read_all(SOURCE, path).runs
    return run


def files_of(run: ForeignRun) -> dict[str, FileRecord]:
    return {file.path: file for file in run.files}


def content_of(file: FileRecord) -> bytes:
    return file.source.read_bytes() if isinstance(file.source, Path) else file.source


def test_a_run_says_what_it_is(real: Path) -> None:
    run = the_run(real)
    assert (run.identity, run.experiment, run.name) == ("demo/full", "demo", "first")
    assert (run.status, run.note) == ("FINISHED", "note *md*")
    assert run.start_time is not None
    assert run.end_time is not None
    assert 0 < run.end_time - run.start_time < 600e6
    told = {"tags": "a, b", "group": "g", "job_type": "train", "said": "t4", "verdict": "good"}
    assert run.tags == told
    assert run.context["environment"]["python"].startswith("3.")
    assert run.context["host"]
    assert run.context["step_metrics"] == {"val/*": "epoch"}


def test_the_config_is_the_last_one_with_dotted_keys_and_types(real: Path) -> None:
    assert the_run(real).params == {
        "lr": 0.1,
        "model.depth": 4,
        "layers": [1, 2],
        "late": True,
    }


def test_numbers_and_bools_are_points_with_steps_and_times(real: Path) -> None:
    run = the_run(real)
    assert points_of(run, "loss") == [(i, 1 / (i + 1)) for i in range(5)]
    assert points_of(run, "train.acc") == [(i, i * 0.25) for i in range(5)]
    assert points_of(run, "train.deep.x") == [(i, i) for i in range(5)]
    assert points_of(run, "ok") == [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1)]
    assert all(math.isnan(value) for _, value in points_of(run, "nan"))
    assert points_of(run, "inf")[0] == (0, -math.inf)
    assert points_of(run, "val/acc") == [(5, 0.5)]
    assert points_of(run, "epoch") == [(5, 1)]
    [loss] = [one for one in run.metrics if one.key == "loss"]
    assert run.start_time is not None
    assert all(run.start_time <= time <= run.start_time + 600e6 for time in loss.times)
    assert sorted(loss.times) == list(loss.times)


def test_the_summary_adds_only_what_the_history_lacks(real: Path) -> None:
    run = the_run(real)
    keys = {one.key for one in run.metrics if not one.key.startswith("system/")}
    assert points_of(run, "best") == [(11, 0.9)]
    assert keys == {
        *("loss", "train.acc", "train.deep.x", "ok", "nan", "inf", "val/acc", "epoch", "best")
    }


def test_the_machine_is_measured_as_system_metrics(real: Path) -> None:
    keys = {one.key for one in the_run(real).metrics}
    assert "system/proc.memory.rssMB" in keys


def test_pictures_are_series_with_their_captions(real: Path) -> None:
    files = files_of(the_run(real))
    pictures = [file for file in files.values() if file.kind == "image"]
    assert sorted((str(file.key), file.step) for file in pictures) == [
        ("img", 10),
        ("img", 11),
        ("imgs/0", 10),
        ("imgs/1", 10),
    ]
    assert all(content_of(file).startswith(b"\x89PNG") for file in pictures)
    captions = json.loads(content_of(files["media/captions.json"]))
    assert captions["img"] == {"10": ["black"], "11": ["again"]}
    assert captions["imgs"] == {"10": ["c0", "c1"]}


def test_histograms_are_those_of_log_histogram(real: Path) -> None:
    files = files_of(the_run(real))
    few = json.loads(content_of(files["histograms/hist/10.json"]))
    assert (few["counts"], few["edges"], few["count"]) == ([1, 2], [0, 1, 2], 3)
    many = json.loads(content_of(files["histograms/many/10.json"]))
    assert many["count"] == 1000
    assert len(many["edges"]) == len(many["counts"]) + 1
    assert files["histograms/many/10.json"].kind == "histogram"
    assert files["histograms/many/10.json"].key == "many"


def test_tables_pages_output_and_alerts_are_files(real: Path) -> None:
    files = files_of(the_run(real))
    [table] = [file for path, file in files.items() if path.endswith(".table.json")]
    assert json.loads(content_of(table))["data"] == [[1, "x"], [2, None]]
    assert any(path.startswith("media/html/") for path in files)
    assert content_of(files["output.log"]) == b"hello from the run\n"
    assert content_of(files["alerts.txt"]) == b"INFO: Look: at this\n"
    assert "requirements.txt" in files


def test_the_console_is_in_the_records_where_its_file_is_missing(
    real: Path, tmp_path: Path
) -> None:
    shutil.copytree(real, tmp_path / "wandb", symlinks=True)
    for log in (tmp_path / "wandb").glob("*/files/output.log"):
        log.unlink()
    files = files_of(the_run(tmp_path / "wandb"))
    assert content_of(files["output.log"]) == b"hello from the run\n"


@pytest.mark.parametrize("pattern", ["", "*-full", "*-full/run-full.wandb"])
def test_a_run_is_the_same_by_its_project_folder_or_file(real: Path, pattern: str) -> None:
    [path] = real.glob(pattern) if pattern else [real]
    assert SOURCE.finds(open_place(path))
    run, whole = the_run(path), the_run(real)
    assert run.identity == whole.identity
    assert set(files_of(run)) == set(files_of(whole))


def test_endings_give_the_status(endings: Path) -> None:
    found = read_all(SOURCE, endings)
    assert {run.name: run.status for run in found.runs} == {
        "failed": "FAILED",
        "killed": "KILLED",
        "resumed": "FINISHED",
    }


def test_a_killed_run_keeps_what_reached_its_file(endings: Path) -> None:
    points = points_of(read_all(SOURCE, endings).run("killed"), "loss")
    assert len(points) > 100
    assert points == [(i, 1 / (i + 1)) for i in range(len(points))]


def test_a_resumed_run_is_one_run_with_the_points_of_both(endings: Path) -> None:
    run = read_all(SOURCE, endings).run("resumed")
    values = [float(v) for one in run.metrics if one.key == "loss" for v in one.values]
    assert values == [1, 1 / 2, 1 / 3] * 2


def test_any_cut_of_a_real_file_keeps_the_rows_before_it(real: Path, tmp_path: Path) -> None:
    [log] = real.glob("*-full/*.wandb")
    content = log.read_bytes()
    whole = points_of(the_run(log), "loss")
    counts = []
    for cut in range(7, len(content), 97):
        (tmp_path / "run-full.wandb").write_bytes(content[:cut])
        found = read_all(SOURCE, tmp_path / "run-full.wandb")
        points = [
            (int(step), float(value))
            for run in found.runs
            for one in run.metrics
            if one.key == "loss"
            for step, value in zip(one.steps, one.values, strict=True)
        ]
        assert points == whole[: len(points)]
        assert all(run.identity == "demo/full" for run in found.runs)
        counts.append(len(points))
    assert counts == sorted(counts)
    assert set(counts) == set(range(len(whole) + 1))


def test_flipped_bits_of_a_real_file_are_told(real: Path, tmp_path: Path) -> None:
    [log] = real.glob("*-full/*.wandb")
    content = log.read_bytes()
    for place in range(7, len(content) - 7, 499):
        damaged = bytearray(content)
        damaged[place] ^= 1
        (tmp_path / "run-full.wandb").write_bytes(damaged)
        found = read_all(SOURCE, tmp_path / "run-full.wandb")
        reasons = [one.reason for one in found.skipped]
        assert any("record" in reason for reason in reasons), (place, reasons)


def test_a_copy_of_a_folder_adds_nothing(real: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(real, tmp_path / name, symlinks=True)
    assert points_of(the_run(tmp_path), "loss") == points_of(the_run(real), "loss")


def test_a_run_is_imported_once(real: Path, store: Path) -> None:
    first, again = import_runs(real, store=store), import_runs(real, store=store)
    assert (first.kind, first.added, first.skipped) == ("wandb", 1, ())
    assert (again.added, again.unchanged) == (0, 1)


def test_the_sample_of_2021_is_read() -> None:
    path = sample("wandb", "wandb")
    found = read_all(SOURCE, path)
    [run] = found.runs
    assert (run.experiment, run.name, run.status) == ("code-toad", "g9dvvkua", "FINISHED")
    assert run.context["git_commit"] == "86db7dc9144c87a4b41cad77a0dae2e55288b587"
    assert run.context["user"] == "vanpelt"
    assert points_of(run, "system/cpu") == [(0, 24.3)]
    assert {"code/changes.diff", "requirements.txt"} <= set(files_of(run))
    assert [one.reason for one in found.skipped] == [
        "it names a file that its folder lacks: 'code/standalone_tests/code-toad.py' and 1 more"
    ]
    with read_foreign(open_foreign(path)) as tables:
        assert tables.runs["name"].to_pylist() == ["g9dvvkua"]


# A small writer of records, for what W&B no longer writes or never should.


def field(number: int, value: bytes | str | int) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def begin(**config: Any) -> bytes:
    """The record of a run `r1` in the project `p`, started at second 1,000,000."""
    items = [field(1, field(1, key) + field(16, json.dumps(one))) for key, one in config.items()]
    told = field(1, "r1") + field(3, "p") + field(4, b"".join(items))
    return field(17, told + field(17, field(1, 1_000_000)))


def row(step: int, **values: Any) -> bytes:
    """A record of the history, with keys as older versions wrote them."""
    items = [field(1, field(1, key) + field(16, json.dumps(one))) for key, one in values.items()]
    return field(2, b"".join(items) + field(2, field(1, step)))


END = field(18, field(1, 0))


def write_run(folder: Path, records: list[bytes], **files: str) -> Path:
    at = folder / "wandb" / "run-20260101_120000-r1"
    (at / "files").mkdir(parents=True)
    (at / "run-r1.wandb").write_bytes(write_log(records))
    for name, text in files.items():
        (at / "files" / name.replace("__", ".").replace("_", "-")).write_text(text)
    return folder / "wandb"


def test_steps_and_times_are_made_up_where_they_are_not_told(tmp_path: Path) -> None:
    records = [begin(), row(3, loss=1.0, _runtime=2.5), row(4, loss=2), END]
    run = the_run(write_run(tmp_path, records))
    [loss] = run.metrics
    assert list(loss.steps) == [3, 4]
    assert list(loss.times) == [1_000_002_500_000, 1_000_002_500_000]


def test_values_with_types_of_their_own_are_read(tmp_path: Path) -> None:
    import struct

    number = varint(6 << 3 | 1) + struct.pack("<d", 0.5)
    items = [
        field(2, "a") + field(2, "b") + field(5, 5),  # zigzag: -3
        field(1, "yes") + field(4, 1),
        field(1, "half") + number,
        field(1, "word") + field(7, "hello"),
        field(1, "deep") + field(8, '{"x": 1}'),
        field(1, "none") + field(3, 0),
    ]
    record = field(2, b"".join(field(1, item) for item in items))
    run = the_run(write_run(tmp_path, [begin(), record, END]))
    assert {one.key: list(one.values) for one in run.metrics} == {
        "a.b": [-3],
        "yes": [1],
        "half": [0.5],
        "deep.x": [1],
    }
    assert run.tags == {"word": "hello"}


def test_the_config_of_older_runs_is_unwrapped_and_loses_what_is_not_the_users(
    tmp_path: Path,
) -> None:
    text = "wandb_version: 1\n_wandb:\n  value: {cli: 1}\nlr:\n  desc: null\n  value: 0.5\n"
    run = the_run(write_run(tmp_path, [begin(a={"b": [1]}, _wandb={}), END], config__yaml=text))
    assert run.params == {"lr": 0.5, "a.b": [1]}


def test_files_that_would_be_executed_or_lie_outside_stay_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_text("secret")
    names = ["../../../secret.png", "/etc/hostname", str(tmp_path / "secret.png"), "a\0b", "link"]
    pictures = [{"_type": "image-file", "path": name} for name in names]
    where = write_run(tmp_path, [begin(), row(0, imgs=pictures, loss=1), END])
    [inner] = where.glob("*/files")
    (inner / "link").symlink_to(tmp_path / "secret.png")
    found = read_all(SOURCE, where)
    assert list(found.runs[0].files) == []
    assert points_of(found.runs[0], "loss") == [(0, 1)]
    [skipped] = found.skipped
    assert "'imgs/0' at step 0: the file '../../../secret.png'" in skipped.reason
    assert "and 4 more" in skipped.reason


def test_broken_media_are_skipped_and_the_rest_is_kept(tmp_path: Path) -> None:
    bad = [
        {"_type": "histogram", "values": [1, 2], "bins": [0]},
        {"_type": "histogram", "values": [1], "packedBins": {"min": 0}},
        {"_type": "histogram", "values": ["x"], "bins": [0, 1]},
        {"_type": "images/separated", "filenames": [1]},
    ]
    good = {"_type": "histogram", "values": [3], "packedBins": {"min": 1, "size": 2, "count": 1}}
    found = read_all(SOURCE, write_run(tmp_path, [begin(), row(0, bad=bad, good=good), END]))
    [file] = found.runs[0].files
    assert json.loads(content_of(file))["edges"] == [1, 3]
    [skipped] = found.skipped
    assert "and 3 more" in skipped.reason


def test_a_file_that_is_cut_gives_one_reason_and_its_whole_records(tmp_path: Path) -> None:
    where = write_run(tmp_path, [begin(lr=1), row(0, loss=1.0), row(1, loss=0.5), END])
    [file] = where.glob("*/*.wandb")
    file.write_bytes(file.read_bytes()[: -len(END) - 10])
    found = read_all(SOURCE, where)
    assert points_of(found.runs[0], "loss") == [(0, 1.0)]
    assert found.runs[0].status == "KILLED"
    [skipped] = found.skipped
    assert skipped.path.endswith("run-r1.wandb")
    assert "is cut short" in skipped.reason
    with pytest.raises(WandbUnreadable, match="is cut short"):
        read_all(SOURCE, where, strict=True)


def test_a_run_that_has_written_nothing_yet_is_skipped(tmp_path: Path) -> None:
    found = read_all(SOURCE, write_run(tmp_path, []))
    assert found.runs == []
    assert [one.reason for one in found.skipped] == [
        "nothing was written to it yet, or before the run was killed"
    ]


def test_a_file_of_another_kind_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "run-x.wandb").write_text("something else")
    found = read_all(SOURCE, tmp_path)
    assert found.runs == []
    assert "doesn't begin as a file of W&B" in found.skipped[0].reason


def test_a_record_that_can_not_be_read_is_counted(tmp_path: Path) -> None:
    broken = [field(2, field(1, field(1, "x") + field(16, "{"))), b"\xff", field(2, b"\x0b")]
    found = read_all(SOURCE, write_run(tmp_path, [begin(), *broken, row(0, loss=1), END]))
    assert points_of(found.runs[0], "loss") == [(0, 1)]
    assert [one.reason for one in found.skipped] == ["3 of its records can't be read"]


def test_folders_of_before_2020_are_read(tmp_path: Path) -> None:
    at = tmp_path / "wandb" / "run-20190304_050607-old1"
    at.mkdir(parents=True)
    (at / "config.yaml").write_text("wandb_version: 1\nlr: {desc: null, value: 0.5}\n")
    (at / "wandb-metadata.json").write_text(
        '{"program": "t.py", "args": ["--x"], "host": "h", "username": "u", "state": "finished",'
        '"git": {"commit": "abc", "remote": "r"}, "startedAt": "2019-03-04T05:06:07"}'
    )
    rows = [
        {"loss": 1.5, "_step": 0, "_runtime": 1.0, "_timestamp": 1551675968.0},
        {"loss": "NaN", "_step": 5, "_runtime": 2.0, "_timestamp": 1551675969.0},
    ]
    lines = [json.dumps(one) for one in rows]
    (at / "wandb-history.jsonl").write_text("\n".join([*lines, '{"loss": 1']))
    (at / "wandb-events.jsonl").write_text('{"system.cpu": 7.5, "_runtime": 3, "_wandb": true}\n')
    (at / "wandb-summary.json").write_text('{"loss": 0.5, "acc": 0.75}')
    (at / "weights.bin").write_bytes(b"w")
    found = read_all(SOURCE, tmp_path / "wandb")
    run = found.run("old1")
    assert (run.status, run.params) == ("FINISHED", {"lr": 0.5})
    assert run.start_time == 1551675967000000
    (first, last) = points_of(run, "loss")
    assert first == (0, 1.5)
    assert last[0] == 5
    assert math.isnan(last[1])
    assert points_of(run, "acc") == [(5, 0.75)]
    assert points_of(run, "system/cpu") == [(0, 7.5)]
    assert run.context["command"] == ["python", "t.py", "--x"]
    assert set(files_of(run)) == {"weights.bin"}
    assert [one.reason for one in found.skipped] == ["1 of its lines can't be read"]
    assert points_of(the_run(at), "acc") == [(5, 0.75)]


def test_other_folders_are_not_taken_for_runs(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text("{}")
    (tmp_path / "a.wandb.txt").write_text(":W&B")
    assert not SOURCE.finds(open_place(tmp_path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.just("_type"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(max_size=5) | st.just("_step"), JSON, max_size=4)))
def test_any_history_is_sorted_into_points_of_equal_length(rows: list[dict[str, Any]]) -> None:
    values = Values(start=0)
    for one in rows:
        values.add_row(one)
    values.add_summary(rows[-1] if rows else {})
    for steps, times, numbers in values.points.values():
        assert len(steps) == len(times) == len(numbers) > 0


@given(st.binary(max_size=60), st.integers(1, 30))
def test_any_record_is_taken_or_counted(content: bytes, number: int) -> None:
    taken = Content()
    taken.take(content)
    taken.take(field(number, content))
    assert taken.unread in (0, 1, 2)


@settings(max_examples=60)
@given(st.data())
def test_a_flipped_bit_gives_runs_or_reasons(data: st.DataObject) -> None:
    import tempfile

    log = bytearray(write_log([begin(lr=1), row(0, loss=1.0), row(1, loss=0.5), END]))
    place = data.draw(st.integers(0, len(log) * 8 - 1))
    log[place // 8] ^= 1 << place % 8
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "run-r1.wandb").write_bytes(log)
        found = read_all(SOURCE, Path(folder))
        assert found.skipped
        for run in found.runs:
            kept = [p for one in run.metrics for p in zip(one.steps, one.values, strict=True)]
            assert kept == [(0, 1.0), (1, 0.5)][: len(kept)]
