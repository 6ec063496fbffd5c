"""Tables of any kind as Arrow tables that Parquet can keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runfolio.errors import InvalidValue

if TYPE_CHECKING:
    import pyarrow as pa

_ACCEPTED = "Give a DataFrame, an Arrow or Polars table, a dict of columns or a list of rows."


def table_to_arrow(table: Any) -> pa.Table:
    """`table` as an Arrow table with columns named apart and of types that Parquet can keep.

    Takes a pandas DataFrame or Series (its index only if named), an Arrow table or record batch,
    a Polars table, a dict of equally long columns, or a list of dicts. A column whose values are
    of several types becomes text. Raises `InvalidValue` for anything else.
    """
    import pyarrow as pa

    columns = _find_columns(table)
    lengths = {len(values) for _, values in columns}
    if len(lengths) > 1:
        found = ", ".join(f"{name!r} has {len(values)}" for name, values in columns[:5])
        raise InvalidValue(f"The columns of a table must be equally long: {found}.")
    names = _distinct([str(name).encode(errors="replace").decode() for name, _ in columns])
    return pa.table([_column(values) for _, values in columns], names=names)


def _find_columns(table: Any) -> list[tuple[Any, Any]]:
    if any(base.__module__.startswith("pandas.") for base in type(table).__mro__):
        return _pandas_columns(table)
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return _arrow_columns(table)
    if isinstance(table, Mapping) and all(map(_is_column, table.values())):
        return list(table.items())
    if isinstance(table, list | tuple) and all(isinstance(row, Mapping) for row in table):
        names = dict.fromkeys(name for row in table for name in row)
        return [(name, [row.get(name) for row in table]) for name in names]
    raise InvalidValue(
        f"A table can't be made of a {type(table).__module__}.{type(table).__qualname__}. "
        f"{_ACCEPTED}"
    )


def _is_column(values: Any) -> bool:
    """Whether `values` are several in an order; a tensor without a dimension is not."""
    sized = hasattr(values, "__len__") and getattr(values, "ndim", 1) > 0
    return sized and not isinstance(values, str | bytes | Mapping | set | frozenset)


def _pandas_columns(table: Any) -> list[tuple[Any, Any]]:
    import pandas as pd

    if isinstance(table, pd.Series):
        table = table.to_frame("value" if table.name is None else table.name)
    if not isinstance(table, pd.DataFrame):
        raise InvalidValue(f"A table can't be made of a pandas {type(table).__name__}. {_ACCEPTED}")
    index = table.index
    levels = [(name, index.get_level_values(at)) for at, name in enumerate(index.names)]
    named = [(name, values) for name, values in levels if name is not None]
    return named + [(name, table.iloc[:, at]) for at, name in enumerate(table.columns)]


def _arrow_columns(table: Any) -> list[tuple[Any, Any]]:
    import pyarrow as pa

    try:
        arrow = pa.table(table)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise InvalidValue(f"A table can't be made of {type(table).__name__}: {error}.") from None
    return list(zip(arrow.column_names, arrow.columns, strict=True))


def _column(values: Any) -> Any:
    """An Arrow array of `values`, as text where they share no type that Parquet can keep."""
    import pyarrow as pa

    try:
        array = values if isinstance(values, pa.ChunkedArray) else _array(values)
        if _can_be_kept(array.type):
            return array
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        pass
    listed = values.to_pylist() if isinstance(values, pa.ChunkedArray) else list(values)
    return pa.array([None if _is_missing(value) else _text(value) for value in listed], pa.string())


def _array(values: Any) -> Any:
    import pyarrow as pa

    for step in ("detach", "cpu"):
        values = getattr(values, step)() if hasattr(values, step) else values
    pandas = any(base.__module__.startswith("pandas.") for base in type(values).__mro__)
    return pa.array(values, from_pandas=True) if pandas else pa.array(values)


def _can_be_kept(kind: Any) -> bool:
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType) or pa.types.is_union(kind):
        return False
    if pa.types.is_interval(kind) or (pa.types.is_struct(kind) and kind.num_fields == 0):
        return False
    if pa.types.is_dictionary(kind):
        return _can_be_kept(kind.value_type)
    return all(_can_be_kept(kind.field(at).type) for at in range(kind.num_fields))


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def _text(value: Any) -> str:
    return str(value).encode(errors="replace").decode()


def _distinct(names: Sequence[str]) -> list[str]:
    """`names` with a number behind those that repeat, since most readers refuse them."""
    taken = set(names)
    seen: set[str] = set()
    return [_unused(name, seen, taken) for name in names]


def _unused(name: str, seen: set[str], taken: Iterable[str]) -> str:
    free, number = name, 2
    while free in seen or (free != name and free in taken):
        free = f"{name}_{number}"
        number += 1
    seen.add(free)
    return free
