"""Reading a store again: what has not changed since the last time comes from memory.

Sealed tables are known by the files they lie in: while size, times and place on the disk of each
are as they were, they are not read again. Live runs, and what is damaged, are read each time. The
points of sealed runs are not kept: only the digest of the file that holds them is checked.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES, arrow_schema
from runfolio.store.assembly import Assembly
from runfolio.store.columns import UNEXPECTED
from runfolio.store.files import Stamp, stamp_of
from runfolio.store.held import hold
from runfolio.store.layout import RunFolder, TablesFolder
from runfolio.store.manifest import NAME, Manifest
from runfolio.store.packs import PackIndex, check_pack_file, read_pack_rows, stretches
from runfolio.store.parquet import read_table, release_memory
from runfolio.store.points import METRICS
from runfolio.store.replay import Tables
from runfolio.store.sealed import read_sealed_bytes, read_sealed_table

if TYPE_CHECKING:
    import pyarrow as pa

LIGHT: Final = tuple(table for table in TABLES if table != METRICS)
"""The tables that are kept."""


class Known(NamedTuple):
    """Tables of a run or a pack, and what tells whether they are still the same."""

    key: tuple[str, tuple[Stamp, ...], tuple[str, ...]]
    tables: Tables


@dataclass(slots=True)
class ReadMemory:
    """What was read of one store; hand it to `read_lightly` again to read only what changed.

    One that is not `lasting` remembers nothing, which takes half of the memory. `helped` is the
    processor time that other processes took to read, in seconds.
    """

    lasting: bool = True
    helped: float = 0.0
    _parts: dict[str, Known] = field(default_factory=dict)
    _empty: dict[bytes, pa.Table] = field(default_factory=dict)
    _joined: _Joined | None = None

    def read_run(self, folder: RunFolder, manifest: Manifest) -> Known:
        """The tables of a sealed run. Raises `StoreDamaged` when they have to be read and can't."""
        stamps = _stamps(folder, manifest)
        known = self._parts.get(folder.run_id)
        if known is None or known.key[1] != stamps:
            read_sealed_bytes(folder, manifest, METRICS)
            tables = {table: self._read(folder, manifest, table) for table in LIGHT}
            known = Known((folder.run_id, stamps, ()), tables)
        return known

    def _read(self, folder: RunFolder, manifest: Manifest, table: str) -> pa.Table:
        """One table of a run; the files of tables without rows are alike, and read once."""
        if manifest.file_of(table) is None:
            return read_sealed_table(folder, manifest, table)
        name, content = read_sealed_bytes(folder, manifest, table)
        if content in self._empty:
            return self._empty[content]
        found = read_table(folder.tables / name, content, table)
        if found.num_rows == 0:
            self._empty[content] = found
        return found

    def read_pack(self, packs: PackIndex, pack_id: str, run_ids: Collection[str]) -> Known | None:
        """The rows of some runs of a pack; None when a part of it is damaged."""
        folder, manifest = packs.folder(pack_id), packs.manifests[pack_id]
        key = (pack_id, _stamps(folder, manifest), tuple(run_ids))
        known = self._parts.get(pack_id)
        if known is not None and known.key == key:
            return known
        check_pack_file(folder, manifest, METRICS)
        everyone = packs.runs_of(folder)
        only = run_ids if len(run_ids) < len(everyone) else None
        tables: Tables = {}
        for table in LIGHT:
            found = read_pack_rows(folder, manifest, table, everyone)
            if found.hidden:
                return None
            assembly = Assembly((table,))
            assembly.add({table: found.table}, only=only)
            tables[table] = hold(assembly.tables()[table])
        release_memory()
        return Known(key, tables)

    def join(self, parts: Sequence[Known], fresh: Tables) -> Tables:
        """The tables of all parts with the rows of `fresh` among them, in the order of the ids.

        Only these parts are remembered from now on.
        """
        # Those of packs last: it makes no difference how the others were read.
        parts = sorted(parts, key=lambda one: (bool(one.key[2]), one.key[0]))
        if not self.lasting:
            return _Joined((), {name: _take_joined(parts, name) for name in LIGHT}).with_rows(fresh)
        self._parts = {part.key[0]: part for part in parts}
        keys = tuple(part.key for part in parts)
        if self._joined is None or self._joined.keys != keys:
            self._joined = None  # before the memory for the next one is taken
            self._joined = _Joined(keys, {name: _join(parts, name) for name in LIGHT})
        return self._joined.with_rows(fresh)


