"""Lines as pictures and as the browser's charts take them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.site.narrative.panels.lines import Line

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIGITS: Final = 9


def picture_line(line: Line, size: float) -> dict[str, Any]:
    """A line as `picture_curves` takes it, with its places in a unit of this size."""
    choice = line.choice
    drawn: dict[str, Any] = {
        "id": choice.id,
        "name": choice.name,
        "color": choice.color,
        "dash": choice.dash,
        "step": (line.x / size).tolist(),
        "value": _plain(line.y),
    }
    if "low" in line.columns:
        drawn["band"] = {name: _plain(line.columns[name]) for name in ("low", "high")}
    if line.ghost is not None:
        drawn["ghost"] = {"step": (line.ghost[0] / size).tolist(), "value": _plain(line.ghost[1])}
    return drawn


def live_line(line: Line) -> dict[str, Any]:
    """A line as ``runfolio.charts.curves`` takes it."""
    choice = line.choice
    live: dict[str, Any] = {
        "id": choice.id,
        "name": choice.name,
        "color": choice.color,
        "dash": choice.dash,
        "href": choice.href,
        "places": _places(line.x),
        "value": _plain(line.y),
    }
    if "n" in line.columns:
        gone = np.full(len(line.x), np.nan)
        ends = {name: _plain(line.columns.get(name, gone), _DIGITS) for name in ("low", "high")}
        live["band"] = {**ends, "n": line.columns["n"].tolist()}
        live["value"] = _plain(line.y, _DIGITS)
    if line.ghost is not None:
        live["ghost"] = {"places": _places(line.ghost[0]), "value": _plain(line.ghost[1])}
    return live


def _places(x: NDArray[np.float64]) -> list[float]:
    """Steps as whole numbers, seconds to the millisecond."""
    return [int(at) if at.is_integer() else round(at, 3) for at in x.tolist()]


def _plain(values: NDArray[np.float64], digits: int | None = None) -> list[float | None]:
    return [
        None if not math.isfinite(value) else float(f"{value:.{digits}g}") if digits else value
        for value in values.tolist()
    ]


def time_unit(seconds: float) -> tuple[float, str]:
    """The unit in which a span of seconds reads best, as in ``chart-lines.js``."""
    if seconds < 180:
        return 1, "s"
    if seconds < 3 * 3600:
        return 60, "min"
    return (3600, "h") if seconds < 3 * 86400 else (86400, "d")
