"""How often each class was taken for each, as coloured cells; as chart-confusion.js does it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from runfolio.analysis.numbers import format_number
from runfolio.charts.layout import shorten_middle, text_width, thin_out
from runfolio.charts.palette import count_color
from runfolio.charts.rendering import Filled, Row, fill_chart
from runfolio.charts.theme import X_TITLE, Y_TITLE

GAP: Final = 0.02
CELL: Final = (20, 72)
"""Pixels that a cell takes at least and at most across, where there is room."""

_NAME: Final = 172  # pixels a label may take
_LINE: Final = 14  # pixels a label needs
_READABLE: Final = 46  # pixels that the beginning and end of a label need
_AROUND: Final = 64  # pixels above and below the cells


def confusion_cells(counts: Sequence[Sequence[float]]) -> list[Row]:
    """A cell for each pair that occurs, coloured by its count; the first true class is on top."""
    most = max((count for line in counts for count in line), default=0)
    size = len(counts)
    return [
        {
            "x": column + GAP,
            "x2": column + 1 - GAP,
            "y": size - 1 - row + GAP,
            "y2": size - row - GAP,
            "color": count_color(count / most),
        }
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if count > 0
    ]


def confusion_texts(counts: Sequence[Sequence[float]]) -> list[Row]:
    """The count in the middle of each cell, in an ink that reads on it."""
    most = max((count for line in counts for count in line), default=0)
    size = len(counts)
    return [
        {
            "x": column + 0.5,
            "y": size - row - 0.5,
            "text": format_number(count),
            "ink": count_color(count / most).replace("--div-", "--on-div-")
            if count > 0
            else "var(--muted)",
        }
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
    ]


def picture_confusion(
    labels: Sequence[str],
    counts: Sequence[Sequence[float]],
    *,
    width: int,
    height: int,
    palette: Mapping[str, str],
) -> Filled:
    """A confusion matrix with its numbers, as far as they find room in the cells."""
    size = len(labels)
    names = [shorten_middle(label, _NAME) for label in labels]
    beside = max(map(text_width, names)) + 24
    cell = (width - beside) / size
    line = (height - _AROUND) / size
    texts = confusion_texts(counts)
    fits = line >= _LINE and all(text_width(row["text"]) <= cell - 4 for row in texts)
    ticks = [place + 0.5 for place in range(size)]
    kept = thin_out([place * line for place in range(size)], gap=_LINE)
    shown = [name if keep else "" for name, keep in zip(names, kept, strict=True)]
    return fill_chart(
        "cells",
        {
            "rows": confusion_cells(counts),
            "texts": texts if fits else [],
            "points": [],
            "names": [],
            "marks": [],
        },
        titles={X_TITLE: "predicted", Y_TITLE: "true"},
        width=width,
        height=height,
        palette=palette,
        signals={
            "x_low": 0,
            "x_high": size,
            "y_low": 0,
            "y_high": size,
            "x_ticks": ticks,
            "x_labels": _across(labels, cell),
            "y_ticks": ticks,
            "y_labels": shown[::-1],
        },
    )


def _across(labels: Sequence[str], cell: float) -> list[str]:
    """The labels below the cells; of narrow ones only so many as can be read."""
    every = math.ceil(_READABLE / cell) if max(map(text_width, labels)) > cell - 6 else 1
    return [
        "" if place % every else shorten_middle(label, every * cell - 6)
        for place, label in enumerate(labels)
    ]


def confusion_size(labels: Sequence[str], *, width: int) -> tuple[int, int]:
    """How wide and high a picture of these classes is within `width`."""
    beside = max(min(text_width(label), _NAME) for label in labels) + 24
    cell = min(max((width - beside) / len(labels), 1), CELL[1])
    line = min(max(cell * 0.75, min(CELL[0], 480 / len(labels))), 44)
    return round(beside + cell * len(labels)), round(line * len(labels) + _AROUND)
