"""Runs that are about to be sealed, for the first time, again, or with two ranks."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Final

from runfolio.store import journal as records
from runfolio.store.journal import JournalWriter
from runfolio.store.layout import RunFolder
from runfolio.store.liveness import describe_writer
from tests.store.samples import END, START, begin_run, write_run, write_sealed_run

GONE: Final = describe_writer() | {"boot": "an earlier one"}


def add_journal(folder: RunFolder, *, end: bool = True, **header: Any) -> None:
    """One more journal of a run, with three points, a tag and, unless it crashed, an end."""
    folder.journals.mkdir(exist_ok=True)
    document = {
        "format": 1,
        "run_id": folder.run_id,
        "experiment": "wine",
        "name": "a run",
        "parent_id": None,
        "start_time": START,
        "joined": START + 3,
        "writer": GONE,
        **header,
    }
    journal = JournalWriter(folder.journals / f"{secrets.token_hex(16)}.journal", document)
    journal.append(records.TAGS, {"newest": repr(header)})
    for step in range(3):
        journal.append_points(("loss", "new"), step, START + 4, [step / 3, float("inf")])
    if end:
        journal.append(records.END, END)
    journal.close()


def _first(store: Path) -> None:
    write_run(store)


def _killed(store: Path) -> None:
    folder, journal = begin_run(store, writer=GONE)
    journal.append_points(("loss",), 0, START + 1, [0.5])
    journal.close()
    add_journal(folder, turn=2, end=False)


def _resumed(store: Path) -> None:
    add_journal(write_sealed_run(store), turn=2)


def _two_ranks(store: Path) -> None:
    add_journal(write_run(store), rank=1)


def _two_ranks_resumed(store: Path) -> None:
    folder = write_sealed_run(store)
    add_journal(folder, turn=2)
    add_journal(folder, turn=2, rank=1)


UNSEALED: Final = {
    "first": _first,
    "killed": _killed,
    "resumed": _resumed,
    "two ranks": _two_ranks,
    "two ranks resumed": _two_ranks_resumed,
}
