"""Packing: the tables of many sealed runs are gathered into a few large files.

A pack is written beside its place and renamed there in one step, and only then do the runs' own
tables go, so that readers see every run before, during and after. Packing again takes the runs
sealed since, and with them the smaller packs, so that their number stays low. Artifacts stay where
they are. A pack is written run by run, in bounded memory.
"""

from __future__ import annotations

import heapq
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES, new_run_id
from runfolio.spreading import Engine, cut
from runfolio.store.files import is_behind_link
from runfolio.store.layout import PackFolder, RunFolder
from runfolio.store.manifest import Manifest
from runfolio.store.pack_shares import PackShare, write_share
from runfolio.store.pack_writing import make_origins, retire_tables, settle, write_pack
from runfolio.store.packs import ORIGINS, read_packed_runs
from runfolio.store.places import Damage, Places
from runfolio.store.reading import read_steadily
from runfolio.store.replay import Tables
from runfolio.store.sealed import read_sealed_tables

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


def pack_store(
    root: Path, *, progress: Progress | None = None, engine: Engine | None = None
) -> Packed:
    """Gather the tables of all sealed runs that have their own; damaged runs stay as they are.

    Where there are more than go into one pack, `engine` says where the packs are written.
    """
    places, _ = read_steadily(root, lambda found: found)
    _drop_overviews(places)
    _finish_interrupted(root, places)
    packs = _absorbed(places, len(places.sealed))
    if not places.sealed:
        return Packed(0, 0, 0)
    if len(places.sealed) <= MAX_RUNS:
        return _pack(places, packs, frozenset(), progress)
    return _spread(places, progress, engine or Engine(jobs=1))


def _spread(places: Places, progress: Progress | None, engine: Engine) -> Packed:
    """Write several packs at a time, each of runs that have their own tables."""
    ids = [folder.run_id for folder, _ in places.sealed]
    shares = [PackShare(str(places.root), new_run_id(), part) for part in cut(ids, MAX_RUNS)]
    runs, packs, damage = 0, 0, list[Damage]()
    with engine.fitted(len(shares)).map(write_share, shares) as results:
        for done in results:
            runs, packs = runs + done.runs, packs + bool(done.runs)
            damage += done.damaged
            if progress is not None:
                progress(runs, len(ids))
    return Packed(runs, packs, 0, tuple(sorted(damage, key=lambda one: one.run_id or "")))


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

    while write_pack(places.root, islice(runs, MAX_RUNS), report):
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


def _finish_interrupted(root: Path, places: Places) -> None:
    """Settle what an interrupted packing left: tables moved aside, packs half written or gone."""
    for aside in (root / "runs").glob("*/.tables.*.old"):
        if is_behind_link(aside, root):
            continue
        folder = RunFolder(aside.parent)
        origin = places.packs.find(folder.run_id)
        packed = (
            Manifest(folder.run_id, {}, tuple(origin.journals), origin.turn) if origin else None
        )
        with suppress(OSError):
            settle(folder, aside, packed)
    for left in (root / "packs").glob(".*.old"):
        shutil.rmtree(left, ignore_errors=True)


def _retire_pack(pack: PackFolder) -> None:
    aside = pack.path.with_name(f".{pack.pack_id}.old")
    with suppress(OSError):
        pack.path.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
