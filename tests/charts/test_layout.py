"""Text in pictures: shortened in the middle, thinned out and kept apart."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.charts.layout import shorten_middle, spread_apart, text_width, thin_out


def test_wide_letters_take_more_room() -> None:
    assert text_width("iii") < text_width("aaa") < text_width("AAA") < text_width("mmm")
    assert text_width("数据") > text_width("ab")


def test_a_text_that_fits_stays() -> None:
    assert shorten_middle("gb 300", 100) == "gb 300"


def test_both_ends_of_a_long_text_stay() -> None:
    short = shorten_middle("gradient boosting lr=0.2 depth=4", 120)
    assert short.startswith("gradient")
    assert short.endswith("depth=4")
    assert text_width(short) <= 120


def test_no_room_at_all_leaves_the_first_letter() -> None:
    assert shorten_middle("gradient", 1) == "g…"


@given(st.text(max_size=60), st.floats(30, 300))
def test_a_shortened_text_fits(text: str, width: float) -> None:
    assert text_width(shorten_middle(text, width)) <= width


def test_places_apart_stay() -> None:
    assert spread_apart([1.0, 5.0, 3.0], gap=1, low=0, high=6) == [1.0, 5.0, 3.0]


def test_places_too_close_share_their_middle() -> None:
    assert spread_apart([3.0, 3.0], gap=1, low=0, high=6) == [2.5, 3.5]
    assert spread_apart([3.2, 3.0, 0.0], gap=1, low=0, high=6) == pytest.approx([3.6, 2.6, 0.0])


def test_places_stay_within_the_plot() -> None:
    assert spread_apart([6.0, 6.0, 6.0], gap=1, low=0, high=6) == [4.0, 5.0, 6.0]


def test_too_many_places_share_what_there_is() -> None:
    assert spread_apart([0.0] * 5, gap=10, low=0, high=4) == [0, 1, 2, 3, 4]


def test_no_place_is_no_problem() -> None:
    assert spread_apart([], gap=1, low=0, high=1) == []


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_spread_places_are_apart_in_the_same_order(places: list[float]) -> None:
    spread = spread_apart(places, gap=5, low=0, high=100)
    order = sorted(range(len(places)), key=lambda index: places[index])
    along = [spread[index] for index in order]
    assert all(after - before >= 5 - 1e-6 for before, after in itertools.pairwise(along))
    assert min(along) >= -1e-6
    assert max(along) <= 100 + 1e-6


def test_labels_that_would_touch_are_left_out() -> None:
    assert thin_out([20.0, 0.0, 5.0, 10.0], gap=10) == [True, True, False, True]
