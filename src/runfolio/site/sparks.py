"""Small curves, drawn in the page itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from runfolio.analysis.tracing import Moves
    from runfolio.query import Curve

K = TypeVar("K")

WIDTH: Final = 150
HEIGHT: Final = 35
"""The box that curves are drawn in, on whole numbers."""

SPARK_POINTS: Final = 48


@dataclass(frozen=True, slots=True)
class Spark:
    """A small curve: the path of its line and that of a dot at its end, and its steps in words."""

    PRINTED: ClassVar = ("path", "end", "steps")

    path: str
    end: str
    steps: str


def show_spark(curve: Curve | None, *, points: int = SPARK_POINTS) -> Spark | None:
    """The curve of a metric as a spark line; None for fewer than two points, or none finite."""
    return None if curve is None else show_sparks({"": curve}, points=points)[""]


def show_sparks(curves: Mapping[K, Curve], *, points: int = SPARK_POINTS) -> dict[K, Spark | None]:
    """Some curves as spark lines, each under its key."""
    found: dict[K, Spark | None] = dict.fromkeys(curves)
    shared: dict[bytes, list[K]] = {}
    for key, curve in curves.items():
        if len(curve.step) > 1:
            shared.setdefault(curve.step.tobytes(), []).append(key)
    for content, keys in shared.items():
        steps = _read_steps(content, curves[keys[0]].step.dtype.str)
        lines = _trace([curves[key] for key in keys], steps, points)
        found.update((key, _draw(line, steps)) for key, line in zip(keys, lines, strict=True))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """The steps of curves: whether they ascend, where they lie across, and from which to which."""

    ascend: bool
    across: NDArray[np.int64]
    words: str


@lru_cache(maxsize=64)
def _read_steps(content: bytes, kind: str) -> _Steps:
    """What the steps are that many runs share."""
    import numpy as np

    from runfolio.analysis.tracing import spread_steps

    step = np.frombuffer(content, kind)
    ascend = bool((step[1:] > step[:-1]).all())
    return _Steps(ascend, spread_steps(step, width=WIDTH), f"{step.min()} to {step.max()}")


def _trace(curves: list[Curve], steps: _Steps, points: int) -> list[list[Moves]]:
    """The pieces of some curves with the same steps."""
    import numpy as np

    from runfolio.analysis.tracing import trace_curves, trace_pieces

    values = np.array([curve.value for curve in curves], np.float64)
    if steps.ascend and np.isfinite(values).all():
        lines = trace_curves(steps.across, values, height=HEIGHT, points=points)
        return [[line] for line in lines]
    return [
        trace_pieces(curve.step, curve.value, width=WIDTH, height=HEIGHT, points=points)
        for curve in curves
    ]


def _draw(pieces: list[Moves], steps: _Steps) -> Spark | None:
    if not pieces:
        return None
    last = pieces[-1]
    path = "".join(_write_line(piece) for piece in pieces if len(piece) > 2)
    return Spark(path, f"M{sum(last[::2])} {sum(last[1::2])}h0", steps.words)


def _write_line(moves: Iterable[int]) -> str:
    """A line in the words of SVG's paths, in which a minus sign parts numbers as well."""
    x, y, *others = moves
    return f"M{x} {y}l{' '.join(map(str, others))}".replace(" -", "-")
