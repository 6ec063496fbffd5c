"""Summaries of metrics against a plain Python version."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.schema import arrow_schema
from runfolio.store.summaries import summarise_metrics

Point = tuple[str, str, int, float]
START = datetime(2026, 1, 1, tzinfo=UTC)

POINTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["loss", "acc", "ü"]),
        st.integers(-3, 3) | st.sampled_from([-(2**63), 2**63 - 1]),
        st.floats(width=64) | st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf, -math.inf]),
    ),
    max_size=40,
)


def table_of(points: list[Point]) -> pa.Table:
    rows = [
        {
            "run_id": run,
            "key": key,
            "step": step,
            "time": START + timedelta(seconds=i),
            "value": value,
        }
        for i, (run, key, step, value) in enumerate(points)
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema("metrics"))


def naive_row(points: list[tuple[int, Point]]) -> dict[str, Any]:
    last = max(points, key=lambda point: (point[1][2], point[0]))
    real = [(place, p) for place, p in points if not math.isnan(p[3])]
    finite = [p[3] for _, p in real if math.isfinite(p[3])]
    low = min(real, key=lambda point: point[1][3], default=None)
    high = max(real, key=lambda point: point[1][3], default=None)
    return {
        "run_id": points[0][1][0],
        "key": points[0][1][1],
        "count": len(points),
        "first": points[0][1][3],
        "last": last[1][3],
        "last_step": last[1][2],
        "last_time": START + timedelta(seconds=last[0]),
        "min": low[1][3] if low else None,
        "min_step": low[1][2] if low else None,
        "max": high[1][3] if high else None,
        "max_step": high[1][2] if high else None,
        "mean": float(sum(map(Fraction, finite)) / len(finite)) if finite else None,
        "nan_count": len(points) - len(real),
        "first_time": START + timedelta(seconds=points[0][0]),
    }


def naive(points: list[Point]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[tuple[int, Point]]] = {}
    for place, point in enumerate(points):
        groups.setdefault(point[:2], []).append((place, point))
    return [naive_row(groups[name]) for name in sorted(groups)]


@given(points=POINTS, block_rows=st.sampled_from([1, 7, 1000]), encoded=st.booleans())
def test_same_as_plain_python(points: list[Point], block_rows: int, encoded: bool) -> None:
    table = table_of(points)
    if encoded:
        table = table.set_column(0, "run_id", table["run_id"].dictionary_encode())
    summary = summarise_metrics(table, block_rows=block_rows)
    assert summary.schema == arrow_schema("summaries")
    rows, expected = summary.to_pylist(), naive(points)
    means = [
        (row.pop("mean"), other.pop("mean")) for row, other in zip(rows, expected, strict=True)
    ]
    largest = max((abs(p[3]) for p in points if math.isfinite(p[3])), default=0.0)
    for mean, other in means:
        assert mean == (
            other if other is None else pytest.approx(other, rel=1e-9, abs=largest * 1e-9 + 5e-324)
        )
    assert [comparable(row) for row in rows] == [comparable(row) for row in expected]


def comparable(row: dict[str, Any]) -> dict[str, Any]:
    """Let NaN equal itself."""
    return {key: "NaN" if value != value else value for key, value in row.items()}


def test_rows_of_one_group_need_not_be_together() -> None:
    halves = [table_of([("b", "x", 0, 1.0)]), table_of([("a", "x", 0, 5.0), ("b", "x", 1, 0.5)])]
    summary = summarise_metrics(pa.concat_tables(halves))
    assert summary.select(["run_id", "count", "last", "min"]).to_pylist() == [
        {"run_id": "a", "count": 1, "last": 5.0, "min": 5.0},
        {"run_id": "b", "count": 2, "last": 0.5, "min": 0.5},
    ]


@pytest.mark.parametrize(("value", "count"), [(1.7e308, 4), (1.7976931348623157e308, 3)])
def test_mean_beyond_the_range_of_a_float(value: float, count: int) -> None:
    summary = summarise_metrics(table_of([("a", "x", i, value) for i in range(count)]))
    assert summary["mean"].to_pylist() == [pytest.approx(value)]
