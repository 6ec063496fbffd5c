"""Numbers as people read them: four significant digits, the same here and in the browser."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MISSING: Final = "—"
SIGNIFICANT_DIGITS: Final = 4
_LARGE: Final = 1_000_000


def format_number(value: float | None, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Format a number with four significant digits, or `digits`, and no trailing zeros.

    Integer digits are never dropped below a million; numbers from there on, and those below 0.0001,
    take an exponent (``1.235e-7``). None gives "—", the rest "NaN", "∞" and "-∞". The vectors in
    ``tests/vectors/numbers.json`` hold this and its JavaScript twin together.
    """
    if value is None:
        return MISSING
    if type(value) is float and digits == SIGNIFICANT_DIGITS and 0.0001 <= abs(value) < 1000:
        five = f"{value:.5g}"
        if five[-1] != "5" or float(five) != value:  # it lies in no middle, where Python goes down
            return f"{value:.4g}"
    if type(value) is int and -_LARGE < value < _LARGE:
        return str(value)
    if value != value:
        return "NaN"
    if value in (math.inf, -math.inf):
        return "∞" if value > 0 else "-∞"
    exact = Decimal(value)
    if exact == exact.to_integral_value() and abs(exact) < _LARGE:
        return str(int(exact))
    rounded = _round(exact, exact.adjusted() - digits + 1)
    power = rounded.adjusted()
    if -5 < power < 6:
        return _strip(f"{_round(exact, min(power - digits + 1, 0)):f}")
    return f"{_strip(f'{rounded.scaleb(-power):f}')}e{power}"


def count_noun(number: int, noun: str) -> str:
    """A number of things in words: "1 run", "1,250 runs"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _round(exact: Decimal, power: int) -> Decimal:
    """Rounded to a multiple of 10 to the `power`; halves away from zero, as JavaScript does it."""
    return exact.quantize(Decimal(1).scaleb(power), rounding=ROUND_HALF_UP)


def _strip(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
