"""Packs: the tables of many sealed runs, gathered into a few large files.

A pack's tables hold the rows of its runs in the order of their ids. Its manifest names the files
and, for each row group, the first and last run in it, so that a damaged part hides only the runs
that lie in it. Which journals went into a run is kept in the table ``origins``.
"""

from __future__ import annotations

import itertools
import json
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import StoreDamaged
from runfolio.schema import arrow_schema, is_run_id
from runfolio.store.layout import PackFolder, list_pack_folders
from runfolio.store.manifest import Manifest, Standing, read_checked, read_manifest
from runfolio.store.parquet import read_groups, read_table

if TYPE_CHECKING:
    import pyarrow as pa

ORIGINS: Final = "origins"
"""The table of a pack that says what its runs are made of."""

WHOLE_BYTES: Final = 64 << 20
"""Larger files are not checked against their digest at each reading; their pages still are."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a packed run lies, how many turns it had, and the journals that are part of it."""

    pack: PackFolder
    turn: int
    journals: frozenset[str]

    @property
    def standing(self) -> Standing:
        """What decides between two forms of one run: the greater one is read."""
        return self.turn, sorted(self.journals)


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
        table = read_pack_file(pack, manifest, ORIGINS)
        self._origins[pack.pack_id] = table
        ids = table["run_id"].to_pylist()
        odd = next((one for one in ids if not is_run_id(one or "")), None)
        if odd is not None:  # it would name folders and pages
            path = str(pack.tables)
            raise StoreDamaged(f"{path!r} names a run {odd!r}, which is no id of one.", path)
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
        """The run in the pack whose form of it is the one to read."""
        holding = [pack for pack in self.readable if run_id in self._ids[pack.pack_id]]
        found = [self.origin(pack, run_id) for pack in holding]
        return max(found, key=lambda origin: origin.standing, default=None)

    def is_newest(self, run_id: str, pack_id: str) -> bool:
        """Whether of the packs that hold a run this is the one to read."""
        if sum(run_id in ids for ids in self._ids.values()) == 1:
            return True
        origin = self.find(run_id)
        return origin is not None and origin.pack.pack_id == pack_id

    def origin(self, pack: PackFolder, run_id: str) -> Origin:
        """What a run of a pack is made of."""
        row = self._ids[pack.pack_id][run_id]
        (found,) = self._origins[pack.pack_id].slice(row, 1).to_pylist()
        return Origin(pack, found["turn"], frozenset(json.loads(found["journals"])))


def read_pack_file(pack: PackFolder, manifest: Manifest, table: str) -> pa.Table:
    """One table of a pack, checked against its digest."""
    name = _file_name(pack, manifest, table)
    return read_packed_file(pack.tables / name, manifest.files[name], table)


def check_pack_file(pack: PackFolder, manifest: Manifest, table: str) -> None:
    """Raise `StoreDamaged` unless the file of a table has its digest, or is too large to tell."""
    name = _file_name(pack, manifest, table)
    if manifest.files[name]["size"] <= WHOLE_BYTES:
        read_checked(pack.tables, name, manifest.files[name])


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
        with suppress(StoreDamaged):
            whole = read_packed_file(path, details, table, columns)
            return PackRows(whole, path, frozenset())
    bounds = (manifest.groups or {}).get(table, [])
    parts = []
    hidden: set[str] = set()
    for number, part in read_groups(path, table, columns=columns):
        if part is not None:
            parts.append(part)
        else:
            first, last = bounds[number] if number < len(bounds) else ("", "~")
            hidden |= {run_id for run_id in run_ids if first <= run_id <= last}
    wanted = arrow_schema(table).remove_metadata()
    empty = wanted.empty_table().select(columns or wanted.names)
    return PackRows(pa.concat_tables([empty, *parts]), path, frozenset(hidden))


def read_packed_file(
    path: Path, details: Mapping[str, Any], table: str, columns: Sequence[str] | None = None
) -> pa.Table:
    """One file of a pack, or some columns of it, checked against its digest."""
    content = read_checked(path.parent, path.name, details)
    return read_table(path, content, table, columns=columns)


