"""Sealed runs: their tables, read from the files that their manifest names, and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES
from runfolio.store.layout import RunFolder
from runfolio.store.manifest import Manifest, read_checked, read_manifest
from runfolio.store.packs import Origin, PackIndex, read_packed_run
from runfolio.store.parquet import read_table
from runfolio.store.replay import Base, ReplayedRun, Tables, replay_run

if TYPE_CHECKING:
    import pyarrow as pa


def read_sealed_bytes(folder: RunFolder, manifest: Manifest, table: str) -> tuple[str, bytes]:
    """The name and content of the file of one table."""
    name = manifest.file_of(table)
    if name is None:
        raise StoreDamaged(f"{str(folder.manifest)!r} names no {table} table. Restore the file.")
    return name, read_checked(folder.tables, name, manifest.files[name])


def read_sealed_table(folder: RunFolder, manifest: Manifest, table: str) -> pa.Table:
    """One table of a sealed run; the summaries of old stores are worked out."""
    if table == "summaries" and manifest.file_of(table) is None:
        from runfolio.store.summaries import summarise_metrics

        return summarise_metrics(read_sealed_table(folder, manifest, "metrics"))
    name, content = read_sealed_bytes(folder, manifest, table)
    return read_table(folder.tables / name, content, table)


def read_sealed_tables(
    folder: RunFolder, manifest: Manifest, names: Iterable[str] = TABLES
) -> Tables:
    """Some or all tables of a sealed run."""
    return {name: read_sealed_table(folder, manifest, name) for name in names}


@dataclass(frozen=True, slots=True)
class SealedForm:
    """The newest sealed form of a run: its turns, the journals that are part of it, its tables."""

    turn: int
    journals: frozenset[str]
    read: Callable[[Iterable[str]], Tables]
    origin: Origin | None = None

    def covers(self, journals: Iterable[Path]) -> bool:
        """Whether all of these journals are part of it."""
        return all(path.name in self.journals for path in journals)

    def base(self) -> Base:
        """All of it, for new journals to come on top."""
        return Base(self.read(TABLES), self.turn)


def read_run_manifest(folder: RunFolder) -> Manifest:
    """The manifest of a run's own tables; raise `StoreDamaged` when it is another run's."""
    folder.check_links()
    manifest = read_manifest(folder.manifest)
    if manifest.owner != folder.run_id:
        path = str(folder.manifest)
        raise StoreDamaged(f"{path!r} is of the run {manifest.owner!r}. Restore it.", path)
    return manifest


def find_sealed(folder: RunFolder, packs: PackIndex | None = None) -> SealedForm | None:
    """The newest sealed form of a run, in its own folder or in one of `packs`, if it has any."""
    folder.check_links()
    manifest = read_run_manifest(folder) if folder.is_sealed else None
    origin = packs.find(folder.run_id) if packs is not None else None
    if manifest is not None and (origin is None or manifest.standing >= origin.standing):
        read = partial(read_sealed_tables, folder, manifest)
        return SealedForm(manifest.turn, frozenset(manifest.journals), read)
    if packs is None or origin is None:
        return None
    read = partial(read_packed_tables, packs, origin, folder.run_id)
    return SealedForm(origin.turn, origin.journals, read, origin)


def read_packed_tables(
    packs: PackIndex, origin: Origin, run_id: str, names: Iterable[str] = TABLES
) -> Tables:
    """Some or all tables of one packed run."""
    manifest = packs.manifests[origin.pack.pack_id]
    return {name: read_packed_run(origin.pack, manifest, run_id, name) for name in names}


def replay_onto(form: SealedForm | None, folder: RunFolder) -> ReplayedRun:
    """The journals of a run on top of its sealed form, if it has one."""
    if form is None:
        return replay_run(folder)
    return replay_run(folder, base=form.base(), merged=form.journals)
