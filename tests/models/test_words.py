"""What messages show of names and values stays short, on one line, and moves no cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.models.words import clean, count, list_some, name_all, nearest_name, show


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a  b\n\tc", "a b c"),
        ("red \x1b[31m\u202e", "red \\x1b[31m\\u202e"),
        ("Größe in µm", "Größe in µm"),
        ("\ud800", "\\ud800"),
        ("", ""),
    ],
)
def test_a_text_is_on_one_line_and_moves_no_cursor(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(max_size=500), st.integers(2, 60))
def test_whatever_a_text_holds_it_is_short_and_printable(text: str, most: int) -> None:
    assert len(clean(text, most)) <= most
    assert clean(text, most).isprintable()
    assert len(show(text, most)) <= most


def test_values_are_shown_as_python_writes_them() -> None:
    import numpy as np

    assert show("a\n") == "'a\\n'"
    assert show(np.float64(1.5)) == "1.5"
    assert show(list(range(100)), 12) == "[0, 1, 2, 3…"


def test_the_first_few_of_many_are_listed() -> None:
    assert name_all("ab") == "'a', 'b'"
    assert name_all(range(1010)) == "0, 1, 2, 3, 4, 5, 6, 7 and 1,002 more"
    assert list_some([]) == ""
    assert (count(1, "column"), count(1200, "column")) == ("1 column", "1,200 columns")


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest_name("WINES", ["beer", "Wine"]) == "Wine"
    assert nearest_name("water", ["beer", "wine"]) is None
