"""Many numbers become the same texts as one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from runfolio.site.float_texts import float_texts


@given(some.lists(some.floats() | some.floats(-10, 10)))
def test_numbers_are_written_as_python_does(values: list[float]) -> None:
    assert float_texts(values) == list(map(repr, values))


def test_at_every_size() -> None:
    values = [digits * 10.0**power for power in range(-30, 30) for digits in (1, -1.5, 1 / 3)]
    assert float_texts(values) == list(map(repr, values))
