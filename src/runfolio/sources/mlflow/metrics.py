"""The files of MLflow's metrics: one line a point, ``time value step`` and maybe more."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from runfolio.schema import STEPS, Series

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

_SECONDS: Final = (10**9, 10**10)
"""Times of ten digits are seconds, which MLflow wrote before 1.0; later ones have thirteen."""

LAST_TIME: Final = 253_402_300_799_999
"""Milliseconds since 1970 at the end of the year 9999."""


_DIGITS: Final = b"0123456789 .+-e\n"
_LETTERS: Final = b"infa"
"""What lines are made of that can be read all at once, with the letters of NaN and infinities."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The points of a metric file, and what is wrong with the lines that hold none."""

    times: Ints
    values: Floats
    steps: Ints
    problem: str | None = None

    def series(self, key: str) -> Series:
        """The points as a series, with times in microseconds."""
        return make_series(key, self.steps, self.times, self.values)


def make_series(key: str, steps: Ints, times: Ints, values: Floats) -> Series:
    """A series of MLflow's points, whose times are milliseconds, or seconds before MLflow 1.0."""
    low, high = _SECONDS
    early = len(times) and low <= times.min() and times.max() < high
    scaled = times * (1_000_000 if early else 1000)
    return Series(key, steps, scaled, values)


def read_files(contents: Sequence[bytes]) -> list[Lines]:
    """The points of metric files, as `read_lines` of each; many at once take less time."""
    if not all(content.endswith(b"\n") for content in contents):
        return [read_lines(content) for content in contents]
    table = _read_table(b"".join(contents))
    bounds = np.cumsum([0, *(content.count(b"\n") for content in contents)])
    if table is None or len(table.times) != bounds[-1]:
        return [read_lines(content) for content in contents]
    parts = [slice(start, end) for start, end in itertools.pairwise(bounds)]
    return [Lines(table.times[one], table.values[one], table.steps[one]) for one in parts]


def _read_table(content: bytes) -> Lines | None:
    """Lines of three numbers, None for all others; Arrow reads them ten times as fast."""
    import pyarrow as pa
    from pyarrow import csv

    if content.translate(None, _DIGITS).strip(_LETTERS):
        return None
    types = {"time": pa.int64(), "value": pa.float64(), "step": pa.int64()}
    read = csv.ReadOptions(use_threads=False, column_names=list(types))
    parse = csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False)
    convert = csv.ConvertOptions(column_types=types, null_values=[], check_utf8=False)
    try:
        table = csv.read_csv(pa.py_buffer(content), read, parse, convert)
    except pa.ArrowInvalid:
        return None
    times, values, steps = (column.to_numpy() for column in table.columns)
    return Lines(times, values, steps) if _are_dates(times) else None


def read_lines(content: bytes) -> Lines:
    """The points of a metric file.

    Before MLflow 1.0 lines had no step; these get their place in the file as step. A last line
    without an end is one that was not written to its end, and holds no point.
    """
    end = content.rfind(b"\n") + 1
    torn = "its last line is cut off" if content[end:].strip() else None
    whole = content[:end]
    try:
        return _read_even(whole, torn) or _read_each(whole, torn)
    except (ValueError, OverflowError):
        return _read_each(whole, torn)


def _read_even(content: bytes, torn: str | None) -> Lines | None:
    """All lines at once where they have as many fields each, else None; or raises."""
    fields = _count_fields(content)
    if fields is None:
        return None
    words = content.split()
    times = np.array([int(word) for word in words[::fields]], np.int64)
    values = np.array([float(word) for word in words[1::fields]], np.float64)
    if fields == 2:
        steps = np.arange(len(times), dtype=np.int64)
    else:
        steps = np.array([int(word) for word in words[2::fields]], np.int64)
    return Lines(times, values, steps, torn) if _are_dates(times) else None


def _are_dates(times: Ints) -> bool:
    return not len(times) or bool(times.min() >= -LAST_TIME and times.max() <= LAST_TIME)


def _count_fields(content: bytes) -> int | None:
    """How many fields each line has, if they are divided by single spaces and equally many."""
    letters = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(letters == 10)
    gaps = np.flatnonzero(letters == 32)
    if not len(ends) or len(gaps) % len(ends) or not len(gaps):
        return None
    per_line = len(gaps) // len(ends)
    table = gaps.reshape(len(ends), per_line)
    inside = (table[:, -1] < ends).all() and (table[1:, 0] > ends[:-1]).all()
    whole = len(content.split()) == (per_line + 1) * len(ends)
    return per_line + 1 if inside and whole else None


def _read_each(content: bytes, torn: str | None) -> Lines:
    points: list[tuple[int, float, int]] = []
    wrong: list[str] = []
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            points.append(_read_line(line.split(), number - 1))
        except ValueError as error:
            wrong.append(f"line {number} {error}")
    wrong += [torn] if torn else []
    times, values, steps = zip(*points, strict=True) if points else ((), (), ())
    return Lines(
        np.array(times, np.int64),
        np.array(values, np.float64),
        np.array(steps, np.int64),
        describe_wrong(wrong),
    )


def describe_wrong(wrong: Sequence[str]) -> str | None:
    """The first of some problems, with how many more there are."""
    if not wrong:
        return None
    more = len(wrong) - 1
    return wrong[0] + (f", and {more} more {'is' if more == 1 else 'are'} wrong" if more else "")


def _read_line(words: list[bytes], place: int) -> tuple[int, float, int]:
    if len(words) < 2:
        raise ValueError(f"has {len(words)} fields instead of 3")
    time = _read_whole(words[0], "time")
    if not -LAST_TIME <= time <= LAST_TIME:
        raise ValueError(f"has the time {time}, which no calendar has")
    try:
        value = float(words[1])
    except ValueError:
        raise ValueError(f"has the value {_show(words[1])}, which is no number") from None
    step = _read_whole(words[2], "step") if len(words) > 2 else place
    if step not in STEPS:
        raise ValueError(f"has the step {step}, which is too large")
    return time, value, step


def _read_whole(word: bytes, what: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise ValueError(f"has the {what} {_show(word)}, which is no whole number") from None


def _show(word: bytes) -> str:
    return repr(word[:40].decode(errors="replace"))
