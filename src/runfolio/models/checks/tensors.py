"""Arrays of the shapes and types of a signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runfolio.models.checks.misfits import Misfit
from runfolio.models.signature import Tensor, describe_type
from runfolio.models.words import name_all, name_one

if TYPE_CHECKING:
    import pandas as pd


def fit_tensors(data: Any, tensors: Sequence[Tensor]) -> tuple[Any, list[str]]:
    """The array, or the arrays by name, and all that is wrong with them.

    An array keeps its type and has to have the right one; numbers in lists and tables take it.
    """
    if all(tensor.name is None for tensor in tensors):
        return _fit_one(data, tensors[0]) if tensors else (data, [])
    return _fit_named(data, tensors)


def _fit_one(data: Any, tensor: Tensor) -> tuple[Any, list[str]]:
    try:
        return _fit(_take_one(data, tensor), tensor), []
    except Misfit as misfit:
        return None, [f"the data {misfit} where {describe_type(tensor)} is expected"]


def _take_one(data: Any, tensor: Tensor) -> Any:
    """What is handed over for the only array: also a table, whose columns are its last part."""
    import pandas as pd

    if isinstance(data, Mapping):
        raise Misfit("is a dict")
    if isinstance(data, pd.Series):
        return _array_of_column(data, tensor)
    if not isinstance(data, pd.DataFrame):
        return data
    if len(data.columns) == 1:
        return _array_of_column(data.iloc[:, 0], tensor)
    if len(tensor.shape) != 2 or tensor.shape[1] not in (-1, len(data.columns)):
        raise Misfit(f"is a table of {len(data.columns)} columns")
    return data.to_numpy()


def _fit_named(data: Any, tensors: Sequence[Tensor]) -> tuple[Any, list[str]]:
    import pandas as pd

    if len(tensors) == 1 and not isinstance(data, (Mapping, pd.DataFrame)):
        data = {tensors[0].name: data}
    if not isinstance(data, (Mapping, pd.DataFrame)):
        names = name_all(tensor.name for tensor in tensors)
        return None, [
            f"it is a {type(data).__name__} where a dict of arrays is expected, with {names}"
        ]
    problems, fitted = [], {}
    for tensor in tensors:
        if tensor.name not in data:
            problems.append(f"array {name_one(tensor.name)} ({describe_type(tensor)}) is missing")
            continue
        try:
            one = data[tensor.name]
            taken = _array_of_column(one, tensor) if isinstance(one, pd.Series) else one
            fitted[tensor.name] = _fit(taken, tensor)
        except Misfit as misfit:
            expected = describe_type(tensor)
            problems.append(f"array {name_one(tensor.name)} {misfit} where {expected} is expected")
    return (None, problems) if problems else (fitted, [])


def _array_of_column(values: pd.Series, tensor: Tensor) -> Any:
    """A column whose cells are numbers, or arrays or lists of one size each, as an array."""
    import numpy as np

    array: Any = values.to_numpy(dtype=object if tensor.dtype == "object" else None)
    if values.dtype == object and tensor.dtype not in ("object", "str", "bytes"):
        cells = [np.asarray(one) for one in values]
        if len({one.shape for one in cells}) > 1:
            raise Misfit("has cells of different sizes")
        array = np.stack(cells) if cells else np.empty(0, tensor.dtype)
        if not any(isinstance(one, np.ndarray) for one in values):
            array = _read(array.tolist(), tensor)
    shape = (len(values), *tensor.shape[1:])
    fits = -1 not in shape[1:] and array.size == np.prod(shape)
    return array.reshape(shape) if fits else array


def _fit(data: Any, tensor: Tensor) -> Any:
    import numpy as np

    if _is_sparse(data):
        _check_shape(data.shape, tensor)
        _check_dtype(data.dtype, tensor)
        return data
    array = data if isinstance(data, np.ndarray) else _read(data, tensor)
    if _may_be_ragged(array, tensor):
        return array
    _check_shape(array.shape, tensor)
    _check_dtype(array.dtype, tensor)
    return array


def _is_sparse(data: Any) -> bool:
    return all(hasattr(data, one) for one in ("tocsr", "shape", "dtype"))


def _may_be_ragged(array: Any, tensor: Tensor) -> bool:
    """Whether the signature allows arrays of different sizes in one, or any array at all."""
    if tensor.shape == (-1,) and tensor.dtype == "object":
        return True
    ragged = len(tensor.shape) > 1 and -1 in tensor.shape[1:]
    return ragged and array.ndim == 1 and bool(array.dtype == object)


def _check_shape(shape: tuple[int, ...], tensor: Tensor) -> None:
    same = len(shape) == len(tensor.shape) and all(
        wanted in (-1, found) for wanted, found in zip(tensor.shape, shape, strict=True)
    )
    if not same:
        raise Misfit(f"has the shape {shape}")


def _check_dtype(dtype: Any, tensor: Tensor) -> None:
    if _name_dtype(dtype) != tensor.dtype:
        raise Misfit(f"has the type {_name_dtype(dtype)}")


def _name_dtype(dtype: Any) -> str:
    """The name of a type in signatures, where texts have no length."""
    return {"U": "str", "S": "bytes"}.get(dtype.kind) or str(dtype.name)


def _read(data: Any, tensor: Tensor) -> Any:
    """Lists of numbers as an array of the type that is expected; raises `Misfit`."""
    import numpy as np

    try:
        array = np.asarray(data)
        wanted = np.dtype(tensor.dtype)
    except (ValueError, TypeError):
        raise Misfit(f"is a {type(data).__name__} that is no array") from None
    if array.dtype == wanted or array.dtype.kind not in "biuf" or wanted.kind not in "iuf":
        return array
    with np.errstate(all="ignore"):
        cast = array.astype(wanted)
        back = cast.astype(array.dtype)
    rounded = array.dtype.kind == wanted.kind == "f" and (np.isinf(cast) == np.isinf(array)).all()
    same = array.dtype.kind != "b" and np.array_equal(back, array, equal_nan=False)
    return cast if rounded or same else array
