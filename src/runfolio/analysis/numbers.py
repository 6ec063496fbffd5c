"""Numbers as people read them: four significant digits, the same here and in the browser."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

MISSING: Final = "—"
MINUS: Final = "−"
SIGNIFICANT_DIGITS: Final = 4
_LARGE: Final = 1_000_000


def format_number(value: float | None, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Format a number with four significant digits, or `digits`, and no trailing zeros.

    Integers below a million stay exact; numbers from a million and below 0.0001 take an exponent
    (``1.235e-7``). None gives "—", the rest "NaN", "∞" and "−∞". The vectors in
    ``tests/vectors/numbers.json`` hold this and its JavaScript twin together.
    """
    if value is None:
        return MISSING
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGE else _rounded(Decimal(value), digits)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if value.is_integer() and abs(value) < _LARGE:
        return str(int(value))
    return _rounded(value, digits)


def _rounded(value: float | Decimal, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    power = int(exponent)
    if -5 < power < 6:
        return f"{Decimal(mantissa).scaleb(power):f}"
    return f"{mantissa}e{power}"
