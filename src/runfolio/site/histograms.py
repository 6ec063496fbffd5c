"""Histograms as bars: what `log_histogram` kept, drawn without a chart library."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runfolio.site.numbers import format_number

WIDTH: Final = 200
HEIGHT: Final = 60
_MAX_SIZE: Final = 1 << 20
_MAX_BARS: Final = 100


@dataclass(frozen=True, slots=True)
class Histogram:
    """The outline of a distribution's bars as an SVG path, with its ends and what it counts.

    The path lies in a box of `WIDTH` × `HEIGHT`. There is one edge more than there are counts.
    """

    path: str
    low: str
    high: str
    title: str
    counts: tuple[float, ...]
    edges: tuple[float, ...]


def read_histogram(path: Path) -> Histogram | None:
    """The histogram in a file that `log_histogram` wrote; None when there is none to draw."""
    try:
        if path.stat().st_size > _MAX_SIZE:
            return None
        document = json.loads(path.read_bytes())
        counts = [float(count) for count in document["counts"]]
        edges = [float(edge) for edge in document["edges"]]
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    drawable = len(edges) == len(counts) + 1 and edges == sorted(edges) and edges[0] < edges[-1]
    if not drawable or not all(map(math.isfinite, (*edges, edges[-1] - edges[0]))):
        return None
    if not all(one >= 0 for one in counts) or not 0 < sum(counts) < math.inf:
        return None
    return _draw(*_merge(counts, edges))


def _merge(counts: list[float], edges: list[float]) -> tuple[list[float], list[float]]:
    """The same counts in at most `_MAX_BARS` bins."""
    size = math.ceil(len(counts) / _MAX_BARS)
    merged = [sum(counts[start : start + size]) for start in range(0, len(counts), size)]
    return merged, [*edges[:-1:size], edges[-1]]


def _draw(counts: list[float], edges: list[float]) -> Histogram:
    span, highest = edges[-1] - edges[0], max(counts)
    steps = [f"M0,{HEIGHT}"]
    for count, end in zip(counts, edges[1:], strict=False):
        top, right = HEIGHT - HEIGHT * count / highest, WIDTH * (end - edges[0]) / span
        steps.append(f"V{_text(top)}H{_text(right)}")
    low, high = format_number(edges[0]), format_number(edges[-1])
    return Histogram(
        "".join([*steps, f"V{HEIGHT}Z"]),
        low,
        high,
        f"{format_number(sum(counts))} values from {low} to {high}",
        tuple(counts),
        tuple(edges),
    )


def shard_histograms(series: Mapping[str, Sequence[tuple[int, Histogram]]]) -> dict[str, Any]:
    """The histograms of a run by key, in the order of their steps, for the chart over its steps."""
    return {
        "series": [
            {
                "key": key,
                "histograms": [
                    {
                        "step": step,
                        "edges": [float(f"{edge:.6g}") for edge in one.edges],
                        "counts": [float(f"{count:.6g}") for count in one.counts],
                    }
                    for step, one in members
                ],
            }
            for key, members in series.items()
        ]
    }


def _text(length: float) -> str:
    return f"{length:.1f}".rstrip("0").rstrip(".")
