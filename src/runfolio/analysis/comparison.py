"""What runs are measured against, and how far from it they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

from runfolio.schema import FINISHED

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


def choose_baseline(runs: Iterable[tuple[T, str, float | None]]) -> T | None:
    """The first finished run with a finite value, of (run, status, value) by time of start."""
    return next(
        (run for run, status, value in runs if status == FINISHED and _is_finite(value)), None
    )


def relative_change(value: float, base: float) -> float | None:
    """The difference from `base` over its size; None when the base is 0 or one is not finite."""
    if base == 0 or not math.isfinite(base):
        return None
    relative = (value - base) / abs(base)
    return relative if math.isfinite(relative) else None


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
