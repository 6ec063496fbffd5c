from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import InvalidValue
from runfolio.store import read_store
from runfolio.store.layout import run_folder
from runfolio.upkeep.changes import delete_experiment, delete_runs, restore_runs
from runfolio.upkeep.garbage import gc
from runfolio.upkeep.packing import pack
from runfolio.upkeep.verification import verify


def log_runs(store: Path, count: int) -> list[str]:
    ids = []
    for _ in range(count):
        with runfolio.start_run(store=store, experiment="wine", capture=False) as run:
            run.log_metric("loss", 1)
            run.log_text("x" * 100, "a.txt")
        ids.append(run.id)
    return ids


@pytest.mark.parametrize("packed", [False, True])
def test_what_was_deleted_long_ago_is_removed_for_good(store: Path, packed: bool) -> None:
    kept, gone = log_runs(store, 2)
    delete_runs(gone, store=store)
    if packed:
        pack(store=store)
    assert gc(store=store) == []
    (planned,) = gc(store=store, older_than=0, dry_run=True)
    assert (planned.id, planned.experiment) == (gone, "wine")
    assert planned.bytes >= 100
    assert read_store(store, view="all").runs.num_rows == 2
    assert [one.id for one in gc(store=store, older_than=0)] == [gone]
    assert read_store(store, view="all").runs["run_id"].to_pylist() == [kept]
    assert not run_folder(store, gone).path.exists()
    assert verify(store=store).problems == ()
    assert gc(store=store, older_than=0) == []


def test_age_is_counted_from_the_deletion(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (run_id,) = log_runs(store, 1)
    now = time.time_ns()
    monkeypatch.setattr("time.time_ns", lambda: now - 40 * 86400 * 10**9)
    delete_runs(run_id, store=store)
    monkeypatch.setattr("time.time_ns", lambda: now)
    assert gc(store=store, older_than=50 * 86400) == []
    assert len(gc(store=store, dry_run=True)) == 1


def test_runs_of_a_deleted_experiment_go_and_restored_ones_stay(store: Path) -> None:
    first, second = log_runs(store, 2)
    delete_experiment("wine", store=store)
    restore_runs(second, store=store)
    assert [one.id for one in gc(store=store, older_than=0)] == [first]
    assert read_store(store).runs["run_id"].to_pylist() == [second]


def test_a_copy_that_is_merged_later_does_not_bring_a_removed_run_back(
    store: Path, tmp_path: Path
) -> None:
    kept, gone = log_runs(store, 2)
    shutil.copytree(store, tmp_path / "copy")
    delete_runs(gone, store=store)
    gc(store=store, older_than=0)
    shutil.copytree(tmp_path / "copy", store, dirs_exist_ok=True)
    assert read_store(store).runs["run_id"].to_pylist() == [kept]


def test_old_leftovers_of_killed_processes_go(store: Path) -> None:
    (run_id,) = log_runs(store, 1)
    old, new = store / "packs" / ".old.tmp", store / "packs" / ".new.tmp"
    beside = run_folder(store, run_id).path / ".tables.1.tmp"
    for folder in (old, new, beside):
        (folder / "tables").mkdir(parents=True)
    half = run_folder(store, run_id).artifacts / ".half.tmp"
    half.write_text("x")
    for path in (old, beside, half):
        os.utime(path, (0, 0))
    gc(store=store, dry_run=True)
    assert old.exists()
    gc(store=store)
    assert [path.exists() for path in (old, new, beside, half)] == [False, True, False, False]


def test_an_age_is_a_number(store: Path) -> None:
    log_runs(store, 1)
    with pytest.raises(InvalidValue, match="older_than is a number of seconds from 0, not -1"):
        gc(store=store, older_than=-1)
