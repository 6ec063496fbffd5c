"""Runs made of a table's rows: one for each row, or one for all rows of the same run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from runfolio.schema import Series, read_param
from runfolio.sources.columns import Column, Ints, Steps, as_number, file_time
from runfolio.sources.reading import Reading
from runfolio.sources.tables.files import Table
from runfolio.sources.tables.layout import Layout, as_time

_LATEST: Final = 2.5e17
"""Microseconds since 1970 up to the year 9892."""


@dataclass(slots=True)
class TableRun:
    """A run of a table: `label` is what its run column says, `first` its first row."""

    label: str | None
    first: list[str]
    timed: bool
    params: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: list[Series] = field(default_factory=list)


def read_row_runs(table: Table, layout: Layout, path: Path, reading: Reading) -> Iterator[TableRun]:
    """One run for each row: its numbers are metrics of one point, or parameters if so named."""
    seen: Counter[str] = Counter()
    written = file_time(path)
    for row in range(table.rows):
        cells = _cells(table, row)
        label = cells.pop(layout.run, None) if layout.run else None
        time = as_time(cells.get(layout.time)) if layout.time else None
        run = TableRun(None if label is None else str(label), [], time is not None)
        for name, cell in cells.items():
            if name == layout.time or name in layout.ignored:
                continue
            if name in layout.metrics and as_number(cell) is None:
                at = f"row {row + 1}, column {name!r}"
                reading.skip(
                    path, f"{at}: it is to be a metric, and {str(cell)[:40]!r} is no number"
                )
                continue
            _sort_cell(run, name, cell, layout, written if time is None else time)
        values = "\n".join(f"{name}={cells[name]!r}" for name in sorted(cells) if name)
        same = values if run.label is None else run.label
        seen[same] += 1
        run.first = [values] * (run.label is None) + [str(seen[same])] * (seen[same] > 1)
        yield run


def _cells(table: Table, row: int) -> dict[str, Any]:
    columns = table.columns.items()
    return {name: column.others[row] for name, column in columns if row in column.others}


def _sort_cell(run: TableRun, name: str, cell: Any, layout: Layout, time: int) -> None:
    number = as_number(cell)
    if name in layout.tags:
        run.tags[name] = str(cell)
    elif number is not None and name not in layout.params:
        run.metrics.append(Series(name, [0], [time], [number]))
    else:
        run.params[_setting(name)] = _typed(cell)


def _setting(name: str) -> str:
    """A parameter's name without what marks it as one."""
    head, _, rest = name.replace(".", "/", 1).partition("/")
    return rest if rest and head in ("config", "params", "hparams") else name


def _typed(cell: Any) -> Any:
    return read_param(cell) if isinstance(cell, str) else cell


def read_step_runs(
    table: Table, layout: Layout, path: Path, reading: Reading
) -> Iterator[TableRun]:
    """One run for all rows, or for those of the same run: numbers are metrics by step."""
    labels, codes = _split_runs(table, layout)
    times, timed = _read_times(table, layout, path, reading)
    step = table.columns.get(layout.step) if layout.step else None
    steps = Steps.of_column(step, table.rows, times)
    if step is None and len(labels) > 1:
        steps = Steps.of_column(_count_rows(codes), table.rows, times)
    steps.tell_missing(f"whole number in {layout.step!r}", path, reading)
    rows = _first_rows(codes, len(labels))
    runs = [
        TableRun(label, _first_values(table, row), timed)
        for label, row in zip(labels, rows, strict=True)
    ]
    for name, column in table.columns.items():
        if name in layout.ignored or name in (layout.step, layout.time, layout.run):
            continue
        _add_metric(runs, name, column, codes, steps)
        _add_constant(runs, name, column, codes, layout, path, reading)
    yield from runs


