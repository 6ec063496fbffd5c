"""Several curves as one: the mean or median where they have values, with a band; and smooth ones.

The numbers are those of the browser's ``curve-groups.js`` and ``curve-smoothing.js``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.analysis.sides import Side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CENTRES: Final = ("mean", "median")
BANDS: Final = ("ci", "std", "se", "range", "none")
MOST_CELLS: Final = 8_000_000
_LEAST_PLACES: Final = 200
_MEDIAN_ERROR: Final = math.sqrt(math.pi / 2)
"""How much wider the error of a median is than that of a mean, where values spread normally."""


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """One curve of several: `n` is how many have a value at each place of `x`."""

    x: Floats
    y: Floats
    low: Floats
    high: Floats
    n: NDArray[np.int64]


def gather_curves(
    members: Sequence[tuple[NDArray[Any], NDArray[Any]]], *, centre: str = "mean", band: str = "ci"
) -> Gathered:
    """One curve of the members, each places in ascending order and values.

    A member has a value between two of its own along the line, and none before its start, after
    its end and beside NaN or infinity. `band` is the 95 % interval of the centre ("ci"), "std",
    "se", "range" or "none"; but for the range it needs two values at a place. The places are those
    of all members, or evenly some of them where that would take more than `MOST_CELLS` values.
    """
    x = np.unique(np.concatenate([np.asarray(places, np.float64) for places, _ in members]))
    most = max(_LEAST_PLACES, MOST_CELLS // len(members))
    if len(x) > most:
        x = x[np.linspace(0, len(x) - 1, most).round().astype(np.int64)]
    values = np.stack([values_at(places, own, x) for places, own in members])
    n = np.isfinite(values).sum(axis=0)
    mean = np.full(len(x), np.nan)
    mean[n > 0] = np.nansum(values[:, n > 0] / n[n > 0], axis=0)
    y = _median(values, n) if centre == "median" else mean
    with np.errstate(over="ignore", invalid="ignore"):  # of values near the end of their range
        low, high = _reach(values, n, y, mean, centre=centre, band=band)
    return Gathered(x, y, low, high, n.astype(np.int64))


def values_at(places: NDArray[Any], values: NDArray[Any], wanted: Floats) -> Floats:
    """The value of a curve at each wanted place, NaN where it has none; of several the last."""
    x, y = np.asarray(places, np.float64), np.asarray(values, np.float64)
    if not len(x):
        return np.full(len(wanted), np.nan)
    y = np.where(np.isfinite(y), y, np.nan)
    after = np.searchsorted(x, wanted, side="right")
    left, right = np.maximum(after - 1, 0), np.minimum(after, len(x) - 1)
    gap = np.where(x[right] > x[left], x[right] - x[left], 1.0)
    share = (wanted - x[left]) / gap
    with np.errstate(over="ignore", invalid="ignore"):  # beyond the ends, which are left out below
        between = y[left] * (1 - share) + y[right] * share
    found = np.where(x[left] == wanted, y[left], between)
    return np.where((wanted < x[0]) | (wanted > x[-1]), np.nan, found)


def smooth_exponential(values: NDArray[Any], weight: float) -> Floats:
    """An exponential mean without the pull to zero at the start; `weight` is that of the past.

    What is no finite number stays empty (NaN), and its neighbours are smoothed as if it were not
    there.
    """
    from scipy.signal import lfilter

    given = np.asarray(values, np.float64)
    finite = np.isfinite(given)
    smooth = np.full(len(given), np.nan)
    if finite.any():
        kept = given[finite]
        sums = lfilter([1 - weight], [1, -weight], kept)
        shares = lfilter([1 - weight], [1, -weight], np.ones(len(kept)))
        smooth[finite] = sums / shares
    return smooth


def mean_interval(side: Side) -> tuple[float, float] | None:
    """The 95 % interval of a mean by Student's t; None for fewer than two values."""
    if side.mean is None or side.std is None:
        return None
    from scipy.special import stdtrit

    away = float(stdtrit(side.count - 1.0, 0.975)) * side.std / math.sqrt(side.count)
    return side.mean - away, side.mean + away


def _median(values: Floats, n: NDArray[Any]) -> Floats:
    found = np.full(values.shape[1], np.nan)
    found[n > 0] = np.nanmedian(values[:, n > 0], axis=0)
    return found


def _reach(
    values: Floats, n: NDArray[Any], y: Floats, mean: Floats, *, centre: str, band: str
) -> tuple[Floats, Floats]:
    """The lower and the upper end of the band."""
    none = np.full(len(y), np.nan)
    if band == "none":
        return none, none
    if band == "range":
        low, high, some = none.copy(), none.copy(), n > 0
        low[some], high[some] = np.nanmin(values[:, some], 0), np.nanmax(values[:, some], 0)
        return low, high
    several = n > 1
    away = none.copy()
    count = n[several]
    squares = np.nansum((values[:, several] - mean[several]) ** 2, axis=0)
    away[several] = np.sqrt(squares / (count - 1))
    if band != "std":
        away[several] *= (_MEDIAN_ERROR if centre == "median" else 1.0) / np.sqrt(count)
    if band == "ci":
        from scipy.special import stdtrit

        away[several] *= stdtrit(count - 1.0, 0.975)
    return y - away, y + away
