"""Two sides of runs by one metric: how far apart they are, and whether that is more than noise.

The runs of a side are taken as repeats of one experiment, such as with several seeds. The numbers
are those of the browser's ``statistics.js``; both are held to ``tests/vectors/statistics.json``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from runfolio.analysis.comparison import relative_change

CONFIDENCE: Final = 0.95

Verdict = Literal["better", "worse", "noise", "same", "changed", "new", "gone"]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Side:
    """The finite last values of a metric, one per run; `lost` runs ended in NaN or infinity."""

    values: tuple[float, ...]
    lost: int = 0

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    @cached_property
    def mean(self) -> float | None:
        """The mean, as a running one that large values can't overflow; None without values."""
        if not self.values:
            return None
        mean = self.values[0]
        for number, value in enumerate(self.values[1:], start=2):
            mean += value / number - mean / number
        return mean

    @cached_property
    def std(self) -> float | None:
        """The sample standard deviation; None for fewer than two values."""
        mean = self.mean
        if mean is None or self.count < 2:
            return None
        away = math.hypot(*(value - mean for value in self.values))
        return _finite(away / math.sqrt(self.count - 1))


@dataclass(frozen=True, slots=True)
class Difference:
    """A metric from `base` to `head`: the means' `change`, absolute and relative to the base.

    `interval` is Welch's 95 % interval of the change, for two values or more a side. `verdict` is
    "noise" where that holds 0, "same" where nothing changed, "changed" where it isn't known which
    way is better, and "new" or "gone" where only one side has the metric.
    """

    metric: str
    direction: str | None
    base: Side
    head: Side
    change: float | None
    relative: float | None
    interval: Interval | None
    verdict: Verdict


def compare_values(
    metric: str, base: Sequence[float], head: Sequence[float], *, direction: str | None
) -> Difference:
    """Compare the last values that the runs of two sides have of a metric.

    `direction` is "up" where higher values are better, "down" where lower ones are, else None. A
    side that only has NaN and infinities has got worse, or was worse.
    """
    before, after = make_side(base), make_side(head)
    change = relative = interval = None
    if before.mean is not None and after.mean is not None:
        change = _finite(after.mean - before.mean)
        relative = relative_change(after.mean, before.mean)
        interval = find_interval(before, after)
    verdict = _judge(before, after, change, interval, direction)
    return Difference(metric, direction, before, after, change, relative, interval, verdict)


def make_side(values: Sequence[float]) -> Side:
    """The side that has these values; what is not finite is only counted."""
    kept = tuple(float(value) for value in values if math.isfinite(value))
    return Side(kept, len(values) - len(kept))


def find_interval(base: Side, head: Side) -> Interval | None:
    """Welch's 95 % interval of the difference of two means, from `base` to `head`.

    B. L. Welch, doi:10.1093/biomet/34.1-2.28. None for fewer than two values a side.
    """
    if base.std is None or head.std is None or base.mean is None or head.mean is None:
        return None
    errors = (base.std / math.sqrt(base.count), head.std / math.sqrt(head.count))
    error, middle = math.hypot(*errors), head.mean - base.mean
    if error == 0:
        low = high = middle
    else:
        part = (errors[0] / error) ** 2
        freedom = 1 / (part**2 / (base.count - 1) + (1 - part) ** 2 / (head.count - 1))
        half = _quantile(freedom) * error
        low, high = middle - half, middle + half
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _quantile(freedom: float) -> float:
    """Where Student's t leaves half of what is beyond the confidence on either side."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def _judge(
    base: Side, head: Side, change: float | None, interval: Interval | None, direction: str | None
) -> Verdict:
    if not base.count or not head.count:
        return _judge_missing(base, head, direction)
    if change == 0 and interval in (None, (0.0, 0.0)):
        return "same"
    if interval is not None and interval[0] <= 0 <= interval[1]:
        return "noise"
    assert base.mean is not None
    assert head.mean is not None
    return _judge_change(rises=head.mean > base.mean, direction=direction)


def _judge_missing(base: Side, head: Side, direction: str | None) -> Verdict:
    """The verdict where a side has no finite value."""
    if not base.count and not base.lost:
        return "new"
    if not head.count and not head.lost:
        return "gone"
    if not base.count and not head.count:
        return "same"
    if direction is None:
        return "changed"
    return "better" if head.count else "worse"


def _judge_change(*, rises: bool, direction: str | None) -> Verdict:
    if direction is None:
        return "changed"
    return "better" if rises == (direction == "up") else "worse"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
