"""A point for each run: anything by anything else, coloured and sized by more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from runfolio.analysis.numbers import count_noun
from runfolio.charts import picture_scatter
from runfolio.charts.palette import sequence_color
from runfolio.site.library import RunEntry
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.groups import group_runs
from runfolio.site.narrative.panels.plots import (
    HEIGHT,
    LEAST_HEIGHT,
    MOST_HEIGHT,
    WIDTH,
    LegendItem,
    Plot,
    Ramp,
    draw_plots,
)
from runfolio.site.narrative.panels.subjects import Drawn, Subject, look_of
from runfolio.site.narrative.panels.trends import find_trend
from runfolio.site.narrative.panels.words import note_broken
from runfolio.site.numbers import format_number

OPTIONS: Final = ("x", "y", "color", "size", "log", "trend", "limit", "height")
MOST_POINTS: Final = 2000
_LOGS: Final = ("x", "y", "both", "none")
_COLORS: Final = 10
_AREAS: Final = (24, 320)


@dataclass(frozen=True, slots=True)
class _Axes:
    """What the points lie on and are coloured and sized by."""

    x: Column
    y: Column
    color: Column | None
    size: Column | None


@dataclass(frozen=True, slots=True)
class _Paint:
    """The colour of each point in the picture, and what the colours stand for."""

    colors: dict[str, str]
    legend: tuple[LegendItem, ...] = ()
    ramp: Ramp | None = None


def draw_scatter(subject: Subject) -> Drawn:
    """A scatter plot of the runs that have both values, best first."""
    axes = _axes(subject)
    limit = subject.block.whole("limit", MOST_POINTS, most=MOST_POINTS)
    height = subject.block.whole("height", HEIGHT, least=LEAST_HEIGHT, most=MOST_HEIGHT)
    having = [run for run in subject.valued(axes.y) if _has_x(axes.x, run)]
    if not having:
        message = f"y: No run has both {axes.x.title} and {axes.y.title}."
        raise subject.block.mistake("y", message)
    runs = having[:limit]
    scales = _scales(subject, axes)
    pairs = [(axes.x.number(run) or 0.0, axes.y.number(run) or 0.0) for run in runs]
    trend = find_trend(pairs, scales) if _wants_trend(subject, axes) else []
    points = _points(subject, axes, runs)
    words = f"{axes.y.title} by {axes.x.title}, {count_noun(len(runs), 'run')}"
    paint = _paint(axes, runs)
    filled = picture_scatter(
        _pictured(points, axes, paint),
        kind=_kind(axes.x),
        x_title=axes.x.label,
        y_title=axes.y.label,
        width=WIDTH,
        height=height,
        palette={},
        x_scale=scales["x"],
        y_scale=scales["y"],
        trend=trend,
    )
    options = _options(axes, points, scales, trend=bool(trend), height=height)
    plot = Plot("scatter", words, filled, options, height, legend=paint.legend, ramp=paint.ramp)
    notes = (
        [f"The best {limit:,} of {count_noun(len(having), 'run')}."] if len(having) > limit else []
    )
    without = len(subject.contenders) - len(having)
    if without:
        notes.append(
            f"{count_noun(without, 'run')} without {axes.x.title} or {axes.y.title} left out."
        )
    notes += note_broken(subject.off())
    return draw_plots([plot], root=subject.root, words=words, notes=tuple(notes))


def _axes(subject: Subject) -> _Axes:
    y = subject.column("y") or subject.metric("y")
    if not y.numeric:
        raise subject.block.mistake("y", f"y: {y.title!r} is no number. Put it on x or in color.")
    x = subject.column("x")
    if x is None:
        varying = [f"params.`{key}`" for key in subject.varying()]
        columns = [subject.named("x", one) for one in varying]
        x = next((one for one in columns if one.numeric), None)
        if x is None:
            message = "'x' is missing, and no parameter that is a number varies. Name one."
            raise subject.block.mistake("x", message)
    size = subject.column("size")
    if size is not None and not size.numeric:
        raise subject.block.mistake("size", f"size: {size.title!r} is no number.")
    return _Axes(x, y, subject.column("color"), size)


def _has_x(x: Column, run: RunEntry) -> bool:
    return _x(x, run) is not None


def _kind(column: Column) -> str:
    return "number" if column.numeric else "time" if column.kind == "time" else "category"


def _x(column: Column, run: RunEntry) -> float | str | None:
    """Where a run lies on x: a number, milliseconds since 1970, or a text."""
    number = column.number(run)
    if column.kind == "time":
        return None if number is None else number / 1000
    return number if column.numeric else column.text(run)[0] or None


def _scales(subject: Subject, axes: _Axes) -> dict[str, str | None]:
    """The scale of each axis, where the block says one."""
    log = subject.block.choice("log", _LOGS, "")
    if log in ("x", "both") and not axes.x.numeric:
        raise subject.block.mistake("log", f"log: {axes.x.title!r} on x is no number.")
    if not log:
        return {"x": None, "y": None}
    return {name: "log" if log in (name, "both") else "linear" for name in ("x", "y")}


def _points(subject: Subject, axes: _Axes, runs: Sequence[RunEntry]) -> list[dict[str, Any]]:
    looks = look_of(runs)
    return [
        {
            "id": run.id,
            "name": run.record.name,
            "color": looks[run.id][0],
            "href": subject.href(run),
            "x": _x(axes.x, run),
            "y": axes.y.number(run),
        }
        | ({"tint": _tint(axes.color, run)} if axes.color else {})
        | ({"size": axes.size.number(run)} if axes.size else {})
        for run in runs
    ]


def _tint(color: Column, run: RunEntry) -> float | str | None:
    return color.number(run) if color.numeric else color.text(run)[0] or None


def _options(
    axes: _Axes,
    points: list[dict[str, Any]],
    scales: dict[str, str | None],
    *,
    trend: bool,
    height: int,
) -> dict[str, Any]:
    """The chart as ``runfolio.charts.scatter`` takes it."""
    options: dict[str, Any] = {
        "x": _live_axis(axes.x, scales["x"]),
        "y": _live_axis(axes.y, scales["y"]) | {"direction": axes.y.direction},
        "points": points,
        "trend": trend,
        "height": height,
    }
    if axes.color:
        kind = "number" if axes.color.numeric else "category"
        options["color"] = {"title": axes.color.label, "kind": kind}
    if axes.size:
        options["size"] = {"title": axes.size.label}
    return options


def _live_axis(column: Column, scale: str | None) -> dict[str, Any]:
    return {"title": column.label, "kind": _kind(column)} | ({"scale": scale} if scale else {})


def _paint(axes: _Axes, runs: Sequence[RunEntry]) -> _Paint:
    if axes.color is None:
        return _Paint({})
    if not axes.color.numeric:
        return _paint_categories(axes.color, runs)
    values = {run.id: value for run in runs if (value := axes.color.number(run)) is not None}
    if not values:
        return _Paint({})
    low, high = min(values.values()), max(values.values())
    share = {key: (one - low) / (high - low) if high > low else 0.5 for key, one in values.items()}
    colors = {run.id: "var(--muted)" for run in runs}
    colors |= {key: sequence_color(one) for key, one in share.items()}
    ramp = Ramp(axes.color.label, format_number(low), format_number(high))
    return _Paint(colors, ramp=ramp)


def _paint_categories(color: Column, runs: Sequence[RunEntry]) -> _Paint:
    """The first values have a colour each, as in ``chart-points.js``; others are grey."""
    groups = [one for one in group_runs(runs, [color]) if color.read(one.runs[0]) is not None]
    kept = groups if len(groups) <= _COLORS else groups[: _COLORS - 1]
    colors = {run.id: "var(--muted)" for run in runs}
    for place, group in enumerate(kept):
        colors |= {run.id: f"var(--run-{place})" for run in group.runs}
    legend = tuple(LegendItem(group.name, place) for place, group in enumerate(kept))
    if len(kept) < len(groups):
        legend += (LegendItem("other", None),)
    return _Paint(colors, legend)


def _pictured(points: Sequence[dict[str, Any]], axes: _Axes, paint: _Paint) -> list[dict[str, Any]]:
    sizes = [point["size"] for point in points if point.get("size") is not None]
    low, high = (min(sizes), max(sizes)) if sizes else (0.0, 0.0)

    def area(value: float | None) -> float:
        if value is None:
            return _AREAS[0]
        share = (value - low) / (high - low) if high > low else 0.5
        return _AREAS[0] + share * (_AREAS[1] - _AREAS[0])

    return [
        {key: point[key] for key in ("id", "name", "color", "x", "y")}
        | ({"paint": paint.colors[point["id"]]} if paint.colors else {})
        | ({"area": area(point["size"])} if axes.size else {})
        for point in points
    ]


def _wants_trend(subject: Subject, axes: _Axes) -> bool:
    wanted = subject.block.flag("trend")
    if wanted and not axes.x.numeric:
        raise subject.block.mistake("trend", f"trend: {axes.x.title!r} on x is no number.")
    return wanted
