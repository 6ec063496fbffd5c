"""Runs written as TensorBoard's event files, read back by TensorBoard and by our own reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio
from runfolio.errors import OutputRefused, StoreWriteFailed
from runfolio.exports.tensorboard import write_tensorboard
from runfolio.query import find_runs
from runfolio.sources.tensorboard.runs import SOURCE
from runfolio.store import read_store
from tests.environment.apart import run_apart
from tests.sources.reads import points_of, read_all

THEIRS = """
import json, sys
from pathlib import Path
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util
found = {}
for file in sorted(Path(sys.argv[1]).rglob("*tfevents*")):
    events = EventAccumulator(str(file.parent), {"scalars": 0, "tensors": 0}).Reload()
    tags = events.Tags()
    hparams = {}
    for tag, content in events.PluginTagToContent("hparams").items():
        data = plugin_data_pb2.HParamsPluginData.FromString(content)
        for key, value in data.session_start_info.hparams.items():
            hparams[key] = getattr(value, value.WhichOneof("kind"))
        if data.HasField("session_end_info"):
            hparams["status"] = data.session_end_info.status
            hparams["end"] = data.session_end_info.end_time_secs
        if data.HasField("experiment"):
            hparams["shown"] = [one.name.tag for one in data.experiment.metric_infos]
            hparams["infos"] = [one.name for one in data.experiment.hparam_infos]
    arrays = {tag: [tensor_util.make_ndarray(one.tensor_proto) for one in events.Tensors(tag)]
              for tag in tags["tensors"]}
    found[file.parent.name.rsplit("-", 1)[0]] = {
        "points": {tag: [(one.step, one.wall_time, repr(one.value)) for one in events.Scalars(tag)]
                   for tag in tags["scalars"]},
        "hparams": hparams,
        "histograms": {tag: [one.tolist() for one in rows] for tag, rows in arrays.items()
                       if rows[0].dtype.kind == "f"},
        "strings": {tag: [[part.hex() for part in one.ravel()] for one in rows]
                    for tag, rows in arrays.items() if rows[0].dtype.kind == "O"},
        "plugins": {tag: events.SummaryMetadata(tag).plugin_data.plugin_name
                    for tag in tags["tensors"]},
    }
