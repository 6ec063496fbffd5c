"""One point per run: a metric by a parameter."""

from __future__ import annotations

from typing import Literal

import altair as alt

from runfolio.charts.marks import (
    Drawing,
    emphasis,
    fade,
    named,
    own_color,
    swell,
    tick_count,
)
from runfolio.charts.theme import SHORT_LABEL, X_TITLE, Y_TITLE, log_label

Kind = Literal["quantitative", "log", "nominal"]


def chart_scatter(kind: Kind) -> Drawing:
    """Points on a linear or logarithmic scale, or in one column per category.

    Data: `rows` (run, x, y, color) and `labels` (x, y, text, side: -1 left, 1 right of the point).
    With categories, `x` is the place of a text in the parameter `categories`.
    """
    x, y = _x(kind), _y()
    points = (
        named("rows")
        .mark_point(filled=True, stroke="var(--surface)", strokeWidth=1, cursor="pointer")
        .encode(x=x, y=y, fill=own_color(alt.Fill), size=swell(80, 190), opacity=fade(plain=0.9))
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
    chart = alt.layer(points, text).add_params(emphasis())
    if kind == "nominal":
        chart = chart.add_params(alt.param(name="categories", value=[]))
    return chart.properties(width=600, height=280)


def _x(kind: Kind) -> alt.X:
    if kind == "nominal":
        axis = alt.Axis(
            labelExpr="categories[toNumber(datum.value)]",
            labelOverlap="parity",
            labelFontSize=12,
            ticks=False,
        )
        # The rows come in the order of the categories.
        return alt.X("x:N", title=X_TITLE, axis=axis, sort=None, scale=alt.Scale(padding=0.5))
    axis = alt.Axis(
        labelExpr=log_label("x") if kind == "log" else SHORT_LABEL,
        labelFlush=True,
        tickCount=tick_count("width", 90),
    )
    scale = alt.Scale(
        type="log" if kind == "log" else "linear", zero=False, nice=kind != "log", padding=16
    )
    return alt.X("x:Q", title=X_TITLE, axis=axis, scale=scale)


def _y() -> alt.Y:
    axis = alt.Axis(labelExpr=SHORT_LABEL, tickCount=tick_count("height", 50))
    return alt.Y("y:Q", title=Y_TITLE, axis=axis, scale=alt.Scale(zero=False, padding=8))
