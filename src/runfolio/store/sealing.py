"""Sealing: an ended run's journals become plain Parquet tables.

The manifest decides. At the first sealing the tables and the manifest are written into a folder
beside their place, synced, and renamed there in one step. A run that was resumed is sealed again:
tables of new names are written beside the old ones, and then the manifest is replaced in one step.
So at any instant either the journals or the tables that the manifest names tell the whole run.

Ranks that finish at the same moment may all seal. Who replaces the manifest claims that for the
instant it takes, and looks whether it is still the one he began with: if not, or where another has
the claim, he drops his own tables and looks again. A claim of a process that was killed falls.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from runfolio.errors import StoreDamaged
from runfolio.schema import RUNNING
from runfolio.store.columns import make_overview
from runfolio.store.files import read_plain, reported_writes, sync_folder, write_synced
from runfolio.store.journal import read_journal
from runfolio.store.layout import RunFolder
from runfolio.store.liveness import SILENCE, describe_writer, is_gone
from runfolio.store.manifest import (
    NAME,
    Manifest,
    decode_manifest,
    describe_file,
    encode_manifest,
    unreadable,
)
from runfolio.store.packs import PackIndex
from runfolio.store.parquet import encode_table
from runfolio.store.parts import remove_journal
from runfolio.store.replay import Tables, list_journals, replay_run
from runfolio.store.sealed import SealedForm, find_sealed

_ATTEMPTS: Final = 5

_CLAIM: Final = ".sealing"
_CLAIMANT: Final = "writer.json"

_LEFT_OVER: Final = 3600.0
"""Seconds after which tables that no manifest names were left by a sealing that was killed."""


class Overtaken(Exception):  # noqa: N818
    """Another rank, or somebody who recovers the run, has sealed it in the meantime."""


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
        seen = read_current(folder.tables)
        try:
            return _seal(folder, find_sealed(folder, packs), seen, ending, writer, silence)
        except Overtaken:
            continue
        except StoreDamaged:
            if read_current(folder.tables) == seen:
                raise
            # Who sealed meanwhile has removed the journals that were being read.
    return False


def read_current(tables: Path) -> bytes | None:
    """The manifest as it is now, None without one."""
    try:
        return read_plain(tables / NAME)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise unreadable(tables / NAME, error) from error


def _seal(
    folder: RunFolder,
    form: SealedForm | None,
    seen: bytes | None,
    ending: dict[str, Any] | None,
    writer: str | None,
    silence: float,
) -> bool:
    merged = form.journals if form is not None else frozenset()
    found = list_journals(folder)
    if form is not None and form.covers(found):
        _remove_journals(folder, [path.name for path in found if _is_whole(path)])
        return True
    base = form.base() if form is not None else None
    replayed = replay_run(folder, ending, writer=writer, base=base, merged=merged, silence=silence)
    if replayed.tables["run"]["status"].to_pylist() == [RUNNING]:
        return False
    journals = frozenset({*merged, *replayed.journals})
    write_sealed(folder, replayed.tables, turn=replayed.turn, journals=journals, seen=seen)
    damaged = {Path(path).name for path, _ in replayed.damage}
    _remove_journals(folder, set(replayed.journals) - damaged)
    return True


def _is_whole(journal: Path) -> bool:
    try:
        return read_journal(journal).damage is None
    except StoreDamaged:
        return False  # or gone, because another rank is at the same work


def write_sealed(
    folder: RunFolder,
    tables: Tables,
    *,
    turn: int = 1,
    journals: Collection[str] = (),
    seen: bytes | None = None,
    owner: str | None = None,
) -> None:
    """Write the tables of a run and make them its sealed form, in the place of the one `seen`.

    Raises `Overtaken` when another one has come in between. `owner` is the run's id where the
    folder doesn't have its name yet.
    """
    token = f".{os.urandom(4).hex()}" if folder.tables.exists() else ""
    files = {f"{name}{token}.parquet": encode_table(table, name) for name, table in tables.items()}
    manifest = encode_manifest(
        Manifest(
            owner=owner or folder.run_id,
            files={name: describe_file(content) for name, content in files.items()},
            journals=tuple(sorted(journals)),
            turn=turn,
            overview=make_overview(tables),
        )
    )
    with reported_writes(folder.tables):
        if token:
            _replace(folder.tables, files, manifest, seen)
        else:
            _write_first(folder, files, manifest)


def _write_first(folder: RunFolder, files: dict[str, bytes], manifest: bytes) -> None:
    beside = folder.path / f".tables.{os.urandom(4).hex()}.tmp"
    try:
        beside.mkdir()
        for name, content in (files | {NAME: manifest}).items():
            write_synced(beside / name, content)
        sync_folder(beside)
        _rename(beside, folder.tables)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    sync_folder(folder.path)


def _rename(beside: Path, tables: Path) -> None:
    try:
        beside.rename(tables)
    except OSError as error:
        if (tables / NAME).exists():
            raise Overtaken from error
        raise


def _replace(tables: Path, files: dict[str, bytes], manifest: bytes, seen: bytes | None) -> None:
    """Put the manifest in the place of the one `seen`, once everything that it names is there."""
    beside = tables / f".{NAME}.{os.urandom(4).hex()}.tmp"
    try:
        for name, content in files.items():
            write_synced(tables / name, content)
        write_synced(beside, manifest)
        sync_folder(tables)
        with _claim(tables):
            if read_current(tables) != seen:
                raise Overtaken
            beside.replace(tables / NAME)
            sync_folder(tables)
    finally:
        beside.unlink(missing_ok=True)
        if read_current(tables) != manifest:
            for name in files:
                (tables / name).unlink(missing_ok=True)
    _clear(tables, files, seen)


@contextmanager
def _claim(tables: Path) -> Iterator[None]:
    """Be the only one who replaces the manifest; raise `Overtaken` while somebody else is it."""
    claim = tables / _CLAIM
    own = tables / f"{_CLAIM}.{os.urandom(4).hex()}.tmp"
    try:
        own.mkdir()
        write_synced(own / _CLAIMANT, json.dumps(describe_writer()).encode())
        try:
            own.rename(claim)  # never onto a folder that holds something
        except OSError as error:
            _drop_claim_of_the_dead(claim, own)
            raise Overtaken from error
        try:
            yield
        finally:
            with suppress(OSError):
                claim.rename(own)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _drop_claim_of_the_dead(claim: Path, own: Path) -> None:
    dropped = claim.with_name(f"{_CLAIM}.{os.urandom(4).hex()}.tmp")
    with suppress(OSError):
        if _is_left(claim, own):
            claim.rename(dropped)
            if _is_left(dropped, own):
                shutil.rmtree(dropped)
            else:
                dropped.rename(claim)  # of one who came in between


def _is_left(claim: Path, own: Path) -> bool:
    """Whether who had a claim was killed; one that says nobody's name was left by a power cut."""
    if own.stat().st_mtime - claim.stat().st_mtime > _LEFT_OVER:
        return True
    try:
        return is_gone(json.loads(read_plain(claim / _CLAIMANT)))
    except (FileNotFoundError, ValueError):
        return claim.exists()


def _clear(tables: Path, files: Collection[str], seen: bytes | None) -> None:
    """Remove the tables that were replaced, and those left by a sealing that was killed."""
    replaced = decode_manifest(seen, tables / NAME).files if seen is not None else {}
    sealed = (tables / NAME).stat().st_mtime
    for path in tables.iterdir():
        if path.name in files or path.name == NAME:
            continue
        with suppress(OSError):  # gone, because another rank removes it too
            if path.name in replaced or sealed - path.stat().st_mtime > _LEFT_OVER:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _remove_journals(folder: RunFolder, names: Collection[str]) -> None:
    """Remove journals that are part of the tables, and the folder when nothing else is in it."""
    with suppress(OSError):
        for name in names:
            remove_journal(folder.journals / name)
        folder.journals.rmdir()
