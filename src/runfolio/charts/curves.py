"""Curves of several runs: a metric by step, by time or by another metric."""

from __future__ import annotations

import json
from typing import Any, Final, Literal

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
from runfolio.charts.theme import SHORT_LABEL, TIME_LABEL, X_TITLE, Y_TITLE, log_label

Axis = Literal["linear", "log", "time"]
_SCALES: Final[dict[Axis, Literal["linear", "log", "utc"]]] = {
    "linear": "linear",
    "log": "log",
    "time": "utc",
}

# Left of this lies the plot, right of it the names of the lines.
_LEADER = 14


def chart_curves(*, x: Axis = "linear", log: bool = False) -> Drawing:
    """Lines by run and, where values are missing, by piece, with room for names at their ends.

    Data: `rows` (run, piece, step, value, color, dash), `lones` (the rows of pieces of one point),
    `ghosts` (as rows: what a smooth line was made of), `bands` (run, step, low, high, color) and
    `labels` (run, value, at, text, color). On an axis of time, steps are milliseconds
    since 1970.
    """
    step, value = _step(x), _value("value", log=log)
    lone = (
        named("lones")
        .mark_point(filled=True, size=40, clip=True)
        .encode(x=step, y=value, fill=own_color(alt.Fill), opacity=fade())
    )
    return (
        alt.layer(
            _bands(step, log=log),
            _ghosts(step, value),
            _lines(step, value),
            lone,
            *_labels(value, log=log),
        )
        .add_params(
            emphasis(),
            alt.param(name="least_step", value=1),
            alt.param(name="x_low", value=None),
            alt.param(name="x_high", value=None),
        )
        .properties(width=600, height=280)
    )


def lighten(spec: dict[str, Any]) -> dict[str, Any]:
    """The compiled spec without the conversions and checks of each point of a line.

    The rows of lines hold finite numbers only, broken into pieces where a value is missing, and the
    browser interprets each expression for each point: for 50 lines of 1,000 points that was half
    the time.
    """
    converted = {
        source["name"]: source["source"]
        for source in spec["data"]
        if [one["type"] for one in source.get("transform", ())] == ["formula"]
    }
    text = json.dumps(spec)
    for name, source in converted.items():
        text = text.replace(f'"data": "{name}"', f'"data": "{source}"')
    lighter: dict[str, Any] = json.loads(text)
    lighter["data"] = [one for one in lighter["data"] if one["name"] not in converted]
    for group in lighter["marks"]:
        if "piece" in group.get("from", {}).get("facet", {}).get("groupby", ()):
            for mark in group["marks"]:
                _leave_out_checks(mark["encode"]["update"])
    return lighter


def _leave_out_checks(update: dict[str, Any]) -> None:
    update.pop("defined", None)
    for channel in ("x", "y"):
        if isinstance(update[channel], list):
            update[channel] = update[channel][-1]


def _lines(step: alt.X, value: alt.Y) -> alt.Chart:
    lines: alt.Chart = (
        named("rows")
        .mark_line(invalid=None, strokeJoin="round", clip=True)
        .encode(
            x=step,
            y=value,
            detail=["run:N", "piece:N"],
            stroke=own_color(alt.Stroke),
            strokeDash=alt.StrokeDash("dash:N", scale=None, legend=None),
            strokeWidth=swell(1.75, 3),
            opacity=fade(),
        )
    )
    return lines


def _ghosts(step: alt.X, value: alt.Y) -> alt.Chart:
    ghosts: alt.Chart = (
        named("ghosts")
        .mark_line(invalid="break-paths-show-domains", strokeJoin="round", strokeWidth=1, clip=True)
        .encode(
            x=step,
            y=value,
            detail=["run:N", "piece:N"],
            stroke=own_color(alt.Stroke),
            opacity=fade(plain=0.3, faded=0.08),
        )
    )
    return ghosts


def _bands(step: alt.X, *, log: bool) -> alt.Chart:
    bands: alt.Chart = (
        named("bands")
        .mark_area(invalid="break-paths-show-domains", clip=True)
        .encode(
            x=step,
            y=_value("low", log=log),
            y2="high:Q",
            detail="run:N",
            fill=own_color(alt.Fill),
            opacity=fade(plain=0.18, faded=0.05),
        )
    )
    return bands


def _step(kind: Axis) -> alt.X:
    label = {"linear": SHORT_LABEL, "log": log_label("x"), "time": TIME_LABEL}[kind]
    axis = alt.Axis(
        labelExpr=label,
        labelFlush=True,
        tickCount=tick_count("width", 90),
        tickMinStep=alt.Undefined if kind == "time" else alt.ExprRef("least_step"),
    )
    scale = alt.Scale(
        type=_SCALES[kind],
        zero=False,
        nice=False,
        domainMin=alt.ExprRef("x_low"),
        domainMax=alt.ExprRef("x_high"),
    )
    return alt.X("step:T" if kind == "time" else "step:Q", title=X_TITLE, axis=axis, scale=scale)


def _value(field: str, *, log: bool) -> alt.Y:
    label = log_label("y") if log else SHORT_LABEL
    axis = alt.Axis(labelExpr=label, tickCount=tick_count("height", 50))
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=not log)
    return alt.Y(f"{field}:Q", title=Y_TITLE, axis=axis, scale=scale)


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
