"""Reduced curves keep what the eye would see."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.analysis.curves import reduce_curve, spark_points

VALUES = st.lists(
    st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf]),
    min_size=1,
    max_size=200,
)


@given(values=VALUES, points=st.integers(0, 60), data=st.data())
def test_keeps_ends_extremes_and_order(
    values: list[float], points: int, data: st.DataObject
) -> None:
    steps = data.draw(
        st.lists(st.integers(-50, 50), min_size=len(values), max_size=len(values)), label="steps"
    )
    kept = reduce_curve(np.array(steps), np.array(values), points=points)
    order = sorted(range(len(steps)), key=lambda place: steps[place])
    assert len(kept) <= max(points, 8)
    assert [order.index(place) for place in kept] == sorted({order.index(place) for place in kept})
    assert {order[0], order[-1]} <= set(kept.tolist())
    if len(values) <= points:
        assert kept.tolist() == order


@given(values=VALUES, points=st.integers(8, 60))
def test_keeps_the_least_and_the_greatest_value(values: list[float], points: int) -> None:
    kept = reduce_curve(np.arange(len(values)), np.array(values), points=points)
    finite = [value for value in values if math.isfinite(value)]
    left = [values[place] for place in kept if math.isfinite(values[place])]
    assert (min(left, default=None), max(left, default=None)) == (
        min(finite, default=None),
        max(finite, default=None),
    )


def test_parts_hold_their_own_minimum_and_maximum() -> None:
    value = np.sin(np.arange(1000) / 7.0)
    kept = reduce_curve(np.arange(1000), value, points=102)
    for part in np.array_split(np.arange(1000), 50):
        inside = value[kept[(kept >= part[0]) & (kept <= part[-1])]]
        assert inside.min() == pytest.approx(value[part].min(), abs=0.02)
        assert inside.max() == pytest.approx(value[part].max(), abs=0.02)


def test_one_row_stays_of_each_gap() -> None:
    value = np.arange(3000.0)
    value[100:200] = math.nan
    value[2000] = math.inf
    kept = reduce_curve(np.arange(3000), value, points=30)
    assert [int(i) for i in kept if not math.isfinite(value[i])] == [100, 2000]


def test_more_gaps_than_points_keep_the_longest() -> None:
    value = np.where(np.arange(3000) % 2, math.nan, 1.0)
    value[1500:1600] = math.nan
    kept = reduce_curve(np.arange(3000), value, points=30)
    assert len(kept) <= 30
    assert 1499 in kept


@pytest.mark.parametrize("values", [[], [math.nan] * 500, [math.inf] * 500])
def test_nothing_to_draw(values: list[float]) -> None:
    steps, array = np.arange(len(values)), np.array(values, dtype=float)
    assert len(reduce_curve(steps, array, points=20)) <= 20
    assert spark_points(steps, array, width=100, height=20) == []


def test_uneven_steps() -> None:
    step = np.concatenate([np.zeros(999, dtype=np.int64), [2**62]])
    assert len(reduce_curve(step, np.arange(1000.0), points=20)) <= 20


def test_spark_fills_the_box_with_y_downwards() -> None:
    lines = spark_points(np.array([0, 5, 10]), np.array([1.0, 3.0, 2.0]), width=100, height=20)
    assert lines == [[(0.0, 20.0), (50.0, 0.0), (100.0, 10.0)]]


def test_spark_breaks_at_nan_and_infinity() -> None:
    value = np.array([0.0, 1.0, math.nan, 1.0, math.inf, 0.0, 0.0])
    lines = spark_points(np.arange(7), value, width=6, height=1)
    assert lines == [[(0.0, 1.0), (1.0, 0.0)], [(3.0, 0.0)], [(5.0, 1.0), (6.0, 1.0)]]


@pytest.mark.parametrize("values", [[4.0], [4.0, 4.0], [-0.0, 0.0]])
def test_constant_spark_lies_in_the_middle(values: list[float]) -> None:
    (line,) = spark_points(np.arange(len(values)), np.array(values), width=100, height=20)
    assert {y for _, y in line} == {10.0}


@given(values=VALUES)
def test_spark_stays_in_the_box(values: list[float]) -> None:
    lines = spark_points(np.arange(len(values)), np.array(values) * 1e302, width=80, height=16)
    assert all(0 <= x <= 80 and 0 <= y <= 16 for line in lines for x, y in line)
    pieces = sum(finite for finite, _ in groupby(values, key=math.isfinite))
    if len(values) <= 60:
        assert len(lines) == pieces
