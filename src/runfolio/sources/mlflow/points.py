"""The points of all runs in a database, put together to series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

import numpy as np

from runfolio.schema import STEPS, Series
from runfolio.sources.databases import Database
from runfolio.sources.mlflow.metrics import LAST_TIME, Floats, Ints, make_series

Row = tuple[Any, ...]

_BATCH: Final = 50_000
_LARGEST: Final = float(np.finfo(np.float64).max)


def read_points(database: Database) -> Points:
    """The points of all runs. Texts stay bytes meanwhile, which takes a third of the time."""
    columns = ("run_uuid", "key", "value", "is_nan", "timestamp", "step")
    points = Points(stepless="step" not in database.tables.get("metrics", ()))
    connection = database.connection
    decode, connection.text_factory = connection.text_factory, bytes
    try:
        rows = database.rows("metrics", *columns)
        while batch := list(islice(rows, _BATCH)):
            points.add(batch)
    finally:
        connection.text_factory = decode
    return points


class Points:
    """Gathers rows ``(run, key, value, is_nan, time, step)`` in arrays, and makes series of them.

    Runs and keys are bytes, to be decoded once each. Without steps, which MLflow's databases lack
    before 1.0, points are numbered.
    """

    def __init__(self, *, stepless: bool = False) -> None:
        self.wrong = 0
        """How many rows were no points."""
        self._stepless = stepless
        self._codes: dict[tuple[bytes, bytes], int] = {}
        self._parts: list[tuple[Ints, Floats, Ints, Ints]] = []

    def add(self, rows: Sequence[Row]) -> None:
        """Add the rows that are points and count the others."""
        if self._stepless:
            rows = [(*row[:5], 0) for row in rows]
        good = rows if _are_points(rows) else [row for row in rows if _is_point(row)]
        self.wrong += len(rows) - len(good)
        if not good:
            return
        runs, keys, values, nans, times, steps = zip(*good, strict=True)
        codes = self._codes
        pairs = [codes.setdefault(pair, len(codes)) for pair in zip(runs, keys, strict=True)]
        self._parts.append(
            (
                np.array(pairs, np.int64),
                _read_values(values, nans),
                np.array(times, np.int64),
                np.array(steps, np.int64),
            )
        )

    def series(self) -> dict[str, list[Series]]:
        """The series of each run, by its id, with their points in the order they were added."""
        found: dict[str, list[Series]] = defaultdict(list)
        if not self._parts:
            return found
        codes, values, times, steps = map(np.concatenate, zip(*self._parts, strict=True))
        order = np.argsort(codes, kind="stable")
        values, times, steps = values[order], times[order], steps[order]
        bounds = np.searchsorted(codes[order], np.arange(len(self._codes) + 1))
        for (run, key), start, end in zip(self._codes, bounds[:-1], bounds[1:], strict=True):
            part = slice(start, end)
            numbered = np.arange(end - start) if self._stepless else steps[part]
            name = key.decode(errors="replace")
            found[run.decode(errors="replace")].append(
                make_series(name, numbered, times[part], values[part])
            )
        return found


def _are_points(rows: Sequence[Row]) -> bool:
    """Whether all rows are points, which takes no Python code a row."""
    runs, keys, values, _, times, steps = zip(*rows, strict=True)
    return (
        {*map(type, runs), *map(type, keys)} == {bytes}
        and set(map(type, values)) <= {float, int}
        and {*map(type, times), *map(type, steps)} == {int}
        and min(times) >= -LAST_TIME
        and max(times) <= LAST_TIME
    )


def _is_point(row: Row) -> bool:
    run, key, value, _, time, step = row
    return (
        isinstance(run, bytes)
        and isinstance(key, bytes)
        and isinstance(value, float | int | None)
        and isinstance(time, int)
        and -LAST_TIME <= time <= LAST_TIME
        and isinstance(step, int)
        and step in STEPS
    )


def _read_values(values: Sequence[Any], nans: Sequence[Any]) -> Floats:
    """Values as MLflow meant them: NaN is kept apart, and infinities as the largest numbers."""
    read = np.array(values, np.float64)  # None, which old versions wrote for NaN, becomes NaN
    if any(nans):
        read[np.array([bool(one) for one in nans])] = np.nan
    read[read >= _LARGEST] = np.inf
    read[read <= -_LARGEST] = -np.inf
    return read
