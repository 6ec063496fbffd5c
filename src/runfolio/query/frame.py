"""Runs as a pandas table: attributes, then parameters, metrics and tags, each in a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidValue
from runfolio.query.columns import StoreColumns, param_values
from runfolio.query.language.syntax import AGGREGATES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

ATTRIBUTES: Final = (
    "run_id",
    "experiment",
    "name",
    "status",
    "start_time",
    "end_time",
    "duration",
    "parent_id",
    "note",
    "host",
    "user",
    "source",
    "git_commit",
    "git_branch",
    "git_dirty",
)

_EXACT_IN_FLOAT: Final = 2**53


def make_frame(
    columns: StoreColumns, chosen: np.ndarray, *, aggregates: Sequence[str] = ()
) -> pd.DataFrame:
    """The runs of the places `chosen`, in that order.

    Columns: `ATTRIBUTES`; ``params.NAME`` with the parameters' types; ``metrics.NAME``, the last
    values; ``metrics.NAME.min`` and so on for each of `aggregates`; ``tags.NAME``. Times are
    aware, in UTC. What a run doesn't have is missing: NaN, NaT or None.
    """
    import pandas as pd

    for aggregate in aggregates:
        check_aggregate(aggregate)
    taking = _Taking(columns, chosen)
    data: dict[str, Any] = {name: taking.attribute(name) for name in ATTRIBUTES}
    for key in columns.params.keys:
        data |= taking.param(key)
    for key in columns.metrics.keys:
        for aggregate in ("last", *aggregates):
            name = _metric_column(key, aggregate)
            values, present = columns.metric(key, aggregate)
            if present[chosen].any():
                data.setdefault(name, values[chosen])
    for key in columns.tags.keys:
        data |= taking.tag(key)
    return pd.DataFrame(data, index=pd.RangeIndex(len(chosen)), copy=False)


def find_absent(
    columns: StoreColumns, chosen: np.ndarray, *, aggregates: Sequence[str] = ()
) -> Mapping[str, np.ndarray]:
    """For each column of a parameter or metric in `make_frame` the runs that don't have it.

    In the table both what is missing and a NaN that was logged are NaN.
    """
    import numpy as np

    absent: dict[str, np.ndarray] = {}
    for key in columns.params.keys:
        absent[f"params.{key}"] = ~np.isin(chosen, columns.params.rows(key)[0])
    for key in columns.metrics.keys:
        for aggregate in ("last", *aggregates):
            name = _metric_column(key, aggregate)
            missing = ~columns.metric(key, aggregate)[1][chosen]
            if not missing.all():
                absent.setdefault(name, missing)
    return absent


def _metric_column(key: str, aggregate: str) -> str:
    return f"metrics.{key}" if aggregate == "last" else f"metrics.{key}.{aggregate}"


def check_aggregate(aggregate: object) -> str:
    """Return the name of an aggregate; raise `InvalidValue` when there is none of it."""
    if isinstance(aggregate, str) and aggregate in AGGREGATES:
        return aggregate
    raise InvalidValue(
        f"Unknown aggregate {aggregate!r} of metrics. Choose from {', '.join(AGGREGATES)}."
    )


class _Taking:
    """Columns of the chosen runs; a key that none of them has makes no column."""

    def __init__(self, columns: StoreColumns, chosen: np.ndarray) -> None:
        import numpy as np

        self._columns = columns
        self._chosen = chosen
        self._place = np.full(columns.count, -1, np.int64)
        self._place[chosen] = np.arange(len(chosen))

    def attribute(self, name: str) -> Any:
        import pandas as pd
        import pyarrow as pa

        array = self._columns.attribute(name).take(pa.array(self._chosen))
        if pa.types.is_timestamp(array.type):
            moments = array.cast(pa.int64()).to_numpy(zero_copy_only=False)
            return pd.to_datetime(pd.Series(moments), unit="us", utc=True).dt.as_unit("us")
        return array.to_numpy(zero_copy_only=False)

    def tag(self, key: str) -> Mapping[str, Any]:
        values = self._columns.tag(key)[self._chosen]
        return {f"tags.{key}": values} if any(value is not None for value in values) else {}

    def param(self, key: str) -> Mapping[str, Any]:
        runs, rows = self._columns.params.rows(key)
        places = self._place[runs]
        kept = places >= 0
        if not kept.any():
            return {}
        table = self._columns.params.table.select(["kind", "text", "number"])
        values = _typed(table.take(rows[kept]), places[kept], len(self._chosen))
        return {f"params.{key}": values}


def _typed(found: pa.Table, places: np.ndarray, count: int) -> np.ndarray:
    """A column of parameters: of integers, of floats, of bools, or else of objects."""
    import numpy as np

    said = set(found["kind"].unique().to_pylist())
    if said <= {"int", "float"}:
        column = np.full(count, np.nan)
        column[places] = found["number"].to_numpy()
        whole = said == {"int"} and len(places) == count
        if whole and np.all(np.abs(column) < _EXACT_IN_FLOAT):
            return column.astype(np.int64)
        return column
    if said == {"bool"} and len(places) == count:
        flags = np.zeros(count, np.bool_)
        flags[places] = [text == "true" for text in found["text"].to_pylist()]
        return flags
    objects = np.full(count, None, object)
    if said == {"string"}:
        objects[places] = found["text"].to_numpy()
    else:
        objects[places] = _as_objects(param_values(*found.to_pydict().values()))
    return objects


def _as_objects(values: Iterable[Any]) -> np.ndarray:
    import numpy as np

    listed = list(values)
    objects = np.empty(len(listed), object)
    objects[:] = listed
    return objects
