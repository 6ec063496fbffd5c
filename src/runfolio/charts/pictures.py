"""Each kind of chart filled in for a picture, names included, for where no script runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from runfolio.analysis.numbers import format_number
from runfolio.charts.layout import shorten_middle, spread_apart, text_width, thin_out
from runfolio.charts.rendering import Filled, fill_chart
from runfolio.charts.rows import (
    Row,
    axis_rows,
    band_rows,
    bar_rows,
    curve_rows,
    find_best,
    ghost_rows,
    lone_rows,
    parallel_rows,
    scatter_kind,
    scatter_rows,
    tick_rows,
    title_direction,
)
from runfolio.charts.theme import BAR_STEP, X_TITLE, Y_TITLE

_LINE: Final = 15  # pixels between two lines of text
_GAP: Final = "\u2002"  # a space that SVG does not collapse
_NAME: Final = 150  # pixels a name may take
_NAMED: Final = 60  # points that are considered for a name
_DOT: Final = 0.03  # of an axis, for half a dot
_AROUND: Final = 64  # pixels above and below a plot for axis and titles


def picture_curves(
    runs: Sequence[Mapping[str, Any]],
    *,
    y_title: str,
    width: int,
    height: int,
    palette: Mapping[str, str],
    x_title: str = "step",
    log: bool = False,
    least_step: float | None = None,
    dots: bool = False,
) -> Filled:
    """Curves with the name and last value of each run at the end of its line.

    A run is a mapping with `id`, `name`, `color`, `dash` (numbers), `step` and `value` (lists), and
    perhaps a `band` (`low`, `high`) and a `ghost` (`step`, `value`). Ticks of the x axis are at
    least `least_step` apart, by default 1. With `dots` each point of a line is marked.
    """
    rows = curve_rows(runs, log=log)
    labels = _end_labels(runs, rows, height=height - _AROUND, log=log)
    more = {"bands": band_rows(runs, log=log), "ghosts": ghost_rows(runs, log=log)}
    signals = {} if least_step is None else {"least_step": least_step}
    return fill_chart(
        "curves-log" if log else "curves",
        {"rows": rows, "lones": rows if dots else lone_rows(rows), "labels": labels}
        | {name: values for name, values in more.items() if values},
        titles={X_TITLE: x_title, Y_TITLE: y_title},
        width=width,
        height=height,
        palette=palette,
        signals=(signals | _room_for_dots(rows) if dots else signals) or None,
    )


def _room_for_dots(rows: Sequence[Row]) -> dict[str, float]:
    """The ends of an axis on which whole dots have room."""
    steps = [row["step"] for row in rows]
    room = _DOT * (max(steps) - min(steps)) if rows else 0
    return {"x_low": min(steps) - room, "x_high": max(steps) + room} if rows else {}


def _end_labels(
    runs: Sequence[Mapping[str, Any]], rows: Sequence[Row], *, height: float, log: bool
) -> list[Row]:
    ends = {row["run"]: row for row in rows}
    drawn = [run for run in runs if run["id"] in ends]
    if not drawn:
        return []
    to_axis, to_value = (math.log10, lambda at: 10**at) if log else (float, float)
    values = [to_axis(row["value"]) for row in rows]
    low, high = min(values), max(values)
    gap = _LINE * (high - low) / max(height, _LINE)
    places = [to_axis(ends[run["id"]]["value"]) for run in drawn]
    spread = spread_apart(places, gap=gap, low=low, high=high) if high > low else places
    return [
        _end_label(run, ends[run["id"]], to_value(at))
        for run, at in zip(drawn, spread, strict=True)
    ]


def _end_label(run: Mapping[str, Any], end: Row, at: float) -> Row:
    text = f"{shorten_middle(run['name'], _NAME)}{_GAP}{format_number(end['value'])}"
    return {"run": run["id"], "value": end["value"], "at": at, "text": text, "color": end["color"]}


def picture_scatter(
    points: Sequence[Mapping[str, Any]],
    *,
    kind: str,
    x_title: str,
    y_title: str,
    width: int,
    height: int,
    palette: Mapping[str, str],
    x_scale: str | None = None,
    y_scale: str | None = None,
    trend: Sequence[Row] = (),
) -> Filled:
    """Points, named in the given order as far as there is room.

    A point is a mapping with `id`, `name`, `color` (a number), `x` and `y`, and perhaps `paint` (a
    colour instead) and `area`; `kind` says whether x
    is a "number", a "category" or a "time" (milliseconds since 1970). Points without a value are
    left out, and on a scale that is "log" those not above zero. `trend` holds the ends of a line.
    """
    rows, categories = scatter_rows(points, kind=kind)
    scales = (("x", x_scale if kind == "number" else None), ("y", y_scale))
    logs = [name for name, scale in scales if scale == "log"]
    rows = [row for row in rows if all(row[name] > 0 for name in logs)]
    spec = scatter_kind(kind, [row["x"] for row in rows], x_scale=x_scale, y_scale=y_scale)
    band = (width - _AROUND) / max(len(categories), 1) - 8
    return fill_chart(
        spec,
        {
            "rows": rows,
            "labels": _point_labels(points, rows, spec, width, height),
            "trend": trend,
        },
        titles={X_TITLE: x_title, Y_TITLE: y_title},
        width=width,
        height=height,
        palette=palette,
        signals={"categories": [shorten_middle(text, band) for text in categories]},
    )


def _point_labels(
    points: Sequence[Mapping[str, Any]], rows: Sequence[Row], spec: str, width: int, height: int
) -> list[Row]:
    """Labels that cover neither a point nor each other, first come first served."""
    across, down = _pixels(rows, spec, width - _AROUND), _pixels_down(rows, spec, height - _AROUND)
    places = {row["run"]: (across[at], down[at], row) for at, row in enumerate(rows)}
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y, _ in places.values()]
    labels: list[Row] = []
    for point in points[:_NAMED]:
        if point["id"] not in places:
            continue
        x, y, row = places[point["id"]]
        text = shorten_middle(point["name"], _NAME)
        for side in (1, -1):
            near, far = x + side * 8, x + side * (10 + text_width(text))
            box = (min(near, far), y - 7, max(near, far), y + 7)
            if box[0] >= 0 and box[2] <= width - _AROUND and not any(_meet(box, o) for o in taken):
                taken.append(box)
                labels.append(
                    {"run": row["run"], "x": row["x"], "y": row["y"], "text": text, "side": side}
                )
                break
    return labels


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _pixels(rows: Sequence[Row], spec: str, length: float) -> list[float]:
    if spec.startswith("scatter-nominal"):
        columns = len({row["x"] for row in rows})
        return [(row["x"] + 0.5) * length / columns for row in rows]
    log = spec.startswith("scatter-log")
    xs = [math.log10(row["x"]) if log else float(row["x"]) for row in rows]
    return _stretch(xs, 16, length - 16)


def _pixels_down(rows: Sequence[Row], spec: str, length: float) -> list[float]:
    log = spec.endswith("-log")
    ys = [math.log10(row["y"]) if log else float(row["y"]) for row in rows]
    return _stretch([-y for y in ys], 8, length - 8)


def _stretch(values: Sequence[float], start: float, end: float) -> list[float]:
    if not values:
        return []
    low, high = min(values), max(values)
    if high <= low:
        return [(start + end) / 2] * len(values)
    return [start + (value - low) / (high - low) * (end - start) for value in values]


def picture_parallel(
    dimensions: Sequence[Mapping[str, Any]],
    runs: Sequence[Mapping[str, Any]],
    *,
    color_title: str,
    width: int,
    height: int,
    palette: Mapping[str, str],
    direction: str | None = None,
) -> Filled:
    """Parallel coordinates with the best run on top and named.

    A dimension is a mapping with `title` and `ticks` (`position`, `label`); a run has `id`,
    `name`, `positions` (0 to 1, or None where it has no value) and `value`. Without `direction`,
    an arrow at the end of `color_title` tells which values are better.
    """
    direction = direction or title_direction(color_title)
    between = (width - _AROUND) / max(len(dimensions), 1)
    axes = axis_rows(dimensions)
    for axis in axes:
        axis["title"] = shorten_middle(axis["title"], between - 12)
    return fill_chart(
        "parallel",
        {
            "rows": parallel_rows(runs, direction=direction),
            "axes": axes,
            "ticks": _tick_labels(tick_rows(dimensions, runs), between - 30, height - _AROUND),
            "labels": _best_label(dimensions, runs, direction),
            "brushes": [],
        },
        titles={},
        width=width,
        height=height,
        palette=palette,
    )


def _tick_labels(ticks: Sequence[Row], widest: float, height: float) -> list[Row]:
    labelled: list[Row] = []
    for at in sorted({tick["at"] for tick in ticks}):
        axis = [tick for tick in ticks if tick["at"] == at]
        kept = thin_out([tick["level"] * height for tick in axis], gap=_LINE - 1)
        for tick, keep in zip(axis, kept, strict=True):
            label = shorten_middle(tick["label"], widest) if keep else ""
            labelled.append({**tick, "label": label})
    return labelled


def _best_label(
    dimensions: Sequence[Mapping[str, Any]],
    runs: Sequence[Mapping[str, Any]],
    direction: str | None,
) -> list[Row]:
    best = find_best(runs, direction=direction)
    if best is None or best["positions"][-1] is None:
        return []
    text = shorten_middle(best["name"], _NAME)
    return [{"at": len(dimensions) - 1, "level": best["positions"][-1], "text": text}]


def picture_bars(
    bars: Sequence[Mapping[str, Any]], *, x_title: str, width: int, palette: Mapping[str, str]
) -> Filled:
    """Bars with their names left and their values at the ends, as high as they need.

    A bar is a mapping with `id`, `name`, `color` (a number) and `value`, and perhaps `low` and
    `high`, the ends of its interval, and a `text` in place of its value.
    """
    rows = bar_rows(bars)
    for row in rows:
        row["name"] = shorten_middle(row["name"], width * 0.42)
    return fill_chart(
        "bars",
        {"rows": rows},
        titles={X_TITLE: x_title},
        width=width,
        height=BAR_STEP * len(rows) + 36,
        palette=palette,
    )
