"""Two sides of runs: means, spread, Welch's interval and what they come to."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from runfolio.analysis.sides import compare_values, make_side

PATH = Path(__file__).parents[1] / "vectors" / "statistics.json"
VECTORS: dict[str, list[dict[str, Any]]] = json.loads(PATH.read_text(encoding="utf-8"))
NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_subnormal=False)
GROUPS = st.lists(NUMBERS, min_size=2, max_size=9)


@pytest.mark.parametrize("vector", VECTORS["summaries"])
def test_a_side_is_summarised_as_in_the_browser(vector: dict[str, Any]) -> None:
    side, expected = make_side(vector["values"]), vector["summary"]
    assert side.count == expected["n"]
    assert side.mean == pytest.approx(expected["mean"], rel=1e-12)
    assert side.std == pytest.approx(expected.get("deviation"), rel=1e-9)


@pytest.mark.parametrize("vector", VECTORS["welch"])
def test_the_interval_is_that_of_the_browser(vector: dict[str, Any]) -> None:
    found = compare_values("loss", vector["a"], vector["b"], direction="down")
    assert found.change == pytest.approx(vector["difference"], rel=1e-9)
    assert found.interval == pytest.approx((vector["low"], vector["high"]), rel=1e-9)
    noise = vector["low"] <= 0 <= vector["high"]
    assert (found.verdict == "noise") == noise


@given(GROUPS, GROUPS)
def test_the_numbers_are_those_of_scipy(base: list[float], head: list[float]) -> None:
    found = compare_values("loss", base, head, direction="down")
    assert found.base.mean == pytest.approx(np.mean(base), rel=1e-9, abs=1e-6)
    assert found.head.std == pytest.approx(np.std(head, ddof=1), rel=1e-6, abs=1e-6)
    if np.ptp(base) < 1e-3 or np.ptp(head) < 1e-3:
        return
    interval = stats.ttest_ind(head, base, equal_var=False).confidence_interval(0.95)
    assert found.interval == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("base", "head", "direction", "verdict"),
    [
        ([1.0], [0.5], "down", "better"),
        ([1.0], [0.5], "up", "worse"),
        ([1.0], [1.5], "up", "better"),
        ([1.0], [1.5], "down", "worse"),
        ([1.0], [1.5], None, "changed"),
        ([1.0], [1.0], None, "same"),
        ([0.1] * 3, [0.1] * 3, "down", "same"),
        ([0.1] * 3, [0.2] * 3, "down", "worse"),
        ([1.0, 2.0], [1.0, 2.0], "down", "noise"),
        ([1.0, 1.2, 0.9], [1.1, 0.8, 1.0], "down", "noise"),
        ([1.0, 1.01, 0.99], [0.5, 0.51, 0.49], "down", "better"),
        ([1.0, 1.01, 0.99], [0.5], "down", "better"),
        ([], [1.0], "down", "new"),
        ([1.0], [], "down", "gone"),
        ([1.0], [math.nan], "down", "worse"),
        ([1.0], [math.inf], "up", "worse"),
        ([1.0], [math.nan], None, "changed"),
        ([math.nan], [1.0], "up", "better"),
        ([math.nan], [math.inf], "up", "same"),
    ],
)
def test_verdicts(
    base: list[float], head: list[float], direction: str | None, verdict: str
) -> None:
    assert compare_values("m", base, head, direction=direction).verdict == verdict


def test_what_is_not_finite_is_left_out_and_counted() -> None:
    found = compare_values("loss", [1.0, math.nan], [math.inf, 3.0, 5.0], direction="down")
    assert (found.base.values, found.base.lost) == ((1.0,), 1)
    assert (found.head.mean, found.head.count, found.head.lost) == (4.0, 2, 1)
    assert (found.change, found.relative, found.interval) == (3.0, 3.0, None)


def test_a_base_of_zero_has_no_relative_change() -> None:
    found = compare_values("loss", [0.0], [1.0], direction="down")
    assert (found.change, found.relative, found.verdict) == (1.0, None, "worse")


def test_the_largest_numbers_overflow_nothing() -> None:
    found = compare_values("loss", [1.7e308, 1.6e308], [-1.7e308, -1.6e308], direction="down")
    assert found.base.mean == pytest.approx(1.65e308)
    assert (found.change, found.interval, found.verdict) == (None, None, "better")


def test_few_values_have_no_spread() -> None:
    assert (make_side([]).mean, make_side([]).std, make_side([2.0]).std) == (None, None, None)
