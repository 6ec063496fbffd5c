"""Packs: the tables of many sealed runs, gathered into a few large files.

A pack's tables hold the rows of its runs in the order of their ids. Its manifest names the files
and, for each row group, the first and last run in it, so that a damaged part hides only the runs
that lie in it. Which journals went into a run is kept in the table ``origins``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.errors import StoreDamaged
from runfolio.store.layout import PackFolder, list_pack_folders
from runfolio.store.manifest import Manifest, read_checked, read_manifest
from runfolio.store.parquet import read_groups, read_table

if TYPE_CHECKING:
    import pyarrow as pa

WHOLE_BYTES: Final = 64 << 20
"""Larger files are not checked against their digest at each reading; their pages still are."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a packed run lies, how many turns it had, and the journals that are part of it."""

    pack: PackFolder
    turn: int
    journals: frozenset[str]


class PackIndex:
    """Which runs are packed where; a pack whose index can't be read is in `damage`."""

    def __init__(self, root: Path) -> None:
        self.packs = list_pack_folders(root)
        self.manifests: dict[str, Manifest] = {}
        self.damage: dict[str, StoreDamaged] = {}
        self._ids: dict[str, dict[str, int]] = {}
        self._origins: dict[str, pa.Table] = {}
        for pack in self.packs:
            try:
                self._read(pack)
            except StoreDamaged as error:
                self.damage[pack.pack_id] = error

    def _read(self, pack: PackFolder) -> None:
        manifest = read_manifest(pack.manifest)
        self.manifests[pack.pack_id] = manifest
        table = read_pack_file(pack, manifest, "origins")
        self._origins[pack.pack_id] = table
        ids = table["run_id"].to_pylist()
        self._ids[pack.pack_id] = {run_id: row for row, run_id in enumerate(ids)}

    @property
    def readable(self) -> list[PackFolder]:
        """The packs whose index could be read."""
        return [pack for pack in self.packs if pack.pack_id in self._ids]

    def folder(self, pack_id: str) -> PackFolder:
        """The folder of a pack."""
        return next(pack for pack in self.packs if pack.pack_id == pack_id)

    def runs_of(self, pack: PackFolder) -> Collection[str]:
        """The ids of the runs in a pack, in order."""
        return self._ids[pack.pack_id].keys()

    def find(self, run_id: str) -> Origin | None:
        """The run in the pack that has the most turns of it."""
        found = [
            self._origin(pack, row)
            for pack in self.readable
            if (row := self._ids[pack.pack_id].get(run_id)) is not None
        ]
        return max(found, key=lambda origin: origin.turn, default=None)

    def is_newest(self, run_id: str, pack_id: str) -> bool:
        """Whether of the packs that hold a run this is the one to read."""
        if len(self._ids) == 1:
            return True
        origin = self.find(run_id)
        return origin is not None and origin.pack.pack_id == pack_id

    def _origin(self, pack: PackFolder, row: int) -> Origin:
        (found,) = self._origins[pack.pack_id].slice(row, 1).to_pylist()
        return Origin(pack, found["turn"], frozenset(json.loads(found["journals"])))


def read_pack_file(pack: PackFolder, manifest: Manifest, table: str) -> pa.Table:
    """One table of a pack, checked against its digest."""
    name = _file_name(pack, manifest, table)
    return read_table(
        pack.tables / name, read_checked(pack.tables, name, manifest.files[name]), table
    )


def _file_name(pack: PackFolder, manifest: Manifest, table: str) -> str:
    name = manifest.file_of(table)
    if name is None:
        raise StoreDamaged(f"{str(pack.manifest)!r} names no {table} table. Restore the pack.")
    return name


@dataclass(frozen=True, slots=True)
class PackRows:
    """The rows of a pack's table that can be read, and the runs that are hidden by damage."""

    table: pa.Table
    path: Path
    hidden: frozenset[str]


def read_pack_rows(
    pack: PackFolder,
    manifest: Manifest,
    table: str,
    run_ids: Collection[str],
    *,
    columns: Sequence[str] | None = None,
) -> PackRows:
    """All rows of one table; where a part is damaged, without the runs that lie in that part."""
    import pyarrow as pa

    name = _file_name(pack, manifest, table)
    path, details = pack.tables / name, manifest.files[name]
    if details["size"] <= WHOLE_BYTES:
        try:
            whole = read_table(path, read_checked(pack.tables, name, details), table)
            return PackRows(whole.select(columns) if columns else whole, path, frozenset())
        except StoreDamaged:
            pass
    bounds = (manifest.groups or {}).get(table, [])
    parts, hidden = [], set()
    for number, part in read_groups(path, table, columns=columns):
        if part is not None:
            parts.append(part)
        else:
            first, last = bounds[number] if number < len(bounds) else ("", "~")
            hidden |= {run_id for run_id in run_ids if first <= run_id <= last}
    schema = pa.schema([])
    found = pa.concat_tables(parts) if parts else schema.empty_table()
    return PackRows(found, path, frozenset(hidden))


def read_packed_run(pack: PackFolder, manifest: Manifest, run_id: str, table: str) -> pa.Table:
    """The rows of one run in a table of a pack, without reading the others' row groups."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from runfolio.schema import arrow_schema

    path = pack.tables / _file_name(pack, manifest, table)
    parts = []
    for _, part in read_groups(path, table, rows=("run_id", run_id)):
        if part is None:
            raise StoreDamaged(f"{str(path)!r} is damaged where the run {run_id!r} lies.")
        parts.append(part.filter(pc.equal(part["run_id"], run_id)))
    schema = arrow_schema(table)
    return pa.concat_tables([schema.remove_metadata().empty_table(), *parts]).cast(schema)
