"""Many processes that log runs into one store at once."""

from __future__ import annotations

from pathlib import Path

from runfolio.store import read_store
from runfolio.store.layout import list_run_folders

from .programs import counts_of, read_soundly, start_program

PROCESSES, RUNS, POINTS = 16, 25, 20


def test_many_processes_log_many_runs_side_by_side(store: Path) -> None:
    """The store is new for all of them, and is read all the while."""
    programs = [
        start_program("logging_runs", store, f"process {number}", RUNS, POINTS)
        for number in range(PROCESSES)
    ]
    known: set[str] = set()
    ended: set[str] = set()
    while any(program.poll() is None for program in programs):
        if not (store / "runfolio.json").exists():
            continue
        tables = read_soundly(store)
        ids = set(tables.runs["run_id"].to_pylist())
        assert known <= ids
        counts = counts_of(tables)
        assert all(counts[one] == list(range(POINTS)) for one in ended)
        known = ids
        ended = {row["run_id"] for row in tables.runs.to_pylist() if row["status"] == "FINISHED"}
    assert [program.communicate() for program in programs] == [("", "")] * PROCESSES
    assert [program.returncode for program in programs] == [0] * PROCESSES

    tables = read_store(store)
    assert tables.damage == ()
    assert sorted(tables.runs["name"].to_pylist()) == sorted(
        f"process {process} {number}" for process in range(PROCESSES) for number in range(RUNS)
    )
    assert set(tables.runs["status"].to_pylist()) == {"FINISHED"}
    counts = counts_of(tables)
    assert len(counts) == PROCESSES * RUNS
    assert all(values == list(range(POINTS)) for values in counts.values())
    assert tables.params.num_rows == tables.artifacts.num_rows == PROCESSES * RUNS
    names = dict(
        zip(tables.runs["run_id"].to_pylist(), tables.runs["name"].to_pylist(), strict=True)
    )
    for folder in list_run_folders(store):
        assert sorted(path.name for path in folder.path.iterdir()) == ["artifacts", "tables"]
        assert (folder.artifacts / "name.txt").read_text() == names[folder.run_id]
    assert sorted(path.name for path in store.iterdir()) == ["runfolio.json", "runs"]
