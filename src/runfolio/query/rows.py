"""The rows of a store's long tables by run and by key, found without moving any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.store.held import release_pages

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Places = NDArray[np.int32]
    """Rows of a table, or runs, by their places; -1 is none."""

MOST_KEPT: Final = 64 << 20
"""Columns of more bytes are not kept in the order of keys."""

_SIDES: Final = ("left", "right")


class Rows:
    """Which rows of a long table belong to which run, in the order the table has them.

    Runs are counted by their places in `ids`; rows of other runs are left out.
    """

    def __init__(self, table: pa.Table, ids: pa.Array) -> None:
        import pyarrow.compute as pc

        found = pc.fill_null(pc.index_in(table["run_id"], value_set=ids), -1)
        runs = found.to_numpy().astype(np.int32)
        order = np.argsort(runs, kind="stable").astype(np.int32)
        self._bounds = np.searchsorted(runs[order], np.arange(len(ids) + 1)).astype(np.int32)
        self._order = order
        self.table = table.drop_columns(["run_id"])

    def of(self, runs: Places) -> tuple[Places, list[int]]:
        """The rows of some runs, run after run, and how many each of these has."""
        firsts = self._bounds[runs]
        counts = self._bounds[runs + 1] - firsts
        shifts = np.repeat(firsts - (np.cumsum(counts) - counts), counts)
        return self._order[shifts + np.arange(len(shifts), dtype=np.int32)], counts.tolist()

    def between(self, start: int, end: int) -> tuple[Places, Places]:
        """The rows of the runs from `start` to before `end`, and the run of each from 0 on."""
        bounds = self._bounds[start : end + 1]
        runs = np.repeat(np.arange(end - start, dtype=np.int32), np.diff(bounds))
        return self._order[bounds[0] : bounds[-1]], runs

    def take(self, rows: Places, names: list[str]) -> list[list[Any]]:
        """Some columns of some rows as Python values."""
        if not len(rows) or not np.array_equal(rows, np.arange(rows[0], rows[0] + len(rows))):
            return [self.take_one(name, rows) for name in names]
        part = self.table.slice(rows[0], len(rows))
        return [part[name].to_pylist() for name in names]

    def take_one(self, name: str, rows: Places | pa.Array) -> list[Any]:
        """A column of some rows; one at a time, as each looks into a large part of a file."""
        return list(self.take_array(name, rows).to_pylist())

    def take_array(self, name: str, rows: Places | pa.Array) -> pa.Array:
        """A column of some rows as Arrow has it."""
        part = self.table[name].take(rows).combine_chunks()
        release_pages()
        return part

    def keys_of(self, rows: Places) -> list[str]:
        """The keys of some rows."""
        names, codes = self.keys
        return [names[code] for code in codes[rows].tolist()]

    @cached_property
    def keys(self) -> tuple[list[str], Places]:
        """The different keys, and for each row which of them it has."""
        return as_codes(self.table["key"])


class KeyedRows:
    """The rows of some runs that follow each other, by key; the last one counts where one repeats.

    Columns have a value for each of these runs, None where a run lacks the key.
    """

    def __init__(self, rows: Rows, start: int, end: int) -> None:
        self._rows = rows
        self._count = end - start
        places, runs = rows.between(start, end)
        names, codes = rows.keys
        codes = codes[places]
        order = np.argsort(codes, kind="stable")
        self._places, self._runs = places[order], runs[order]
        known = np.unique(codes)
        firsts, lasts = (np.searchsorted(codes[order], known, side=one) for one in _SIDES)
        found = sorted(zip([names[code] for code in known], firsts, lasts, strict=True))
        self._parts = {name: slice(first, last) for name, first, last in found}
        self._codes, self._names = codes, names
        self._bounds = np.searchsorted(runs, np.arange(self._count + 1))
        self._kept: dict[str, pa.Array | None] | None = None

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Meanwhile columns are kept, unless they are large: one is read once for all keys."""
        self._kept = {}
        try:
            yield
        finally:
            self._kept = None

    @property
    def keys(self) -> list[str]:
        """The keys that any of the runs has, in order."""
        return list(self._parts)

    def count(self, key: str) -> int:
        """How many of the runs have a key."""
        return len(np.unique(self._runs[self._parts[key]]))

    @property
    def sets(self) -> list[frozenset[str]]:
        """The different sets of keys that runs have, in the order of the first run with each."""
        bounds = self._bounds.tolist()
        parts = (self._codes[start:end].tobytes() for start, end in pairwise(bounds))
        codes = [np.frombuffer(part, np.int32) for part in dict.fromkeys(parts)]
        sets = (frozenset(self._names[code] for code in one) for one in codes)
        return list(dict.fromkeys(sets))

    def array(self, key: str, name: str, runs: Places | None = None) -> pa.Array:
        """A column of the table for one key, of all the runs or of some, as Arrow has it."""
        import pyarrow as pa

        part = self._parts.get(key, slice(0, 0))
        whole = self._find_kept(name)
        if whole is not None and self._has_each_once(part):
            return whole[part] if runs is None else whole[part].take(pa.array(runs))
        rows = np.full(self._count, -1, np.int32)
        rows[self._runs[part]] = (
            self._places[part] if whole is None else np.arange(part.start, part.stop)
        )
        chosen = rows if runs is None else rows[runs]
        taken = pa.array(chosen, mask=chosen < 0)
        return self._rows.take_array(name, taken) if whole is None else whole.take(taken)

    def column(self, key: str, runs: Places | None = None, *, name: str) -> list[Any]:
        """A column of the table for one key, of all the runs or of some, as Python values."""
        return list(self.array(key, name, runs).to_pylist())

    def columns(self, key: str, names: list[str], runs: Places | None = None) -> list[list[Any]]:
        """Some columns of the table for one key, of all the runs or of some."""
        return [self.column(key, runs, name=name) for name in names]

    def _find_kept(self, name: str) -> pa.Array | None:
        """A column of all rows in the order of the keys, where it is kept."""
        kept = self._kept
        if kept is None:
            return None
        if name not in kept:
            is_large = self._rows.table[name].nbytes > MOST_KEPT
            kept[name] = None if is_large else self._rows.take_array(name, self._places)
        return kept[name]

    def _has_each_once(self, part: slice) -> bool:
        runs = self._runs[part]
        return len(runs) == self._count and bool((runs == np.arange(self._count)).all())


def slices(counts: Iterable[int]) -> Iterator[slice]:
    """The parts of a list, each so many values long."""
    start = 0
    for count in counts:
        yield slice(start, start + count)
        start += count


def as_codes(column: pa.Array | pa.ChunkedArray) -> tuple[list[Any], Places]:
    """The different texts of a column, and for each row the place of its own, -1 for none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    chunk = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    encoded = pc.dictionary_encode(chunk)
    return encoded.dictionary.to_pylist(), pc.fill_null(encoded.indices, -1).to_numpy()
