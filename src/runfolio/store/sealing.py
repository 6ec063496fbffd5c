"""Sealing: an ended run's journals become plain Parquet tables.

The manifest decides. At the first sealing the tables and the manifest are written into a folder
beside their place, synced, and renamed there in one step. A run that was resumed is sealed again:
tables of new names are written beside the old ones, and then the manifest is replaced in one step.
So at any instant either the journals or the tables that the manifest names tell the whole run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from runfolio.errors import StoreDamaged
from runfolio.schema import RUNNING
from runfolio.store.columns import make_overview
from runfolio.store.files import reported_writes, sync_folder, write_atomically, write_synced
from runfolio.store.layout import RunFolder
from runfolio.store.liveness import SILENCE
from runfolio.store.manifest import NAME, Manifest, describe_file, encode_manifest
from runfolio.store.packs import PackIndex
from runfolio.store.parquet import encode_table
from runfolio.store.replay import ReplayedRun, list_journals, replay_run
from runfolio.store.sealed import SealedForm, find_sealed

_ATTEMPTS: Final = 3


def seal_run(
    folder: RunFolder,
    ending: dict[str, Any] | None = None,
    *,
    writer: str | None = None,
    packs: PackIndex | None = None,
    silence: float = SILENCE,
) -> bool:
    """Write the tables of an ended run from its journals, then remove the journals.

    Returns False, and leaves all as it is, while another writer of the run is live: the last one
    to leave seals. `ending` is how the journal named `writer` ended where it could not be told so;
    without a name, how all ended. `packs` is needed for a run that may have been packed before it
    was resumed, and `silence` is how many seconds writers on other hosts may be quiet. Journals
    that can be read only in part are kept beside the tables. Sealing twice does no harm.
    """
    for _ in range(_ATTEMPTS):
        form = find_sealed(folder, packs)
        try:
            return _seal(folder, form, ending, writer, silence)
        except StoreDamaged:
            now = find_sealed(folder, packs)
            if now is None or (form is not None and now.journals == form.journals):
                raise
            # Another rank that left at the same moment has sealed, and removed the journals.
    return False


def _seal(
    folder: RunFolder,
    form: SealedForm | None,
    ending: dict[str, Any] | None,
    writer: str | None,
    silence: float,
) -> bool:
    merged = form.journals if form is not None else frozenset()
    if form is not None and all(path.name in merged for path in list_journals(folder)):
        _remove_journals(folder, merged)
        return True
    base = form.base() if form is not None else None
    replayed = replay_run(folder, ending, writer=writer, base=base, merged=merged, silence=silence)
    if replayed.tables["run"]["status"].to_pylist() == [RUNNING]:
        return False
    token = f".{os.urandom(4).hex()}" if folder.tables.exists() else ""
    files = {
        f"{name}{token}.parquet": encode_table(table, name)
        for name, table in replayed.tables.items()
    }
    manifest = encode_manifest(_manifest(folder.run_id, replayed, merged, files))
    with reported_writes(folder.tables):
        if token:
            _replace(folder.tables, files, manifest)
        else:
            _write_first(folder, files, manifest)
    damaged = {Path(path).name for path, _ in replayed.damage}
    _remove_journals(folder, set(replayed.journals) - damaged)
    return True


def _manifest(
    run_id: str, replayed: ReplayedRun, merged: frozenset[str], files: dict[str, bytes]
) -> Manifest:
    return Manifest(
        owner=run_id,
        files={name: describe_file(content) for name, content in files.items()},
        journals=tuple(sorted({*merged, *replayed.journals})),
        turn=replayed.turn,
        overview=make_overview(replayed.tables),
    )


def _write_first(folder: RunFolder, files: dict[str, bytes], manifest: bytes) -> None:
    beside = folder.path / f".tables.{os.urandom(4).hex()}.tmp"
    try:
        beside.mkdir()
        for name, content in (files | {NAME: manifest}).items():
            write_synced(beside / name, content)
        sync_folder(beside)
        with suppress(FileExistsError):
            _rename(beside, folder.tables)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    sync_folder(folder.path)


def _rename(beside: Path, tables: Path) -> None:
    """Rename; where another rank has sealed the run at the same moment, its tables stay."""
    try:
        beside.rename(tables)
    except OSError:
        if not (tables / NAME).exists():
            raise


def _replace(tables: Path, files: dict[str, bytes], manifest: bytes) -> None:
    try:
        for name, content in files.items():
            write_synced(tables / name, content)
        sync_folder(tables)
        write_atomically(tables / NAME, manifest)
    except BaseException:
        for name in files:
            (tables / name).unlink(missing_ok=True)
        raise
    for path in tables.iterdir():
        if path.name not in files and path.name != NAME:
            path.unlink(missing_ok=True)


def _remove_journals(folder: RunFolder, names: Collection[str]) -> None:
    """Remove journals that are part of the tables, and the folder when nothing else is in it."""
    with suppress(OSError):
        for name in names:
            (folder.journals / name).unlink(missing_ok=True)
        folder.journals.rmdir()
