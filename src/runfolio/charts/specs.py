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
from runfolio.charts.curves import chart_curves
from runfolio.charts.marks import Drawing
from runfolio.charts.parallel import chart_parallel
from runfolio.charts.scatter import chart_scatter
from runfolio.charts.theme import theme

Spec = dict[str, Any]

_CHARTS: Final[dict[str, Callable[[], Drawing]]] = {
    "bars": chart_bars,
    "curves": chart_curves,
    "curves-log": lambda: chart_curves(log=True),
    "parallel": chart_parallel,
    "parallel-narrow": lambda: chart_parallel(narrow=True),
    "scatter-log": lambda: chart_scatter("log"),
    "scatter-nominal": lambda: chart_scatter("nominal"),
    "scatter-quantitative": lambda: chart_scatter("quantitative"),
}
KINDS: Final = tuple(_CHARTS)

_VEGA_LITE: Final = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])


def build_specs() -> dict[str, Spec]:
    """The compiled Vega spec of each kind of chart, by kind; the same on every call."""
    return {kind: json.loads(spec_text(kind)) for kind in KINDS}


@cache
def spec_text(kind: str) -> str:
    """The compiled Vega spec of a kind as JSON, keys sorted."""
    import vl_convert

    with alt.theme.enable("runfolio"):
        spec = _CHARTS[kind]().to_dict()
    compiled = vl_convert.vegalite_to_vega(spec, vl_version=_VEGA_LITE)
    compiled.pop("$schema", None)
    return json.dumps(compiled, sort_keys=True, separators=(",", ":"))


@alt.theme.register("runfolio", enable=False)
def _theme() -> alt.theme.ThemeConfig:
    return cast("alt.theme.ThemeConfig", theme())
