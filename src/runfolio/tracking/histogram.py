"""The distribution of many values, as counts in bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidValue
from runfolio.tracking.arrays import to_array

if TYPE_CHECKING:
    import numpy as np

MAX_BINS: Final = 10_000
_WIDEST: Final = 1e307  # beyond it the steps between bins overflow


def summarise_histogram(values: Any, *, bins: int | Sequence[float] = 64) -> dict[str, Any]:
    """Counts of `values` (any shape) in `bins`, a number of equal ones or their edges.

    Keys: counts, edges (one more than counts), count, min, max, mean, std of the finite values
    (None when there are none), and how many were nan, inf, or finite but outside the given edges.
    Raises `InvalidValue` when the values are no real numbers or the bins can't be used.
    """
    import numpy as np

    numbers = _numbers(values)
    finite = numbers[np.isfinite(numbers)]
    nan = int(np.isnan(numbers).sum())
    counts, edges = _count(finite, bins)
    return {
        "counts": counts.tolist(),
        "edges": edges.tolist(),
        "count": int(finite.size),
        **_moments(finite),
        "nan": nan,
        "inf": int(numbers.size - finite.size - nan),
        "outside": int(finite.size - counts.sum()),
    }


def _numbers(values: Any) -> np.ndarray[Any, Any]:
    import numpy as np

    try:
        array = to_array(values).ravel()
        if array.dtype.kind == "O":
            array = np.array([_number(value) for value in array.tolist()], np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValue(
            f"A histogram can't be made of a {type(values).__name__}: {error}. Give numbers."
        ) from None
    if array.size and array.dtype.kind not in "biuf":
        raise InvalidValue(
            f"A histogram can't be made of values of type {array.dtype}, such as "
            f"{array.tolist()[0]!r}. Give real numbers."
        )
    return array.astype(np.float64)


def _number(value: Any) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, str | bytes):
        raise TypeError(f"{value!r} is text")
    return float(value)


def _count(
    finite: np.ndarray[Any, Any], bins: int | Sequence[float]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    import numpy as np

    if isinstance(bins, int | np.integer) and not isinstance(bins, bool):
        if not 1 <= bins <= MAX_BINS:
            raise InvalidValue(f"A histogram has 1 to {MAX_BINS} bins, not {bins!r}.")
        return _count_equally(finite, int(bins))
    return np.histogram(finite, bins=_edges(bins))


def _count_equally(
    finite: np.ndarray[Any, Any], bins: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    import numpy as np

    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if high - low > _WIDEST:
        counts, edges = np.histogram(finite / 64, bins=bins)
        return counts, np.array([low, *(64 * edges[1:-1]), high])
    if low == high and abs(low) < _WIDEST:
        room = max(0.5, abs(low) / 1e6)
        low, high = low - room, high + room
    try:
        return np.histogram(finite, bins=bins, range=(low, high))
    except ValueError:
        # Fewer numbers lie between the ends than there are bins; some bins then have no width.
        edges = np.maximum.accumulate(np.linspace(low, high, bins + 1).clip(low, high))
        return np.histogram(finite, bins=edges)


def _edges(bins: Any) -> np.ndarray[Any, Any]:
    import numpy as np

    try:
        edges = np.asarray(bins, np.float64)
    except (TypeError, ValueError):
        edges = np.zeros(0)
    usable = edges.ndim == 1 and 2 <= edges.size <= MAX_BINS + 1 and bool(np.isfinite(edges).all())
    if not usable or (np.diff(edges) <= 0).any():
        raise InvalidValue(
            f"The bins of a histogram are a number or rising edges, not {bins!r}. Give bins=64."
        )
    return edges


def _moments(finite: np.ndarray[Any, Any]) -> dict[str, float | None]:
    """Minimum, maximum, mean and standard deviation, scaled so that no sum overflows."""
    import numpy as np

    if not finite.size:
        return {"min": None, "max": None, "mean": None, "std": None}
    scale = float(np.abs(finite).max()) or 1.0
    scaled = finite / scale
    return {
        "min": float(finite.min()),
        "max": float(finite.max()),
        "mean": float(scaled.mean()) * scale,
        "std": float(scaled.std()) * scale,
    }
