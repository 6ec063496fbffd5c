"""Numbers, sizes and durations as the pages show them."""

from __future__ import annotations

import math
from typing import Final

from runfolio.analysis.numbers import MISSING, format_number
from runfolio.charts.numbers import format_duration
from runfolio.schema import float_text

__all__ = [
    "MISSING",
    "format_bytes",
    "format_count",
    "format_duration",
    "format_number",
    "plain_number",
]

_UNITS: Final = ("B", "kB", "MB", "GB", "TB", "PB")


def format_bytes(size: int) -> str:
    """A size in decimal units with up to three digits: "999 B", "1.23 kB", "12.3 MB"."""
    value, unit = float(size), 0
    while float(f"{value:.3g}") >= 1000 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    text = f"{value:.0f}" if value >= 100 else f"{value:.3g}"
    return f"{text} {_UNITS[unit]}"


def format_count(count: int) -> str:
    """A whole number in full, in groups of three digits: "4,898"."""
    return f"{count:,}"


def plain_number(value: float | None) -> float | str | None:
    """A number as JSON can hold it: what is not finite becomes text."""
    if value is None or math.isfinite(value):
        return value
    return float_text(value)