@dataclass(frozen=True, slots=True)
class _Joined:
    """The rows of all parts; `places` are the runs of a table and the row each begins at."""

    keys: tuple[object, ...]
    tables: Tables
    places: dict[str, tuple[list[str], list[int]]] = field(default_factory=dict)

    def with_rows(self, fresh: Tables) -> Tables:
        return {name: self._spliced(name, fresh[name]) for name in self.tables}

    def _spliced(self, name: str, fresh: pa.Table) -> pa.Table:
        import pyarrow as pa

        table = self.tables[name]
        if not fresh.num_rows:
            return table
        ids, starts = self._places_in(name)
        pieces, done = [], 0
        for run_id, first, length in stretches(fresh):
            place = bisect_left(ids, run_id)
            row = starts[place] if place < len(starts) else table.num_rows
            pieces += [table.slice(done, row - done), fresh.slice(first, length)]
            done = row
        return pa.concat_tables([*pieces, table.slice(done)])

    def _places_in(self, name: str) -> tuple[list[str], list[int]]:
        if name not in self.places:
            table = self.tables[name]
            rows = stretches(table) if table.num_rows else []
            self.places[name] = [run_id for run_id, _, _ in rows], [first for _, first, _ in rows]
        return self.places[name]


@dataclass(frozen=True, slots=True)
class ReadTogether:
    """The tables of some sealed runs; `left` are the ids of those that couldn't be read.

    `first` is the id of the first run, and `processor` the processor time that it took, in seconds.
    """

    first: str
    tables: Tables
    left: frozenset[str]
    processor: float


def read_together(runs: Sequence[tuple[RunFolder, Manifest]]) -> ReadTogether:
    """Read sealed runs in one go, in any process that sees their folders."""
    begun = time.thread_time()
    memory, parts, left = ReadMemory(lasting=False), [], set()
    for folder, manifest in runs:
        try:
            parts.append(memory.read_run(folder, manifest))
        except (StoreDamaged, *UNEXPECTED):
            left.add(folder.run_id)
    tables = {name: _take_joined(parts, name) for name in LIGHT}
    first, took = runs[0][0].run_id, time.thread_time() - begun
    return ReadTogether(first, tables, frozenset(left), took)


def _join(parts: Iterable[Known], name: str) -> pa.Table:
    filled = [part.tables[name] for part in parts if part.tables[name].num_rows]
    if len(filled) == 1:  # it may lie in a file already
        return filled[0].cast(arrow_schema(name))
    assembly = Assembly((name,))
    for table in filled:
        assembly.add({name: table})
    return hold(assembly.tables()[name])


def _take_joined(parts: Iterable[Known], name: str) -> pa.Table:
    """One table of all parts, which then lack it: else all rows would be held twice."""
    joined = _join(parts, name)
    for part in parts:
        del part.tables[name]
    release_memory()
    return joined


def _stamps(folder: TablesFolder, manifest: Manifest) -> tuple[Stamp, ...]:
    """What tells whether any of the files has been written since; a missing one is all zeros."""
    tables = os.fspath(folder.tables)
    return tuple(_stamp(f"{tables}/{name}") for name in (NAME, *manifest.files))


def _stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)  # noqa: PTH116, several times as fast as that of a Path
    except OSError:
        return 0, 0, 0, 0
    return stamp_of(found)
