"""Small runs written with the store's own functions, without the logging module."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from runfolio.schema import new_run_id
from runfolio.store import journal as records
from runfolio.store.journal import JournalWriter
from runfolio.store.layout import RunFolder, create_store, new_run_folder, show_run_folder
from runfolio.store.liveness import describe_writer
from runfolio.store.sealing import seal_run

START = 1_700_000_000_000_000
END = {"status": "FINISHED", "end_time": START + 2_000_000, "duration": 2.0}


def begin_run(store: Path, **header: Any) -> tuple[RunFolder, JournalWriter]:
    """A run that has written its header and nothing else."""
    create_store(store)
    run_id = new_run_id()
    folder = new_run_folder(store, run_id)
    document = {
        "format": 1,
        "run_id": run_id,
        "experiment": "wine",
        "name": "a run",
        "parent_id": None,
        "start_time": START,
        "writer": describe_writer(),
        **header,
    }
    path = folder.journals / f"{uuid.uuid4().hex}.journal"
    journal = JournalWriter(path, document)
    folder = show_run_folder(folder, store, run_id)
    journal.path = folder.journals / path.name
    return folder, journal


def write_run(store: Path, **header: Any) -> RunFolder:
    """A run with a parameter, a tag, a note, two points of two metrics, and an end."""
    folder, journal = begin_run(store, **header)
    journal.append(records.PARAMS, {"depth": ["int", "3", 3.0]})
    journal.append(records.TAGS, {"label": "all"})
    journal.append(records.NOTE, "A *note*.")
    journal.append_points(("loss", "rmse"), 0, START + 1, [1.5, float("nan")])
    journal.append_points(("loss", "rmse"), 1, START + 2, [0.5, float("-inf")])
    journal.append(records.END, END)
    journal.close()
    return folder


def write_sealed_run(store: Path, **header: Any) -> RunFolder:
    """The run of `write_run`, sealed."""
    folder = write_run(store, **header)
    seal_run(folder)
    return folder


def only_journal(folder: RunFolder) -> Path:
    """The path of a run's only journal."""
    (path,) = folder.journals.iterdir()
    return path
