"""The lines of a chart of curves: of one run each, or the mean of a group with its band."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from runfolio.analysis.bands import gather_curves, smooth_exponential
from runfolio.analysis.curves import reduce_curve
from runfolio.query import Curve
from runfolio.site.library import RunEntry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A line to draw: the runs it is of, and how it looks."""

    id: str
    name: str
    color: int
    dash: int
    href: str | None
    runs: tuple[RunEntry, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How lines are drawn: over "step" or "time", smoothed by a weight, of groups with a band."""

    metric: str
    x: str
    smoothing: float | None
    grouped: bool
    centre: str
    band: str


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line: places and values, and of a group the band and how many runs it is of.

    `total` is how many points it had before it was reduced.
    """

    choice: Choice
    x: Floats
    y: Floats
    columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    ghost: tuple[Floats, Floats] | None = None
    total: int = 0


def make_line(choice: Choice, drawing: Drawing) -> Line | None:
    """The line of some runs with all its points; None where they have no curve."""
    curves = [(run, curve) for run in choice.runs if (curve := run.curves.get(drawing.metric))]
    if not curves:
        return None
    members = [_places(run, curve, drawing.x) for run, curve in curves]
    if drawing.grouped:
        found = gather_curves(members, centre=drawing.centre, band=drawing.band)
        bands = {} if drawing.band == "none" else {"low": found.low, "high": found.high}
        line = Line(
            choice, found.x, found.y, {**bands, "n": found.n}, total=max(len(x) for x, _ in members)
        )
    else:
        line = Line(choice, *members[0], total=len(members[0][0]))
    return _smoothed(line, drawing.smoothing)


def _places(run: RunEntry, curve: Curve, kind: str) -> tuple[Floats, Floats]:
    """The places and values of a curve from left to right."""
    if kind == "time":
        x = (curve.time - run.record.start_time) / 1e6
    else:
        x = curve.step.astype(np.float64)
    order = np.argsort(x, kind="stable")
    return np.asarray(x[order], np.float64), np.asarray(curve.value[order], np.float64)


def _reduced(x: Floats, y: Floats, points: int) -> tuple[Floats, Floats]:
    kept = reduce_curve(x, y, points=points)
    return x[kept], y[kept]


def _smoothed(line: Line, weight: float | None) -> Line:
    """The line smoothed, its band with it, and what it was made of as its ghost."""
    if not weight:
        return line
    smooth = {
        name: smooth_exponential(values, weight) if name != "n" else values
        for name, values in line.columns.items()
    }
    ghost = (line.x, line.y)
    return replace(line, y=smooth_exponential(line.y, weight), columns=smooth, ghost=ghost)


def fit_line(line: Line, points: int) -> Line:
    """The line with no more points than asked for, its highs, lows and gaps among them."""
    ghost = line.ghost and _reduced(*line.ghost, points)
    shown = [line.y, *(line.columns[name] for name in ("low", "high") if name in line.columns)]
    if len(line.x) <= points:
        return replace(line, ghost=ghost)
    parts = [reduce_curve(line.x, one, points=points // len(shown)) for one in shown]
    kept = np.unique(np.concatenate(parts))
    columns = {name: values[kept] for name, values in line.columns.items()}
    return replace(line, x=line.x[kept], y=line.y[kept], columns=columns, ghost=ghost)
