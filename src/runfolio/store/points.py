"""The points of runs, read when they are needed and not before.

Of a pack only the row groups are read in which the wanted runs may lie. Whoever reads a store
without its points has checked the files that hold them; runs whose points can't be read all the
same are named by `PointsUnreadable`, so that they can be left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from runfolio.errors import StoreDamaged
from runfolio.schema import arrow_schema
from runfolio.store.assembly import in_order
from runfolio.store.layout import PackFolder, run_folder
from runfolio.store.manifest import Manifest
from runfolio.store.packs import damaged_at, read_rows_of
from runfolio.store.places import Damage
from runfolio.store.run_rows import RunRows
from runfolio.store.sealed import read_sealed_table

if TYPE_CHECKING:
    import pyarrow as pa

METRICS: Final = "metrics"


class Points(Protocol):
    """Where the points of some runs lie."""

    def read(self, run_ids: Collection[str]) -> pa.Table:
        """The rows of the table ``metrics`` of some of them, by run and in log order."""

    def identity(self, run_id: str) -> str:
        """What tells whether all that a run logged is still the same; empty if that is unknown."""

    def of(self, run_ids: Collection[str]) -> Points:
        """The same for fewer runs, to be sent to another process."""


class PointsUnreadable(Exception):  # noqa: N818
    """Points that were told to be there can't be read; `damage` says of which runs, and why."""

    def __init__(self, damage: Sequence[Damage]) -> None:
        super().__init__(damage)
        self.damage = tuple(damage)


@dataclass(frozen=True, slots=True)
class HeldPoints:
    """Points that are in memory already."""

    rows: RunRows

    def read(self, run_ids: Collection[str]) -> pa.Table:
        """The rows of some runs."""
        return self.rows.of(run_ids)

    def identity(self, run_id: str) -> str:  # noqa: ARG002, of a protocol
        """Nothing: whoever holds points can look at them."""
        return ""

    def of(self, run_ids: Collection[str]) -> HeldPoints:
        """The rows of fewer runs, without the memory of the others."""
        return hold_points(self.rows.of(run_ids).combine_chunks())


def hold_points(table: pa.Table) -> HeldPoints:
    """Points in memory; the rows of a run lie together, in the order of the ids."""
    return HeldPoints(RunRows(table))


@dataclass(frozen=True)
class StorePoints:
    """The points of a store's runs, in packs, in the runs' own tables, or `held` in memory.

    `packed` says in which pack a run lies, and `packs` has their manifests; `loose` has those of
    runs with tables of their own.
    """

    root: Path
    packed: Mapping[str, str]
    packs: Mapping[str, Manifest]
    loose: Mapping[str, Manifest]
    held: HeldPoints
    _identities: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def read(self, run_ids: Collection[str]) -> pa.Table:
        """The rows of some runs. Raises `PointsUnreadable` where some of them can't be read."""
        import pyarrow as pa

        damage: list[Damage] = []
        parts = [self.held.read([one for one in run_ids if one not in self.packed])]
        for pack_id in sorted({self.packed[one] for one in run_ids if one in self.packed}):
            wanted = [one for one in run_ids if self.packed.get(one) == pack_id]
            parts += self._read_pack(pack_id, wanted, damage)
        for run_id in sorted(self.loose.keys() & set(run_ids)):
            parts += self._read_loose(run_id, damage)
        if damage:
            raise PointsUnreadable(damage)
        schema = arrow_schema(METRICS)
        filled = [part.cast(schema) for part in parts if part.num_rows]
        return in_order(pa.concat_tables([schema.empty_table(), *filled]))

    def identity(self, run_id: str) -> str:
        """The digest of the files that tell all of a run; nothing for points that are held."""
        manifest = self.loose.get(run_id) or self.packs.get(self.packed.get(run_id, ""))
        if manifest is None:
            return ""
        if (known := self._identities.get(manifest.owner)) is None:
            told = [manifest.owner, *(str(one["sha256"]) for one in manifest.files.values())]
            known = hashlib.blake2b(" ".join(told).encode(), digest_size=16).hexdigest()
            self._identities[manifest.owner] = known
        return known

    def of(self, run_ids: Collection[str]) -> StorePoints:
        """The same for fewer runs."""
        packed = {one: self.packed[one] for one in run_ids if one in self.packed}
        return StorePoints(
            self.root,
            packed,
            {one: self.packs[one] for one in set(packed.values())},
            {one: self.loose[one] for one in run_ids if one in self.loose},
            self.held.of([one for one in run_ids if one not in packed]),
        )

    def at(self, root: Path) -> StorePoints:
        """The same in a copy of the store that lies elsewhere."""
        return replace(self, root=root)

    def _read_pack(self, pack_id: str, run_ids: list[str], damage: list[Damage]) -> list[pa.Table]:
        pack = PackFolder(self.root / "packs" / pack_id)
        try:
            found = read_rows_of(pack, self.packs[pack_id], METRICS, run_ids)
        except StoreDamaged as error:
            path = error.path or str(pack.path)
            damage += [Damage(one, path, str(error)) for one in run_ids]
            return []
        damage += [
            Damage(one, str(found.path), str(damaged_at(found.path, one)))
            for one in sorted(found.hidden)
        ]
        return [found.table]

    def _read_loose(self, run_id: str, damage: list[Damage]) -> list[pa.Table]:
        folder = run_folder(self.root, run_id)
        try:
            return [read_sealed_table(folder, self.loose[run_id], METRICS)]
        except StoreDamaged as error:
            damage.append(Damage(run_id, error.path or str(folder.path), str(error)))
            return []
