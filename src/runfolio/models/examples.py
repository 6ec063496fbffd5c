"""Examples of what a model takes: a few rows, in the files that MLflow keeps them in."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from runfolio.errors import InvalidValue
from runfolio.models.inference import KNOWN, is_sparse
from runfolio.models.nesting import is_missing

FILE: Final = "input_example.json"
SERVING: Final = "serving_input_example.json"

ROWS: Final = 5
"""Rows of an example that are kept at most."""

MAX_BYTES: Final = 1 << 20
"""Of each file; where one row is larger too, no example is kept."""

_MAX_NUMBERS: Final = MAX_BYTES // 2
"""Numbers of an array that could fit: each takes a digit and a comma."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a model was said to take.

    `given` is all of it, from which a signature is inferred, and `asked` a few rows in the form
    that models are asked in: a DataFrame, an array, a dict of arrays or a sparse matrix. `info` is
    what ``MLmodel`` says of the example, and `files` has its files by name; both are empty where it
    is too large to be kept.
    """

    given: Any
    asked: Any
    params: Mapping[str, Any] | None = None
    info: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Form:
    """One kind of data: what it is called, how its rows are cut and how it is written."""

    type: str
    cut: Callable[[int], Any]
    write: Callable[[Any], Any]
    serving: Callable[[Any], Mapping[str, Any]]
    orient: str | None = None


def read_example(given: Any) -> Example | None:
    """The example of what was given as one; raises `InvalidValue` for what is no data.

    A tuple of data and a dict is an example with parameters.
    """
    if given is None:
        return None
    data, params = given if _has_params(given) else (given, None)
    data = _settle(data)
    form = _find_form(data)
    asked = _as_asked(form.cut(ROWS))
    for rows in (ROWS, 1):
        part = form.cut(rows)
        if _count_numbers(part) > _MAX_NUMBERS:
            continue
        files = _write(form, part, params)
        if max(map(len, files.values())) <= MAX_BYTES:
            return Example(data, asked, params, _describe(form, params), files)
    return Example(data, asked, params)


def _has_params(given: Any) -> bool:
    return isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], dict)


def _settle(data: Any) -> Any:
    """Tensors and rows of numbers as NumPy's arrays, also in a dict of them."""
    if isinstance(data, Mapping):
        return {name: _as_array(one) for name, one in data.items()}
    return _as_rows(data) if isinstance(data, list) else _as_array(data)


def _as_rows(data: list[Any]) -> Any:
    """Lists of as many numbers each as an array; other lists stay what they are."""
    lists = [one for one in data if isinstance(one, list | tuple) and one]
    if not lists or len(lists) < len(data) or len(set(map(len, lists))) > 1:
        return data
    if not all(isinstance(one, int | float) for row in lists for one in row):
        return data
    import numpy as np

    return np.asarray(data)


def _as_array(data: Any) -> Any:
    named = all(hasattr(data, one) for one in ("__array__", "ndim", "dtype", "shape"))
    if not named or hasattr(data, "iloc"):
        return data
    import numpy as np

    if isinstance(data, np.ndarray | np.generic):
        return data
    for step in ("detach", "cpu"):
        move = getattr(data, step, None)
        data = move() if callable(move) else data
    return np.asarray(data)


