"""Charts: one spec per kind of chart, and pictures drawn from it."""

from __future__ import annotations

from runfolio.charts.numbers import format_duration
from runfolio.charts.palette import palette_css
from runfolio.charts.pictures import (
    picture_bars,
    picture_curves,
    picture_parallel,
    picture_scatter,
)
from runfolio.charts.rendering import render_svg
from runfolio.charts.specs import build_specs

__all__ = [
    "build_specs",
    "format_duration",
    "palette_css",
    "picture_bars",
    "picture_curves",
    "picture_parallel",
    "picture_scatter",
    "render_svg",
]
