"""Adding whole runs to a store: they are sealed at once, without a journal.

A run that is there already gets what it doesn't have yet, in a new sealed form that replaces the
old one in one step, as when a run was resumed. Nothing that the store has is taken away. Many new
runs without files go into a pack together, which costs a fraction of sealing each by itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from runfolio.errors import InvalidPath, RunAlreadyActive, StoreDamaged
from runfolio.schema import TABLES, FileRecord, WholeRun, derive_run_id
from runfolio.store.artifacts import copy_artifact, write_artifact
from runfolio.store.files import reported_writes, sync_file, sync_folder
from runfolio.store.layout import RunFolder, create_store, run_folder
from runfolio.store.merging import may_be_one_run, merge_tables
from runfolio.store.pack_writing import make_origins, write_pack
from runfolio.store.packs import ORIGINS, PackIndex
from runfolio.store.records import artifact_row, file_details, make_artifacts, make_tables
from runfolio.store.replay import Tables, list_journals
from runfolio.store.sealed import SealedForm, find_sealed
from runfolio.store.sealing import Overtaken, read_current, write_sealed

Outcome = Literal["added", "extended", "unchanged", "refused"]

_ATTEMPTS: Final = 5

_FEW: Final = 8
"""Up to so many new runs are sealed one by one, each in a folder of its own."""

_MANY: Final = 10_000
_MANY_POINTS: Final = 4_000_000
"""From so many runs or points on, the new runs so far are packed, which bounds the memory taken."""


class AnotherRun(Exception):  # noqa: N818
    """The run that has this id in the store is another one: an identity was guessed wrongly."""


def with_next_id(run: WholeRun) -> WholeRun:
    """The run with the id to try next, where another run has the one it has."""
    return replace(run, id=derive_run_id("next", run.id))


class Added(NamedTuple):
    """What became of a run; `reason` says why it was refused."""

    run: WholeRun
    outcome: Outcome
    reason: str = ""


class Adder:
    """Adds runs to the store in a folder, which is made where it is not there."""

    def __init__(self, root: Path) -> None:
        create_store(root)
        self._root = root
        self._packs = PackIndex(root)

    def add(self, run: WholeRun) -> Outcome:
        """Add one run, or what it has more than the one of its id in the store.

        Where somebody has gone on with that one here, nothing of it is replaced. Of a run whose
        identity was guessed, another one of that id gets the next free id. Raises
        `RunAlreadyActive` while the one in the store is live or waits to be sealed.
        """
        while True:
            try:
                return self.add_as(run)
            except AnotherRun:
                run = with_next_id(run)

    def add_as(self, run: WholeRun) -> Outcome:
        """Add one run under its id; raises `AnotherRun` where a guessed one is another's."""
        for _ in range(_ATTEMPTS):
            folder = run_folder(self._root, run.id)
            form = find_sealed(folder, self._packs)
            journals = list_journals(folder)
            try:
                if form is None and not journals:
                    return self._add_new(run)
                if form is not None and form.covers(journals):
                    return self._extend(folder, form, run)
            except Overtaken:
                continue
            break
        raise RunAlreadyActive(
            f"The run {run.id!r} in {str(self._root)!r} is being logged to, or waits to be "
            "sealed. Add it again when it has ended, or after `runfolio recover`."
        )

    def add_all(self, runs: Iterable[WholeRun]) -> Iterator[Added]:
        """Add runs and say of each what became of it: one that `add` would raise for is refused."""
        waiting: list[WholeRun] = []
        points = 0
        for run in runs:
            if run.files or not self._is_new(run.id):
                yield self._try(run)
                continue
            waiting.append(run)
            points += sum(len(series.steps) for series in run.metrics)
            if points >= _MANY_POINTS or len(waiting) >= _MANY:
                yield from self._pack(waiting)
                waiting, points = [], 0
        yield from self._pack(waiting)

    def _is_new(self, run_id: str) -> bool:
        in_folder = run_folder(self._root, run_id).path.exists()
        return not in_folder and self._packs.find(run_id) is None

    def _try(self, run: WholeRun) -> Added:
        return try_adding(run, self.add)

    def _pack(self, runs: list[WholeRun]) -> Iterator[Added]:
        if len(runs) <= _FEW:
            yield from map(self._try, runs)
            return
        tables = make_tables((run, []) for run in runs)
        tables[ORIGINS] = make_origins((run_id, 1, ()) for run_id in sorted(run.id for run in runs))
        write_pack(self._root, iter([("", tables)]))
        for run in runs:
            yield Added(run, "added")

    def _add_new(self, run: WholeRun) -> Outcome:
        folder = run_folder(self._root, run.id)
        if folder.path.exists():  # with nothing but artifacts, which a run that is gone has left
            with reported_writes(folder.path):
                rows = [_keep(folder, run, file) for file in run.files]
            write_sealed(folder, make_tables([(run, rows)]))
            return "added"
        hidden = RunFolder(self._root / "runs" / f".{run.id}.{os.urandom(4).hex()}.tmp")
        with reported_writes(folder.path):
            try:
                hidden.path.mkdir(parents=True)
                rows = [_keep(hidden, run, file) for file in run.files]
                write_sealed(hidden, make_tables([(run, rows)]), owner=run.id)
                _rename(hidden, folder)
            finally:
                shutil.rmtree(hidden.path, ignore_errors=True)
            sync_folder(folder.path.parent)
        return "added"

    def _extend(self, folder: RunFolder, form: SealedForm, run: WholeRun) -> Outcome:
        seen = read_current(folder.tables)
        old = form.read(TABLES)
        keep_old = bool(form.journals)
        rows = {file.path: artifact_row(run, file) for file in run.files}
        new = make_tables([(run, list(rows.values()))])
        if run.guessed and not may_be_one_run(old, new):
            raise AnotherRun
        if fresh := _fresh_files(run, rows, old, keep_old=keep_old):
            with reported_writes(folder.path):
                folder.path.mkdir(exist_ok=True)
                rows |= {file.path: _keep(folder, run, file) for file in fresh}
            new["artifacts"] = make_artifacts([(run, list(rows.values()))])
        tables = merge_tables(old, new, timed=run.timed, keep_old=keep_old)
        if tables is None:
            return "unchanged"
        with reported_writes(folder.path):
            folder.path.mkdir(exist_ok=True)  # a packed run may have none
        write_sealed(folder, tables, turn=form.turn + 1, journals=form.journals, seen=seen)
        return "extended"


