"""Curves of what a model's answers come to: ROC, precision by recall, calibration, any other."""

from __future__ import annotations

import altair as alt

from runfolio.charts.marks import Drawing, emphasis, fade, named, own_color, swell, tick_count
from runfolio.charts.theme import SHORT_LABEL, X_TITLE, Y_TITLE


def chart_result_curve() -> Drawing:
    """Lines through points in their own order, over lines to compare with.

    Data: `rows` (run, place, x, y, color, dash) and `references` (run, x, y, color). Lines are
    drawn as `shape` says, such as "step-before"; the axes reach from `x_low` to `x_high` and
    `y_low` to `y_high`, or as far as the points do.
    """
    references = (
        named("references")
        .mark_line(strokeWidth=1, strokeDash=[4, 4])
        .encode(x=_x(), y=_y(), detail="run:N", stroke=own_color(alt.Stroke), opacity=alt.value(1))
    )
    lines = (
        named("rows")
        .mark_line(strokeJoin="round", interpolate=alt.ExprRef("shape"))
        .encode(
            x=_x(),
            y=_y(),
            detail="run:N",
            order="place:Q",
            stroke=own_color(alt.Stroke),
            strokeDash=alt.StrokeDash("dash:N", scale=None, legend=None),
            strokeWidth=swell(1.75, 3),
            opacity=fade(),
        )
    )
    dots = (
        named("rows")
        .transform_filter("datum.dot")
        .mark_point(filled=True, size=30)
        .encode(x=_x(), y=_y(), fill=own_color(alt.Fill), opacity=fade())
    )
    ends = [alt.param(name=f"{axis}_{end}", value=None) for axis in "xy" for end in ("low", "high")]
    return (
        alt.layer(references, lines, dots)
        .add_params(emphasis(), alt.param(name="shape", value="linear"), *ends)
        .properties(width=420, height=360)
    )


def _x() -> alt.X:
    axis = alt.Axis(labelExpr=SHORT_LABEL, labelFlush=True, tickCount=tick_count("width", 90))
    return alt.X("x:Q", title=X_TITLE, axis=axis, scale=_scale("x"))


def _y() -> alt.Y:
    axis = alt.Axis(labelExpr=SHORT_LABEL, tickCount=tick_count("height", 50))
    return alt.Y("y:Q", title=Y_TITLE, axis=axis, scale=_scale("y"))


def _scale(name: str) -> alt.Scale:
    return alt.Scale(
        zero=False,
        nice=False,
        domainMin=alt.ExprRef(f"{name}_low"),
        domainMax=alt.ExprRef(f"{name}_high"),
    )
