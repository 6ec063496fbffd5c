"""Coloured cells: a metric over two parameters, correlations, histograms over steps."""

from __future__ import annotations

from typing import Any

import altair as alt

from runfolio.charts.marks import (
    Drawing,
    emphasis,
    fade,
    listed_axis,
    named,
    own_color,
    own_size,
)
from runfolio.charts.theme import X_TITLE, Y_TITLE


def chart_cells() -> Drawing:
    """Rectangles with a text in them, points on them and names beside them.

    Data: `rows` (x, x2, y, y2, color), `texts` (x, y, text, ink), `points` (run, x, y, color,
    size), `names` (x, y, text) and `marks` (x, x2, y, y2), the cells brought forward. The axes
    reach from `x_low` to `x_high` and `y_low` to `y_high`, with `x_labels` at `x_ticks` and so on.
    """
    cells = (
        named("rows")
        .mark_rect(strokeWidth=0.6)
        .encode(**_corners(), fill=own_color(alt.Fill), stroke=own_color(alt.Stroke))
    )
    marks = (
        named("marks")
        .mark_rect(fill="transparent", stroke="var(--ink)", strokeWidth=2)
        .encode(**_corners())
    )
    points = (
        named("points")
        .mark_point(filled=True, stroke="var(--surface)", strokeWidth=1, cursor="pointer")
        .encode(**_place(), fill=own_color(alt.Fill), size=own_size(140), opacity=fade(plain=1))
    )
    ink = alt.Color("ink:N", scale=None, legend=None)
    texts = named("texts").mark_text().encode(**_place(), text="text:N", color=ink)
    names = (
        named("names").mark_text(align="left", baseline="middle").encode(**_place(), text="text:N")
    )
    params = [alt.param(name=f"{axis}_{end}", value=1) for axis in "xy" for end in ("low", "high")]
    lists = [
        alt.param(name=f"{axis}_{of}", value=[]) for axis in "xy" for of in ("ticks", "labels")
    ]
    return (
        alt.layer(cells, marks, points, texts, names)
        .add_params(emphasis(), *params, *lists)
        .properties(width=600, height=280)
    )


def _corners() -> dict[str, Any]:
    return {**_place(), "x2": "x2:Q", "y2": "y2:Q"}


def _place() -> dict[str, Any]:
    x_axis = listed_axis(
        "x_ticks", "x_labels", labelOverlap="greedy", labelFontSize=12, ticks=False, domain=False
    )
    y_axis = listed_axis("y_ticks", "y_labels", labelLimit=180, labelFontSize=12)
    return {
        "x": alt.X("x:Q", title=X_TITLE, axis=x_axis, scale=_scale("x")),
        "y": alt.Y("y:Q", title=Y_TITLE, axis=y_axis, scale=_scale("y")),
    }


def _scale(name: str) -> alt.Scale:
    return alt.Scale(
        domainMin=alt.ExprRef(f"{name}_low"),
        domainMax=alt.ExprRef(f"{name}_high"),
        nice=False,
        zero=False,
    )
