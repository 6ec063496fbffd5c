"""A clock that is set back, to any time, changes no order and harms nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

import runfolio
from runfolio.site import build_report
from runfolio.store.edits import Edit, list_edit_files, write_edit
from runfolio.store.layout import list_run_folders
from runfolio.store.sealing import seal_run
from runfolio.tracking import values
from tests.store.samples import START, begin_run

from .programs import counts_of, read_soundly
from .stores import GONE, add_journal

HOUR = 3600 * 10**9
NOW = START * 1000


class Clock:
    """A clock that jumps at every look at it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.times: Iterator[int] = cycle([NOW])
        patch.setattr(time, "time_ns", self.look)
        patch.setattr(time, "time", lambda: self.look() / 1e9)
        patch.setattr(values, "time_ns", self.look)

    def look(self) -> int:
        return next(self.times)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


JUMPS = {
    "an hour back each time": range(NOW, 0, -HOUR),
    "back to 1970": cycle([NOW, 0]),
    "back and forth": cycle([NOW, NOW - HOUR, NOW + HOUR, NOW - 24 * HOUR]),
    "before 1970": cycle([NOW, -HOUR]),
}


@pytest.mark.parametrize("jumps", JUMPS)
def test_a_clock_that_is_set_back_while_a_run_logs_changes_nothing(
    store: Path, tmp_path: Path, clock: Clock, jumps: str
) -> None:
    clock.times = iter(JUMPS[jumps])
    with runfolio.start_run(store=store, experiment="clock", capture=False) as run:
        for number in range(50):
            run.log_metrics({"counter": number})
            run.set_tags({"newest": str(number)})
            run.log_text(str(number), "text.txt")
        live = read_soundly(store)
    with runfolio.start_run(store=store, run_id=run.id, capture=False) as again:
        again.log_metrics({"counter": 50})
        again.set_tags({"newest": "50"})
    tables = read_soundly(store)
    assert counts_of(live) == {run.id: list(range(50))}
    assert counts_of(tables) == {run.id: list(range(51))}
    assert tables.metrics["step"].to_pylist() == list(range(51))
    assert tables.tags["value"].to_pylist() == ["50"]
    (row,) = tables.runs.to_pylist()
    assert row["status"] == "FINISHED"
    assert 0 <= row["duration"] < 3600
    build_report(store, output=tmp_path / "site", title="Project")
    pages = [path.read_text() for path in (tmp_path / "site").rglob("*.html")]
    assert not any("-1 h" in page or "−1 h" in page for page in pages)


@pytest.mark.parametrize("recovered", [False, True])
def test_a_killed_run_whose_clock_was_set_back_has_no_negative_duration(
    store: Path, tmp_path: Path, recovered: bool
) -> None:
    folder, journal = begin_run(store, writer=GONE)
    journal.append_points(("counter",), 0, START - 3600 * 10**6, [0])
    journal.append_points(("counter",), 1, 0, [1])
    journal.close()
    add_journal(folder, turn=2, joined=START - 7200 * 10**6, end=False)
    if recovered:
        assert seal_run(list_run_folders(store)[0])
    tables = read_soundly(store)
    (row,) = tables.runs.to_pylist()
    assert row["status"] == "KILLED"
    assert row["duration"] >= 0
    assert counts_of(tables) == {folder.run_id: [0, 1]}
    build_report(store, output=tmp_path / "site", title="Project")


@pytest.mark.parametrize("times", [range(10, 0, -1), [5] * 10, [10**15, 0, 10**14, 7, 3]])
def test_the_edit_made_last_wins_whatever_the_clock_says(store: Path, times: list[int]) -> None:
    with runfolio.start_run(store=store, experiment="clock", capture=False) as run:
        run.set_note("logged")
    given = []
    for number, moment in enumerate(times):
        edit = Edit(moment, "run", run.id, {"note": str(number), "tags": {"n": str(number)}})
        given.append(write_edit(store, edit).time)
        tables = read_soundly(store)
        assert tables.runs["note"].to_pylist() == [str(number)]
        assert tables.tags["value"].to_pylist() == [str(number)]
    assert given == sorted(set(given))
    assert len(list_edit_files(store)) == len(given)


def test_deleting_and_restoring_follow_each_other_on_a_clock_that_is_set_back(store: Path) -> None:
    with runfolio.start_run(store=store, experiment="clock", capture=False) as run:
        run.log_metrics({"counter": 1})
    for number in range(6):
        write_edit(store, Edit(START - number, "run", run.id, {"deleted": number % 2 == 0}))
        assert read_soundly(store).runs.num_rows == number % 2
