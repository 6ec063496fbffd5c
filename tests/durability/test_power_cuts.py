"""What is there after a power cut: which files and folders are synced, and when."""

from __future__ import annotations

import errno
import os
import random
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import StoreWriteFailed
from runfolio.store import liveness
from runfolio.store.journal import JournalWriter
from runfolio.store.layout import RunFolder, list_run_folders
from runfolio.store.sealing import seal_run

from .disk import Disk, Tree, write_tree
from .programs import content_of, counts_of, read_soundly, seal_everything
from .stores import UNSEALED

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="needs Linux's names of open files"
)

PATIENCE = 60.0


def _wait_until(reached: Callable[[], bool]) -> None:
    """Wait for what another thread does; that it takes long is no failure."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.001)


class Syncs:
    """Counts the syncs of a journal and makes its fsync fail on demand."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.done: list[str] = []
        self.failing = ""
        self._fsync, self._sync = os.fsync, JournalWriter.sync
        patch.setattr(os, "fsync", self._count)
        patch.setattr(JournalWriter, "sync", lambda journal: self._ask(journal))

    def _ask(self, journal: JournalWriter) -> None:
        try:
            self._sync(journal)
        finally:
            self.asked += 1

    def _count(self, descriptor: int) -> None:
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if self.failing and name.endswith(self.failing):
            raise OSError(errno.EIO, "Input/output error")
        self.done.append(name)
        self._fsync(descriptor)

    def wait(self, times: int) -> None:
        """Wait until the journal's keeper has asked so many times more for a sync."""
        goal = self.asked + times
        _wait_until(lambda: self.asked >= goal)

    def of_journals(self) -> int:
        """How many syncs of a journal there were."""
        return sum(name.endswith(".journal") for name in self.done)


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> Syncs:
    return Syncs(monkeypatch)


def _start(store: Path, **options: Any) -> runfolio.Run:
    return runfolio.start_run(store=store, experiment="power", capture=False, **options)


def test_a_journal_is_synced_when_something_was_logged_and_not_otherwise(
    store: Path, syncs: Syncs
) -> None:
    with _start(store, sync=0.002) as run:
        for step in range(3):
            run.log_metrics({"counter": step})
            goal = step + 1
            _wait_until(lambda goal=goal: syncs.of_journals() >= goal)  # type: ignore[misc]
            syncs.wait(2)
            before = syncs.of_journals()
            syncs.wait(20)
            assert syncs.of_journals() == before
        asked = syncs.of_journals()
    assert syncs.of_journals() > asked
    assert counts_of(read_soundly(store)) == {run.id: [0, 1, 2]}


def test_without_an_interval_the_journal_is_synced_at_the_end_only(
    store: Path, syncs: Syncs
) -> None:
    with _start(store, sync=None) as run:
        for step in range(50):
            run.log_metrics({"counter": step})
        run.log_text("x", "a/b.txt")
        assert (syncs.of_journals(), syncs.asked) == (0, 0)
    assert syncs.of_journals() >= 1
    assert {"b.txt", "a", "artifacts", run.id} <= set(syncs.done)


def test_with_an_interval_of_nothing_each_call_is_synced_before_it_returns(
    store: Path, syncs: Syncs
) -> None:
    with _start(store, sync=0) as run:
        for step in range(5):
            before = syncs.of_journals()
            run.log_metrics({"counter": step})
            assert syncs.of_journals() > before
        run.log_text("x", "a/b.txt")
        assert {"b.txt", "a", "artifacts", run.id, "runs"} <= set(syncs.done)


def test_files_and_folders_of_artifacts_are_synced_while_the_run_is_live(
    store: Path, tmp_path: Path, syncs: Syncs
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "one.txt").write_text("1")
    with _start(store, sync=0.002) as run:
        run.log_text("x", "deep/er/text.txt")
        run.log_artifact(tmp_path / "data")
        expected = {"text.txt", "er", "deep", "one.txt", "data", "artifacts", run.id, "runs"}
        _wait_until(lambda: expected <= set(syncs.done))


def test_a_sync_that_fails_is_raised_once_by_the_next_call(store: Path, syncs: Syncs) -> None:
    with _start(store, sync=0.002) as run:
        kept = []
        for failure in range(2):
            run.log_metrics({"counter": failure * 10})
            kept.append(failure * 10)
            syncs.wait(2)
            syncs.failing = ".journal"
            run.log_metrics({"counter": failure * 10 + 1})
            kept.append(failure * 10 + 1)
            syncs.wait(20)  # it fails again and again
            with pytest.raises(StoreWriteFailed, match="Input/output error"):
                run.log_metrics({"counter": -1})
            for step in range(2, 5):
                run.log_metrics({"counter": failure * 10 + step})
                kept.append(failure * 10 + step)
                syncs.wait(3)
            syncs.failing = ""
            syncs.wait(3)
    assert counts_of(read_soundly(store)) == {run.id: kept}


def test_a_sync_that_fails_is_one_warning_and_loses_no_point(store: Path, syncs: Syncs) -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with _start(store, sync=0.002, on_error="warn") as run:
            syncs.failing = ".journal"
            for step in range(10):
                run.log_metrics({"counter": step})
                syncs.wait(3)
            syncs.failing = ""
    assert ["Input/output error" in str(one.message) for one in seen] == [True]
    assert counts_of(read_soundly(store)) == {run.id: list(range(10))}


