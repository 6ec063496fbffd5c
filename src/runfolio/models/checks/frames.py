"""Tables, arrays and dicts as one table with the columns of a signature, in their order."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from runfolio.models.checks.misfits import Misfit
from runfolio.models.checks.series import fit_series
from runfolio.models.checks.values import fit_value
from runfolio.models.signature import Column, describe_type
from runfolio.models.words import count, name_all, name_one, nearest_name, show

if TYPE_CHECKING:
    import pandas as pd

_TAKEN: Final = "a DataFrame, an array or a dict of columns"


def fit_columns(data: Any, columns: Sequence[Column]) -> tuple[pd.DataFrame | None, list[str]]:
    """The data as a table with these columns, and all that is wrong with it.

    Columns that have names are found by them, also in another order; columns that the signature
    lacks are left out with a warning. Where only their number is known, it has to be the same.
    """
    try:
        frame = _to_frame(data, columns)
    except Misfit as misfit:
        return None, [str(misfit)]
    named = all(column.name is not None for column in columns)
    problems = _check_names(frame, columns) if named else _check_width(frame, len(columns))
    found = (
        _find_columns(frame, columns)
        if named
        else list(zip(columns, _by_place(frame), strict=False))
    )
    fitted: list[pd.Series] = []
    for column, values in found:
        try:
            fitted.append(_fit_column(values, column))
        except Misfit as misfit:
            what = f"column {name_one(values.name)} {misfit}"
            problems.append(f"{what} where {describe_type(column)} is expected")
    return (None, problems) if problems else (_join(fitted, frame), [])


def _find_columns(frame: pd.DataFrame, columns: Sequence[Column]) -> list[tuple[Column, pd.Series]]:
    """The columns that are there once, by name."""
    counts: Counter[Any] = Counter(frame.columns)
    return [(one, frame[one.name]) for one in columns if counts[one.name] == 1]


def _by_place(frame: pd.DataFrame) -> Iterator[pd.Series]:
    return (frame.iloc[:, place] for place in range(len(frame.columns)))


def _join(fitted: Sequence[pd.Series], frame: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    joined = pd.DataFrame(dict(enumerate(fitted)), index=frame.index)
    return joined.set_axis([one.name for one in fitted], axis=1)


def _fit_column(values: pd.Series, column: Column) -> pd.Series:
    import pandas as pd

    if isinstance(column.type, str) and column.type != "any":
        return fit_series(values, column.type, required=column.required)
    cells = [fit_value(one, column.type, required=column.required) for one in values]
    return pd.Series(cells, index=values.index, name=values.name, dtype=object)


def _check_names(frame: pd.DataFrame, columns: Sequence[Column]) -> list[str]:
    """What is wrong with the names, each in words; warns of columns that are left out."""
    counts: Counter[Any] = Counter(frame.columns)
    known = {column.name for column in columns}
    extra = [name for name in frame.columns if name not in known]
    twice = [one.name for one in columns if counts[one.name] > 1]
    missing = [one for one in columns if one.required and not counts[one.name]]
    likely = {one.name: nearest_name(str(one.name), _texts(extra)) for one in missing}
    problems = [_say_missing(one, likely[one.name]) for one in missing]
    problems += [f"column {name_one(name)} is there more than once" for name in twice]
    if missing and set(extra) - set(likely.values()):
        problems.append(f"there are columns the model doesn't take: {name_all(extra)}")
    if extra and not problems:
        warnings.warn(
            f"The model doesn't take {name_all(extra)}, which predict leaves out.", stacklevel=6
        )
    return problems


def _texts(names: Sequence[Any]) -> list[str]:
    return [one for one in names if isinstance(one, str)]


def _say_missing(column: Column, near: str | None) -> str:
    hint = f"; is it {name_one(near)}?" if near is not None else ""
    return f"column {name_one(column.name)} ({describe_type(column)}) is missing{hint}"


def _check_width(frame: pd.DataFrame, width: int) -> list[str]:
    if len(frame.columns) == width:
        return []
    return [
        f"it has {count(len(frame.columns), 'column')} where {width} without names are expected"
    ]


def _to_frame(data: Any, columns: Sequence[Column]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return _name(pd.DataFrame(data), columns) if len(columns) == 1 else pd.DataFrame(data)
    if isinstance(data, Mapping):
        return _frame_of_dict(data, columns)
    if isinstance(data, np.ndarray):
        return _frame_of_array(data, columns)
    if isinstance(data, list):
        return _frame_of_list(data, columns)
    if len(columns) == 1 and pd.api.types.is_scalar(data):
        return _name(pd.DataFrame([data]), columns)
    raise Misfit(f"it is a {type(data).__name__} where {_TAKEN} is expected")


def _name(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.DataFrame:
    """A table whose columns are only known by their place, with the names of the signature."""
    if any(column.name is None for column in columns):
        return frame
    if len(frame.columns) != len(columns):
        names = name_all(column.name for column in columns)
        raise Misfit(
            f"it has {count(len(frame.columns), 'column')} without names where "
            f"{len(columns)} are expected: {names}"
        )
    return frame.set_axis([column.name for column in columns], axis=1)


def _frame_of_array(array: Any, columns: Sequence[Column]) -> pd.DataFrame:
    import pandas as pd

    if array.dtype.names is not None:
        return pd.DataFrame(array)
    if array.ndim == 0:
        array = array.reshape(1)
    if array.ndim > 2 or (array.ndim == 1 and len(columns) != 1):
        raise Misfit(
            f"it is an array of shape {array.shape} where rows of "
            f"{count(len(columns), 'column')} are expected"
        )
    return _name(pd.DataFrame(array), columns)


def _frame_of_list(rows: list[Any], columns: Sequence[Column]) -> pd.DataFrame:
    """A list of dicts, of rows, or of the values of one column."""
    import pandas as pd

    if rows and all(isinstance(row, Mapping) for row in rows) and _are_records(columns):
        return pd.DataFrame(rows)
    if len(columns) == 1 and not (rows and all(_is_row(row, columns[0]) for row in rows)):
        return _name(pd.DataFrame({0: pd.Series(rows, dtype=_dtype_of(columns[0]))}), columns)
    if not all(isinstance(row, (list, tuple)) for row in rows):
        raise Misfit(f"it is a list where {_TAKEN} is expected")
    return _name(pd.DataFrame(rows), columns)


def _are_records(columns: Sequence[Column]) -> bool:
    """Whether dicts in a list are rows, and not the values of one column without a name."""
    return not (len(columns) == 1 and columns[0].name is None)


def _is_row(row: Any, column: Column) -> bool:
    """Whether a list is a row of one value, and not a value itself."""
    return isinstance(row, (list, tuple)) and len(row) == 1 and not is_value(row, column.type)


def _dtype_of(column: Column) -> Any:
    """Objects, where pandas would guess another type for what stands in a list."""
    return None if isinstance(column.type, str) else object


def _frame_of_dict(data: Mapping[Any, Any], columns: Sequence[Column]) -> pd.DataFrame:
    """A dict of columns, or of one row where each value is one of its column's type."""
    import pandas as pd

    kinds = {column.name: column.type for column in columns}
    single = {name: is_value(one, kinds.get(name, "string")) for name, one in data.items()}
    if data and all(single.values()):
        rows = 1
    else:
        lengths = {name: len(one) for name, one in data.items() if not single[name]}
        if len(set(lengths.values())) > 1:
            said = ", ".join(f"{name_one(name)} has {size}" for name, size in lengths.items())
            raise Misfit(f"its columns are of different lengths: {said}")
        rows = next(iter(lengths.values()), 0)
    return pd.DataFrame(
        {
            name: _column_of(
                name, [_unwrap(one)] * rows if single[name] else one, kinds.get(name, "any")
            )
            for name, one in data.items()
        },
        index=range(rows),
    )


