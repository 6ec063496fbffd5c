"""What Sacred writes with jsonpickle, taken as plain data: no object is made of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from runfolio.documents import microseconds
from runfolio.schema import Series

MAX_DEPTH: Final = 64
_SEQUENCES: Final = ("py/tuple", "py/set", "py/iterator")


def plain(value: Any, depth: int = 0) -> Any:
    """A value without jsonpickle's marks: tuples and arrays as lists, NumPy's numbers as such."""
    if depth > MAX_DEPTH:
        return "…"
    if isinstance(value, list):
        return [plain(one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    for mark in _SEQUENCES:
        if isinstance(value.get(mark), list):
            return plain(value[mark], depth + 1)
    if str(value.get("py/object")).startswith("numpy."):
        for key in ("value", "values"):
            if key in value:
                return plain(value[key], depth + 1)
    return {key: plain(one, depth + 1) for key, one in value.items() if key != "py/object"}


def is_number(value: Any) -> bool:
    """Whether a value may be a point's."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < 2**1023


def read_series(key: str, found: Any, moment: int) -> tuple[Series, str | None]:
    """The points of one metric, and what is wrong with others; raises `ValueError`.

    A time that can't be read is that of the point before, or `moment` for the first.
    """
    if not isinstance(found, dict):
        raise ValueError(f"the metric {key!r} has no lists")
    steps, values = found.get("steps"), found.get("values")
    if not isinstance(steps, list) or not isinstance(values, list):
        raise ValueError(f"the metric {key!r} has no lists of steps and values")
    given = found.get("timestamps")
    times = list(_read_times(given if isinstance(given, list) else [], len(values), moment))
    kept: list[tuple[int, int, float]] = []
    for step, time, value in zip(steps, times, map(plain, values), strict=False):
        if is_number(value) and _is_step(step):
            kept.append((int(step), time, float(value)))
    lost = max(len(steps), len(values)) - len(kept)
    reason = f"{lost:,} points of the metric {key!r} have no number or step" if lost else None
    columns = tuple(map(list, zip(*kept, strict=True))) if kept else ([], [], [])
    return Series(key, columns[0], columns[1], columns[2]), reason


def _read_times(given: list[Any], count: int, moment: int) -> Iterator[int]:
    last = moment
    for place in range(count):
        told = plain(given[place]) if place < len(given) else None
        found = microseconds(told)
        last = last if found is None else found
        yield last


def _is_step(step: Any) -> bool:
    if isinstance(step, bool) or not isinstance(step, int | float):
        return False
    return math.isfinite(step) and step == int(step) and abs(step) < 2**63
