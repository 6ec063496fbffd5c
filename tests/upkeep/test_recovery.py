from __future__ import annotations

import json
import os
import time
from pathlib import Path

from runfolio.store import journal as records
from runfolio.store import read_store
from runfolio.store.layout import new_run_folder
from runfolio.store.liveness import describe_writer
from runfolio.upkeep.recovery import recover
from tests.store.samples import END, begin_run, only_journal, write_run, write_sealed_run

GONE = {"boot": "an earlier one"}


def test_a_run_of_a_dead_process_is_sealed_as_killed(store: Path) -> None:
    folder, journal = begin_run(store, writer=describe_writer() | GONE)
    for step in range(5):
        journal.append_points(("loss", "acc"), step, step, [step, -step])
    before = read_store(store)
    (found,) = recover(store=store).runs
    assert (found.id, found.name, found.status, found.points) == (
        folder.run_id,
        "a run",
        "KILLED",
        10,
    )
    assert folder.is_sealed
    assert not folder.journals.exists()
    assert read_store(store).metrics.equals(before.metrics)
    assert recover(store=store).runs == ()


def test_a_run_that_kept_a_traceback_is_failed(store: Path) -> None:
    _, journal = begin_run(store, writer=describe_writer() | GONE)
    journal.append(records.ARTIFACT, {"path": "traceback.txt", "size": 1, "time": 0})
    assert [one.status for one in recover(store=store).runs] == ["FAILED"]


def test_a_run_that_had_ended_keeps_its_status(store: Path) -> None:
    write_run(store)
    assert [one.status for one in recover(store=store).runs] == ["FINISHED"]


def test_a_live_run_is_left_alone(store: Path) -> None:
    folder, journal = begin_run(store)
    found = recover(store=store)
    assert (found.runs, found.running) == ((), (folder.run_id,))
    journal.append(records.END, END)
    assert not folder.is_sealed


def test_a_run_on_another_host_is_dead_after_a_long_silence(store: Path) -> None:
    folder, journal = begin_run(store, writer={"host": "elsewhere", "pid": 1})
    journal.close()
    assert recover(store=store).running == (folder.run_id,)
    an_hour_ago = time.time() - 3700
    os.utime(only_journal(folder), (an_hour_ago, an_hour_ago))
    assert recover(store=store).runs == ()
    assert [one.status for one in recover(store=store, silence=3600).runs] == ["KILLED"]


def test_a_silent_run_on_another_host_reads_as_stopped_before_it_is_recovered(store: Path) -> None:
    folder, journal = begin_run(store, writer={"host": "elsewhere", "pid": 1})
    journal.close()
    assert read_store(store).runs["status"].to_pylist() == ["RUNNING"]
    days_ago = time.time() - 2 * 86400
    os.utime(only_journal(folder), (days_ago, days_ago))
    assert read_store(store).runs["status"].to_pylist() == ["KILLED"]


def test_a_damaged_journal_is_sealed_as_far_as_it_goes_and_kept(store: Path) -> None:
    folder, journal = begin_run(store, writer=describe_writer() | GONE)
    for step in range(5):
        journal.append_points(("loss",), step, step, [step])
    path = only_journal(folder)
    data = path.read_bytes()[:-3]
    path.write_bytes(data)
    assert [(one.status, one.points) for one in recover(store=store).runs] == [("KILLED", 4)]
    assert path.read_bytes() == data
    assert recover(store=store).runs == ()


def test_a_run_that_cannot_be_read_is_reported(store: Path) -> None:
    broken, sound = write_run(store), write_run(store)
    only_journal(broken).write_bytes(b"nothing that can be read")
    found = recover(store=store)
    assert [one.id for one in found.runs] == [sound.run_id]
    assert [damage.run_id for damage in found.damaged] == [broken.run_id]


def test_what_died_while_it_started_is_removed(store: Path) -> None:
    write_sealed_run(store)
    for number, writer in enumerate((describe_writer() | GONE, describe_writer())):
        hidden = new_run_folder(store, f"{number}" * 16)
        header = {"format": 1, "start_time": 0, "writer": writer}
        records.JournalWriter(hidden.journals / "a.journal", header).close()
    recover(store=store)
    (left,) = (store / "runs").glob(".*.tmp")
    assert left.name.startswith("." + "1" * 16)


def test_a_resumed_run_that_dies_is_recovered_on_top_of_its_tables(store: Path) -> None:
    folder = write_sealed_run(store)
    folder.journals.mkdir()
    header = {
        "format": 1,
        "run_id": folder.run_id,
        "experiment": "wine",
        "name": "a run",
        "start_time": 5,
        "turn": 2,
        "rank": 0,
        "writer": describe_writer() | GONE,
    }
    journal = records.JournalWriter(folder.journals / "b.journal", header)
    journal.append_points(("loss",), 7, 7, [7.0])
    (found,) = recover(store=store).runs
    assert (found.status, found.points) == ("KILLED", 5)
    assert json.loads(folder.manifest.read_bytes())["turn"] == 2
    losses = [row for row in read_store(store).metrics.to_pylist() if row["key"] == "loss"]
    assert [row["step"] for row in losses] == [0, 1, 7]