def is_value(value: Any, kind: str | Mapping[str, Any]) -> bool:
    """Whether something is one value of a type, and not a column of such values."""
    if getattr(value, "ndim", 1) == 0 or isinstance(value, (str, bytes)):
        return True
    if not hasattr(value, "__len__"):
        return True
    if not isinstance(kind, Mapping) or kind.get("type") not in ("array", "object", "map"):
        return False
    if kind["type"] != "array":
        return isinstance(value, Mapping)
    items = kind.get("items")
    return all(is_value(one, items if isinstance(items, Mapping) else "any") for one in value)


def _column_of(name: Any, values: Any, kind: str | Mapping[str, Any]) -> pd.Series:
    """Values as a column; Python's numbers have no width, and take that of a float column."""
    import numpy as np
    import pandas as pd

    if isinstance(values, (Mapping, set, frozenset)):
        raise Misfit(
            f"column {name_one(name)} is {show(values)} where a list of values is expected"
        )
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    if isinstance(kind, Mapping):
        return pd.Series(list(values), dtype=object)
    if not isinstance(values, np.ndarray):
        return pd.Series(_narrow(list(values)) if kind == "float" else list(values))
    if values.ndim > 1:
        raise Misfit(f"column {name_one(name)} is an array of shape {values.shape}")
    return pd.Series(values)


def _narrow(values: list[Any]) -> Any:
    """Python's numbers in 32 bits, unless there is none near."""
    import numpy as np

    if not all(type(one) is float or (type(one) is int and abs(one) <= 2**24) for one in values):
        return values
    with np.errstate(over="ignore"):
        narrow = np.asarray(values, "float64").astype("float32")
    return narrow if (np.isinf(narrow) == np.isinf(values)).all() else values


def _unwrap(value: Any) -> Any:
    """What stands in an array without dimensions."""
    return value.item() if type(value).__name__ == "ndarray" and value.ndim == 0 else value
