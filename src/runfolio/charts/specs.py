"""Each kind of chart, built once with Altair and compiled for the browser's Vega.

A spec holds no data: whoever draws it fills its named data and replaces its placeholder titles. So
the cost of a report's charts does not grow with its runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final, cast

import altair as alt

from runfolio.charts.bars import chart_bars
from runfolio.charts.boxes import chart_boxes
from runfolio.charts.cells import chart_cells
from runfolio.charts.curves import chart_curves, lighten
from runfolio.charts.marks import Drawing
from runfolio.charts.parallel import chart_parallel
from runfolio.charts.results import chart_result_curve
from runfolio.charts.scatter import X_KINDS, Y_KINDS, Kind, chart_scatter
from runfolio.charts.theme import theme

Spec = dict[str, Any]


def _scatter(x: Kind, y: Kind) -> Callable[[], Drawing]:
    return lambda: chart_scatter(x, y)


_CHARTS: Final[dict[str, Callable[[], Drawing]]] = {
    "bars": chart_bars,
    "boxes": chart_boxes,
    "boxes-log": lambda: chart_boxes(log=True),
    "cells": chart_cells,
    "curves": chart_curves,
    "curves-log": lambda: chart_curves(log=True),
    "curves-logx": lambda: chart_curves(x="log"),
    "curves-logx-log": lambda: chart_curves(x="log", log=True),
    "curves-wall": lambda: chart_curves(x="time"),
    "curves-wall-log": lambda: chart_curves(x="time", log=True),
    "parallel": chart_parallel,
    "parallel-narrow": lambda: chart_parallel(narrow=True),
    "result-curve": chart_result_curve,
    **{f"scatter-{x}-{y}": _scatter(x, y) for x in X_KINDS for y in Y_KINDS},
}
KINDS: Final = tuple(_CHARTS)

_VEGA_LITE: Final = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def build_specs() -> dict[str, Spec]:
    """The compiled Vega spec of each kind of chart, by kind; the same on every call."""
    return {kind: json.loads(spec_text(kind)) for kind in KINDS}


def build_lite_specs() -> dict[str, Spec]:
    """The Vega-Lite spec of each kind of chart, by kind, as a reader takes it along."""
    return {kind: _lite_spec(kind) for kind in KINDS}


@cache
def spec_text(kind: str) -> str:
    """The compiled Vega spec of a kind as JSON, keys sorted."""
    import vl_convert

    compiled = vl_convert.vegalite_to_vega(_lite_spec(kind), vl_version=_VEGA_LITE)
    compiled.pop("$schema", None)
    if kind.startswith("curves"):
        compiled = lighten(compiled)
    return json.dumps(compiled, sort_keys=True, separators=(",", ":"))


def _lite_spec(kind: str) -> Spec:
    with alt.theme.enable("runfolio"):
        spec: Spec = _CHARTS[kind]().to_dict()
    del spec["$schema"]
    return spec


@alt.theme.register("runfolio", enable=False)
def _theme() -> alt.theme.ThemeConfig:
    return cast("alt.theme.ThemeConfig", theme())
