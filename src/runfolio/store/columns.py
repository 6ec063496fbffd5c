"""Small tables as columns of strict JSON, from which thousands are put together in one go."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from runfolio.schema import FILLED, TABLES, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

Columns = dict[str, list[Any]]

OVERVIEW: Final = ("run", "params", "tags", "summaries", "inputs")
"""The tables that a search needs."""

LEFT_OUT: Final = {"run": ("context",), "inputs": ("schema", "profile")}
"""Long columns that no search asks for."""


UNEXPECTED: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What records and overviews raise that are not as Runfolio writes them."""


@cache
def overview_columns(table: str) -> tuple[str, ...]:
    """The names of the columns of a store table that an overview holds, but for ``run_id``."""
    left_out = ("run_id", *LEFT_OUT.get(table, ()))
    return tuple(column.name for column in TABLES[table] if column.name not in left_out)


def to_columns(table: pa.Table, name: str) -> Columns:
    """The columns of a store table of one run; times are microseconds since 1970."""
    import pyarrow as pa

    columns: Columns = {}
    for column in overview_columns(name):
        values = table[column]
        if pa.types.is_timestamp(values.type):
            values = values.cast(pa.int64())
        columns[column] = values.to_pylist()
        if pa.types.is_floating(values.type):
            columns[column] = [_encode(value) for value in columns[column]]
    return columns


def make_overview(tables: Mapping[str, pa.Table]) -> dict[str, Columns]:
    """What a search needs of one run, from its tables."""
    return {name: to_columns(tables[name], name) for name in OVERVIEW}


def from_columns(runs: Iterable[tuple[str, Mapping[str, Columns]]], name: str) -> pa.Table:
    """One table of the overviews of many runs, given as run ids and their tables' columns.

    Raises one of `UNEXPECTED` where an overview holds what the table can't.
    """
    import pyarrow as pa

    schema = arrow_schema(name)
    ids: list[str] = []
    gathered: Columns = {column: [] for column in overview_columns(name)}
    for run_id, tables in runs:
        for column, values in gathered.items():
            values += tables[name][column]
        ids += [run_id] * (len(values) - len(ids))
    empty = [one for one in FILLED[name] if None in gathered.get(one, ())]
    if empty:
        raise ValueError(f"a row of {name} lacks its {empty[0]}")
    arrays = [_array(gathered[one], schema.field(one).type) for one in gathered]
    fields = [schema.field("run_id"), *(schema.field(one) for one in gathered)]
    return pa.Table.from_arrays([pa.array(ids, pa.string()), *arrays], schema=pa.schema(fields))


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_floating(kind):
        values = [float(value) if type(value) is str else value for value in values]
    return pa.array(values, kind)


def _encode(value: float | None) -> float | str | None:
    """JSON has no NaN and no infinities: they are kept as text."""
    return value if value is None or math.isfinite(value) else repr(value)
