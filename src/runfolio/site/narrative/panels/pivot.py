"""A pivot table: a metric by the values of some columns down and others across."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Final

from runfolio.analysis.numbers import count_noun
from runfolio.analysis.sides import make_side
from runfolio.site.library import RunEntry
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.grids import (
    TEMPLATE,
    Grid,
    GridCell,
    Head,
    align,
    mark_best,
    show_side,
)
from runfolio.site.narrative.panels.groups import group_runs
from runfolio.site.narrative.panels.subjects import Drawn, Subject
from runfolio.site.narrative.panels.words import join_words, note_broken
from runfolio.site.numbers import format_number

OPTIONS: Final = ("rows", "columns", "metric", "aggregate")
MOST_SIDES: Final = 3
MOST_ROWS: Final = 100
MOST_COLUMNS: Final = 20
_OF_ALL: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "median": statistics.median,
    "min": min,
    "max": max,
}
AGGREGATES: Final = ("mean", "best", *_OF_ALL, "count")


def draw_pivot(subject: Subject) -> Drawn:
    """A table with a cell for each pair of values; the best cell is marked."""
    block = subject.block
    aggregate = block.choice("aggregate", AGGREGATES, "mean")
    metric = subject.metric()
    down, across = _side(subject, "rows"), _side(subject, "columns")
    if not down:
        raise block.mistake("rows", "'rows' is missing. Name a column such as params.model.")
    runs = [run for run in subject.contenders if metric.number(run) is not None]
    if not runs:
        raise block.mistake("metric", f"metric: No run has a finite value of {metric.title!r}.")
    rows, columns = group_runs(runs, down), group_runs(runs, across)
    shown = (rows[:MOST_ROWS], columns[:MOST_COLUMNS])
    place = {run.id: number for number, group in enumerate(columns) for run in group.runs}
    cells = [_cells(group.runs, place, len(shown[1]), metric, aggregate) for group in shown[0]]
    marked = _mark(cells, metric, aggregate)
    labels = [[GridCell(label) for label in group.labels] for group in shown[0]]
    body = align([(*label, *row) for label, row in zip(labels, marked, strict=True)])
    heads = (
        *(Head(one.title) for one in down),
        *(Head(group.name if across else metric.label, numeric=True) for group in shown[1]),
    )
    what = "Number of runs" if aggregate == "count" else f"{aggregate.capitalize()} {metric.title}"
    sides = join_words([one.title for one in (*down, *across)])
    words = f"{what} by {sides}, {count_noun(len(runs), 'run')}"
    over = " · ".join(one.title for one in across)
    grid = Grid(words, heads, body, headers=len(down), over=over)
    return Drawn("table", TEMPLATE, grid, words, _notes(subject, aggregate, shown, rows, columns))


def _side(subject: Subject, key: str) -> list[Column]:
    names = subject.block.texts(key)
    if len(names) > MOST_SIDES:
        message = f"{key!r} takes at most {MOST_SIDES} columns, not {len(names)}."
        raise subject.block.mistake(key, message)
    return [subject.named(key, name) for name in names]


def _cells(
    runs: Sequence[RunEntry], place: dict[str, int], width: int, metric: Column, aggregate: str
) -> list[tuple[GridCell, float | None]]:
    parts: list[list[float]] = [[] for _ in range(width)]
    for run in runs:
        value = metric.number(run)
        if value is not None and place[run.id] < width:
            parts[place[run.id]].append(value)
    return [_cell(values, metric, aggregate) for values in parts]


def _cell(values: Sequence[float], metric: Column, aggregate: str) -> tuple[GridCell, float | None]:
    """A cell and the number that tells whether it is best."""
    if aggregate == "count":
        return GridCell(str(len(values)) if values else "", numeric=True), None
    if not values:
        return GridCell("", numeric=True), None
    if aggregate == "mean":
        side = make_side(values)
        return show_side(side), side.mean
    of_all = (
        (max if metric.direction == "up" else min) if aggregate == "best" else _OF_ALL[aggregate]
    )
    value = of_all(values)
    full = repr(value)
    aside = f"n = {len(values)}" if len(values) > 1 else ""
    text = format_number(value)
    return GridCell(text, full if full != text else None, numeric=True, aside=aside), value


def _mark(
    rows: Sequence[Sequence[tuple[GridCell, float | None]]], metric: Column, aggregate: str
) -> list[list[GridCell]]:
    flat = [pair for row in rows for pair in row]
    direction = None if aggregate == "count" else metric.direction
    marked = iter(mark_best([cell for cell, _ in flat], [one for _, one in flat], direction))
    return [[next(marked) for _ in row] for row in rows]


def _notes(
    subject: Subject,
    aggregate: str,
    shown: tuple[Sequence[object], Sequence[object]],
    rows: Sequence[object],
    columns: Sequence[object],
) -> tuple[str, ...]:
    notes = ["± is the standard deviation of n runs."] if aggregate == "mean" else []
    for part, among, noun in ((shown[0], rows, "row"), (shown[1], columns, "column")):
        if len(part) < len(among):
            notes.append(f"The first {len(part)} of {count_noun(len(among), noun)}.")
    return (*notes, *note_broken(subject.off()))
