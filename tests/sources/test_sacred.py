"""Reading the folders of Sacred's FileStorageObserver."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import SacredUnreadable
from runfolio.sources.place import open_place
from runfolio.sources.sacred.runs import SOURCE
from runfolio.sources.sacred.values import MAX_DEPTH, plain, read_series
from tests.environment.apart import run_apart
from tests.sources.reads import points_of, read_all

SCRIPT = """
import numpy as np
from sacred import Experiment
from sacred.observers import FileStorageObserver
ex = Experiment("wine", save_git_info=False)
ex.observers.append(FileStorageObserver("runs"))

@ex.config
def config():
    lr = 0.1
    model = {"depth": 3, "sizes": (1, 2)}
    array = np.arange(3)
    fail = None

@ex.main
def main(_run, fail):
    print("hello")
    for i in range(3):
        _run.log_scalar("train.loss", [1.0, float("nan"), float("inf")][i], i * 10)
        _run.log_scalar("acc", np.float64(i))
    _run.info["best"] = {"step": 3}
    open("note.txt", "w").write("x")
    _run.add_artifact("note.txt")
    _run.add_resource("note.txt")
    if fail == "error":
        raise ValueError("broken")
    if fail == "stop":
        raise KeyboardInterrupt
    return 0.75

for fail in (None, "error", "stop"):
    try:
        ex.run(config_updates={"fail": fail}, options={"--comment": "tried"})
    except (ValueError, KeyboardInterrupt):
        pass
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Sacred writes of a run that completes, one that fails and one that is interrupted."""
    folder = tmp_path_factory.mktemp("sacred")
    (folder / "train.py").write_text(SCRIPT)
    run_apart("peers", "import train", cwd=folder, PYTHONSAFEPATH="")
    return folder / "runs"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """One run as Sacred writes it, by hand."""
    return _make(tmp_path / "runs" / "1")


def _make(folder: Path, **said: Any) -> Path:
    folder.mkdir(parents=True)
    known = {
        "experiment": {"name": "wine", "mainfile": "train.py", "dependencies": ["numpy==2.0"]},
        "host": {"hostname": "box", "python_version": "3.11.7"},
        "status": "COMPLETED",
        "start_time": "2024-01-01T10:00:00.000000",
        "stop_time": "2024-01-01T10:00:05.000000",
        "heartbeat": "2024-01-01T10:00:04.000000",
        "result": None,
        "artifacts": [],
    }
    (folder / "run.json").write_text(json.dumps(known | said))
    (folder / "config.json").write_text('{"lr": 0.1, "sizes": {"py/tuple": [1, 2]}}')
    (folder / "cout.txt").write_text("hello\n")
    points = {
        "values": [1, {"py/object": "numpy.float64", "dtype": "float64", "value": 0.5}],
        "steps": [0, 1],
        "timestamps": ["2024-01-01T10:00:01", "2024-01-01T10:00:02"],
    }
    (folder / "metrics.json").write_text(json.dumps({"loss": points}))
    return folder


def test_reads_what_sacred_wrote(written: Path) -> None:
    found = read_all(SOURCE, written)
    assert found.skipped == []
    assert [(run.name, run.status) for run in found.runs] == [
        ("1", "FINISHED"),
        ("2", "FAILED"),
        ("3", "KILLED"),
    ]
    run = found.runs[0]
    assert (run.experiment, run.note) == ("wine", "tried")
    assert run.params["lr"] == 0.1
    assert run.params["model.sizes"] == [1, 2]
    assert run.params["array"] == [0, 1, 2]
    assert run.params["fail"] is None
    assert repr(points_of(run, "train.loss")) == "[(0, 1.0), (10, nan), (20, inf)]"
    assert points_of(run, "acc") == [(0, 0.0), (1, 1.0), (2, 2.0)]
    assert points_of(run, "result") == [(0, 0.75)]
    assert run.context["source"] == "train.py"
    assert any(one.startswith("sacred==") for one in run.context["environment"]["packages"])
    [used] = run.inputs
    assert (used.name, used.digest) == ("note.txt", "9dd4e461268c8034f5c8564e155c67a6")
    files = {one.path: one for one in run.files}
    assert set(files) == {"note.txt", "code/train.py", "cout.txt", "info.json"}
    source = files["code/train.py"].source
    assert isinstance(source, Path)
    assert source.read_text() == SCRIPT
    trace = {one.path: one.source for one in found.runs[1].files}["traceback.txt"]
    assert isinstance(trace, bytes)
    assert b"ValueError: broken" in trace


def test_reads_one_folder_and_one_file(made: Path) -> None:
    _make(made.parent / "10")
    _make(made.parent / "2")
    assert [run.name for run in read_all(SOURCE, made.parent.parent).runs] == ["1", "2", "10"]
    for place in (made, made / "run.json"):
        assert SOURCE.finds(open_place(place))
        [run] = read_all(SOURCE, place).runs
        assert points_of(run, "loss") == [(0, 1.0), (1, 0.5)]


def test_times_are_utc(made: Path) -> None:
    [run] = read_all(SOURCE, made).runs
    assert run.start_time == 1704103200000000
    assert run.end_time == 1704103205000000
    [series] = run.metrics
    assert list(series.times) == [1704103201000000, 1704103202000000]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"status": "RUNNING", "stop_time": None}, "RUNNING"),
        ({"status": "RUNNING"}, "KILLED"),
        ({"status": "TIMEOUT"}, "KILLED"),
        ({"status": None}, "KILLED"),
    ],
)
def test_statuses(tmp_path: Path, said: dict[str, Any], status: str) -> None:
    _make(tmp_path / "1", **said)
    [run] = read_all(SOURCE, tmp_path).runs
    assert run.status == status
    assert (run.end_time is None) == (status == "RUNNING")


def test_queued_runs_are_none_yet(tmp_path: Path) -> None:
    _make(tmp_path / "1", status="QUEUED")
    assert read_all(SOURCE, tmp_path) == ([], [], [])


def test_the_repository_is_told_without_credentials(tmp_path: Path) -> None:
    url = "https://me:secret@example.com/wine.git"
    repository = {"url": url, "commit": "abc", "dirty": True}
    _make(tmp_path / "1", experiment={"name": "w", "repositories": [repository]})
    [run] = read_all(SOURCE, tmp_path).runs
    assert (run.context["git_commit"], run.context["git_dirty"]) == ("abc", True)
    assert run.context["git"]["remote"] == "https://example.com/wine.git"


def test_identities_stay(made: Path, tmp_path: Path) -> None:
    [before] = read_all(SOURCE, made.parent).runs
    moved = Path(shutil.move(made.parent, tmp_path / "moved"))
    said = json.loads((moved / "1" / "run.json").read_text())
    (moved / "1" / "run.json").write_text(json.dumps(said | {"status": "FAILED", "result": 1}))
    [after] = read_all(SOURCE, moved).runs
    assert after.identity == before.identity
    (moved / "1" / "run.json").write_text(json.dumps(said | {"start_time": "2025-01-01T00:00:00"}))
    [other] = read_all(SOURCE, moved).runs
    assert other.identity != before.identity


def test_damaged_files_are_skipped_one_by_one(made: Path) -> None:
    (made / "metrics.json").write_text('{"loss": {"values": [1], "steps": [0')
    (made / "config.json").write_text("[1]")
    found = read_all(SOURCE, made)
    [run] = found.runs
    assert (run.params, list(run.metrics)) == ({}, [])
    assert sorted(Path(one.path).name for one in found.skipped) == ["config.json", "metrics.json"]
    with pytest.raises(SacredUnreadable, match=r"config\.json"):
        read_all(SOURCE, made, strict=True)


def test_odd_points_are_told(made: Path) -> None:
    odd = {
        "a": {"values": [1, "x", None, True], "steps": [0, 1, 2, 3], "timestamps": []},
        "b": {"values": [1, 2], "steps": [0.5, 2.0]},
        "c": {"values": [1, 2, 3], "steps": [0]},
        "d": {"values": 1},
        "e": [1],
        "f": {"values": [10**400], "steps": [10**30]},
    }
    (made / "metrics.json").write_text(json.dumps(odd))
    found = read_all(SOURCE, made)
    [run] = found.runs
    assert points_of(run, "a") == [(0, 1.0)]
    assert points_of(run, "b") == [(2, 2.0)]
    assert points_of(run, "c") == [(0, 1.0)]
    reasons = [one.reason for one in found.skipped]
    assert "3 points of the metric 'a' have no number or step" in reasons
    assert len(reasons) == 6


def test_files_outside_are_not_kept(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    names = ["../../secret.txt", str(tmp_path / "secret.txt"), "link.txt", "pipe", "gone"]
    folder = _make(
        tmp_path / "runs" / "1",
        artifacts=names,
        experiment={"name": "w", "sources": [["a.py", "../secret.txt"], ["b.py", 1], []]},
    )
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(folder / "pipe")
    (folder / "metrics.json").unlink()
    (folder / "metrics.json").symlink_to(tmp_path / "secret.txt")
    found = read_all(SOURCE, tmp_path / "runs")
    [run] = found.runs
    assert [one.path for one in run.files] == ["cout.txt"]
    assert len(found.skipped) == len(names)


def test_truncated_and_bit_flipped_files(made: Path) -> None:
    kept = 0
    for path in sorted(made.iterdir()):
        content = path.read_bytes()
        for length in range(len(content)):
            path.write_bytes(content[:length])
            found = read_all(SOURCE, made)
            assert found.runs or found.skipped
            path.write_bytes(
                content[:length]
                + bytes([content[length] ^ 1 << length % 8])
                + content[length + 1 :]
            )
            kept += len(read_all(SOURCE, made).runs)
        path.write_bytes(content)
    assert kept > 300


def test_other_folders_are_none(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"status": "COMPLETED"}')
    assert not SOURCE.finds(open_place(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    assert not SOURCE.finds(open_place(tmp_path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["py/tuple", "py/object", "value", "a"]), inner)
    ),
)


@given(JSON)
def test_any_value_is_made_plain(value: Any) -> None:
    assert "py/object" not in json.dumps(plain(value)) or "py/object" in str(value)


def test_deep_values_end(made: Path) -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH * 2):
        value = [value]
    assert "…" in json.dumps(plain(value), ensure_ascii=False)
    (made / "config.json").write_text('{"a":' * 100_000)
    assert "too deeply" in read_all(SOURCE, made).skipped[0].reason


@given(st.fixed_dictionaries({"steps": JSON, "values": JSON}, optional={"timestamps": JSON}) | JSON)
def test_any_points_are_read_or_refused(found: Any) -> None:
    try:
        series, _ = read_series("a", found, 0)
    except ValueError:
        return
    assert len(series.steps) == len(series.times) == len(series.values)
