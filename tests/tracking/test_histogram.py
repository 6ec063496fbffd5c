from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import InvalidValue
from runfolio.tracking.histogram import summarise_histogram


def test_counts_and_moments() -> None:
    assert summarise_histogram([[1, 2], [2, 5]], bins=4) == {
        "counts": [1, 2, 0, 1],
        "edges": [1.0, 2.0, 3.0, 4.0, 5.0],
        "count": 4,
        "min": 1.0,
        "max": 5.0,
        "mean": 2.5,
        "std": 1.5,
        "nan": 0,
        "inf": 0,
        "outside": 0,
    }


def test_what_is_not_finite_is_counted_apart() -> None:
    found = summarise_histogram([math.nan, math.inf, -math.inf, 3.0, None], bins=2)
    assert (found["count"], found["nan"], found["inf"]) == (1, 2, 2)
    assert sum(found["counts"]) == 1


def test_no_values() -> None:
    found = summarise_histogram([], bins=3)
    assert found["counts"] == [0, 0, 0]
    assert len(found["edges"]) == 4
    assert (found["count"], found["min"], found["mean"]) == (0, None, None)


@pytest.mark.parametrize("value", [0.0, 7.0, -1e16, 1e300])
def test_one_value_again_and_again_has_bins_around_it(value: float) -> None:
    found = summarise_histogram([value] * 3, bins=4)
    assert found["counts"] == [0, 0, 3, 0]
    assert found["edges"][0] < found["edges"][2] == value < found["edges"][4]


@pytest.mark.parametrize("values", [[1e16, 1e16 + 2], [5e-324, 1e-323], [-1.79e308, 1.79e308]])
def test_where_floating_point_runs_out(values: list[float]) -> None:
    found = summarise_histogram(values)
    assert sum(found["counts"]) == 2
    assert [found["edges"][0], found["edges"][-1]] == values


def test_given_edges() -> None:
    found = summarise_histogram(np.array([0.5, 1.5, 9.0]), bins=[0, 1, 2])
    assert found["counts"] == [1, 1]
    assert found["edges"] == [0.0, 1.0, 2.0]
    assert found["outside"] == 1


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([1, 2, 3]),
        {1, 2, 3},
        (number for number in (1, 2, 3)),
        np.array([1, 2, 3], np.float16),
        np.array([[1], [2], [3]], np.uint8),
        np.array([1, 2, 3], object),
    ],
)
def test_kinds_of_values(values: Any) -> None:
    assert summarise_histogram(values, bins=3)["counts"] == [1, 1, 1]


def test_bools() -> None:
    assert summarise_histogram([True, True, False], bins=2)["counts"] == [1, 2]


@given(
    values=st.lists(st.floats(), max_size=30),
    bins=st.integers(1, 100) | st.lists(st.floats(-9, 9), min_size=2, unique=True).map(sorted),
)
def test_counts_add_up(values: list[float], bins: Any) -> None:
    found = summarise_histogram(values, bins=bins)
    json.dumps(found, allow_nan=False)
    assert sum(found["counts"]) + found["outside"] == found["count"]
    assert found["count"] + found["nan"] + found["inf"] == len(values)
    assert len(found["edges"]) == len(found["counts"]) + 1
    assert found["edges"] == sorted(found["edges"])
    if found["count"]:
        assert found["min"] <= found["max"]
        assert found["std"] >= 0
    if isinstance(bins, int):
        assert found["outside"] == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["1", "2"], "values of type <U1, such as '1'"),
        ([1j], "values of type complex128"),
        ([1, "a", None], "'a' is text|type <U"),
        (np.array(["2020-01-01"], "datetime64[D]"), "datetime64"),
        ([[1], [2, 3]], "made of a list"),
        ("text", "values of type <U4"),
        (object(), "made of a object"),
    ],
)
def test_what_is_no_number(values: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        summarise_histogram(values)


@pytest.mark.parametrize("bins", [0, -1, 10**9, True, [1], [2, 1], [0, math.nan], "auto", None])
def test_bins_that_can_not_be_used(bins: Any) -> None:
    with pytest.raises(InvalidValue, match="histogram"):
        summarise_histogram([1, 2], bins=bins)
