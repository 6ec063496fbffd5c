"""Curves without pictures: a line of blocks, and a chart in Mermaid's words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from runfolio.review.averages import CurvePair
from runfolio.review.escaping import mermaid_text

BLOCKS: Final = "▁▂▃▄▅▆▇█"
SPARK_POINTS: Final = 10
_DIGITS: Final = 6
_LOOK: Final = (
    '%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#888888,#2f6fd0"}}}}%%'
)


def draw_spark(values: Sequence[float], *, low: float, high: float) -> str:
    """Values between `low` and `high` as blocks, at most `SPARK_POINTS` of them."""
    kept = _thin(values, SPARK_POINTS)
    if high <= low:
        return BLOCKS[len(BLOCKS) // 2] * len(kept)
    # Halves, for the range of float64 may overflow.
    span = high / 2 - low / 2
    places = ((value / 2 - low / 2) / span * (len(BLOCKS) - 1) for value in kept)
    return "".join(BLOCKS[min(max(round(place), 0), len(BLOCKS) - 1)] for place in places)


def draw_sparks(pair: CurvePair) -> tuple[str, str]:
    """Both curves of a metric as blocks on one scale."""
    base, head = pair.base_whole, pair.head_whole
    low, high = min(*base, *head), max(*base, *head)
    return draw_spark(base, low=low, high=high), draw_spark(head, low=low, high=high)


def _thin(values: Sequence[float], most: int) -> list[float]:
    """Some of the values, evenly apart, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    return [values[round(place * (len(values) - 1) / (most - 1))] for place in range(most)]


def draw_mermaid(pair: CurvePair) -> str:
    """A chart of both curves: the base in grey, the head in blue.

    Its grammar (mermaid's ``xychart.jison``) knows no exponents, so that very small and very large
    values are shown as multiples of a power of ten. Points lie evenly between the ends of the axis.
    """
    name = mermaid_text(pair.metric)
    power = _find_power(max(map(abs, (*pair.base, *pair.head))))
    base, head = (_scale(values, power) for values in (pair.base, pair.head))
    low, high = min(*base, *head), max(*base, *head)
    if low == high:
        margin = abs(low) / 10 or Decimal(1)
        low, high = low - margin, high + margin
    unit = f" in units of 1e{power}" if power else ""
    return "\n".join(
        [
            _LOOK,
            "xychart-beta",
            f'    title "{name}: base in grey, head in blue"',
            f'    x-axis "step" {pair.steps[0]} --> {pair.steps[-1]}',
            f'    y-axis "{name}{unit}" {low:f} --> {high:f}',
            f'    line "base" [{", ".join(f"{one:f}" for one in base)}]',
            f'    line "head" [{", ".join(f"{one:f}" for one in head)}]',
        ]
    )


def _find_power(largest: float) -> int:
    """The power of ten to show values as multiples of; 0 for values of a usual size."""
    if largest == 0 or 1e-3 <= largest < 1e6:
        return 0
    return math.floor(math.log10(largest))


def _scale(values: Sequence[float], power: int) -> list[Decimal]:
    return [_round(Decimal(value).scaleb(-power)) for value in values]


def _round(value: Decimal) -> Decimal:
    """Six significant digits, none beyond the ninth decimal, and no zeros at the end."""
    places = min(max(_DIGITS - 1 - value.adjusted(), 0), 9) if value else 0
    rounded = round(value, places)
    return rounded.normalize() if rounded else Decimal(0)
