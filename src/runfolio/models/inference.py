"""Signatures inferred from data: the columns or arrays that it has, their types and shapes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from runfolio.errors import InvalidValue
from runfolio.models.nesting import ANY, Type, is_missing, type_of, type_of_items
from runfolio.models.signature import Column, Field, Parameter, Signature, Tensor
from runfolio.models.words import name_one, show

KNOWN: Final = (
    "a DataFrame, a Series, an array or a dict of arrays, a sparse matrix, a dict or list of "
    "plain values, or one of them"
)

NUMBERS: Final = {"integer", "long", "float", "double"}


def infer_signature(data: Any, predictions: Any = None, params: Any = None) -> Signature:
    """Infer what a model takes from `data`, what it gives from `predictions`, and parameters.

    Either is a pandas DataFrame or Series, a NumPy array or a dict of them, a sparse matrix, a list
    of dicts, a dict or list of plain values, or one value. Arrays have types and shapes with any
    number of rows, everything else columns with types, which are optional where values are missing.
    A dict of values or lists is one row. `params` is a dict of parameters with their defaults.

    The result is that of ``mlflow.models.infer_signature`` but for this: a column of values of
    several types is of the type "any" where MLflow gives up on all columns, columns that are called
    by numbers have no names, and columns without names are never optional, as MLflow refuses to
    read those. Raises `InvalidValue` for data of another kind and for parameters that are none.
    """
    return Signature(
        None if data is None else infer_fields(data),
        None if predictions is None else infer_fields(predictions),
        infer_params(params) if params else None,
    )


def infer_fields(data: Any) -> tuple[Field, ...]:
    """The columns or arrays of data; raises `InvalidValue`."""
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return _infer_frame(data)
    if isinstance(data, pd.Series):
        return _infer_frame(data.to_frame())
    if isinstance(data, np.ndarray):
        return (_infer_array(data, None),)
    if is_sparse(data):
        return (_infer_array(data, None),)
    if isinstance(data, Mapping):
        return _infer_dict(data)
    if isinstance(data, list):
        return _infer_list(data)
    try:
        return (Column(None, _plain(type_of(data))),)
    except ValueError:
        raise InvalidValue(
            f"No signature can be inferred from a {type(data).__qualname__}. Give {KNOWN}."
        ) from None


def is_sparse(data: Any) -> bool:
    """Whether data is a sparse matrix of SciPy's, by rows or columns."""
    named = type(data).__module__.startswith("scipy.sparse")
    return named and getattr(data, "format", None) in ("csr", "csc")


def infer_params(params: Any) -> tuple[Parameter, ...]:
    """Parameters of predict from a dict of their defaults; raises `InvalidValue`."""
    if not isinstance(params, Mapping):
        raise InvalidValue(
            f"Parameters are a dict of names and defaults, not {type(params).__qualname__}."
        )
    return tuple(_infer_param(str(name), value) for name, value in params.items())


def _infer_array(array: Any, name: str | None) -> Tensor:
    if array.ndim == 0:
        raise InvalidValue(
            "No signature can be inferred from an array without rows: its shape is (). "
            "Give an array with a row for each case."
        )
    flexible = {"U": "str", "S": "bytes"}  # whose names have a length in them
    dtype = flexible.get(array.dtype.char, array.dtype.name)
    return Tensor(name, dtype, (-1, *map(int, array.shape[1:])))


def _infer_frame(frame: Any) -> tuple[Field, ...]:
    names = [one if isinstance(one, str) else None for one in frame.columns]
    named = any(one is not None for one in names)
    if not names:
        raise InvalidValue("No signature can be inferred from a table without columns.")
    if named and len(set(frame.columns)) < len(names):
        twice = next(one for one in names if list(frame.columns).count(one) > 1)
        raise InvalidValue(
            f"The table has two columns {name_one(twice)}. Give each a name of its own."
        )
    columns = [frame.iloc[:, at] for at in range(len(names))]
    called = map(str, frame.columns) if named else names
    return tuple(
        Column(name, _type_of_column(one), not (named and any(map(is_missing, one))))
        for name, one in zip(called, columns, strict=True)
    )


