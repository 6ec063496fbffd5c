"""Histograms as bars: what `log_histogram` kept, drawn without a chart library."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.site.numbers import format_number

WIDTH: Final = 200
HEIGHT: Final = 60
_MAX_SIZE: Final = 1 << 20
_MAX_BARS: Final = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in a box of `WIDTH` × `HEIGHT`."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """The bars of a distribution with its ends and what it counts."""

    bars: tuple[Bar, ...]
    low: str
    high: str
    title: str


def read_histogram(path: Path) -> Histogram | None:
    """The histogram in a file that `log_histogram` wrote; None when there is none to draw."""
    try:
        if path.stat().st_size > _MAX_SIZE:
            return None
        document = json.loads(path.read_bytes())
        counts = [float(count) for count in document["counts"]]
        edges = [float(edge) for edge in document["edges"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    drawable = len(edges) == len(counts) + 1 and edges == sorted(edges) and edges[0] < edges[-1]
    if not drawable or not all(math.isfinite(one) and one >= 0 for one in counts):
        return None
    return _draw(*_merge(counts, edges)) if any(counts) else None


def _merge(counts: list[float], edges: list[float]) -> tuple[list[float], list[float]]:
    """The same counts in at most `_MAX_BARS` bins."""
    size = math.ceil(len(counts) / _MAX_BARS)
    merged = [sum(counts[start : start + size]) for start in range(0, len(counts), size)]
    return merged, [*edges[:-1:size], edges[-1]]


def _draw(counts: list[float], edges: list[float]) -> Histogram:
    span, highest = edges[-1] - edges[0], max(counts)
    bars = []
    for count, start, end in zip(counts, edges, edges[1:], strict=False):
        height = HEIGHT * count / highest
        left, width = WIDTH * (start - edges[0]) / span, WIDTH * (end - start) / span
        bars.append(Bar(_text(left), _text(HEIGHT - height), _text(width), _text(height)))
    low, high = format_number(edges[0]), format_number(edges[-1])
    return Histogram(
        tuple(bars), low, high, f"{format_number(sum(counts))} values from {low} to {high}"
    )


def _text(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")
