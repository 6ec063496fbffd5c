"""From runs, points and bars to the rows that the specs draw, as chart-rows.js does it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from runfolio.analysis.numbers import format_number
from runfolio.charts.palette import run_color, run_dash, sequence_color
from runfolio.charts.theme import NOT_SET

Row = dict[str, Any]
LOG_RATIO: Final = 50
POINT_SIZE: Final = 80


def is_finite(value: object) -> bool:
    """Whether a value is a number that can be drawn."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of more than 308 digits
        return False


def curve_rows(runs: Sequence[Mapping[str, Any]], *, log: bool = False) -> list[Row]:
    """One row per point; what is not finite (or not positive, for log) ends a piece of the line."""
    rows: list[Row] = []
    for run in runs:
        look = {"color": run_color(run["color"]), "dash": run_dash(run.get("dash", 0))}
        piece = 0
        for step, value in zip(run["step"], run["value"], strict=True):
            if _drawable(value, log=log):
                rows.append({"run": run["id"], "piece": piece, "step": step, "value": value} | look)
            else:
                piece += 1
    return rows


def lone_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows of pieces that are no wider than a point."""
    steps: dict[tuple[str, int], set[float]] = {}
    for row in rows:
        steps.setdefault((row["run"], row["piece"]), set()).add(row["step"])
    return [row for row in rows if len(steps[row["run"], row["piece"]]) == 1]


def ghost_rows(runs: Sequence[Mapping[str, Any]], *, log: bool = False) -> list[Row]:
    """The rows of what smooth lines were made of: the `ghost` of a run, with `step` and `value`."""
    ghosts = [
        {**run["ghost"], "id": run["id"], "color": run["color"]} for run in runs if "ghost" in run
    ]
    return curve_rows(ghosts, log=log)


def band_rows(runs: Sequence[Mapping[str, Any]], *, log: bool = False) -> list[Row]:
    """The rows of bands: the `band` of a run, with `low` and `high` by its steps.

    On a logarithmic axis they reach down to the least value shown.
    """
    banded = [run for run in runs if "band" in run]
    shown = [
        value
        for run in banded
        for values in (run["value"], run["band"]["low"], run["band"]["high"])
        for value in values
        if _drawable(value, log=True)
    ]
    floor = min(shown, default=0.0) if log else -math.inf
    rows: list[Row] = []
    for run in banded:
        ends = zip(run["step"], run["band"]["low"], run["band"]["high"], strict=True)
        for step, low, high in ends:
            whole = is_finite(low) and _drawable(high, log=log)
            low, high = (max(low, floor), high) if whole else (None, None)
            color = run_color(run["color"])
            rows.append({"run": run["id"], "step": step, "low": low, "high": high, "color": color})
    return rows


def _drawable(value: object, *, log: bool) -> bool:
    return is_finite(value) and (not log or value > 0)  # type: ignore[operator]


def scatter_kind(
    kind: str, xs: Sequence[Any], *, x_scale: str | None = None, y_scale: str | None = None
) -> str:
    """The spec for these x values: log where all are positive and span a factor of 50.

    `x_scale` and `y_scale`, "linear" or "log", overrule that.
    """
    up = "log" if y_scale == "log" else "quantitative"
    if kind != "number":
        return f"scatter-{'time' if kind == 'time' else 'nominal'}-{up}"
    numbers = [x for x in xs if is_finite(x)]
    wide = numbers and min(numbers) > 0 and max(numbers) / min(numbers) >= LOG_RATIO
    log = bool(wide) if x_scale is None else x_scale == "log"
    return f"scatter-{'log' if log else 'quantitative'}-{up}"


def scatter_rows(points: Sequence[Mapping[str, Any]], *, kind: str) -> tuple[list[Row], list[str]]:
    """The points that have both values, and the categories when x is one.

    A category's x is the place of its text in the second list.
    """
    number = kind != "category"
    shown = [p for p in points if is_finite(p["y"]) and (is_finite(p["x"]) or not number)]
    shown = [point for point in shown if point["x"] is not None]
    if number:
        return [_point(point, point["x"]) for point in shown], []
    categories = sorted({str(point["x"]) for point in shown}, key=_category_order)
    places = {text: place for place, text in enumerate(categories)}
    return [_point(point, places[str(point["x"])]) for point in shown], categories


def _point(point: Mapping[str, Any], x: Any) -> Row:
    return {
        "run": point["id"],
        "x": x,
        "y": point["y"],
        "color": point.get("paint") or run_color(point["color"]),
        "name": point["name"],
        "size": point.get("area", POINT_SIZE),
    }


def _category_order(text: str) -> tuple[int, float, str]:
    try:
        number = float(text)
    except ValueError:
        return (1, 0.0, text)
    return (0, number, text) if math.isfinite(number) else (1, 0.0, text)


def bar_rows(bars: Sequence[Mapping[str, Any]]) -> list[Row]:
    """One row per bar in the order given; a missing value has no bar and says "—"."""
    return [_bar(order, bar) for order, bar in enumerate(bars)]


def _bar(order: int, bar: Mapping[str, Any]) -> Row:
    value = bar["value"] if is_finite(bar["value"]) else None
    return {
        "run": bar["id"],
        "order": order,
        "name": bar["name"],
        "color": run_color(bar["color"]),
        "value": value,
        "end": max(0, value or 0),
        "text": bar.get("text") or format_number(bar["value"]),
        **_interval(bar, value),
    }


def _interval(bar: Mapping[str, Any], value: float | None) -> Row:
    """The ends of a bar's interval, where it has one, and where its value is written then."""
    low, high = bar.get("low"), bar.get("high")
    if value is None or low is None or high is None or not is_finite(low) or not is_finite(high):
        return {}
    return {"low": low, "high": high, "end": max(value, high, 0)}


