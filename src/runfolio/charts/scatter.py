"""One point per run: anything by anything else."""

from __future__ import annotations

from typing import Any, Final, Literal

import altair as alt

from runfolio.charts.marks import (
    Drawing,
    emphasis,
    fade,
    named,
    own_color,
    own_size,
    tick_count,
)
from runfolio.charts.theme import SHORT_LABEL, X_TITLE, Y_TITLE, log_label

Kind = Literal["quantitative", "log", "nominal", "time"]
X_KINDS: Final[tuple[Kind, ...]] = ("quantitative", "log", "nominal", "time")
Y_KINDS: Final[tuple[Kind, ...]] = ("quantitative", "log", "nominal")


def chart_scatter(x_kind: Kind, y_kind: Kind = "quantitative") -> Drawing:
    """Points on linear, logarithmic or time scales, or in one column or row per category.

    Data: `rows` (run, x, y, color, size), `labels` (x, y, text, side: -1 left, 1 right of the
    point) and, between two scales of numbers, `trend` (x, y). With categories, `x` and `y` are
    places in the parameters `categories` and `y_categories`.
    """
    x, y = _x(x_kind), _y(y_kind)
    points = (
        named("rows")
        .mark_point(filled=True, stroke="var(--surface)", strokeWidth=1, cursor="pointer")
        .encode(x=x, y=y, fill=own_color(alt.Fill), size=own_size(190), opacity=fade(plain=0.9))
    )
    text = (
        named("labels")
        .mark_text(
            align=alt.ExprRef("datum.side < 0 ? 'right' : 'left'"),
            baseline="middle",
            dx=alt.ExprRef("datum.side * 9"),
        )
        .encode(x=x, y=y, text="text:N", opacity=fade())
    )
    layers: list[Any] = [points, text]
    if "nominal" not in (x_kind, y_kind):
        trend = named("trend").mark_line(color="var(--muted)", strokeDash=[6, 4], strokeWidth=1.5)
        layers.insert(1, trend.encode(x=x, y=y))
    chart = alt.layer(*layers).add_params(emphasis())
    if x_kind == "nominal":
        chart = chart.add_params(alt.param(name="categories", value=[]))
    if y_kind == "nominal":
        chart = chart.add_params(alt.param(name="y_categories", value=[]))
    return chart.properties(width=600, height=280)


def _x(kind: Kind) -> alt.X:
    if kind == "nominal":
        axis = alt.Axis(
            labelExpr="categories[toNumber(datum.value)]",
            labelOverlap="parity",
            labelFontSize=12,
            ticks=False,
        )
        return alt.X("x:O", title=X_TITLE, axis=axis, scale=alt.Scale(padding=0.5))
    count = tick_count("width", 90)
    if kind == "time":
        axis = alt.Axis(labelFlush=True, labelOverlap="greedy", tickCount=count)
        scale = alt.Scale(type="utc", nice=False, padding=16)
        return alt.X("x:T", title=X_TITLE, axis=axis, scale=scale)
    label = log_label("x") if kind == "log" else SHORT_LABEL
    axis = alt.Axis(labelExpr=label, labelFlush=True, tickCount=count)
    return alt.X("x:Q", title=X_TITLE, axis=axis, scale=_scale(kind, padding=16))


def _y(kind: Kind) -> alt.Y:
    if kind == "nominal":
        axis = alt.Axis(
            labelExpr="y_categories[toNumber(datum.value)]", labelFontSize=12, labelLimit=160
        )
        # The first category is the lowest, as the least number would be.
        return alt.Y(
            "y:O", title=Y_TITLE, axis=axis, sort="descending", scale=alt.Scale(padding=0.5)
        )
    label = log_label("y") if kind == "log" else SHORT_LABEL
    axis = alt.Axis(labelExpr=label, tickCount=tick_count("height", 50))
    return alt.Y("y:Q", title=Y_TITLE, axis=axis, scale=_scale(kind, padding=8))


def _scale(kind: Kind, *, padding: int) -> alt.Scale:
    log = kind == "log"
    return alt.Scale(type="log" if log else "linear", zero=False, nice=not log, padding=padding)
