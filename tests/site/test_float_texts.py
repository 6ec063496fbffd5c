"""Many numbers become the same texts as one by one."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as some

from runfolio.site.float_texts import float_texts, is_plain
from runfolio.site.workspace import browser_text

NUMBERS = some.none() | some.floats() | some.floats(-10, 10)


def write_one_by_one(values: list[float | None]) -> list[str | None]:
    return [None if value is None else repr(value) for value in values]


@given(some.lists(NUMBERS))
def test_numbers_are_written_as_python_does(values: list[float | None]) -> None:
    written = float_texts(pa.array(values, pa.float64()))
    assert written.to_pylist() == write_one_by_one(values)


def test_at_every_size() -> None:
    digits = (1, -1.5, 1 / 3, 0.1 + 0.2)
    values: list[float | None] = [one * 10.0**power for power in range(-30, 30) for one in digits]
    assert float_texts(pa.array(values)).to_pylist() == write_one_by_one(values)


@given(some.lists(some.floats(allow_nan=False) | some.floats(-10, 10)))
def test_what_is_plain_is_written_as_a_browser_does(values: list[float]) -> None:
    numbers = pa.array(values, pa.float64())
    plain = is_plain(numbers.to_numpy())
    for value, text in zip(values, numbers.cast(pa.string()).to_pylist(), strict=True):
        assert not plain[values.index(value)] or text == browser_text(value)
