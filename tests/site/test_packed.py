"""Columns of numbers as text: close enough, or every digit; the same as the browser reads."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.site import packed
from runfolio.site.packed import RELATIVE_ERROR, pack_rows, pack_steps, pack_times
from tests.packed import unpack

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "packed.json").read_text())
NUMBERS = st.one_of(
    st.floats(),
    st.floats(-1, 1),
    st.floats(0.999, 1),
    st.integers(-1000, 1000).map(float),
    st.sampled_from([0.0, 0.1, math.nan, math.inf, -math.inf, 1e15, 1e-15]),
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_numbers_are_packed_as_the_browser_reads_them(vector: dict[str, Any]) -> None:
    pack, given_numbers = getattr(packed, vector["by"]), list(map(float, vector["given"]))
    if vector["by"] == "pack_rows":
        [found] = pack(np.array([given_numbers]))
    else:
        found = pack(np.array(vector["given"], np.int64))
    assert found == vector["packed"]
    np.testing.assert_array_equal(unpack(found), [float(one) for one in vector["unpacked"]])


@given(st.lists(st.lists(NUMBERS, min_size=12, max_size=12), min_size=1, max_size=4))
def test_numbers_come_back_with_their_first_digits(rows: list[list[float]]) -> None:
    for row, column in zip(rows, pack_rows(np.array(rows)), strict=True):
        json.dumps(column, allow_nan=False)
        found, numbers = np.array(unpack(column)), np.array(row)
        known = np.isfinite(numbers)
        np.testing.assert_array_equal(found[~known], numbers[~known])
        limit = RELATIVE_ERROR * np.abs(numbers[known]) * (1 + 1e-9)
        assert (np.abs(found[known] - numbers[known]) <= limit).all()


@given(st.lists(st.integers(-(2**62), 2**62), max_size=20))
def test_steps_stay_exact(steps: list[int]) -> None:
    column = pack_steps(np.array(steps, np.int64))
    exact = column if isinstance(column, list) else [int(one) for one in unpack(column)]
    assert exact == steps or max(map(abs, steps)) > 2**53


@pytest.mark.parametrize(("seconds", "close"), [(10_000, 0.0005), (1e6, 0.05), (1e7, 0.5)])
def test_times_are_close_for_what_the_run_took(seconds: float, close: float) -> None:
    times = np.random.default_rng(3).integers(0, int(seconds * 1e6), 50)
    found = np.array(unpack(pack_times(times)))
    assert np.abs(found - times / 1e6).max() <= close * (1 + 1e-9)


@pytest.mark.parametrize(
    "numbers",
    [np.linspace(0, 1, 100) ** 2 + 0.1, np.geomspace(1e-5, 1, 100), np.full(100, math.pi)],
)
def test_a_number_takes_four_letters(numbers: Any) -> None:
    [column] = pack_rows(numbers[None])
    assert len(json.dumps(column)) <= 4 * len(numbers) + 60


def test_numbers_far_from_zero_keep_what_tells_them_apart() -> None:
    numbers = 123456 + np.random.default_rng(4).random(100)
    [column] = pack_rows(numbers[None])
    assert np.abs(np.array(unpack(column)) - numbers).max() < 1e-6