def read_packed_run(pack: PackFolder, manifest: Manifest, run_id: str, table: str) -> pa.Table:
    """The rows of one run in a table of a pack, without reading the others' row groups."""
    import pyarrow as pa
    import pyarrow.compute as pc

    path = pack.tables / _file_name(pack, manifest, table)
    parts = []
    for _, part in read_groups(path, table, rows=("run_id", run_id)):
        if part is None:
            raise damaged_at(path, run_id)
        parts.append(part.filter(pc.equal(part["run_id"], run_id)))
    schema = arrow_schema(table)
    return pa.concat_tables([schema.remove_metadata().empty_table(), *parts]).cast(schema)


def read_rows_of(
    pack: PackFolder, manifest: Manifest, table: str, run_ids: Collection[str]
) -> PackRows:
    """The rows of some runs in a table of a pack, without reading the others' row groups."""
    import pyarrow as pa
    import pyarrow.compute as pc

    path = pack.tables / _file_name(pack, manifest, table)
    bounds = (manifest.groups or {}).get(table)
    numbers = None if bounds is None else _groups_near(bounds, sorted(run_ids))
    wanted = pa.array(sorted(run_ids), pa.string())
    parts, hidden = [arrow_schema(table).remove_metadata().empty_table()], set()
    for number, part in read_groups(path, table, numbers=numbers):
        if part is not None:
            parts.append(part.filter(pc.is_in(part["run_id"], value_set=wanted)))
        else:
            first, last = bounds[number] if bounds else ("", "~")
            hidden |= {run_id for run_id in run_ids if first <= run_id <= last}
    return PackRows(pa.concat_tables(parts), path, frozenset(hidden))


def _groups_near(bounds: Sequence[Sequence[str]], run_ids: Sequence[str]) -> set[int]:
    """The row groups, given by their first and last run, in which some of `run_ids` may lie."""
    found = set()
    for number, (first, last) in enumerate(bounds):
        place = bisect_left(run_ids, first)
        if place < len(run_ids) and run_ids[place] <= last:
            found.add(number)
    return found


def damaged_at(path: Path, run_id: str) -> StoreDamaged:
    """The error for a part of a pack that can't be read, said of a run that lies in it."""
    message = f"{str(path)!r} is damaged where the run {run_id!r} lies. Restore it from a copy."
    return StoreDamaged(message, str(path))


def read_packed_runs(
    pack: PackFolder, manifest: Manifest, tables: Sequence[str]
) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """Run after run of a pack with its tables, holding a row group of each at a time."""
    cursors = {table: _Cursor(pack, manifest, table) for table in tables}
    for run_id in read_pack_file(pack, manifest, ORIGINS)["run_id"].to_pylist():
        yield run_id, {table: cursor.take(run_id) for table, cursor in cursors.items()}


class _Cursor:
    """Goes through the rows of one table of a pack, which lie in the order of the run ids."""

    def __init__(self, pack: PackFolder, manifest: Manifest, table: str) -> None:
        self._path = pack.tables / _file_name(pack, manifest, table)
        self._groups = read_groups(self._path, table)
        self._schema = arrow_schema(table)
        self._rows: pa.Table | None = None
        self._runs: list[tuple[str, int, int]] = []

    def take(self, run_id: str) -> pa.Table:
        """All rows of the next run, which may have none."""
        import pyarrow as pa

        parts = [self._schema.remove_metadata().empty_table()]
        while self._runs or self._read_group(run_id):
            found, start, length = self._runs[0]
            if found != run_id:
                break
            self._runs.pop(0)
            if self._rows is not None:
                parts.append(self._rows.slice(start, length))
        return pa.concat_tables(parts).cast(self._schema)

    def _read_group(self, run_id: str) -> bool:
        """Read the next row group with rows, if there is one, as stretches of one run each."""
        for _, rows in self._groups:
            if rows is None:
                raise damaged_at(self._path, run_id)
            if rows.num_rows:
                self._rows, self._runs = rows, stretches(rows)
                return True
        return False


def stretches(rows: pa.Table) -> list[tuple[str, int, int]]:
    """The runs of consecutive rows, each with its first row and number of rows."""
    import pyarrow.compute as pc

    ends = pc.run_end_encode(rows["run_id"].combine_chunks())
    starts = [0, *ends.run_ends.to_pylist()]
    lengths = itertools.pairwise(starts)
    return [
        (run_id, start, end - start)
        for run_id, (start, end) in zip(ends.values.to_pylist(), lengths, strict=True)
    ]