@pytest.mark.parametrize("tolerant", [False, True])
def test_an_artifact_that_cannot_be_synced_is_told_at_the_end(
    store: Path, syncs: Syncs, tolerant: bool
) -> None:
    run = _start(store, sync=None, on_error="warn" if tolerant else "raise")
    run.log_text("x", "lost.txt")
    run.log_text("x", "safe.txt")
    syncs.failing = "lost.txt"
    with (
        pytest.warns(match=r"lost\.txt")
        if tolerant
        else pytest.raises(StoreWriteFailed, match="lost")
    ):
        run.finish()
    assert "safe.txt" in syncs.done
    assert RunFolder(run.folder).is_sealed
    assert read_soundly(store).runs["status"].to_pylist() == ["FINISHED"]


def test_a_record_that_cannot_be_synced_at_once_is_not_kept(store: Path, syncs: Syncs) -> None:
    with _start(store, sync=0) as run:
        run.log_metrics({"counter": 0})
        syncs.failing = ".journal"
        with pytest.raises(StoreWriteFailed, match="Input/output error"):
            run.log_metrics({"counter": 1})
        syncs.failing = ""
        run.log_metrics({"counter": 2})
    assert counts_of(read_soundly(store)) == {run.id: [0, 2]}


def test_a_file_system_that_cannot_sync_folders_is_no_failure(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def refuse(descriptor: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{descriptor}"):  # noqa: PTH112
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    with _start(store, sync=0) as run:
        run.log_text("x", "a.txt")
    assert run.status == "FINISHED"


def _after(tree: Tree, folder: Path) -> Path:
    write_tree(tree, folder)
    return folder


def test_what_each_call_acknowledged_survives_a_power_cut_when_it_is_synced_at_once(
    tmp_path: Path,
) -> None:
    """Also in a store that was made just now, in folders that were made just now."""
    (tmp_path / "disk").mkdir()
    disk = Disk(tmp_path / "disk")
    trees: list[Tree] = []
    with disk.watching():
        run = _start(tmp_path / "disk" / "new" / "runs", sync=0, params={"a": 1})
        trees.append(disk.surely())
        for step in range(3):
            run.log_metrics({"counter": step})
            run.set_tags({"newest": str(step)})
            run.log_text(f"text {step}", f"folder {step}/{step}.txt")
            trees.append(disk.surely())
        run.finish()
        trees.append(disk.surely())
    disk.close()
    for number, tree in enumerate(trees):
        store = _after(tree, tmp_path / str(number)) / "new" / "runs"
        tables, logged = read_soundly(store), range(min(number, 3))
        assert tables.params["key"].to_pylist() == ["a"]
        assert counts_of(tables).get(run.id, []) == list(logged)
        assert tables.tags["value"].to_pylist() == [str(step) for step in logged][-1:]
        for step in logged:
            path = store / "runs" / run.id / "artifacts" / f"folder {step}" / f"{step}.txt"
            assert path.read_text() == f"text {step}"
    assert list_run_folders(store)[0].is_sealed


@pytest.mark.parametrize("scenario", UNSEALED)
def test_sealing_cut_off_at_any_call_leaves_the_journals_or_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario: str
) -> None:
    root, chance = tmp_path / "disk", random.Random(scenario)
    root.mkdir()
    UNSEALED[scenario](root / "store")
    expected = content_of(read_soundly(root / "store"))
    (folder,) = list_run_folders(root / "store")
    disk = Disk(root)
    trees: list[Tree] = []

    def cut() -> None:
        found = [disk.surely(), *(disk.perhaps(chance) for _ in range(3))]
        trees.extend(tree for tree in found if tree not in trees)

    with disk.watching(cut):
        assert seal_run(folder)
        cut()
    disk.close()
    monkeypatch.setattr(liveness, "_boot", lambda: "the one after the power cut")
    sealed = []
    for number, tree in enumerate(trees):
        store = _after(tree, tmp_path / str(number)) / "store"
        assert content_of(read_soundly(store)) == expected
        sealed.append(list_run_folders(store)[0].is_sealed)
        if number % 5 == 0:
            assert seal_everything(store) == [True]
            assert content_of(read_soundly(store)) == expected
    assert len(trees) > 12
    assert sealed[-1]


def test_the_model_notices_a_rename_before_the_sync(tmp_path: Path) -> None:
    root = tmp_path / "disk"
    root.mkdir()
    disk = Disk(root)
    (root / "beside").write_bytes(b"content")
    (root / "beside").rename(root / "final")
    with disk.watching():
        descriptor = os.open(root, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    assert disk.surely() == {"final": b""}
    with disk.watching(), (root / "final").open("rb") as file:
        os.fsync(file.fileno())
    assert disk.surely() == {"final": b"content"}
    disk.close()


def test_a_sync_that_failed_just_before_the_end_is_told_by_finish(
    store: Path, syncs: Syncs
) -> None:
    run = _start(store, sync=0.002)
    run.log_metrics({"counter": 0})
    syncs.wait(2)
    syncs.failing = ".journal"
    run.log_metrics({"counter": 1})
    syncs.wait(5)
    syncs.failing = ""
    with pytest.raises(StoreWriteFailed, match="Input/output error"):
        run.finish()
    run.finish()
    tables = read_soundly(store)
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert counts_of(tables) == {run.id: [0, 1]}
