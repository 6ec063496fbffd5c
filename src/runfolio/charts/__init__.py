"""Charts: one spec per kind of chart, and pictures drawn from it."""

from __future__ import annotations

from runfolio.charts.compiled import read_lite_specs, read_specs
from runfolio.charts.numbers import format_duration
from runfolio.charts.palette import palette_css
from runfolio.charts.pictures import (
    picture_bars,
    picture_curves,
    picture_parallel,
    picture_scatter,
)
from runfolio.charts.rendering import Filled, fill_chart

__all__ = [
    "Filled",
    "fill_chart",
    "format_duration",
    "palette_css",
    "picture_bars",
    "picture_curves",
    "picture_parallel",
    "picture_scatter",
    "read_lite_specs",
    "read_specs",
]
