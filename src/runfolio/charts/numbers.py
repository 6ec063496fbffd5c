"""Durations as text, the same in Python and in the browser.

``templates/assets/js/site/format.js`` does the same; both are held to tests/vectors/durations.json.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

# Seconds a unit has, its name, those of the next smaller unit, and where the next larger begins.
_UNITS: Final = (
    (60, "min", 1, "s", 3600),
    (3600, "h", 60, "min", 86400),
    (86400, "d", 3600, "h", math.inf),
)


def format_duration(seconds: float | None) -> str:
    """A duration in its two largest units: "0.5 s", "3 min 5 s", "2 h 10 min", "1 d 4 h"."""
    if seconds is None or not math.isfinite(seconds):
        return "—"
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    if seconds == 0:
        return "0 s"
    if seconds < 0.0995:
        tenths = _tenths(seconds * 1000)
        return f"{tenths} ms" if tenths != "0" else "< 0.1 ms"
    if seconds < 9.95:
        return f"{_tenths(seconds)} s"
    if _round_half_up(seconds) < 60:
        return f"{_round_half_up(seconds)} s"
    return next(_two_units(seconds, *unit[:4]) for unit in _UNITS if _fits(seconds, *unit[2::2]))


def _fits(seconds: float, minor: int, limit: float) -> bool:
    return _round_half_up(seconds / minor) * minor < limit


def _two_units(seconds: float, size: int, unit: str, minor: int, small: str) -> str:
    major, rest = divmod(_round_half_up(seconds / minor) * minor, size)
    return f"{major} {unit}" + (f" {rest // minor} {small}" if rest else "")


def _round_half_up(value: float) -> int:
    return math.floor(value + 0.5)


def _tenths(value: float) -> str:
    """One decimal at most; halves away from zero, as JavaScript rounds them."""
    text = f"{Decimal(value).quantize(Decimal('0.1'), rounding=ROUND_HALF_UP):f}"
    return text.removesuffix(".0")
