"""Numbers of a comparison in words: values, changes with a sign, per cent, means with spread."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from runfolio.analysis.numbers import MISSING, SIGNIFICANT_DIGITS, format_number
from runfolio.analysis.sides import Difference, Side

MINUS = "−"


def show_value(value: float | None, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """A number with a real minus sign; "—" for None."""
    return format_number(value, digits=digits).replace("-", MINUS)


def show_change(value: float | None, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """A number with its sign, such as "+0.02"; "—" for None."""
    return ("+" if value is not None and value > 0 else "") + show_value(value, digits=digits)


def show_percent(relative: float | None) -> str:
    """A relative change in per cent with two significant digits, such as "−4.1 %"."""
    if relative is None:
        return MISSING
    return f"{show_change(relative * 100, digits=2)} %"


def show_means(difference: Difference) -> tuple[str, str]:
    """The means of both sides to the same decimals, with as many as tell them apart."""
    means = (difference.base.mean, difference.head.mean)
    finite = [one for one in means if one is not None]
    digits = SIGNIFICANT_DIGITS
    while len(set(finite)) > len({show_value(one, digits=digits) for one in finite}):
        digits += 1
    shown = iter(_align(finite, digits))
    base, head = (_say_missing(side) or next(shown) for side in (difference.base, difference.head))
    return base, head


def _say_missing(side: Side) -> str:
    return "" if side.count else "NaN or ∞" if side.lost else MISSING


def _align(values: Sequence[float], digits: int) -> list[str]:
    """Numbers with the same decimals, unless one has an exponent or is far smaller."""
    shown = [show_value(one, digits=digits) for one in values]
    sizes = [Decimal(one).adjusted() for one in values if one]
    if any("e" in one for one in shown) or max(sizes, default=0) - min(sizes, default=0) > 2:
        return shown
    decimals = max(map(_count_decimals, shown), default=0)
    return [_fix_decimals(one, decimals) for one in values]


def _count_decimals(text: str) -> int:
    return len(text.partition(".")[2])


def _fix_decimals(value: float, decimals: int) -> str:
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:f}".replace("-", MINUS)


def show_difference(difference: Difference) -> str:
    """The change to the decimals of the means, or with two digits where that tells more."""
    change, means = difference.change, show_means(difference)
    if not change or any("e" in one for one in means):
        return show_change(change)
    decimals = max(map(_count_decimals, means))
    if Decimal(change).adjusted() + decimals < 1:
        return show_change(change, digits=2)
    return ("+" if change > 0 else "") + _fix_decimals(change, decimals)


def show_side(side: Side, mean: str, *, runs: int | None = None) -> str:
    """The mean of a side with its spread and number: "0.612 ± 0.01 (n = 3)".

    The number is left out where it is that of all `runs`.
    """
    lost = f"{side.lost} of {side.count + side.lost} NaN or ∞" if side.lost and side.count else ""
    told = side.count != runs if runs is not None else side.count > 1
    number = f"n = {side.count}" if told and side.count else ""
    spread = "" if side.std is None else f" ± {show_value(side.std, digits=2)}"
    notes = ", ".join(one for one in (number, lost) if one)
    return f"{mean}{spread}{f' ({notes})' if notes else ''}"


def show_interval(interval: Sequence[float] | None) -> str:
    """The 95 % interval of a change, such as "[−0.04, −0.01]"; nothing where there is none."""
    if interval is None:
        return ""
    low, high = (show_change(one, digits=2) for one in interval)
    return f"[{low}, {high}]"
