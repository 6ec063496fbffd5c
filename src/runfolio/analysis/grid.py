"""Where values lie on one axis of a parallel-coordinates plot."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from runfolio.analysis.features import is_number, label_of
from runfolio.analysis.numbers import SIGNIFICANT_DIGITS, format_number

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOG_RATIO: Final = 100
_INNER_TICKS: Final = 3
_MIN_GAP: Final = 0.1


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis from 0 to 1."""

    position: float
    label: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """An axis: each value's position from 0 (bottom) to 1, or None when there is no value."""

    kind: Literal["number", "category"]
    positions: list[float | None]
    ticks: list[Tick]
    log: bool = False


def place_dimension(values: Sequence[Any]) -> Dimension:
    """Place values on an axis.

    Numbers lie between their least and greatest, by logarithm when all are above 0 and span a
    factor of 100; the ends and up to three round values between are marked. Anything else, true
    and false too, becomes categories in natural order, evenly spread. None, NaN and infinities have
    no position. One distinct value lies in the middle.
    """
    held = [value for value in values if value is not None]
    if all(is_number(value) for value in held):
        return _place_numbers(values)
    return _place_categories(values)


def _place_categories(values: Sequence[Any]) -> Dimension:
    labels = [None if value is None else label_of(value) for value in values]
    order = sorted({label for label in labels if label is not None}, key=_natural)
    places = {
        label: 0.5 if len(order) == 1 else rank / (len(order) - 1)
        for rank, label in enumerate(order)
    }
    positions = [None if label is None else places[label] for label in labels]
    return Dimension("category", positions, [Tick(places[label], label) for label in order])


def _natural(label: str) -> tuple[list[tuple[int, int, str]], str]:
    """Order text so that 9 comes before 10, and case only decides between equals."""
    parts = re.findall(r"[0-9]+|[^0-9]+", label.casefold())
    return [(0, int(p[:300]), p) if p[0] in "0123456789" else (1, 0, p) for p in parts], label


def _place_numbers(values: Sequence[Any]) -> Dimension:
    numbers = [_finite(value) for value in values]
    real = sorted({number for number in numbers if number is not None})
    if len(real) < 2:
        positions = [None if number is None else 0.5 for number in numbers]
        return Dimension("number", positions, [Tick(0.5, format_number(one)) for one in real])
    log = real[0] > 0 and real[-1] / real[0] >= _LOG_RATIO
    axis = _Axis(real[0], real[-1], log)
    positions = [None if number is None else axis.place(number) for number in numbers]
    inner = real[1:-1] if len(real) <= _INNER_TICKS + 2 else axis.round_values()
    return Dimension("number", positions, _ticks(axis, inner), log)


def _finite(value: float | None) -> float | None:
    try:
        number = math.nan if value is None else float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class _Axis:
    low: float
    high: float
    log: bool

    def place(self, number: float) -> float:
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return (math.log10(number) - low) / (high - low)
        return (number / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def round_values(self) -> list[float]:
        """At most three round numbers between the ends."""
        if self.log:
            powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            stride = max(1, math.ceil(len(powers) / (_INNER_TICKS + 2)))
            return [10.0**power for power in powers if power % stride == 0]
        step = _round_step((self.high / 2 - self.low / 2) / (_INNER_TICKS + 1) * 2)
        if step <= 0 or not math.isfinite(step):
            return []
        first = math.ceil(self.low / step)
        return [(first + number) * step for number in range(_INNER_TICKS + 3)]


def _round_step(step: float) -> float:
    """The next of 1, 2, 2.5 and 5 times a power of ten."""
    if not 1e-300 < step < 1e300:
        return 0.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= step * 0.999)


def _ticks(axis: _Axis, inner: Sequence[float]) -> list[Tick]:
    """The ends and what fits between, none closer than a tenth of the axis nor labelled alike."""
    digits = next(
        digits
        for digits in range(SIGNIFICANT_DIGITS, 18)
        if digits == 17
        or format_number(axis.low, digits=digits) != format_number(axis.high, digits=digits)
    )
    ends = [
        Tick(0.0, format_number(axis.low, digits=digits)),
        Tick(1.0, format_number(axis.high, digits=digits)),
    ]
    taken = [0.0, 1.0]
    labels = {tick.label for tick in ends}
    ticks: list[Tick] = []
    for number in inner:
        if not axis.low < number < axis.high:
            continue
        tick = Tick(axis.place(number), format_number(number, digits=digits))
        clear = all(abs(tick.position - other) >= _MIN_GAP for other in taken)
        if clear and tick.label not in labels and len(ticks) < _INNER_TICKS:
            ticks.append(tick)
            taken.append(tick.position)
            labels.add(tick.label)
    return [ends[0], *ticks, ends[1]]
