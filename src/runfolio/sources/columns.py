"""Columns of tables as arrays of numbers, and metrics made of them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runfolio.schema import Series
from runfolio.sources.reading import Reading

BLOCK: Final = 4096
"""Rows that are turned into arrays at once."""

MAX_STEP: Final = 2.0**53

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EMPTY: Final = frozenset({"", "NA", "N/A", "null", "None"})


class Column:
    """The cells of one column that are not empty: numbers with their rows, and others by row."""

    __slots__ = ("_more_rows", "_more_values", "_rows", "_values", "others", "raw")

    def __init__(self, *, raw: bool = False) -> None:
        self.raw = raw
        self.others: dict[int, Any] = {}
        self._rows: list[Ints] = []
        self._values: list[Floats] = []
        self._more_rows = array("q")
        self._more_values = array("d")

    @classmethod
    def of_numbers(cls, rows: Ints, values: Floats) -> Column:
        """A column of nothing but numbers."""
        column = cls()
        column._rows, column._values = [rows], [values]
        return column

    def add_cells(self, cells: Sequence[str], first: int) -> None:
        """Add the cells of rows from `first` on; a `raw` column keeps them as they are."""
        if self.raw:
            self.others |= {first + at: cell for at, cell in enumerate(cells) if cell}
            return
        try:
            if "_" in "".join(cells):
                raise ValueError
            values = np.fromiter(map(float, cells), np.float64, len(cells))
            rows = np.arange(first, first + len(cells), dtype=np.int64)
        except ValueError:
            rows, values = self._add_mixed(cells, first)
        self._rows.append(rows)
        self._values.append(values)

    def _add_mixed(self, cells: Sequence[str], first: int) -> tuple[Ints, Floats]:
        rows, values = [], []
        for row, cell in enumerate(cells, first):
            if not cell or cell in _EMPTY:
                continue
            number = as_number(cell)
            if number is not None:
                rows.append(row)
                values.append(number)
            elif cell.strip():
                self.others[row] = cell
        return np.array(rows, np.int64), np.array(values, np.float64)

    def add_value(self, value: Any, row: int) -> None:
        """Add one value that already has its type, as JSON gives it."""
        number = None if self.raw or isinstance(value, str) else as_number(value)
        if number is None:
            self.others[row] = value
        else:
            self._more_rows.append(row)
            self._more_values.append(number)

    @property
    def rows(self) -> Ints:
        """The rows that hold numbers."""
        self._join()
        return self._rows[0]

    @property
    def values(self) -> Floats:
        """The numbers."""
        self._join()
        return self._values[0]

    def _join(self) -> None:
        if len(self._rows) != 1 or self._more_rows:
            more_rows = np.array(self._more_rows, np.int64)
            more_values = np.array(self._more_values, np.float64)
            self._rows = [np.concatenate([*self._rows, more_rows])]
            self._values = [np.concatenate([*self._values, more_values])]
            self._more_rows, self._more_values = array("q"), array("d")


def as_number(value: Any) -> float | None:
    """The number that a cell or a JSON value is; None for other text, bools and huge integers."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and "_" in value:  # an id such as 57289_00001, for Python a number
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def gather_columns(
    header: Sequence[str], rows: Iterable[list[str]], raw: frozenset[str] = frozenset()
) -> tuple[dict[str, Column], int]:
    """The columns of a table by name, the first of each name, and the number of its rows."""
    columns: dict[str, Column] = {}
    places = {name: at for at, name in reversed(list(enumerate(header))) if name}
    columns = {name: Column(raw=name in raw) for name in header if name}
    count = 0
    iterator = iter(rows)
    while block := list(islice(iterator, BLOCK)):
        turned = list(zip(*block, strict=True))
        for name, column in columns.items():
            column.add_cells(turned[places[name]], count)
        count += len(block)
    return columns, count


def file_time(path: Path) -> int:
    """When a file was last written, in microseconds since 1970."""
    return path.stat().st_mtime_ns // 1000


class Steps:
    """The step of each row of a table, and its time."""

    def __init__(self, steps: Ints, known: NDArray[np.bool_], times: Ints) -> None:
        self._steps = steps
        self._known = known
        self._times = times

    @classmethod
    def of_column(cls, column: Column | None, count: int, times: Ints | int) -> Steps:
        """The steps that a column tells; without one rows are counted from 0."""
        if isinstance(times, int):
            times = np.full(count, times, np.int64)
        if column is None:
            return cls(np.arange(count), np.ones(count, bool), times)
        values = np.full(count, np.nan)
        values[column.rows] = column.values
        known = np.isfinite(values) & (np.abs(values) < MAX_STEP) & (values == np.floor(values))
        return cls(np.where(known, values, 0).astype(np.int64), known, times)

    @property
    def missing(self) -> int:
        """How many rows have no step."""
        return int((~self._known).sum())

    def tell_missing(self, what: str, path: Path, reading: Reading) -> None:
        """Say how many rows were left out for want of a step."""
        if self.missing:
            rows = "1 row has" if self.missing == 1 else f"{self.missing} rows have"
            reading.skip(path, f"{rows} no {what}")

    def series(self, key: str, column: Column, *, once: bool = False) -> Series:
        """The metric that a column holds; with `once`, equal points that follow are one."""
        known = self._known[column.rows]
        rows, values = column.rows[known], column.values[known]
        steps = self._steps[rows]
        if once and len(rows):
            same = (steps[1:] == steps[:-1]) & (values[1:] == values[:-1])
            keep = np.concatenate([[True], ~same])
            rows, steps, values = rows[keep], steps[keep], values[keep]
        return Series(key, steps, self._times[rows], values)


def first_cells(columns: dict[str, Column]) -> Iterator[str]:
    """The cells of the first row by name, in an order that later columns don't change."""
    for name in sorted(columns):
        column = columns[name]
        if 0 in column.others:
            yield f"{name}={column.others[0]}"
        elif len(column.rows) and column.rows[0] == 0:
            value = float(column.values[0])
            yield f"{name}={'nan' if math.isnan(value) else repr(value)}"


def tell_others(columns: dict[str, Column], file: Path, reading: Reading) -> None:
    """Say once for each column that some of its cells hold no numbers."""
    for name, column in columns.items():
        if column.others:
            count, cell = len(column.others), next(iter(column.others.values()))
            cells = "1 cell holds" if count == 1 else f"{count} cells hold"
            reading.skip(file, f"column {name!r}: {cells} no number, such as {cell[:40]!r}")
