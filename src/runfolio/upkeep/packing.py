"""Packing a store: runs and edits that have files of their own are gathered into large ones."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.errors import InvalidValue
from runfolio.spreading import Engine
from runfolio.store.edits import pack_edits
from runfolio.store.layout import StorePath, is_address, locate_store
from runfolio.store.packing import Progress, pack_store
from runfolio.store.packs import PackIndex
from runfolio.store.places import Damage
from runfolio.upkeep.places import rewriting


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What packing did: runs gathered now, packs there are, edits gathered, runs left damaged."""

    runs: int
    packs: int
    edits: int
    damaged: tuple[Damage, ...]


def pack(
    *,
    store: StorePath | None = None,
    progress: Progress | None = None,
    engine: Engine | None = None,
) -> PackSummary:
    """Gather the sealed runs that have tables of their own into a few large Parquet files.

    Readers see the same runs before, during and after; interrupted, it changes nothing. Live runs
    and artifacts stay where they are. `progress` is called with runs done and in all.
    Each pack of 20,000 runs is a task of `engine`, by default on all cores of this machine.
    """
    place = locate_store(store)
    engine = engine or Engine()
    if is_address(place) and not engine.is_local:
        raise InvalidValue(
            f"{place!r} is packed in a copy on this machine, where {engine.backend!r} can't reach "
            "it. Leave out the backend."
        )
    with rewriting(place) as root:
        packed = pack_store(root, progress=progress, engine=engine)
        edits = pack_edits(root)
        packs = len(PackIndex(root).packs)
    damaged = tuple(one.named_as(place, root) for one in packed.damaged)
    return PackSummary(packed.runs, packs, edits, damaged)