def _fresh_files(
    run: WholeRun, rows: Mapping[str, dict[str, Any]], old: Tables, *, keep_old: bool
) -> list[FileRecord]:
    """The files that the store lacks, or has with another content that may be replaced."""
    listed = {row["path"]: row["sha256"] for row in old["artifacts"].to_pylist()}
    return [
        file
        for file in run.files
        if file.path not in listed
        or (not keep_old and listed[file.path] != rows[file.path]["sha256"])
    ]


def try_adding(run: WholeRun, add: Callable[[WholeRun], Outcome]) -> Added:
    """Add a run; where that one run can't be added, say why."""
    try:
        return Added(run, add(run))
    except (RunAlreadyActive, StoreDamaged, InvalidPath) as error:
        return Added(run, "refused", str(error))


def _keep(folder: RunFolder, run: WholeRun, file: FileRecord) -> dict[str, Any]:
    """Keep a file as an artifact, safe from a power cut, and return its row."""
    if isinstance(file.source, bytes):
        listed = write_artifact(folder, file.path, file.source)
    else:
        listed = copy_artifact(folder, file.path, file.source)
    sync_file(folder.artifacts / file.path)
    for parent in (folder.artifacts / file.path).parents:
        sync_folder(parent)
        if parent == folder.path:
            break
    return {**listed, **file_details(run, file)}


def _rename(hidden: RunFolder, folder: RunFolder) -> None:
    """Show a run; where another process has added it meanwhile, that one is looked at again."""
    try:
        hidden.path.rename(folder.path)
    except OSError as error:
        if folder.path.exists():
            raise Overtaken from error
        raise
