"""Numbers as text: four significant digits, the same in Python and in the browser.

``templates/assets/js/format.js`` does the same; both are held to tests/vectors/numbers.json.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_DIGITS: Final = 4
_SMALLEST: Final = -4  # the powers of ten between which a number is written without exponent
_LARGEST: Final = 6
# Seconds a unit has, its name, those of the next smaller unit, and where the next larger begins.
_UNITS: Final = (
    (60, "min", 1, "s", 3600),
    (3600, "h", 60, "min", 86400),
    (86400, "d", 3600, "h", math.inf),
)


def format_number(value: float | None) -> str:
    """A number to read: "0.6121", "1.235e-7", whole below a million in full, None as "—"."""
    if value is None:
        return "—"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    if abs(value) < 10**_LARGEST and value == int(value):
        return str(int(value))
    exact = Decimal(value)
    power = exact.adjusted()
    rounded = _round(exact, power - _DIGITS + 1)
    power = rounded.adjusted()
    if _SMALLEST <= power < _LARGEST:
        return _strip(f"{_round(exact, min(power - _DIGITS + 1, 0)):f}")
    return f"{_strip(f'{rounded.scaleb(-power):f}')}e{power}"


def _round(exact: Decimal, power: int) -> Decimal:
    """Rounded to a multiple of 10 to the `power`; halves away from zero, as JavaScript does it."""
    return exact.quantize(Decimal(1).scaleb(power), rounding=ROUND_HALF_UP)


def _strip(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_duration(seconds: float | None) -> str:
    """A duration in its two largest units: "0.5 s", "12 s", "3 min 5 s", "2 h 10 min", "1 d 4 h"."""
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
    return _strip(f"{_round(Decimal(value), -1):f}")
