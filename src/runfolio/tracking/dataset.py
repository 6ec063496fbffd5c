"""What is kept of the data a run used: a digest, its columns and a profile, never the data."""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from runfolio.errors import InvalidValue
from runfolio.schema import check_name
from runfolio.tracking.capture.git import strip_credentials

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MAX_CELLS: Final = 10_000_000
"""Larger data is digested by this many cells of rows at equal distances, as its profile says."""
MAX_PROFILED: Final = 200

_DIGITS: Final = 16
_CHUNK: Final = 1 << 20
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class Description(NamedTuple):
    """What one kind of data says of itself."""

    digest: str
    schema: list[dict[str, Any]] | None
    profile: dict[str, Any] | None
    source: str | None = None
    name: str | None = None


def describe_dataset(
    data: Any,
    *,
    name: str | None = None,
    source: str | None = None,
    context: str | None = None,
    digest: str | None = None,
) -> dict[str, str | None]:
    """The columns of schema table "inputs", but run_id, for `data`.

    `data` is a table (see `table_to_arrow`), a NumPy array or a dict, tuple or list of them, the
    path of a file or folder, or a URL, which is not opened. The digest is 16 hexadecimal digits
    of SHA-256, the same in every process. `name` is by default the file's stem, else "dataset".
    """
    described = _describe(data)
    source = source or described.source
    if source and _URL.match(source):
        source = strip_credentials(source)
    return {
        "name": check_name(name or described.name or "dataset", "data set"),
        "digest": digest or described.digest,
        "source": _optional_text(source),
        "context": _optional_text(context),
        "schema": _as_json(described.schema),
        "profile": _as_json(described.profile),
    }


def _describe(data: Any) -> Description:
    if isinstance(data, str) and _URL.match(data):
        return _describe_url(data)
    if isinstance(data, str | os.PathLike):
        return _describe_path(Path(data))
    arrays = _find_arrays(data)
    return _describe_table(data) if arrays is None else _describe_arrays(arrays)


def _describe_url(url: str) -> Description:
    address = strip_credentials(url)
    stem = Path(address[address.find("://") + 3 :].rstrip("/")).stem
    return Description(_digest(address.encode(errors="replace")), None, None, address, stem)


def _describe_path(path: Path) -> Description:
    if path.is_dir():
        return _describe_folder(path)
    sha256 = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                sha256.update(chunk)
        profile = {"bytes": path.stat().st_size}
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidValue(
            f"Couldn't read the data set {str(path)!r}: {reason}. Give an existing file, a URL "
            "or the data itself."
        ) from None
    return Description(sha256.hexdigest()[:_DIGITS], None, profile, str(path), path.stem)


def _describe_folder(folder: Path) -> Description:
    """A folder by the names and sizes of its files: reading all of them could take hours."""
    listed = [
        (file.relative_to(folder).as_posix(), file.stat().st_size)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    ]
    size = sum(size for _, size in listed)
    profile = {"files": len(listed), "bytes": size, "digest_of": "names and sizes"}
    return Description(_digest(_encode(listed)), None, profile, str(folder), folder.resolve().name)


def _find_arrays(data: Any) -> dict[str, np.ndarray[Any, Any]] | None:
    """`data` as arrays by name, when it is one or several."""
    from runfolio.tracking.arrays import to_array

    if _is_array(data):
        return {"values": to_array(data)}
    if isinstance(data, Mapping):
        named = {str(key): part for key, part in data.items()}
    elif isinstance(data, list | tuple):
        named = {str(at): part for at, part in enumerate(data)}
    else:
        return None
    if not named or not all(map(_is_array, named.values())):
        return None
    return {key: to_array(part) for key, part in named.items()}


def _is_array(value: Any) -> bool:
    """Whether `value` is an array or tensor, which tables and their columns are not."""
    return (
        hasattr(value, "__array__")
        and hasattr(value, "ndim")
        and hasattr(value, "dtype")
        and not hasattr(value, "iloc")
        and not hasattr(value, "to_arrow")
    )