print(json.dumps(found))
"""


@pytest.fixture
def filled(store: Path) -> Path:
    rng = np.random.default_rng(0)
    with runfolio.start_run(
        experiment="one/two", name="first: ü", store=store, capture=False
    ) as run:
        run.log_params(
            {"lr": 0.1, "n": 3, "flag": True, "opt": "adam", "big": 2**70, "nothing": None}
        )
        for step in range(200):
            run.log_metrics({"loss": 1 / (step + 1), "train/acc": step / 3}, step=step)
        run.log_metric("odd", float("nan"), step=-5)
        run.log_metric("odd", float("inf"), step=2**40)
        run.log_metric("odd", 1e300, step=2**40)
        run.log_image(rng.integers(0, 255, (4, 5, 3)).astype(np.uint8), key="picture", step=3)
        run.log_histogram(rng.normal(size=100), "weights", step=2)
        run.set_note("A *note*.")
        run.set_tags({"owner": "a|b", "team": "c"})
    failing = runfolio.start_run(experiment="one/two", name="second", store=store, capture=False)
    failing.log_metric("loss", 0.5)
    failing.finish("FAILED")
    with runfolio.start_run(experiment="empty", name="third", store=store, capture=False):
        pass
    return store


def read_theirs(folder: Path) -> dict[str, Any]:
    """What TensorBoard reads of each run."""
    found: dict[str, Any] = json.loads(run_apart("peers", THEIRS, str(folder)).splitlines()[-1])
    return found


def test_every_run_is_a_folder_and_is_read_back_by_our_own_reader(
    filled: Path, tmp_path: Path
) -> None:
    tables = read_store(filled)
    assert write_tensorboard(tables, tmp_path / "logs") == []
    found = read_all(SOURCE, tmp_path / "logs")
    assert found.skipped == []
    records = {run.name: run for run in find_runs(tables)}
    names = {run.name: run for run in found.runs}
    assert names.keys() == {
        f"one_two/first_ ü-{records['first: ü'].id[:6]}",
        f"one_two/second-{records['second'].id[:6]}",
        f"empty/third-{records['third'].id[:6]}",
    }
    first = next(run for name, run in names.items() if "first" in name)
    assert points_of(first, "loss") == [(s, float(np.float32(1 / (s + 1)))) for s in range(200)]
    assert points_of(first, "odd")[1:] == [(2**40, np.inf), (2**40, np.inf)]
    assert np.isnan(points_of(first, "odd")[0][1])
    assert first.params == {
        "lr": 0.1,
        "n": 3,
        "flag": True,
        "opt": "adam",
        "big": str(2**70),
        "nothing": "null",
    }
    record = records["first: ü"]
    assert (first.start_time, first.end_time) == (record.start_time, record.end_time)
    statuses = {name.split("/")[1][:3]: run.status for name, run in names.items()}
    assert statuses == {"fir": "FINISHED", "sec": "FAILED", "thi": "FINISHED"}


def test_times_of_points_come_back_to_the_microsecond(filled: Path, tmp_path: Path) -> None:
    tables = read_store(filled)
    write_tensorboard(tables, tmp_path / "logs")
    first = next(run for run in read_all(SOURCE, tmp_path / "logs").runs if "first" in run.name)
    [series] = [one for one in first.metrics if one.key == "loss"]
    rows = tables.metrics.to_pylist()
    [run_id] = [run.id for run in find_runs(tables) if run.name == "first: ü"]
    expected = [
        round(row["time"].timestamp() * 1e6)
        for row in rows
        if (row["run_id"], row["key"]) == (run_id, "loss")
    ]
    assert list(series.times) == expected


def test_pictures_and_histograms_come_back(filled: Path, tmp_path: Path) -> None:
    tables = read_store(filled)
    write_tensorboard(tables, tmp_path / "logs")
    first = next(run for run in read_all(SOURCE, tmp_path / "logs").runs if "first" in run.name)
    files = {(file.kind, file.key, file.step): file.source for file in first.files}
    originals = {
        (one.kind, one.key): one.file for run in find_runs(tables) for one in run.artifacts
    }
    assert files["image", "picture", 3] == originals["image", "picture"].read_bytes()
    assert files["text", "note", 0] == b"A *note*."
    assert files["text", "tags", 0] == (
        b"| tag | value |\n|---|---|\n| owner | a\\|b |\n| team | c |"
    )
    histogram = files["histogram", "weights", 2]
    assert isinstance(histogram, bytes)
    ours = json.loads(originals["histogram", "weights"].read_bytes())
    theirs = json.loads(histogram)
    assert {key: theirs[key] for key in ("counts", "edges", "count")} == {
        key: ours[key] for key in ("counts", "edges", "count")
    }


def test_tensorboard_reads_the_same(filled: Path, tmp_path: Path) -> None:
    tables = read_store(filled)
    write_tensorboard(tables, tmp_path / "logs")
    found = read_theirs(tmp_path / "logs")
    assert found.keys() == {"first_ ü", "second", "third"}
    first = found["first_ ü"]
    [record] = [run for run in find_runs(tables) if run.name == "first: ü"]
    points = {
        tag: [(step, value) for step, _, value in rows] for tag, rows in first["points"].items()
    }
    assert points["loss"] == [(s, repr(float(np.float32(1 / (s + 1))))) for s in range(200)]
    assert points["odd"] == [(-5, "nan"), (2**40, "inf"), (2**40, "inf")]
    hparams = first["hparams"]
    assert hparams["lr"] == 0.1
    assert hparams["n"] == 3.0
    assert hparams["flag"] is True
    assert hparams["big"] == str(2**70)
    assert hparams["status"] == 1
    assert hparams["end"] == record.end_time / 1e6 if record.end_time else False
    assert hparams["shown"] == ["loss", "odd", "train/acc"]
    assert sorted(hparams["infos"]) == ["big", "flag", "lr", "n", "nothing", "opt"]
    assert found["second"]["hparams"]["status"] == 2
    assert first["plugins"] == {
        "picture": "images",
        "weights": "histograms",
        "note": "text",
        "tags": "text",
    }
    assert bytes.fromhex(first["strings"]["note"][0][0]) == b"A *note*."
    width, height, picture = map(bytes.fromhex, first["strings"]["picture"][0])
    assert (width, height) == (b"5", b"4")
    assert picture.startswith(b"\x89PNG")
    rows = first["histograms"]["weights"][0]
    assert len(rows) == 64
    assert sum(row[2] for row in rows) == 100


def test_writing_again_gives_the_same_bytes(filled: Path, tmp_path: Path) -> None:
    tables = read_store(filled)
    for name in ("a", "b"):
        write_tensorboard(tables, tmp_path / name)
    content = [
        {file.relative_to(tmp_path / name): file.read_bytes() for file in files}
        for name in ("a", "b")
        for files in [sorted((tmp_path / name).rglob("*tfevents*"))]
    ]
    assert content[0] == content[1]
    assert len(content[0]) == 3
    assert all(file.name.endswith(".runfolio") for file in content[0])


def test_names_that_collide_once_they_are_safe_stay_apart(store: Path, tmp_path: Path) -> None:
    for name in ("..", "a/b", "a:b", "x" * 240):
        with runfolio.start_run(experiment="..", name=name, store=store, capture=False) as run:
            run.log_metric("loss", 1)
    write_tensorboard(read_store(store), tmp_path / "logs")
    folders = sorted(file.parent for file in (tmp_path / "logs").rglob("*tfevents*"))
    assert len(folders) == 4
    assert {folder.parent for folder in folders} == {tmp_path / "logs" / "_"}
    assert all(len(folder.name) <= 67 for folder in folders)


def test_files_that_are_gone_or_no_pictures_are_named(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="e", name="r", store=store, capture=False) as run:
        run.log_image(np.zeros((2, 2), np.uint8), key="gone", step=1)
        run.log_image(np.zeros((2, 2), np.uint8), key="odd", step=1)
        run.log_histogram([1, 2], "bad")
        run.log_metric("loss", 1)
    tables = read_store(store)
    [record] = find_runs(tables)
    files = {one.key: one.file for one in record.artifacts}
    files["gone"].unlink()
    files["odd"].write_bytes(b"GIF")
    files["bad"].write_bytes(b'{"counts": 5}')
    left_out = write_tensorboard(tables, tmp_path / "logs")
    assert len(left_out) == 3
    assert any("No such file" in one and record.id in one for one in left_out)
    [back] = read_all(SOURCE, tmp_path / "logs").runs
    assert points_of(back, "loss") == [(0, 1.0)]


def test_a_folder_with_files_is_refused_and_nothing_is_left_beside(
    filled: Path, tmp_path: Path
) -> None:
    target = tmp_path / "logs"
    target.mkdir()
    write_tensorboard(read_store(filled), target)
    before = sorted(target.rglob("*"))
    with pytest.raises(OutputRefused, match=r"is there already\. Name a new or empty folder"):
        write_tensorboard(read_store(filled), target)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputRefused, match="is there already"):
        write_tensorboard(read_store(filled), tmp_path / "file")
    with pytest.raises(StoreWriteFailed, match="Couldn't write"):
        write_tensorboard(read_store(filled), tmp_path / "file" / "below")
    assert sorted(target.rglob("*")) == before
    assert {path.name for path in tmp_path.iterdir()} == {"runs", "logs", "file"}


@pytest.mark.parametrize(
    ("name", "options"),
    [("x.jpg", {"quality": 90}), ("x.gif", {}), ("x.jpg", {"progressive": True})],
)
def test_pictures_of_other_kinds_have_their_size(
    store: Path, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    from PIL import Image

    from runfolio.exports.tensorboard.runs import _image_size

    Image.new("RGB", (300, 20)).save(tmp_path / name, **options)
    content = (tmp_path / name).read_bytes()
    assert _image_size(content) == (300, 20)
    for length in range(6):
        with pytest.raises(ValueError, match=r"is no PNG, JPEG or GIF|is cut short"):
            _image_size(content[:length])
