"""Numbers, sizes and counts as text."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.site.numbers import format_bytes, format_count, format_number

VECTORS = Path(__file__).parents[1] / "vectors" / "numbers.json"


@pytest.mark.parametrize(("value", "text"), json.loads(VECTORS.read_text()))
def test_same_as_the_browser(value: float | str | None, text: str) -> None:
    assert format_number(float(value) if isinstance(value, str) else value) == text


@given(st.floats(-1e308, 1e308))
def test_text_is_the_number_to_four_digits(value: float) -> None:
    assert math.isclose(float(format_number(value)), value, rel_tol=6e-4, abs_tol=1e-323)


class Unusual(float):
    """A number that takes the way of those that few runs have."""


def test_the_usual_way_is_the_exact_one() -> None:
    chance = Random(1)
    for _ in range(100_000):
        value = chance.uniform(-1, 1) * 10 ** chance.randint(-6, 4)
        for one in (value, round(value, chance.randint(0, 6))):
            assert format_number(one) == format_number(Unusual(one))


@pytest.mark.parametrize("value", [0.00015625, 0.03125, 1.0625, 100.25, 8.03125, 999.95, 1e-4, 5.0])
def test_halves_go_away_from_zero(value: float) -> None:
    for one in (value, -value, math.nextafter(value, 0), math.nextafter(value, 9999)):
        assert format_number(one) == format_number(Unusual(one))


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1.00012345, 6, "1.00012"), (10**400, 4, "1e400"), (0.1, 17, "0.10000000000000001")],
)
def test_more_digits_and_long_integers(value: float, digits: int, text: str) -> None:
    assert format_number(value, digits=digits) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1234, "1.23 kB"),
        (12_345, "12.3 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (4_500_000, "4.5 MB"),
        (10**21, "1000000 PB"),
    ],
)
def test_bytes(size: int, text: str) -> None:
    assert format_bytes(size) == text


def test_count() -> None:
    assert format_count(4898) == "4,898"
