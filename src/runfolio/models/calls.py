"""The lines of Python that load a model and ask it, with its input example."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from runfolio.models.signature import Signature, Tensor

EXAMPLE_FILES: Final = ("input_example.json", "serving_input_example.json")
"""Where models keep their input example, the first one first."""

_MOST: Final = 1500
"""Characters of an example that are shown at most."""

_DEPTH: Final = 8


def write_call(address: str, example: Any = None, signature: Signature | None = None) -> str:
    """Python that loads the model at `address`, and asks it for the first row of its example.

    `example` is what the model's file of it holds, as `read_example` reads it. Without one, or with
    a long one, the call names `data`.
    """
    data, params = _take_apart(example)
    written = _write_data(data, signature) or ""
    if not written or len(written) > _MOST:
        written = "data"
    if isinstance(params, Mapping) and params:
        written += f", {_literal(params)}"
    imports = "import numpy\nimport runfolio" if "numpy." in written else "import runfolio"
    return (
        f"{imports}\n\nmodel = runfolio.load_model({_literal(address)})\nmodel.predict({written})"
    )


def read_example(content: bytes) -> Any:
    """The input example that a model keeps as JSON, None where it can't be read."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _take_apart(example: Any) -> tuple[Any, Any]:
    """The data and the parameters of an example, in whichever form it is kept."""
    if not isinstance(example, Mapping):
        return example, None
    for key in ("inputs", "dataframe_split"):
        if key in example and set(example) <= {key, "params"}:
            return example[key], example.get("params")
    return example, None


def _write_data(data: Any, signature: Signature | None) -> str | None:
    if isinstance(data, Mapping) and isinstance(data.get("data"), list):
        return _write_row(data.get("columns"), data["data"])
    if isinstance(data, list) and data and isinstance(data[0], Mapping):
        return _literal(data[0])
    return _write_arrays(data, signature)


def _write_row(columns: Any, rows: list[Any]) -> str | None:
    """The first row of a table as a dict of its columns."""
    row = rows[0] if rows else None
    if not isinstance(row, list):
        return None
    if columns is None:
        return f"numpy.array([{_literal(row)}])"
    if not isinstance(columns, list) or len(row) != len(columns):
        return None
    return _literal({str(column): value for column, value in zip(columns, row, strict=True)})


def _write_arrays(value: Any, signature: Signature | None) -> str | None:
    """An array, or a dict of them, each with its first row and the type the model asks for."""
    types = {
        one.name: one.dtype
        for one in (signature.inputs if signature else None) or ()
        if isinstance(one, Tensor)
    }
    if isinstance(value, Mapping):
        if not types:
            return _literal(value)
        pairs = (f"{_literal(name)}: {_array(one, types.get(name))}" for name, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return _array(value, types.get(None)) if isinstance(value, list) else None


def _array(value: Any, dtype: str | None) -> str:
    rows = value[:1] if isinstance(value, list) else [value]
    kind = f", dtype={_literal(dtype)}" if dtype else ""
    return f"numpy.array({_literal(rows)}{kind})"


def _literal(value: Any, depth: int = 0) -> str:
    """A value of JSON as Python writes it."""
    if depth > _DEPTH:
        return "..."
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, str):
        simple = value.isprintable() and '"' not in value and "\\" not in value
        return f'"{value}"' if simple else repr(value)
    if isinstance(value, Mapping):
        pairs = (f"{_literal(str(k))}: {_literal(v, depth + 1)}" for k, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_literal(one, depth + 1) for one in value)}]"
    return repr(value)
