"""A run that ended, crashed or is elsewhere is gone on with, and ends in the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import ParameterConflict, RunAlreadyActive
from runfolio.store import journal as records
from runfolio.store.layout import list_run_folders
from runfolio.store.liveness import describe_writer
from runfolio.store.sealing import seal_run
from tests.store.samples import START, begin_run
from tests.tracking.scripts import only_run

from .programs import counts_of, read_soundly, start_program

posix = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")


def _start(store: Path, **options: Any) -> runfolio.Run:
    return runfolio.start_run(store=store, capture=False, **options)


def _finished(store: Path) -> str:
    with _start(store, params={"depth": 3}, tags={"label": "first", "old": "1"}) as run:
        for _ in range(3):
            run.log_metrics({"counter": len(counts_of(read_soundly(store)).get(run.id, []))})
    return run.id


def _killed(store: Path) -> str:
    """A run whose process was killed -9."""
    folder, journal = begin_run(store, writer=describe_writer() | {"boot": "an earlier one"})
    journal.append(records.PARAMS, {"depth": ["int", "3", 3.0]})
    journal.append(records.TAGS, {"label": "first", "old": "1"})
    for step in range(3):
        journal.append_points(("counter",), step, START + 1, [step])
    journal.close()
    return folder.run_id


def _killed_and_recovered(store: Path) -> str:
    run_id = _killed(store)
    assert seal_run(list_run_folders(store)[0])
    return run_id


def _elsewhere(store: Path) -> str:
    """A run whose writer is on another host, and was heard of just now."""
    folder, journal = begin_run(store, writer=describe_writer() | {"host": "elsewhere"})
    journal.append(records.PARAMS, {"depth": ["int", "3", 3.0]})
    journal.append(records.TAGS, {"label": "first", "old": "1"})
    for step in range(3):
        journal.append_points(("counter",), step, START + 1, [step])
    journal.close()
    assert only_run(read_soundly(store))["status"] == "RUNNING"
    return folder.run_id


BEGINNINGS = [_finished, _killed, _killed_and_recovered, _elsewhere]


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_a_run_is_resumed_again_and_again(store: Path, begin: Any) -> None:
    run_id = begin(store)
    before = only_run(read_soundly(store))
    for turn in range(1, 4):
        with _start(store, run_id=run_id, params={"depth": 3}, tags={"label": str(turn)}) as run:
            assert run.id == run_id
            with pytest.raises(ParameterConflict, match="is '3' already"):
                run.log_params({"depth": 4})
            run.log_params({f"new {turn}": turn})
            for _ in range(3):
                run.log_metrics({"counter": len(counts_of(read_soundly(store))[run_id])})
            assert only_run(read_soundly(store))["status"] == "RUNNING"
        tables = read_soundly(store)
        row = only_run(tables)
        assert row["status"] == "FINISHED"
        assert {key: row[key] for key in ("name", "experiment", "start_time")} == {
            key: before[key] for key in ("name", "experiment", "start_time")
        }
        assert row["duration"] >= 0
        logged = 3 + 3 * turn
        assert counts_of(tables) == {run_id: list(range(logged))}
        assert tables.metrics["step"].to_pylist() == list(range(logged))
        assert tables.params["key"].to_pylist() == [
            "depth",
            *(f"new {n}" for n in range(1, turn + 1)),
        ]
        assert tables.tags["value"].to_pylist() == [str(turn), "1"]
        (folder,) = list_run_folders(store)
        assert [path.name for path in folder.path.iterdir()] == ["tables"]


@pytest.mark.parametrize("begin", BEGINNINGS)
@pytest.mark.parametrize("status", ["FINISHED", "FAILED", "KILLED"])
def test_how_a_resumed_run_ended_last_counts(store: Path, begin: Any, status: str) -> None:
    run_id = begin(store)
    _start(store, run_id=run_id).finish(status)
    assert only_run(read_soundly(store))["status"] == status


def test_a_run_that_failed_and_is_resumed_is_finished_in_the_end(store: Path) -> None:
    run = _start(store)
    run.log_metrics({"counter": 0})
    run.finish("FAILED")
    with _start(store, run_id=run.id[:10]) as again:  # the beginning of its id will do
        again.log_metrics({"counter": 1})
    assert only_run(read_soundly(store))["status"] == "FINISHED"
    assert counts_of(read_soundly(store)) == {run.id: [0, 1]}


@posix
def test_a_process_killed_while_it_resumes_leaves_what_it_logged(store: Path) -> None:
    run_id = _finished(store)
    for turn in range(3):
        child = start_program("resumer", store, run_id)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        with pytest.raises(RunAlreadyActive, match=f"logged by process {child.pid} as rank 0"):
            _start(store, run_id=run_id)
        assert only_run(read_soundly(store))["status"] == "RUNNING"
        child.kill()
        child.communicate()
        assert only_run(read_soundly(store))["status"] == "KILLED"
        assert counts_of(read_soundly(store)) == {run_id: list(range(3 + 5 * (turn + 1)))}
    _start(store, run_id=run_id).finish()
    assert only_run(read_soundly(store))["status"] == "FINISHED"
    assert counts_of(read_soundly(store)) == {run_id: list(range(18))}


def test_a_run_that_is_being_logged_here_is_not_resumed(store: Path) -> None:
    with _start(store) as run:
        run.log_metrics({"counter": 0})
        with pytest.raises(RunAlreadyActive, match=r"Finish it there first"):
            _start(store, run_id=run.id, nested=True)
        run.log_metrics({"counter": 1})
    assert counts_of(read_soundly(store)) == {run.id: [0, 1]}
