"""Packing: the tables of many sealed runs are gathered into a few large files.

A pack is written beside its place and renamed there in one step, and only then do the runs' own
tables go, so that readers see every run before, during and after. Packing again takes the runs
sealed since, and with them the smaller packs, so that their number stays low. Artifacts stay where
they are. A pack is written run by run, in bounded memory.
"""

from __future__ import annotations

import heapq
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES, arrow_schema, new_run_id
from runfolio.store.files import reported_writes, sync_folder, write_synced
from runfolio.store.layout import PackFolder, RunFolder
from runfolio.store.manifest import NAME, Manifest, describe_path, encode_manifest, read_manifest
from runfolio.store.packs import ORIGINS, read_packed_runs
from runfolio.store.parquet import PartsWriter
from runfolio.store.places import Damage, Places
from runfolio.store.reading import read_steadily
from runfolio.store.replay import Tables
from runfolio.store.sealed import read_sealed_tables

if TYPE_CHECKING:
    import pyarrow as pa

MAX_RUNS: Final = 20_000
"""More runs than this go into further packs."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Packed:
    """What packing did: runs gathered, packs written, packs taken up in them, runs left damaged."""

    runs: int
    written: int
    absorbed: int
    damaged: tuple[Damage, ...] = ()


def pack_store(root: Path, *, progress: Progress | None = None) -> Packed:
    """Gather the tables of all sealed runs that have their own; damaged runs stay as they are."""
    places, _ = read_steadily(root, lambda found: found)
    _drop_overviews(places)
    _finish_interrupted(root, places)
    packs = _absorbed(places, len(places.sealed))
    if not places.sealed:
        return Packed(0, 0, 0)
    return _pack(places, packs, frozenset(), progress)


def _drop_overviews(places: Places) -> None:
    """Free the overviews, which packing doesn't need, and which fill most of the memory."""
    for number, (folder, manifest) in enumerate(places.sealed):
        places.sealed[number] = folder, replace(manifest, overview=None)


def remove_from_packs(root: Path, run_ids: Collection[str]) -> None:
    """Write the packs that hold some of `run_ids` anew without them."""
    places, _ = read_steadily(root, lambda found: found)
    gone = frozenset(run_ids)
    held = [pack for pack in places.packs.readable if gone & set(places.packs.runs_of(pack))]
    if held:
        places.sealed = []
        _pack(places, held, gone, None)


def _absorbed(places: Places, count: int) -> list[PackFolder]:
    """The packs to take up: those no larger than what they are taken up with."""
    found = []
    sizes = {pack.pack_id: len(places.packs.runs_of(pack)) for pack in places.packs.readable}
    for pack in sorted(places.packs.readable, key=lambda one: (sizes[one.pack_id], one.pack_id)):
        size = sizes[pack.pack_id]
        if size <= count and count + size <= MAX_RUNS and _can_go(places, pack):
            found.append(pack)
            count += size
    return found


def _carried(places: Places, pack: PackFolder) -> set[str]:
    """The runs that a pack has to tell: those read from it, and those resumed on top of it."""
    resumed = {
        folder.run_id
        for folder, form in places.live
        if form is not None and form.origin is not None and form.origin.pack == pack
    }
    return resumed | set(places.packed[pack.pack_id])


def _can_go(places: Places, pack: PackFolder) -> bool:
    """Whether nothing is lost with the runs of a pack that are read from elsewhere."""
    manifests = {folder.run_id: manifest for folder, manifest in places.sealed}
    for run_id in set(places.packs.runs_of(pack)) - _carried(places, pack):
        mine = places.packs.origin(pack, run_id).journals
        newest = places.packs.find(run_id)
        loose = set(manifests[run_id].journals) if run_id in manifests else set()
        packed = newest.journals if newest is not None and newest.pack != pack else frozenset()
        if not mine <= loose and not mine <= packed:
            return False
    return True


def _pack(
    places: Places,
    packs: Sequence[PackFolder],
    without: frozenset[str],
    progress: Progress | None,
) -> Packed:
    sources = _Sources(places, packs, without)
    written = 0
    runs = iter(sources)

    def report() -> None:
        if progress is not None:
            progress(len(sources.taken), sources.total)

    while write_pack(places.root, runs, report):
        written += 1
    for folder, manifest in sources.taken:
        retire_tables(folder, manifest)
    for pack in packs:
        _retire_pack(pack)
    return Packed(len(sources.taken), written, len(packs), tuple(sources.damage))


