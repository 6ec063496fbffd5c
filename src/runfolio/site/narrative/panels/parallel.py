"""Parallel coordinates: a line for each run through its parameters to its metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from runfolio.analysis.grid import Dimension, place_dimension
from runfolio.charts import picture_parallel
from runfolio.site.library import RunEntry
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.plots import (
    HEIGHT,
    LEAST_HEIGHT,
    MOST_HEIGHT,
    WIDTH,
    Plot,
    Ramp,
    draw_plots,
)
from runfolio.site.narrative.panels.subjects import Drawn, Subject
from runfolio.site.narrative.panels.words import count_shown, join_words, note_broken
from runfolio.site.numbers import format_duration

OPTIONS: Final = ("columns", "color", "limit", "height")
MOST_LINES: Final = 500
MOST_AXES: Final = 12
_PARAMS: Final = 5


def draw_parallel(subject: Subject) -> Drawn:
    """Lines over the columns, coloured by a metric; the best run lies on top."""
    block = subject.block
    color = subject.column("color") or _last_metric(subject) or subject.metric("color")
    if not color.numeric:
        raise block.mistake("color", f"color: {color.title!r} is no number.")
    columns = _columns(subject, color)
    limit = block.whole("limit", MOST_LINES, most=MOST_LINES)
    height = block.whole("height", HEIGHT, least=LEAST_HEIGHT, most=MOST_HEIGHT)
    having = subject.valued(color)
    if not having:
        raise block.mistake("color", f"color: No run has a finite value of {color.title!r}.")
    shown = having[:limit]
    placed = [place_dimension([_value(one, run) for run in shown]) for one in columns]
    dimensions = [_dimension(one, place) for one, place in zip(columns, placed, strict=True)]
    runs = [_run(subject, run, number, columns, placed, color) for number, run in enumerate(shown)]
    names = join_words([one.title for one in columns if one.key != color.key])
    which = count_shown(len(shown), len(having), "run", ranked=color.direction is not None)
    words = f"{color.title} across {names}, {which}"
    filled = picture_parallel(
        dimensions,
        runs,
        color_title=color.label,
        direction=color.direction,
        width=WIDTH,
        height=height,
        palette={},
    )
    options = {
        "dimensions": dimensions,
        "runs": runs,
        "colorTitle": color.label,
        "direction": color.direction,
        "brushes": [],
        "height": height,
    }
    plot = Plot("parallel", words, filled, options, height, ramp=_ramp(color, shown))
    return draw_plots([plot], root=subject.root, words=words, notes=note_broken(subject.off()))


def _last_metric(subject: Subject) -> Column | None:
    """The metric that stands last among the columns that are asked for."""
    named = (subject.named("columns", name) for name in reversed(subject.block.texts("columns")))
    return next((one for one in named if one.key.startswith("metrics.")), None)


def _columns(subject: Subject, color: Column) -> list[Column]:
    names = subject.block.texts("columns")
    if not names:
        params = [f"params.`{key}`" for key in subject.varying()[:_PARAMS]]
        if not params:
            message = "'columns' is missing, and no parameter differs between these runs."
            raise subject.block.mistake("columns", message)
        return [*(subject.named("columns", one) for one in params), color]
    if not 1 < len(names) <= MOST_AXES:
        message = f"'columns' names from 2 to {MOST_AXES} axes, not {len(names)}."
        raise subject.block.mistake("columns", message)
    return [subject.named("columns", one) for one in names]


def _value(column: Column, run: RunEntry) -> float | str | None:
    return column.number(run) if column.numeric else column.text(run)[0] or None


def _dimension(column: Column, placed: Dimension) -> dict[str, Any]:
    ticks = [{"position": one.position, "label": _tick(column, one.label)} for one in placed.ticks]
    return {"key": column.key, "title": column.label, "ticks": ticks}


def _tick(column: Column, label: str) -> str:
    return format_duration(float(label)) if column.kind == "duration" else label


def _run(
    subject: Subject,
    run: RunEntry,
    number: int,
    columns: Sequence[Column],
    placed: Sequence[Dimension],
    color: Column,
) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.record.name,
        "href": subject.href(run),
        "positions": [one.positions[number] for one in placed],
        "value": color.number(run),
        "texts": [one.text(run)[0] or None for one in columns],
        "values": [_value(one, run) for one in columns],
    }


def _ramp(color: Column, runs: Sequence[RunEntry]) -> Ramp:
    """What the colours of the picture stand for, from the lowest to the highest value."""
    ends = sorted((runs[0], runs[-1]), key=lambda run: color.number(run) or 0.0)
    low, high = (color.text(run)[0] for run in ends)
    return Ramp(color.label, low, high)
