"""Curves as lines on a grid: usual ones together, as each of them alone would be drawn."""

from __future__ import annotations

import numpy as np
import pytest

from runfolio.analysis.tracing import Moves, spread_steps, trace_curves, trace_pieces


def corners(moves: Moves) -> list[tuple[int, int]]:
    found = np.cumsum(np.array(moves).reshape(-1, 2), axis=0)
    return [(int(x), int(y)) for x, y in found]


def trace(step: np.ndarray, values: np.ndarray, points: int = 24) -> list[Moves]:
    return trace_curves(spread_steps(step, width=150), values, height=35, points=points)


def test_a_short_curve_has_all_its_points() -> None:
    (line,) = trace(np.array([0, 5, 10]), np.array([[1.0, 3.0, 2.0]]))
    assert corners(line) == [(0, 35), (75, 0), (150, 18)]


def test_a_constant_curve_lies_in_the_middle() -> None:
    constant, falling = trace(np.arange(3), np.array([[4.0, 4.0, 4.0], [2.0, 1.0, 0.0]]))
    assert {y for _, y in corners(constant)} == {18}
    assert corners(falling)[-1] == (150, 35)


@pytest.mark.parametrize("length", [2, 23, 24, 25, 26, 100, 101, 7919])
def test_ends_and_extremes_are_kept(length: int) -> None:
    noise = np.random.default_rng(length)
    values = noise.normal(size=(5, length)) * [[1e-300], [1.0], [1e300], [1e5], [1e-5]]
    for line, value in zip(trace(np.arange(length), values), values, strict=True):
        found = corners(line)
        assert len(found) <= 24
        assert (found[0][0], found[-1][0]) == (0, 150)
        assert (min(y for _, y in found), max(y for _, y in found)) == (0, 35)
        assert abs(found[-1][1] - 35 * (value.max() - value[-1]) / np.ptp(value)) <= 0.5
        assert [x for x, _ in found] == sorted(x for x, _ in found)


def test_together_they_are_as_alone() -> None:
    values = np.random.default_rng(3).random((4, 300))
    together = trace(np.arange(300), values)
    assert together == [trace(np.arange(300), row[np.newaxis])[0] for row in values]


def test_a_short_curve_is_the_same_either_way() -> None:
    step, values = np.array([0, 3, 4, 100]), np.random.default_rng(4).random((3, 4))
    for line, value in zip(trace(step, values), values, strict=True):
        assert [line] == trace_pieces(step, value, width=150, height=35, points=24)


def test_the_whole_range_of_numbers() -> None:
    step = np.array([-(2**63), 0, 2**63 - 1])
    (line,) = trace(step, np.array([[-1.7e308, 0.0, 1.7e308]]))
    assert corners(line) == [(0, 35), (75, 18), (150, 0)]


def test_a_curve_breaks_where_it_has_no_number() -> None:
    value = np.array([0.0, 1.0, np.nan, 1.0, np.inf, 0.0, 0.0])
    pieces = trace_pieces(np.arange(7), value, width=6, height=10, points=24)
    assert [corners(piece) for piece in pieces] == [[(0, 10), (1, 0)], [(3, 0)], [(5, 10), (6, 10)]]
