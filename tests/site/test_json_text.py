"""Documents become the same JSON however unusual what they hold is."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from runfolio.site.json_text import encode_ascii, encode_unicode

texts = some.text() | some.text('\x00\x1f\x7f\x80é\u2028\ud800😀"\\\\')
documents = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | texts,
    lambda inner: some.lists(inner, max_size=5) | some.dictionaries(texts, inner, max_size=5),
    max_leaves=10,
)


@given(documents)
def test_what_is_written_is_read_again(document: Any) -> None:
    assert json.loads(encode_ascii(document)) == plain(document)


@given(documents)
def test_ascii_has_no_control_characters(document: Any) -> None:
    assert all(" " <= letter <= "~" for letter in encode_ascii(document))


@given(documents)
def test_unicode_is_unicode(document: Any) -> None:
    json.loads(encode_unicode(document).encode())


@pytest.mark.parametrize("beside", [0, 2**70, "\ud800"])
def test_numbers_that_are_not_finite_become_null(beside: Any) -> None:
    document = [math.nan, math.inf, -math.inf, beside]
    assert json.loads(encode_ascii(document)) == [None, None, None, beside]


def test_numbers_of_any_size_are_exact() -> None:
    numbers = [2**63, -(2**70), 1e22, 1e-7, 5e-324, 0.1, -0.0, 1e16]
    found = json.loads(encode_ascii(numbers))
    assert list(map(repr, found)) == list(map(repr, numbers))


def plain(value: Any) -> Any:
    """What JSON holds of a value: no number that is not finite, and one way to write a text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):  # two halves of a character that meet are one
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items()}
    return value