def _describe_arrays(arrays: dict[str, np.ndarray[Any, Any]]) -> Description:
    schema: list[dict[str, Any]] = [
        {"name": name, "type": _type_name(array), "shape": list(array.shape)}
        for name, array in arrays.items()
    ]
    rows = max(array.shape[0] if array.ndim else 1 for array in arrays.values())
    columns = sum(math.prod(array.shape[1:]) for array in arrays.values())
    profile: dict[str, Any] = {"rows": rows, "columns": columns}
    sha256 = hashlib.sha256(_encode([[item["name"], item["type"]] for item in schema]))
    for name, array in arrays.items():
        sample = _sample(array)
        if sample.size < array.size:
            profile.setdefault("digest_rows", {})[name] = len(sample)
        sha256.update(_encode(array.shape))
        sha256.update(_content(sample))
    numbers = {name: _profile_numbers(array) for name, array in arrays.items()}
    profile["stats"] = {name: found for name, found in numbers.items() if found}
    return Description(sha256.hexdigest()[:_DIGITS], schema, profile)


def _type_name(array: np.ndarray[Any, Any]) -> str:
    """The type without the order of its bytes, which is not part of the data."""
    return array.dtype.name if array.dtype.kind in "biufc" else str(array.dtype)


def _sample(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.size <= MAX_CELLS:
        return array
    import numpy as np

    count = max(1, MAX_CELLS // max(1, math.prod(array.shape[1:])))
    return array[np.linspace(0, len(array) - 1, min(count, len(array))).astype(np.int64)]


def _content(array: np.ndarray[Any, Any]) -> bytes:
    """The bytes of the values; for objects those of their text, not of their addresses."""
    if array.dtype.hasobject:
        return _encode([str(value) for value in array.ravel().tolist()])
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return little.tobytes()


def _profile_numbers(array: Any) -> dict[str, float | int | None] | None:
    """Minimum, maximum, mean and number of missing values; None for what is no number."""
    import numpy as np

    if array.dtype.kind not in "iuf":
        return None
    missing = np.isnan(array) if array.dtype.kind == "f" else np.zeros(array.shape, bool)
    present = array[~missing]
    found: dict[str, Any] = {"min": None, "max": None, "mean": None, "nulls": int(missing.sum())}
    if present.size:
        with np.errstate(over="ignore", invalid="ignore"):
            mean = present.mean(dtype=np.float64)
        found |= {"min": present.min().item(), "max": present.max().item(), "mean": float(mean)}
    return {key: _finite(value) for key, value in found.items()}


def _describe_table(data: Any) -> Description:
    from runfolio.tracking.table import table_to_arrow

    try:
        table = table_to_arrow(data)
    except InvalidValue:
        raise InvalidValue(
            f"A data set can't be a {type(data).__module__}.{type(data).__qualname__}. "
            "Give a table, an array, the path of a file or a URL."
        ) from None
    schema = [{"name": field.name, "type": str(field.type)} for field in table.schema]
    profile: dict[str, Any] = {"rows": table.num_rows, "columns": table.num_columns}
    sample = _sample_rows(table)
    if sample.num_rows < table.num_rows:
        profile["digest_rows"] = sample.num_rows
    profile["stats"] = _profile_columns(table)
    return Description(_digest_table(sample, table.num_rows), schema, profile)


def _sample_rows(table: pa.Table) -> pa.Table:
    rows = MAX_CELLS // max(1, table.num_columns)
    if table.num_rows <= max(1, rows):
        return table
    import numpy as np

    return table.take(np.linspace(0, table.num_rows - 1, max(1, rows)).astype(np.int64))


def _digest_table(table: pa.Table, rows: int) -> str:
    """A digest of names, kinds and values that does not depend on which library made the table."""
    import pandas as pd

    frame = table.to_pandas(strings_to_categorical=False, ignore_metadata=True)
    kinds = [[name, frame.dtypes.iloc[at].kind] for at, name in enumerate(table.column_names)]
    sha256 = hashlib.sha256(_encode([kinds, rows]))
    for at in range(table.num_columns):
        column = frame.iloc[:, at]
        try:
            hashed = pd.util.hash_pandas_object(column, index=False)
        except TypeError:  # lists and dicts
            hashed = pd.util.hash_pandas_object(column.map(str), index=False)
        sha256.update(hashed.to_numpy().tobytes())
    return sha256.hexdigest()[:_DIGITS]


def _profile_columns(table: pa.Table) -> dict[str, Any]:
    import pyarrow as pa

    stats: dict[str, Any] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if len(stats) == MAX_PROFILED:
            break
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            present = column.drop_null().to_numpy()
            found = _profile_numbers(present)
            if found is not None:
                stats[name] = found | {"nulls": (found["nulls"] or 0) + column.null_count}
    return stats


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _optional_text(text: str | None) -> str | None:
    return None if text is None else str(text).encode(errors="replace").decode()
