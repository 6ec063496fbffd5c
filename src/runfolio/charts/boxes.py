"""The values of a metric for each value of a parameter: boxes with their points."""

from __future__ import annotations

import altair as alt

from runfolio.charts.marks import (
    Drawing,
    emphasis,
    fade,
    listed_axis,
    named,
    own_color,
    swell,
    tick_count,
)
from runfolio.charts.theme import SHORT_LABEL, X_TITLE, Y_TITLE, log_label


def chart_boxes(*, log: bool = False) -> Drawing:
    """A box in each row, from the first to the third quartile, with a line at the median.

    Data: `boxes` (at, top, bottom, low, q1, median, q3, high) and `rows` (run, at, value, color).
    Rows lie at 0, 1, … from the top, named by the parameters `places` and `categories`.
    """
    boxes = named("boxes")
    whiskers = boxes.mark_rule(color="var(--muted)").encode(
        x=_value("low", log=log), x2="high:Q", y=_row("at")
    )
    bodies = boxes.mark_bar(fill="var(--rule)", stroke="var(--muted)", opacity=0.75).encode(
        x=_value("q1", log=log), x2="q3:Q", y=_row("top"), y2="bottom:Q"
    )
    medians = boxes.mark_rule(color="var(--ink)", strokeWidth=2).encode(
        x=_value("median", log=log), y=_row("top"), y2="bottom:Q"
    )
    points = (
        named("rows")
        .mark_point(filled=True, stroke="var(--surface)", strokeWidth=0.75, cursor="pointer")
        .encode(
            x=_value("value", log=log),
            y=_row("at"),
            fill=own_color(alt.Fill),
            size=swell(50, 140),
            opacity=fade(plain=0.9),
        )
    )
    return (
        alt.layer(whiskers, bodies, medians, points)
        .add_params(
            emphasis(),
            alt.param(name="places", value=[]),
            alt.param(name="categories", value=[]),
            alt.param(name="last", value=1),
        )
        .properties(width=600, height=280)
    )


def _value(field: str, *, log: bool) -> alt.X:
    label = log_label("x") if log else SHORT_LABEL
    axis = alt.Axis(labelExpr=label, labelFlush=True, tickCount=tick_count("width", 90), grid=True)
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=not log, padding=8)
    return alt.X(f"{field}:Q", title=X_TITLE, axis=axis, scale=scale)


def _row(field: str) -> alt.Y:
    scale = alt.Scale(
        domainMin=-0.5, domainMax=alt.ExprRef("last"), nice=False, zero=False, reverse=True
    )
    axis = listed_axis("places", "categories", labelLimit=220, labelFontSize=12)
    return alt.Y(f"{field}:Q", title=Y_TITLE, axis=axis, scale=scale)
