"""The one look of all charts: thin axes, a horizontal grid, labels that lie flat."""

from __future__ import annotations

from typing import Any, Final

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
# These have the same widths, which pictures are laid out for; `fitting` sees to other fonts.
PICTURE_FONT: Final = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"
SIZE: Final = 12

# What a spec says in place of a title, until someone draws it.
X_TITLE: Final = "__x__"
Y_TITLE: Final = "__y__"

NOT_SET: Final = -0.14
"""Where a run passes that has no value on a parallel axis: below its lower end, not on it."""

BAR_STEP: Final = 26
"""Pixels from one bar to the next."""

# Vega's own labels, but never a long row of zeros or digits: 10k for 10000, 0.3 for 0.30000000004.
# What Vega leaves blank (the small steps of a logarithmic axis) stays blank.
SHORT_LABEL: Final = (
    "datum.label === '' ? '' : abs(datum.value) >= 1e15 ? format(datum.value, '~e')"
    " : abs(datum.value) >= 10000 ? format(datum.value, '~s')"
    " : abs(datum.value) < 0.0001 && datum.value != 0 ? format(datum.value, '~e')"
    " : format(datum.value, '~g')"
)


# Times of day, or dates once the axis spans more than two days.
TIME_LABEL: Final = (
    "utcFormat(datum.value, domain('x')[1] - domain('x')[0] < 5000 ? '%H:%M:%S.%L'"
    " : domain('x')[1] - domain('x')[0] < 172800000 ? '%H:%M:%S'"
    " : domain('x')[1] - domain('x')[0] < 31536000000 ? '%d %b' : '%b %Y')"
)


def log_label(scale: str) -> str:
    """A label expression for a logarithmic axis: powers of ten only, across two of them or more."""
    wide = f"log(domain('{scale}')[1] / domain('{scale}')[0]) > 4.6"
    between = "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) > 1e-6"
    return f"{wide} && {between} ? '' : {SHORT_LABEL}"


def theme() -> dict[str, Any]:
    """The configuration that every chart is built with."""
    return {
        "config": {
            # Marks are described by the element around the chart, in one sentence.
            "aria": False,
            "autosize": {"type": "fit", "contains": "padding"},
            "background": None,
            "font": FONT,
            "padding": {"left": 4, "right": 8, "top": 4, "bottom": 4},
            "view": {"stroke": None},
            "axis": _axis(),
            "axisX": {"grid": False, "titleAnchor": "end", "titleAlign": "right"},
            "axisY": {
                "domain": False,
                "ticks": False,
                "labelPadding": 8,
                # Above the axis and flat, where a reader starts.
                "titleAngle": 0,
                "titleAlign": "left",
                "titleBaseline": "bottom",
                "titleX": 0,
                "titleY": -10,
            },
            "text": {"color": "var(--ink)", "fontSize": SIZE},
        }
    }


def _axis() -> dict[str, Any]:
    return {
        "domainColor": "var(--muted)",
        "domainOpacity": 0.6,
        "gridColor": "var(--rule)",
        "gridWidth": 1,
        "labelAngle": 0,
        "labelColor": "var(--muted)",
        "labelFontSize": SIZE,
        "labelFontWeight": "normal",
        "labelPadding": 4,
        "tickColor": "var(--muted)",
        "tickOpacity": 0.6,
        "tickSize": 4,
        "titleColor": "var(--muted)",
        "titleFontSize": SIZE,
        "titleFontWeight": "normal",
        "titleLimit": 400,
        "titlePadding": 8,
    }
