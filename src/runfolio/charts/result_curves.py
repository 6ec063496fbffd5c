"""Result curves as rows and as a picture, as chart-results.js does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from runfolio.charts.palette import run_color, run_dash
from runfolio.charts.rendering import Filled, Row, fill_chart
from runfolio.charts.theme import X_TITLE, Y_TITLE

BOUNDED: Final = ("roc", "pr", "calibration")
_DIAGONAL: Final = ((0, 0), (1, 1))


def result_rows(curves: Sequence[Mapping[str, Any]], *, kind: str | None) -> list[Row]:
    """A row for each point; of a calibration curve, and of a single point, each is a dot too."""
    return [
        {
            "run": curve["id"],
            "place": place,
            "x": x,
            "y": y,
            "color": run_color(curve["color"]),
            "dash": run_dash(curve["dash"]),
            "dot": kind == "calibration" or len(curve["x"]) == 1,
        }
        for curve in curves
        for place, (x, y) in enumerate(zip(curve["x"], curve["y"], strict=True))
    ]


def reference_rows(curves: Sequence[Mapping[str, Any]], *, kind: str | None) -> list[Row]:
    """What the curves are to be compared with: chance, or what was predicted coming true."""
    if kind in ("roc", "calibration"):
        return [{"run": "", "x": x, "y": y, "color": "var(--muted)"} for x, y in _DIAGONAL]
    rates = {curve["id"]: curve["scores"].get("base_rate") for curve in curves}
    known = {run: rate for run, rate in rates.items() if rate is not None}
    if kind != "pr" or not known:
        return []
    if len({round(rate, 6) for rate in known.values()}) == 1:
        rate = next(iter(known.values()))
        return [{"run": "", "x": x, "y": rate, "color": "var(--muted)"} for x in (0, 1)]
    colors = {curve["id"]: run_color(curve["color"]) for curve in curves}
    return [
        {"run": run, "x": x, "y": rate, "color": colors[run]}
        for run, rate in known.items()
        for x in (0, 1)
    ]


def picture_result_curves(
    curves: Sequence[Mapping[str, Any]],
    *,
    kind: str | None,
    x_title: str,
    y_title: str,
    width: int,
    height: int,
    palette: Mapping[str, str],
) -> Filled:
    """Result curves of one kind.

    A curve is a mapping with `id`, `color` and `dash` (numbers), `x` and `y` (lists) and `scores`.
    """
    return fill_chart(
        "result-curve",
        {
            "rows": result_rows(curves, kind=kind),
            "references": reference_rows(curves, kind=kind),
        },
        titles={X_TITLE: x_title, Y_TITLE: y_title},
        width=width,
        height=height,
        palette=palette,
        signals=result_signals(kind),
    )


def result_signals(kind: str | None) -> dict[str, Any]:
    """How lines of a kind are drawn, and how far their axes reach."""
    low, high = (0, 1) if kind in BOUNDED else (None, None)
    shape = "step-before" if kind == "pr" else "linear"
    return {"shape": shape, "x_low": low, "x_high": high, "y_low": low, "y_high": high}