def _split_runs(table: Table, layout: Layout) -> tuple[list[str | None], Ints]:
    """The runs by what their column says, in the order they come, and each row's run."""
    codes = np.zeros(table.rows, np.int64)
    column = table.columns.get(layout.run) if layout.run else None
    if column is None:
        return [None], codes
    places: dict[str | None, int] = {}
    for row in range(table.rows):
        label = column.others.get(row)
        codes[row] = places.setdefault(None if label is None else str(label), len(places))
    return list(places), codes


def _count_rows(codes: Ints) -> Column:
    """The number of each row within its run, from 0."""
    order = np.argsort(codes, kind="stable")
    _, starts, counts = np.unique(codes[order], return_index=True, return_counts=True)
    within = np.arange(len(codes)) - np.repeat(starts, counts)
    numbers = np.empty(len(codes))
    numbers[order] = within
    return Column.of_numbers(np.arange(len(codes), dtype=np.int64), numbers)


def _first_rows(codes: Ints, count: int) -> list[int]:
    if not len(codes):
        return [-1] * count
    return [int(row) for row in np.unique(codes, return_index=True)[1]]


def _first_values(table: Table, row: int) -> list[str]:
    found = []
    for name in sorted(table.columns):
        column = table.columns[name]
        at = int(np.searchsorted(column.rows, row))
        if row in column.others:
            found.append(f"{name}={column.others[row]!r}")
        elif at < len(column.rows) and column.rows[at] == row:
            found.append(f"{name}={float(column.values[at])!r}")
    return found


def _read_times(table: Table, layout: Layout, path: Path, reading: Reading) -> tuple[Ints, bool]:
    """The time of each row, and whether the table tells it for all of them."""
    times = np.full(table.rows, file_time(path), np.int64)
    column = table.columns.get(layout.time) if layout.time else None
    if column is None:
        return times, False
    told = 0
    scale = as_time(float(column.values[0])) if len(column.values) else None
    if scale is not None:
        scaled = column.values * (scale / float(column.values[0]))
        usable = np.isfinite(scaled) & (np.abs(scaled) < _LATEST)
        times[column.rows[usable]] = np.round(scaled[usable])
        told = int(usable.sum())
    for row, cell in column.others.items():
        time = as_time(cell)
        if time is not None:
            times[row] = time
            told += 1
    if told < table.rows:
        reading.skip(path, f"{table.rows - told} rows have no time in {layout.time!r}")
    return times, told == table.rows


def _add_metric(runs: list[TableRun], name: str, column: Column, codes: Ints, steps: Steps) -> None:
    if not len(column.rows):
        return
    if len(runs) == 1:
        runs[0].metrics.append(steps.series(name, column))
        return
    own = codes[column.rows]
    order = np.argsort(own, kind="stable")
    found, starts = np.unique(own[order], return_index=True)
    for code, part in zip(found, np.split(order, starts[1:]), strict=True):
        values = Column.of_numbers(column.rows[part], column.values[part])
        runs[int(code)].metrics.append(steps.series(name, values))


def _add_constant(
    runs: list[TableRun],
    name: str,
    column: Column,
    codes: Ints,
    layout: Layout,
    path: Path,
    reading: Reading,
) -> None:
    """Text and settings belong to the run where they never change in it; others are told once."""
    values: dict[int, Any] = {}
    changing: set[int] = set()
    for row, value in column.others.items():
        code = int(codes[row])
        if values.setdefault(code, value) != value:
            changing.add(code)
    measured = {one.key for run in runs for one in run.metrics} | layout.metrics
    for code, value in values.items():
        if code in changing or name in measured:
            continue
        if name in layout.tags:
            runs[code].tags[name] = str(value)
        else:
            runs[code].params[_setting(name)] = _typed(value)
    mixed = set(values) if name in measured else set()
    if changing and name in layout.params:
        reading.skip(
            path,
            f"column {name!r} changes within a run, so it is no parameter; name it as a metric",
        )
    elif changing | mixed:
        value = str(values[min(changing | mixed)])[:40]
        reading.skip(path, f"column {name!r}: some cells hold no number, such as {value!r}")
