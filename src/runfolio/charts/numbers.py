"""Numbers as text: four significant digits, the same in Python and in the browser.

``templates/assets/js/format.js`` does the same; both are held to tests/vectors/numbers.json.
"""

from __future__ import annotations

import math
from typing import Final

_DIGITS: Final = 4
_SMALLEST: Final = 1e-4
_LARGEST: Final = 1e6


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
    if abs(value) < _LARGEST and value == int(value):
        return str(int(value))
    mantissa, exponent = f"{value:.{_DIGITS - 1}e}".split("e")
    power = int(exponent)
    rounded = abs(float(f"{mantissa}e{exponent}"))
    if _SMALLEST <= rounded < _LARGEST:
        return _strip(f"{value:.{max(_DIGITS - 1 - power, 0)}f}")
    return f"{_strip(mantissa)}e{power}"


def _strip(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_duration(seconds: float | None) -> str:
    """A duration in its two largest units: "0.5 s", "12 s", "3 min 5 s", "2 h 10 min", "1 d 4 h"."""
    if seconds is None or not math.isfinite(seconds):
        return "—"
    if seconds < 0:
        return f"-{format_duration(-seconds)}"
    if seconds < 0.0995:
        return f"{_strip(f'{seconds * 1000:.1f}')} ms"
    if seconds < 9.95:
        return f"{_strip(f'{seconds:.1f}')} s"
    for size, unit, minor, small in _UNITS:
        whole = _half_up(seconds / minor)
        if whole * minor >= size:
            major, rest = divmod(whole * minor, size)
            return f"{major} {unit}" + (f" {rest // minor} {small}" if rest else "")
    return f"{_half_up(seconds)} s"


_UNITS: Final = ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))


def _half_up(value: float) -> int:
    return math.floor(value + 0.5)