def _type_of_column(column: Any) -> str | Mapping[str, Any]:
    """The type of a Series; "any" for what MLflow has no type for."""
    from pandas.api.types import is_string_dtype

    column = column.infer_objects() if column.dtype.kind == "O" else column
    if column.dtype.kind != "O":
        return type_of_dtype(column.dtype) or "any"
    try:
        found = type_of_items(column.to_list())
    except ValueError:
        found = None
    if found is None:
        return "string" if is_string_dtype(column) else "any"
    return _plain(found["items"])


def type_of_dtype(dtype: Any) -> str | None:
    """The type of columns for a type of NumPy or pandas, None where there is none."""
    kind, size = dtype.kind, dtype.itemsize
    if kind in "iu":
        bits = size * 8 + (kind == "u")  # an unsigned number needs a bit more
        return "integer" if bits <= 32 else "long" if bits <= 64 else None
    if kind == "f":
        return "float" if size <= 4 else "double" if size <= 8 else None
    return {"b": "boolean", "U": "string", "S": "binary", "M": "datetime"}.get(kind)


def _infer_dict(data: Mapping[Any, Any]) -> tuple[Field, ...]:
    import numpy as np

    if not data or not all(isinstance(name, str) for name in data):
        raise InvalidValue("A dict of data has a text for each key. Name its columns or arrays.")
    if all(isinstance(one, np.ndarray) for one in data.values()):
        return tuple(_infer_array(one, name) for name, one in data.items())
    return tuple(
        Column(name, _type_of_value(one), not _has_missing(one)) for name, one in data.items()
    )


def _has_missing(value: Any) -> bool:
    return any(map(is_missing, value)) if isinstance(value, list) else is_missing(value)


def _type_of_value(value: Any) -> str | Mapping[str, Any]:
    try:
        return _plain(type_of(value))
    except ValueError:
        return "any"


def _infer_list(data: list[Any]) -> tuple[Field, ...]:
    if data and all(isinstance(row, Mapping) for row in data):
        names = dict.fromkeys(name for row in data for name in row)
        if not names or not all(isinstance(name, str) for name in names):
            raise InvalidValue("A list of dicts has a text for each key. Name its columns.")
        return tuple(
            Column(
                name,
                _type_of_rows([row[name] for row in data if name in row]),
                all(row.get(name) is not None for row in data),
            )
            for name in names
        )
    return (Column(None, _type_of_rows(data) if data else "string"),)


def _type_of_rows(values: list[Any]) -> str | Mapping[str, Any]:
    try:
        found = type_of_items(values)
    except ValueError:
        found = None
    return "any" if found is None else _plain(found["items"])


def _plain(found: Type | None) -> str | Mapping[str, Any]:
    """A type as columns have it: by its name alone where that says it all."""
    found = ANY if found is None else found
    kind: str = found["type"]
    return kind if len(found) == 1 else found


def _infer_param(name: str, value: Any) -> Parameter:
    import numpy as np

    if isinstance(value, Mapping) and value:
        try:
            return Parameter(name, _plain(type_of(value)), dict(value))
        except ValueError as error:
            raise _no_param(name, value, str(error)) from None
    values = value.tolist() if isinstance(value, np.ndarray) else value
    listed = values if isinstance(values, list) else [values]
    kinds = {_type_of_param(name, one) for one in listed}
    plain = [_as_json(one) for one in listed]
    if len(kinds) > 1 and kinds <= NUMBERS:
        kinds, plain = {"double"}, [float(one) for one in plain]
    if len(kinds) != 1:
        raise _no_param(name, value, "its values are of several types or none")
    if isinstance(values, list):
        return Parameter(name, kinds.pop(), plain, (-1,))
    return Parameter(name, kinds.pop(), plain[0])


def _type_of_param(name: str, value: Any) -> str:
    import numpy as np

    if isinstance(value, datetime.date | np.datetime64):
        return "datetime"
    found = type_of_dtype(np.asarray(value).dtype) if np.isscalar(value) else None
    if found in (None, "binary"):
        raise _no_param(name, value, f"it is a {type(value).__qualname__}")
    return str(found)


def _no_param(name: str, value: Any, reason: str) -> InvalidValue:
    return InvalidValue(
        f"The parameter {name_one(name)} can't be {show(value, 80)}: {reason}. "
        "Give a number, a text, a bool, a date, a list of one kind of these, or a dict."
    )


def _as_json(value: Any) -> Any:
    import numpy as np

    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
