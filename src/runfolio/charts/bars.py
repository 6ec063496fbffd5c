"""One bar per run, in the order given, with its value at the end."""

from __future__ import annotations

import altair as alt

from runfolio.charts.marks import Drawing, emphasis, fade, named, own_color
from runfolio.charts.theme import X_TITLE


def chart_bars() -> Drawing:
    """Bars from zero. Data: `rows` (run, order, name, value, end, text, color, low, high).

    `end` is where the value is written: right of the bar, thus at 0 for one that leads left, where
    the names are. A line leads from
    `low` to `high` where those are numbers.
    """
    order = alt.Y("order:O", axis=None, scale=alt.Scale(paddingInner=0.3, paddingOuter=0.15))
    rows = named("rows")
    bars = rows.mark_bar(cursor="pointer").encode(
        x=_value("value"), y=order, fill=own_color(alt.Fill), opacity=fade(plain=0.9, faded=0.25)
    )
    names = rows.mark_text(align="right", baseline="middle", dx=-10, cursor="pointer").encode(
        x=alt.value(0), y=order, text="name:N", opacity=fade(faded=0.4)
    )
    values = rows.mark_text(align="left", baseline="middle", dx=6).encode(
        x=_value("end"), y=order, text="text:N", opacity=fade(faded=0.4)
    )
    interval = (
        rows.transform_filter("isValid(datum.low)")
        .mark_rule(color="var(--ink)", strokeWidth=1.5)
        .encode(x=_value("low"), x2="high:Q", y=order, opacity=fade(faded=0.4))
    )
    zero = named("rows").mark_rule(color="var(--muted)", opacity=0.6).encode(x=alt.datum(0))
    chart = alt.layer(bars, interval, names, values, zero).add_params(emphasis())
    return chart.properties(width=600, height=280)


def _value(field: str) -> alt.X:
    axis = alt.Axis(
        orient="top",
        domain=False,
        ticks=False,
        labels=False,
        titleAlign="left",
        titleAnchor="start",
        titlePadding=6,
    )
    return alt.X(f"{field}:Q", title=X_TITLE, axis=axis, scale=alt.Scale(nice=False))
