"""Adding whole runs to a store: they are sealed at once, without a journal.

A run that is there already gets what it doesn't have yet, in a new sealed form that replaces the
old one in one step, as when a run was resumed. Nothing that the store has is taken away. Many new
runs without files go into a pack together, which costs a fraction of sealing each by itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal

from runfolio.errors import RunAlreadyActive
from runfolio.schema import TABLES, FileRecord, WholeRun
from runfolio.store.artifacts import copy_artifact, write_artifact
from runfolio.store.files import reported_writes, sync_folder
from runfolio.store.layout import RunFolder, create_store, run_folder
from runfolio.store.merging import merge_tables
from runfolio.store.packing import make_origins, write_pack
from runfolio.store.packs import ORIGINS, PackIndex
from runfolio.store.records import artifact_row, file_details, make_tables
from runfolio.store.replay import list_journals
from runfolio.store.sealed import SealedForm, find_sealed
from runfolio.store.sealing import Overtaken, read_current, write_sealed

Outcome = Literal["added", "extended", "unchanged", "busy"]

_ATTEMPTS: Final = 5

_FEW: Final = 8
"""Up to so many new runs are sealed one by one, each in a folder of its own."""

_MANY_POINTS: Final = 4_000_000
"""From so many points on, the new runs so far are packed, which bounds the memory taken."""


class Adder:
    """Adds runs to the store in a folder, which is made where it is not there."""

    def __init__(self, root: Path) -> None:
        create_store(root)
        self._root = root
        self._packs = PackIndex(root)

    def add(self, record: WholeRun) -> Outcome:
        """Add one run, or what it has more than the one of its id in the store.

        Raises `RunAlreadyActive` while that one is live or waits to be sealed.
        """
        for _ in range(_ATTEMPTS):
            folder = run_folder(self._root, record.id)
            form = find_sealed(folder, self._packs)
            journals = list_journals(folder)
            try:
                if form is None and not journals:
                    return self._add_new(record)
                if form is not None and form.covers(journals):
                    return self._extend(folder, form, record)
            except Overtaken:
                continue
            break
        raise RunAlreadyActive(
            f"The run {record.id!r} in {str(self._root)!r} is being logged to, or waits to be "
            "sealed. Add it again when it has ended, or after `runfolio recover`."
        )

    def add_all(self, records: Iterable[WholeRun]) -> Iterator[tuple[WholeRun, Outcome]]:
        """Add runs and yield each with what became of it: "busy" where `add` would raise."""
        waiting: list[WholeRun] = []
        points = 0
        for record in records:
            if record.files or not self._is_new(record.id):
                yield record, self._try(record)
                continue
            waiting.append(record)
            points += sum(len(series.steps) for series in record.metrics)
            if points >= _MANY_POINTS:
                yield from self._pack(waiting)
                waiting, points = [], 0
        yield from self._pack(waiting)

    def _is_new(self, run_id: str) -> bool:
        in_folder = run_folder(self._root, run_id).path.exists()
        return not in_folder and self._packs.find(run_id) is None

    def _try(self, record: WholeRun) -> Outcome:
        try:
            return self.add(record)
        except RunAlreadyActive:
            return "busy"

    def _pack(self, records: list[WholeRun]) -> Iterator[tuple[WholeRun, Outcome]]:
        if len(records) <= _FEW:
            yield from ((record, self._try(record)) for record in records)
            return
        tables = make_tables((record, []) for record in records)
        tables[ORIGINS] = make_origins((run_id, 1, ()) for run_id in sorted(r.id for r in records))
        write_pack(self._root, iter([("", tables)]))
        for record in records:
            yield record, "added"

    def _add_new(self, record: WholeRun) -> Outcome:
        hidden = RunFolder(self._root / "runs" / f".{record.id}.{os.urandom(4).hex()}.tmp")
        folder = run_folder(self._root, record.id)
        with reported_writes(folder.path):
            try:
                hidden.path.mkdir(parents=True)
                rows = [_keep(hidden, record, file) for file in record.files]
                write_sealed(hidden, make_tables([(record, rows)]), owner=record.id)
                _rename(hidden, folder)
            finally:
                shutil.rmtree(hidden.path, ignore_errors=True)
            sync_folder(folder.path.parent)
        return "added"

    def _extend(self, folder: RunFolder, form: SealedForm, record: WholeRun) -> Outcome:
        seen = read_current(folder.tables)
        files = {file.path: file for file in record.files}
        rows = [artifact_row(record, file) for file in record.files]
        old = form.read(TABLES)
        tables = merge_tables(old, make_tables([(record, rows)]), timed=record.timed)
        if tables is None:
            return "unchanged"
        with reported_writes(folder.path):
            folder.path.mkdir(exist_ok=True)
            listed = {row["path"]: row["sha256"] for row in old["artifacts"].to_pylist()}
            for row in rows:
                if listed.get(row["path"]) != row["sha256"]:
                    _keep(folder, record, files[row["path"]])
        write_sealed(folder, tables, turn=form.turn + 1, journals=form.journals, seen=seen)
        return "extended"


def _keep(folder: RunFolder, record: WholeRun, file: FileRecord) -> dict[str, Any]:
    """Keep a file as an artifact, safe from a power cut, and return its row."""
    if isinstance(file.source, bytes):
        listed = write_artifact(folder, file.path, file.source)
    else:
        listed = copy_artifact(folder, file.path, file.source)
    _sync(folder.artifacts / file.path)
    for parent in (folder.artifacts / file.path).parents:
        sync_folder(parent)
        if parent == folder.path:
            break
    return {**listed, **file_details(record, file)}


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename(hidden: RunFolder, folder: RunFolder) -> None:
    """Show a run; where another process has added it meanwhile, that one is looked at again."""
    try:
        hidden.path.rename(folder.path)
    except OSError as error:
        if folder.is_sealed:
            raise Overtaken from error
        # What a packed run that was removed, or a killed process, has left: an empty folder.
        with suppress(OSError):
            folder.path.rmdir()
        hidden.path.rename(folder.path)
