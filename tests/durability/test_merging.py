"""Two copies of a store that went separate ways, merged with ordinary tools."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.store import journal as records
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import RunFolder, create_store
from runfolio.store.sealing import seal_run
from tests.store.samples import END, START, begin_run

from .programs import content_of, counts_of, read_soundly

Merge = Callable[[Path, Path], None]


def _cp(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", f"{source}/.", str(target)], check=True)


def _rsync(source: Path, target: Path) -> None:
    subprocess.run(["rsync", "-a", f"{source}/", f"{target}/"], check=True)


NEEDS_RSYNC = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed")
TOOLS = [_cp, pytest.param(_rsync, marks=NEEDS_RSYNC)]


@pytest.fixture(params=TOOLS)
def merge(request: pytest.FixtureRequest) -> Merge:
    tool: Merge = request.param
    return tool


def _log(store: Path, name: str, *values: float) -> str:
    with runfolio.start_run(store=store, experiment="e", name=name, capture=False) as run:
        for value in values:
            run.log_metrics({"counter": value})
        run.log_text(name, "name.txt")
    return run.id


def _edit(store: Path, time: int, run_id: str, **changes: Any) -> None:
    write_edit(store, Edit(time, "run", run_id, changes))


@pytest.mark.parametrize("backwards", [False, True])
def test_copies_that_went_separate_ways_merge_into_one_that_holds_both(
    tmp_path: Path, merge: Merge, backwards: bool
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    common, gone = _log(ours, "common", 0), _log(ours, "to be deleted", 0)
    merge_into = ours / "runs"
    assert merge_into.is_dir()
    shutil.copytree(ours, theirs)
    mine, other = _log(ours, "mine", 1, 2), _log(theirs, "other", 3)
    _edit(ours, 100, common, note="older", tags={"a": "ours", "b": "ours"}, name="ours")
    _edit(theirs, 200, common, note="newer", tags={"b": "theirs", "c": "theirs"})
    _edit(ours, 300, common, tags={"c": None, "d": "ours"})
    _edit(ours, 100, gone, deleted=True)
    _edit(theirs, 100, other, tags={"x": "y"})
    write_edit(theirs, Edit(400, "experiment", "e", {"primary_metric": "counter"}))

    source, target = (ours, theirs) if backwards else (theirs, ours)
    merge(source, target)
    tables = read_soundly(target)
    assert counts_of(tables) == {common: [0], mine: [1, 2], other: [3]}
    rows = {row["run_id"]: row for row in tables.runs.to_pylist()}
    assert (rows[common]["note"], rows[common]["name"]) == ("newer", "ours")
    tags = {(row["run_id"], row["key"]): row["value"] for row in tables.tags.to_pylist()}
    assert tags == {
        (common, "a"): "ours",
        (common, "b"): "theirs",
        (common, "d"): "ours",
        (other, "x"): "y",
    }
    assert tables.experiments["e"].primary_metric == "counter"
    for run_id, name in ((common, "common"), (mine, "mine"), (other, "other")):
        folder = target / "runs" / run_id / "artifacts"
        assert (folder / "name.txt").read_text() == name

    before = content_of(tables)
    merge(source, target)  # again
    assert content_of(read_soundly(target)) == before
    merge(target, source)  # and back: now both are the same
    assert content_of(read_soundly(source)) == before


def test_an_edit_made_after_a_merge_wins_over_all_that_came_with_it(
    tmp_path: Path, merge: Merge
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    run_id = _log(ours, "run", 0)
    shutil.copytree(ours, theirs)
    _edit(theirs, 4_000_000_000_000_000, run_id, note="of a clock that is far ahead")
    merge(theirs, ours)
    _edit(ours, START, run_id, note="last")
    assert read_soundly(ours).runs["note"].to_pylist() == ["last"]


def _live_run(store: Path) -> tuple[RunFolder, records.JournalWriter]:
    folder, journal = begin_run(store)
    for step in range(3):
        journal.append_points(("counter",), step, START, [step])
    return folder, journal


@pytest.mark.parametrize("backwards", [False, True])
def test_a_run_copied_while_it_was_live_and_sealed_on_one_side_is_there_once(
    tmp_path: Path, merge: Merge, backwards: bool
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    folder, journal = _live_run(ours)
    create_store(theirs)
    merge(ours, theirs)
    assert counts_of(read_soundly(theirs)) == {folder.run_id: [0, 1, 2]}
    journal.append_points(("counter",), 3, START, [3])
    journal.append(records.END, END)
    journal.close()
    assert seal_run(folder)

    source, target = (theirs, ours) if backwards else (ours, theirs)
    merge(source, target)
    tables = read_soundly(target)
    assert counts_of(tables) == {folder.run_id: [0, 1, 2, 3]}
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert seal_run(RunFolder(target / "runs" / folder.run_id))
    assert not (target / "runs" / folder.run_id / "journal").exists()
    assert content_of(read_soundly(target)) == content_of(tables)


def test_a_live_run_that_went_on_replaces_its_earlier_copy(tmp_path: Path, merge: Merge) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    folder, journal = _live_run(ours)
    create_store(theirs)
    merge(ours, theirs)
    for step in range(3, 6):
        journal.append_points(("counter",), step, START, [step])
    merge(ours, theirs)
    assert counts_of(read_soundly(theirs)) == {folder.run_id: list(range(6))}
    journal.close()


def test_a_run_resumed_on_one_side_is_newer_than_its_copy(tmp_path: Path, merge: Merge) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    run_id = _log(ours, "run", 0)
    shutil.copytree(ours, theirs)
    with runfolio.start_run(store=ours, run_id=run_id, capture=False) as run:
        run.log_metrics({"counter": 1})
    merge(ours, theirs)
    assert counts_of(read_soundly(theirs)) == {run_id: [0, 1]}


def test_a_run_that_is_being_resumed_merges_over_its_copy(tmp_path: Path, merge: Merge) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    run_id = _log(ours, "run", 0)
    shutil.copytree(ours, theirs)
    with runfolio.start_run(store=ours, run_id=run_id, capture=False) as run:
        run.log_metrics({"counter": 1})
        merge(ours, theirs)
        assert counts_of(read_soundly(theirs)) == {run_id: [0, 1]}
        assert read_soundly(theirs).runs["status"].to_pylist() == ["RUNNING"]
