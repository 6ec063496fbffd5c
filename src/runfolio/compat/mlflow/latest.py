"""Which point of a metric is its last: of several at one step MLflow takes another than we do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store import StoreTables


def choose_last(tables: StoreTables) -> pa.Table:
    """The summaries of one run, with the last points that MLflow chooses.

    Of the points of the greatest step it takes the latest by their own time, and of those the one
    of the largest value, whenever they were logged.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    summaries = tables.summaries
    places = pc.index_in(tables.metrics["key"], summaries["key"].combine_chunks())
    steps = summaries["last_step"].combine_chunks().take(places.combine_chunks())
    points = tables.metrics.filter(pc.equal(tables.metrics["step"], steps))
    if points.num_rows == summaries.num_rows:
        return summaries
    best: dict[str, tuple[int, float]] = {}
    times = pc.divide(points["time"].cast(pa.int64()), 1000).to_pylist()
    values = points["value"].to_pylist()
    for key, *point in zip(points["key"].to_pylist(), times, values, strict=True):
        best[key] = max(best.get(key, tuple(point)), tuple(point), key=_rank)
    chosen = [best[key] for key in summaries["key"].to_pylist()]
    for name, column in (
        ("last", [value for _, value in chosen]),
        ("last_time", [time * 1000 for time, _ in chosen]),
    ):
        field = summaries.schema.field(name)
        place = summaries.schema.get_field_index(name)
        summaries = summaries.set_column(place, field, pa.array(column, field.type))
    return summaries


def _rank(point: tuple[int, float]) -> tuple[int, bool, float]:
    """What to order points of one step by; what is no number comes first."""
    time, value = point
    wrong = value is None or math.isnan(value)
    return time, not wrong, 0.0 if wrong else value