class _Sources:
    """The runs to pack in the order of their ids, each as its tables and what it came from."""

    def __init__(
        self, places: Places, packs: Sequence[PackFolder], without: frozenset[str]
    ) -> None:
        self._places = places
        self._packs = packs
        self._without = without
        self.taken: list[tuple[RunFolder, Manifest]] = []
        self.damage: list[Damage] = []
        self.total = len(places.sealed) + sum(len(places.packed[one.pack_id]) for one in packs)

    def __iter__(self) -> Iterator[tuple[str, Tables]]:
        streams = [self._loose(), *(self._packed(pack) for pack in self._packs)]
        return heapq.merge(*streams, key=lambda one: one[0])

    def _loose(self) -> Iterator[tuple[str, Tables]]:
        for folder, manifest in self._places.sealed:
            try:
                tables = read_sealed_tables(folder, manifest)
            except StoreDamaged as error:
                path = error.path or str(folder.path)
                self.damage.append(Damage(folder.run_id, path, str(error)))
                continue
            self.taken.append((folder, manifest))
            origin = (folder.run_id, manifest.turn, manifest.journals)
            tables[ORIGINS] = make_origins([origin])
            yield folder.run_id, tables

    def _packed(self, pack: PackFolder) -> Iterator[tuple[str, Tables]]:
        manifest = self._places.packs.manifests[pack.pack_id]
        wanted = _carried(self._places, pack) - self._without
        for run_id, tables in read_packed_runs(pack, manifest, (*TABLES, ORIGINS)):
            if run_id in wanted:
                yield run_id, tables


def make_origins(runs: Iterable[tuple[str, int, Sequence[str]]]) -> pa.Table:
    """What runs are made of, given with their turns and journals, as a pack keeps it."""
    import pyarrow as pa

    rows = [
        {"run_id": run_id, "turn": turn, "journals": json.dumps(sorted(journals))}
        for run_id, turn, journals in runs
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema(ORIGINS))


def write_pack(
    root: Path,
    runs: Iterator[tuple[str, Tables]],
    report: Callable[[], None] | None = None,
    *,
    pack_id: str | None = None,
) -> int:
    """Write one pack of the next runs and return how many there were.

    They come in the order of their ids; the tables of one may also hold several, in that order.
    Without `pack_id` the pack gets a new one.
    """
    pack_id = pack_id or new_run_id()
    beside = root / "packs" / f".{pack_id}.{os.urandom(4).hex()}.tmp"
    with reported_writes(beside):
        try:
            (beside / "tables").mkdir(parents=True)
            count = _write(beside / "tables", pack_id, runs, report)
            if count:
                sync_folder(beside)
                beside.rename(root / "packs" / pack_id)
                sync_folder(root / "packs")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            with suppress(OSError):
                (root / "packs").rmdir()
    return count


def _write(
    folder: Path,
    pack_id: str,
    runs: Iterator[tuple[str, Tables]],
    report: Callable[[], None] | None,
) -> int:
    names = (*TABLES, ORIGINS)
    writers = {name: PartsWriter(folder / f"{name}.parquet", name) for name in names}
    count = 0
    try:
        for _, tables in runs:
            for name, writer in writers.items():
                writer.add(tables[name])
            count += 1
            if report is not None:
                report()
            if count == MAX_RUNS:
                break
    finally:
        for writer in writers.values():
            writer.close()
    if count:
        manifest = Manifest(
            owner=pack_id,
            files={f"{name}.parquet": describe_path(folder / f"{name}.parquet") for name in names},
            groups={name: writer.bounds for name, writer in writers.items()},
        )
        write_synced(folder / NAME, encode_manifest(manifest))
        sync_folder(folder)
    return count


def retire_tables(folder: RunFolder, manifest: Manifest) -> None:
    """Remove a run's own tables, now that a pack tells them; not if it was sealed again meanwhile.

    They are moved aside first, so that whoever reads with a glob never meets half of them.
    """
    aside = folder.path / f".tables.{os.urandom(4).hex()}.old"
    with suppress(OSError):
        folder.tables.rename(aside)
        _settle(folder, aside, manifest)


def _settle(folder: RunFolder, aside: Path, packed: Manifest | None) -> None:
    """Remove tables that were moved aside, or put them back where a pack doesn't tell them."""
    if folder.tables.exists() or (packed is not None and _is_told(aside / NAME, packed)):
        for path in aside.glob("*.parquet"):
            path.unlink(missing_ok=True)
        shutil.rmtree(aside, ignore_errors=True)  # the manifest goes last: it tells what this is
        with suppress(OSError):
            folder.path.rmdir()
    else:
        aside.rename(folder.tables)


def _is_told(path: Path, packed: Manifest) -> bool:
    """Whether a pack tells what the tables of a manifest tell; without one they tell nothing."""
    try:
        return not path.exists() or read_manifest(path).standing == packed.standing
    except StoreDamaged:
        return False


def _finish_interrupted(root: Path, places: Places) -> None:
    """Settle what an interrupted packing left: tables moved aside, packs half written or gone."""
    for aside in (root / "runs").glob("*/.tables.*.old"):
        folder = RunFolder(aside.parent)
        origin = places.packs.find(folder.run_id)
        packed = (
            Manifest(folder.run_id, {}, tuple(origin.journals), origin.turn) if origin else None
        )
        with suppress(OSError):
            _settle(folder, aside, packed)
    for left in (root / "packs").glob(".*.old"):
        shutil.rmtree(left, ignore_errors=True)


def _retire_pack(pack: PackFolder) -> None:
    aside = pack.path.with_name(f".{pack.pack_id}.old")
    with suppress(OSError):
        pack.path.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
