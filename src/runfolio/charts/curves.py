"""Curves of several runs: a metric by step or by time."""

from __future__ import annotations

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

# Left of this lies the plot, right of it the names of the lines.
_LEADER = 14


def chart_curves(*, log: bool = False) -> Drawing:
    """Lines by run, broken where a value is missing, with room for names at their ends.

    Data: `rows` (run, step, value, color, dash; `lone` for a point between two gaps), `labels`
    (run, value, at, text, color), `cursor` (step) and `marks` (run, step, value, color).
    """
    step, value = _step(), _value("value", log=log)
    line = (
        named("rows")
        .mark_line(invalid="break-paths-show-domains", strokeJoin="round", clip=True)
        .encode(
            x=step,
            y=value,
            detail="run:N",
            stroke=own_color(alt.Stroke),
            strokeDash=alt.StrokeDash("dash:N", scale=None, legend=None),
            strokeWidth=swell(1.75, 3),
            opacity=fade(),
        )
    )
    lone = (
        named("rows")
        .transform_filter("datum.lone")
        .mark_point(filled=True, size=40, clip=True)
        .encode(x=step, y=value, fill=own_color(alt.Fill), opacity=fade())
    )
    return (
        alt.layer(_cursor(step), line, lone, _marks(step, value), *_labels(value, log=log))
        .add_params(
            emphasis(),
            alt.param(name="least_step", value=1),
            alt.param(name="x_low", value=None),
            alt.param(name="x_high", value=None),
        )
        .properties(width=600, height=280)
    )


def _step() -> alt.X:
    axis = alt.Axis(
        labelExpr=SHORT_LABEL,
        labelFlush=True,
        tickCount=tick_count("width", 90),
        tickMinStep=alt.ExprRef("least_step"),
    )
    scale = alt.Scale(
        zero=False, nice=False, domainMin=alt.ExprRef("x_low"), domainMax=alt.ExprRef("x_high")
    )
    return alt.X("step:Q", title=X_TITLE, axis=axis, scale=scale)


def _value(field: str, *, log: bool) -> alt.Y:
    label = log_label("y") if log else SHORT_LABEL
    axis = alt.Axis(labelExpr=label, tickCount=tick_count("height", 50))
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=not log)
    return alt.Y(f"{field}:Q", title=Y_TITLE, axis=axis, scale=scale)


def _cursor(step: alt.X) -> alt.Chart:
    rule: alt.Chart = named("cursor").mark_rule(color="var(--muted)", strokeWidth=1).encode(x=step)
    return rule


def _marks(step: alt.X, value: alt.Y) -> alt.Chart:
    dots: alt.Chart = (
        named("marks")
        .mark_point(filled=True, size=44, stroke="var(--surface)", strokeWidth=1.5, opacity=1)
        .encode(x=step, y=value, fill=own_color(alt.Fill))
    )
    return dots


def _labels(value: alt.Y, *, log: bool) -> tuple[alt.Chart, alt.Chart]:
    """Names right of the plot, moved apart, each led to from where its line ends."""
    leader = (
        named("labels")
        .mark_rule(strokeWidth=1.25, opacity=0.8, x2Offset=_LEADER)
        .encode(x=alt.value("width"), x2=alt.value("width"), y=value, y2="at:Q", color=own_color())
    )
    text = (
        named("labels")
        .mark_text(align="left", baseline="middle", dx=_LEADER + 4)
        .encode(x=alt.value("width"), y=_value("at", log=log), text="text:N")
    )
    return leader, text
