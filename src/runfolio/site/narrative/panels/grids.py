"""Tables of panels as HTML: what tables, pivots and comparisons have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from runfolio.analysis.sides import Side
from runfolio.site.numbers import format_number
from runfolio.site.pages import align_decimals

TEMPLATE: Final = "_partials/panel_table.html"


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column."""

    text: str
    numeric: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: `full` is the number in full, `aside` what stands small beside it."""

    text: str
    full: str | None = None
    numeric: bool = False
    best: bool = False
    aside: str = ""
    href: str | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose first `headers` cells of each row name it; `over` stands above all others."""

    label: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    headers: int = 1
    over: str = ""
    sortable: bool = False


def align(rows: Sequence[Sequence[GridCell]]) -> tuple[tuple[GridCell, ...], ...]:
    """The rows with the numbers of each column padded so that their decimal points meet."""
    columns = [_align_column(column) for column in zip(*rows, strict=True)]
    return tuple(zip(*columns, strict=True))


def _align_column(cells: Sequence[GridCell]) -> list[GridCell]:
    if not any(cell.numeric for cell in cells):
        return list(cells)
    texts = align_decimals([cell.text for cell in cells])
    return [replace(cell, text=text) for cell, text in zip(cells, texts, strict=True)]


def mark_best(
    cells: Sequence[GridCell], values: Sequence[float | None], direction: str | None
) -> list[GridCell]:
    """The cells with the best value marked, unless all are alike or no direction is known."""
    known = [value for value in values if value is not None]
    if direction is None or len(set(known)) < 2:
        return list(cells)
    best = max(known) if direction == "up" else min(known)
    return [
        replace(cell, best=True) if value == best else cell
        for cell, value in zip(cells, values, strict=True)
    ]


def show_side(side: Side, *, members: int | None = None) -> GridCell:
    """The mean of some runs, with its deviation and how many they are, unless all `members`."""
    if side.mean is None:
        return GridCell("NaN" if side.lost else "—", numeric=True)
    text = format_number(side.mean)
    full = repr(side.mean)
    parts = [f"± {format_number(side.std, digits=2)}"] if side.std is not None else []
    parts += [f"n = {side.count}"] if side.count > 1 and side.count != members else []
    return GridCell(text, full if full != text else None, numeric=True, aside=", ".join(parts))