def title_direction(title: str) -> str | None:
    """The better direction that a metric's title ends with: "rmse ↓" is "down"."""
    return {"↓": "down", "↑": "up"}.get(title.strip()[-1:])


def parallel_order(
    runs: Sequence[Mapping[str, Any]], *, direction: str | None
) -> list[Mapping[str, Any]]:
    """The runs as they are drawn: those without a value first, the best on top."""
    known = [run for run in runs if is_finite(run["value"])]
    unknown = [run for run in runs if not is_finite(run["value"])]
    return unknown + sorted(known, key=lambda run: run["value"], reverse=direction == "down")


def find_best(
    runs: Sequence[Mapping[str, Any]], *, direction: str | None
) -> Mapping[str, Any] | None:
    """The run with the best value; None where no direction is known or all are alike."""
    ordered = parallel_order(runs, direction=direction)
    values = {run["value"] for run in ordered if is_finite(run["value"])}
    return ordered[-1] if direction is not None and len(values) > 1 else None


def parallel_rows(runs: Sequence[Mapping[str, Any]], *, direction: str | None) -> list[Row]:
    """One row per run and axis, coloured by the run's value; a missing one lies at `NOT_SET`."""
    ordered = parallel_order(runs, direction=direction)
    values = [run["value"] for run in ordered if is_finite(run["value"])]
    low, high = (min(values), max(values)) if values else (0.0, 0.0)
    best = find_best(runs, direction=direction)
    rows: list[Row] = []
    for run in ordered:
        color = _value_color(run["value"], low, high)
        for at, level in enumerate(run["positions"]):
            row: Row = {"run": run["id"], "at": at, "level": NOT_SET if level is None else level}
            rows.append({**row, "color": color, "width": 3 if run is best else 1.75})
    return rows


def _value_color(value: object, low: float, high: float) -> str:
    if not is_finite(value):
        return "var(--muted)"
    share = (value - low) / (high - low) if high > low else 0.5  # type: ignore[operator]
    return sequence_color(share)


def axis_rows(dimensions: Sequence[Mapping[str, Any]]) -> list[Row]:
    """One row per axis, from the lowest level to the highest."""
    return [
        {"at": at, "low": 0, "high": 1, "title": dimension["title"]}
        for at, dimension in enumerate(dimensions)
    ]


def tick_rows(
    dimensions: Sequence[Mapping[str, Any]], runs: Sequence[Mapping[str, Any]]
) -> list[Row]:
    """The ticks of all axes; an axis that some run has no value on also says "not set"."""
    rows: list[Row] = []
    for at, dimension in enumerate(dimensions):
        rows += [
            {"at": at, "level": tick["position"], "label": tick["label"]}
            for tick in dimension["ticks"]
        ]
        if any(run["positions"][at] is None for run in runs):
            rows.append({"at": at, "level": NOT_SET, "label": "not set"})
    return rows
