"""Histograms as the first event files have them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from runfolio.sources.histograms import Floats, make_histogram
from runfolio.sources.protobuf import Message


def read_old_histogram(histogram: Message) -> dict[str, Any]:
    """A ``HistogramProto``, from the first bucket that holds something to the last.

    As TensorBoard has it, the outer edges are the least and greatest value.
    """
    limits, counts = (_doubles(histogram, number) for number in (6, 7))
    if len(limits) != len(counts):
        raise ValueError(f"a histogram has {len(limits)} limits and {len(counts)} counts")
    low, high, total, sum_, squares = (histogram.double(number) for number in range(1, 6))
    filled = np.flatnonzero(counts > 0)
    first, last = (int(filled[0]), int(filled[-1])) if len(filled) else (0, -1)
    edges = np.concatenate([[low], limits[first:last], [high]])
    mean = sum_ / total if total else math.nan
    spread = math.sqrt(max(0.0, squares / total - mean * mean)) if total else math.nan
    return make_histogram(counts[first : last + 1], edges, _finite(mean), _finite(spread))


def _doubles(message: Message, number: int) -> Floats:
    content = b"".join(message.all(number))
    if len(content) % 8:
        raise ValueError(f"the {len(content)} bytes of a histogram are no whole number of values")
    return np.frombuffer(content, "<f8")


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