def _find_form(data: Any) -> _Form:
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.DataFrame | pd.Series):
        frame = data.to_frame() if isinstance(data, pd.Series) else data
        orient = "values" if _is_counted(frame) else "split"
        return _Form("dataframe", frame.head, _split, lambda one: {"dataframe_split": one}, orient)
    if is_sparse(data):
        dense = data[:ROWS].toarray().tolist() if data.shape[1] <= _MAX_NUMBERS else []
        kind = f"sparse_matrix_{data.format}"
        return _Form(kind, lambda rows: data[:rows], _write_sparse, lambda _: {"inputs": dense})
    if isinstance(data, np.ndarray):
        return _Form("ndarray", lambda rows: _head(data, rows), _plain, _as_inputs)
    if isinstance(data, dict) and any(isinstance(one, np.ndarray) for one in data.values()):
        if not all(isinstance(one, np.ndarray) for one in data.values()):
            raise InvalidValue("An input example is a dict of arrays or of plain values, not both.")
        return _Form("ndarray", lambda rows: _head_all(data, rows), _plain, _as_inputs)
    if isinstance(data, list):
        return _Form("json_object", lambda rows: data[:rows], _plain, _as_inputs)
    if isinstance(data, dict | datetime.date) or np.isscalar(data):
        return _Form("json_object", lambda _: data, _plain, _as_inputs)
    raise InvalidValue(f"An input example can't be a {type(data).__qualname__}. Give {KNOWN}.")


def _as_inputs(written: Any) -> Mapping[str, Any]:
    return {"inputs": written}


def _head(array: Any, rows: int) -> Any:
    return array[:rows] if array.ndim else array


def _head_all(arrays: Mapping[str, Any], rows: int) -> dict[str, Any]:
    return {name: _head(one, rows) for name, one in arrays.items()}


def _as_asked(part: Any) -> Any:
    """A few rows in the form that a model is asked in: plain values are a table."""
    import numpy as np
    import pandas as pd

    if isinstance(part, dict) and not any(isinstance(one, np.ndarray) for one in part.values()):
        return pd.DataFrame([part])
    if isinstance(part, list):
        rows = bool(part) and all(isinstance(one, Mapping) for one in part)
        return pd.DataFrame(part if rows else {0: part})
    if np.isscalar(part) or isinstance(part, datetime.date):
        return pd.DataFrame([part])
    return part.copy()


def _count_numbers(part: Any) -> int:
    arrays = part.values() if isinstance(part, dict) else [part]
    return sum(one.size for one in arrays if hasattr(one, "size") and hasattr(one, "dtype"))


def _write(form: _Form, part: Any, params: Mapping[str, Any] | None) -> dict[str, str]:
    written = form.write(part)
    serving = dict(form.serving(written))
    if params is not None:
        plain = _plain(params)
        written = {"inputs": written, "params": plain}
        serving["params"] = plain
    return {FILE: json.dumps(written), SERVING: json.dumps(serving)}


def _describe(form: _Form, params: Mapping[str, Any] | None) -> dict[str, Any]:
    info: dict[str, Any] = {"artifact_path": FILE}
    if form.orient is not None:
        info["pandas_orient"] = form.orient
    if params is not None:
        info["params"] = "true"
    return {**info, "serving_input_path": SERVING, "type": form.type}


def _split(frame: Any) -> dict[str, Any]:
    """A table as its columns and rows; columns that are only counted go without saying."""
    rows = [[_plain(one) for one in row] for row in frame.itertuples(index=False, name=None)]
    if _is_counted(frame):
        return {"data": rows}
    columns = [one if isinstance(one, str) else _plain(one) for one in frame.columns]
    return {"columns": columns, "data": rows}


def _is_counted(frame: Any) -> bool:
    return all(name == place for place, name in enumerate(frame.columns))


def _write_sparse(matrix: Any) -> dict[str, Any]:
    parts = ("data", "indices", "indptr")
    return {**{one: _plain(getattr(matrix, one)) for one in parts}, "shape": list(matrix.shape)}


def _plain(value: Any) -> Any:
    """A value as JSON has it; what is missing is null, bytes are base64."""
    import numpy as np

    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return _plain(value.tolist()) if value.dtype.kind != "M" else _plain(list(value))
    if is_missing(value) or (isinstance(value, np.datetime64) and np.isnat(value)):
        return None
    if isinstance(value, np.datetime64):
        return str(value)
    if isinstance(value, bytes | bytearray):
        return base64.encodebytes(value).decode("ascii")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, np.generic):
        return _plain(value.item())
    return value if isinstance(value, str | int | float) else str(value)
