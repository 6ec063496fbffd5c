"""Characters that a page can't hold, that nobody sees, or that deceive."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.site.controls import is_plain, show_controls

PAIRS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "deceiving.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("text", "shown"), PAIRS)
def test_what_deceives_shows_as_its_code(text: str, shown: str) -> None:
    assert show_controls(text) == shown


def test_control_characters_become_pictures() -> None:
    assert show_controls("a\0b\x1b[0m\r\nc\td\x85\ud800\uffff") == "a␀b␛[0m\nc\td���"


@given(st.text())
def test_a_text_that_was_shown_stays_as_it_is(text: str) -> None:
    assert show_controls(show_controls(text)) == show_controls(text)


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"], max_codepoint=0x2FF)))
def test_what_everybody_sees_stays(text: str) -> None:
    assert show_controls(text) == text


def test_no_character_of_format_stays_among_latin_letters() -> None:
    formats = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    assert len(formats) > 150
    seen_by_everybody = {
        *map(chr, range(0x0600, 0x0606)),  # Arabic signs that hold numbers
        *"\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd",
        *map(chr, range(0x13430, 0x13440)),  # what arranges hieroglyphs
    }
    assert [one for one in formats if one in show_controls(f"a{one}b")] == [
        one for one in formats if one in seen_by_everybody
    ]


@pytest.mark.parametrize("code", [*range(0x300), *range(0x2000, 0x2100), 0xD800, 0xE0101, 0xFFFF])
def test_what_is_plain_is_what_no_part_of_a_text_changes(code: int) -> None:
    alone = show_controls(chr(code))
    assert is_plain(f"a {chr(code)} ü") == is_plain(chr(code)) == (alone == chr(code))
