"""Curves as lines on a grid of whole numbers: the usual ones together, in few steps of NumPy."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from runfolio.analysis.curves import spark_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

Moves = list[int]
"""A line: x and y of where it begins, then how far it goes right and down to each next corner."""


def trace_curves(across: Ints, values: Floats, *, height: int, points: int) -> list[Moves]:
    """Lines that fill a box, y downwards, of curves that share their steps.

    `across` is where each step lies, as `spread_steps` tells, and each row of `values` is a curve
    of finite values. A line has about `points` corners: the first and the last point, and the
    minimum and maximum of equal parts. A constant curve lies in the middle.
    """
    places = _corners(values, points)
    rows = np.arange(len(values))[:, np.newaxis]
    corners = np.empty((*places.shape, 2), np.int64)
    corners[:, :, 0] = across[places]
    corners[:, :, 1] = _place_down(values[rows, places], height)
    moves = corners[:, 1:] - corners[:, :-1]
    moved = moves.any(axis=2)
    lines: list[Moves] = corners[:, 0].tolist()
    others, first = moves[moved].ravel().tolist(), 0
    for line, count in zip(lines, moved.sum(axis=1).tolist(), strict=True):
        line += others[first : first + 2 * count]
        first += 2 * count
    return lines


def spread_steps(step: NDArray[Any], *, width: int) -> Ints:
    """Where steps lie between 0 and `width`: the least and the greatest at the ends."""
    halves = step.astype(np.float64) / 2  # the range of int64 may overflow
    low, high = halves.min(), halves.max()
    across: Ints = np.rint((halves - low) / (high - low or 1) * width).astype(np.int64)
    return across


def trace_pieces(
    step: NDArray[Any], value: NDArray[Any], *, width: int, height: int, points: int
) -> list[Moves]:
    """The lines of any one curve, which breaks where it has no finite value."""
    pieces = spark_points(step, value, width=width, height=height, points=points)
    return [_list_moves(piece) for piece in pieces if piece]


def _list_moves(piece: list[tuple[float, float]]) -> Moves:
    corners = [(round(x), round(y)) for x, y in piece]
    moves = list(corners[0])
    for (x, y), (next_x, next_y) in pairwise(corners):
        if (x, y) != (next_x, next_y):
            moves += (next_x - x, next_y - y)
    return moves


def _corners(values: Floats, points: int) -> Ints:
    """Where the corners of each curve lie, in order; a place may come twice."""
    curves, length = values.shape
    if length <= points:
        return np.tile(np.arange(length), (curves, 1))
    parts, size, starts = _parts(length, points)
    padded = np.empty((curves, parts * size))
    padded[:, :length] = values
    padded[:, length:] = values[:, -1:]
    blocks = padded.reshape(curves, parts, size)
    places = np.zeros((curves, 2 * parts + 2), np.int64)
    np.add(blocks.argmin(axis=2), starts, out=places[:, :parts])
    np.add(blocks.argmax(axis=2), starts, out=places[:, parts:-2])
    places[:, -1] = length - 1
    np.minimum(places, length - 1, out=places)
    places.sort(axis=1)
    return places


@lru_cache(maxsize=64)
def _parts(length: int, points: int) -> tuple[int, int, Ints]:
    """How many equal parts a curve has, how long they are, and where they start."""
    most = points // 2 - 1
    size = -(-length // most)
    parts = -(-length // size)
    return parts, size, np.arange(0, parts * size, size)


def _place_down(numbers: Floats, height: int) -> Ints:
    """How far down each value lies, or half-way where all of a row is the same."""
    halves = numbers / 2  # the range of float64 may overflow
    high = halves.max(axis=1, keepdims=True)
    span = high - halves.min(axis=1, keepdims=True)
    down: Floats = (high - halves) / np.where(span > 0, span, 1) * height
    down[(span <= 0)[:, 0]] = height / 2
    return np.rint(down).astype(np.int64)
