"""What others do to a run between two looks at it, made to happen at exactly that moment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.store import files, layout, places, read_overview, replay, sealing
from runfolio.store import journal as records
from runfolio.store.journal import JournalWriter
from runfolio.store.layout import RunFolder
from runfolio.store.sealing import seal_run
from runfolio.tracking import joining
from tests.store.samples import START, begin_run, only_journal, write_run

from .programs import content_of, counts_of, read_soundly
from .stores import GONE, UNSEALED, add_journal


class Moment:
    """Does something once, just before the first call of a function of ours."""

    def __init__(
        self, patch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], object]
    ) -> None:
        self.come = False
        self._act, self._call = act, getattr(module, name)
        patch.setattr(module, name, self)

    def __call__(self, *args: Any, **options: Any) -> Any:
        if not self.come:
            self.come = True
            self._act()
        return self._call(*args, **options)


def test_a_run_sealed_between_two_looks_for_its_place_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path)
    expected = content_of(read_soundly(tmp_path))
    for read in (read_soundly, read_overview):
        moment = Moment(monkeypatch, places, "list_journals", lambda: seal_run(run))
        assert read(tmp_path).runs["run_id"].to_pylist() == [run.run_id]
        assert moment.come
    assert content_of(read_soundly(tmp_path)) == expected


@pytest.mark.parametrize("scenario", ["two ranks", "two ranks resumed"])
def test_a_run_of_which_some_journals_are_removed_already_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario: str
) -> None:
    UNSEALED[scenario](tmp_path)
    expected = content_of(read_soundly(tmp_path))
    (folder,) = layout.list_run_folders(tmp_path)

    def seal_but_keep_a_journal() -> None:
        kept = sorted(folder.journals.iterdir())[-1]
        shutil.copy(kept, tmp_path / "kept")
        assert seal_run(folder)
        folder.journals.mkdir()
        shutil.move(tmp_path / "kept", kept)

    moment = Moment(monkeypatch, replay, "list_journals", seal_but_keep_a_journal)
    assert content_of(read_soundly(tmp_path)) == expected
    assert moment.come


@pytest.mark.parametrize("seals", [False, True])
def test_what_a_process_logs_between_being_read_and_dying_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seals: bool
) -> None:
    folder, journal = begin_run(tmp_path, writer=GONE)
    journal.append_points(("counter",), 0, START, [0])

    def log_and_die() -> None:
        journal.append_points(("counter",), 1, START, [1])
        journal.close()

    moment = Moment(monkeypatch, replay, "is_dead", log_and_die)
    if seals:
        assert seal_run(folder)
    assert counts_of(read_soundly(tmp_path)) == {folder.run_id: [0, 1]}
    assert moment.come


def test_a_rank_joins_while_a_sealing_removes_the_folder_of_journals(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_metrics({"counter": 0})
    folder = RunFolder(run.folder)
    mkdir = Path.mkdir
    removed: list[Path] = []

    def make_and_lose(path: Path, *args: Any, **options: Any) -> None:
        mkdir(path, *args, **options)
        if path == folder.journals and not removed:
            path.rmdir()
            removed.append(path)

    monkeypatch.setattr(Path, "mkdir", make_and_lose)
    with runfolio.start_run(store=store, run_id=run.id, rank=1, capture=False) as other:
        other.log_metrics({"counter": 1})
    assert removed
    assert counts_of(read_soundly(store)) == {run.id: [0, 1]}


@pytest.mark.parametrize("name", ["list_journals", "read_journal"])
def test_a_run_sealed_while_it_is_joined_goes_on(
    store: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    run = write_run(store)
    moment = Moment(monkeypatch, joining, name, lambda: seal_run(run))
    with runfolio.start_run(store=store, run_id=run.run_id, capture=False) as again:
        again.log_metrics({"loss": 9.0})
        assert again.name == "a run"
    assert moment.come
    rows = read_soundly(store).metrics.to_pylist()
    assert [(row["step"], row["value"]) for row in rows if row["key"] == "loss"] == [
        (0, 1.5),
        (1, 0.5),
        (2, 9.0),
    ]


@pytest.mark.parametrize("scenario", UNSEALED)
def test_a_rank_that_comes_and_goes_while_another_seals_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario: str
) -> None:
    UNSEALED[scenario](tmp_path)
    (folder,) = layout.list_run_folders(tmp_path)
    before = read_soundly(tmp_path).metrics.num_rows

    def come_and_go() -> None:
        add_journal(folder, rank=7, turn=2)
        assert seal_run(folder)

    moment = Moment(monkeypatch, sealing, "encode_table", come_and_go)
    assert seal_run(folder)
    assert moment.come
    assert read_soundly(tmp_path).metrics.num_rows == before + 6
    assert [path.name for path in folder.path.iterdir()] == ["tables"]
    assert len(list(folder.tables.iterdir())) == 8


def test_a_rank_that_comes_while_another_seals_and_stays_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_run(tmp_path)
    header = records.read_journal(only_journal(folder)).header
    late: list[JournalWriter] = []

    def come() -> None:
        path = folder.journals / f"{'f' * 32}.journal"
        late.append(JournalWriter(path, {**(header or {}), "rank": 1}))
        late[0].append_points(("counter",), 0, START, [0])

    Moment(monkeypatch, sealing, "encode_table", come)
    assert seal_run(folder)
    assert read_soundly(tmp_path).runs["status"].to_pylist() == ["RUNNING"]
    late[0].append_points(("counter",), 1, START, [1])
    late[0].append(records.END, {"status": "FINISHED", "end_time": START, "duration": 1.0})
    late[0].close()
    assert seal_run(folder)
    tables = read_soundly(tmp_path)
    assert counts_of(tables) == {folder.run_id: [0, 1]}
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert tables.metrics.num_rows == 6


def test_ctrl_c_at_any_moment_of_sealing_again_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after the manifest was replaced, when the new tables are those that count."""
    UNSEALED["resumed"](tmp_path)
    expected = content_of(read_soundly(tmp_path))
    (folder,) = layout.list_run_folders(tmp_path)
    shutil.copytree(folder.path, tmp_path / "copy")
    sync = files.sync_folder
    for number in range(3):
        shutil.rmtree(folder.path)
        shutil.copytree(tmp_path / "copy", folder.path)
        calls = iter([*[False] * number, True])

        def interrupt(path: Path, calls: Any = calls) -> None:
            sync(path)
            if next(calls, False):
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(sealing, "sync_folder", interrupt)
            try:
                seal_run(folder)
            except KeyboardInterrupt:
                assert content_of(read_soundly(tmp_path)) == expected
            else:
                assert number == 2
        assert seal_run(folder)
        assert content_of(read_soundly(tmp_path)) == expected
