"""One column, made the type that a signature has for it, where every value stays what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from runfolio.models.checks.misfits import Misfit
from runfolio.models.words import name_one, show

if TYPE_CHECKING:
    import pandas as pd

INTEGERS: Final = {"integer": "int32", "long": "int64"}
FLOATS: Final = {"float": "float32", "double": "float64"}
_EXACT: Final = {"float32": 2**24, "float64": 2**53}
"""Integers up to that have a float of their own."""


def fit_series(values: pd.Series, kind: str, *, required: bool = True) -> pd.Series:
    """The values as a column of the type `kind`; raises `Misfit` where one would change.

    Missing values stay; a column of integers that is `required` may have none.
    """
    if str(values.dtype) == {**INTEGERS, **FLOATS}.get(kind):
        return values  # NumPy's own type, of which each value is one
    plain = _plain(values)
    if kind in INTEGERS:
        return _integers(plain, INTEGERS[kind], required=required)
    if kind in FLOATS:
        return _floats(plain, FLOATS[kind])
    fit = _OTHERS.get(kind)
    if fit is None:
        raise Misfit(f"has the type {name_one(kind)} in the signature, which is unknown here")
    fitted: pd.Series = fit(plain)
    return fitted


def _plain(values: pd.Series) -> pd.Series:
    """Categories as what they stand for."""
    import pandas as pd

    if not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    categories: Any = values.cat.categories.dtype
    has_room = categories.kind in "fOM" or not values.isna().any()
    plain: pd.Series = values.astype(categories if has_room else object)
    return plain


def _kind(values: pd.Series) -> str:
    """The letter that NumPy has for the kind of a type; "T" is text, "Z" times with a zone."""
    import pandas as pd

    if values.dtype == object:
        return "O"
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return "Z"
    return "T" if pd.api.types.is_string_dtype(values.dtype) else str(values.dtype.kind)


def _numbers(values: pd.Series) -> pd.Series:
    """The values that are there, all of them numbers of one NumPy type."""
    present = values[values.notna()].infer_objects()
    if len(present) == 0:
        return present.astype("float64")
    if _kind(present) not in "iuf":
        raise Misfit(_holding(present))
    numpy_type = getattr(present.dtype, "numpy_dtype", None)  # of a nullable or Arrow type
    return present if numpy_type is None else present.astype(numpy_type)


def _integers(values: pd.Series, dtype: Any, *, required: bool) -> pd.Series:
    import numpy as np

    present: Any = _numbers(values)
    limits = np.iinfo(dtype)
    if present.dtype.kind == "f":
        wide = present.astype(np.result_type(present.dtype, "float64"))
        whole = (wide == np.floor(wide)) & (wide < -float(limits.min))
        _refuse(present, ~whole | (wide < limits.min))
    else:
        _refuse(present, (present > limits.max) | (present < limits.min))
    if len(present) == len(values):
        whole_numbers: pd.Series = present.astype(dtype)
        return whole_numbers
    if required:
        raise Misfit("has missing values")
    return _floats(values, "float64")


def _floats(values: pd.Series, dtype: Any) -> pd.Series:
    import numpy as np

    present: Any = _numbers(_read_decimals(values))
    if present.dtype.kind in "iu":
        limit = _EXACT[dtype]
        _refuse(present, (present > limit) | (present < -limit))
    elif present.dtype.itemsize > np.dtype(dtype).itemsize:
        with np.errstate(over="ignore"):
            _refuse(present, present.astype(dtype).astype(present.dtype) != present)
    return _spread(present, values, dtype)


def _read_decimals(values: pd.Series) -> pd.Series:
    """Decimals, as databases give them, as the floats that are nearest."""
    present = values[values.notna()] if values.dtype == object else ()
    if not len(present) or not all(isinstance(one, Decimal) for one in present):
        return values
    return values.astype("float64")


def _spread(present: pd.Series, values: pd.Series, dtype: str) -> pd.Series:
    """The numbers that are there at their places, with NaN at the others."""
    import numpy as np
    import pandas as pd

    spread = np.full(len(values), np.nan, dtype)
    spread[values.notna().to_numpy()] = present.to_numpy()
    return pd.Series(spread, index=values.index, name=values.name)


def _refuse(values: pd.Series, wrong: pd.Series) -> None:
    """Raise for the first value that is `wrong`."""
    if wrong.any():
        raise Misfit(f"holds {show(values[wrong].iloc[0])}")


def _booleans(values: pd.Series) -> pd.Series:
    import numpy as np

    inferred = values.infer_objects()
    if _kind(inferred) == "b":
        return inferred.astype(object if inferred.isna().any() else bool)
    return _objects(values, (bool, np.bool_))


def _strings(values: pd.Series) -> pd.Series:
    return values if _kind(values) == "T" else _objects(values, (str,))


def _binaries(values: pd.Series) -> pd.Series:
    return _objects(values, (bytes, bytearray))


def _objects(values: pd.Series, types: tuple[type, ...]) -> pd.Series:
    """A column of Python objects that are all of one of these types, or missing."""
    for value in values[values.notna()]:
        if not isinstance(value, types):
            raise Misfit(_holding_value(value))
    return values.astype(object)


def _datetimes(values: pd.Series) -> pd.Series:
    import pandas as pd

    kind = _kind(values)
    if kind == "Z":
        raise Misfit(f"holds times with a zone ({values.dt.tz})")
    if values.isna().all():
        return pd.Series(pd.NaT, index=values.index, name=values.name, dtype="datetime64[ns]")
    if kind not in "TOM":
        raise Misfit(_holding(values))
    return _to_nanoseconds(values if kind == "M" else _read_datetimes(values))


def _read_datetimes(values: pd.Series) -> pd.Series:
    """Times and dates as Python has them, or as text in ISO 8601."""
    import numpy as np
    import pandas as pd

    present = values[values.notna()].astype(object)
    for value in present:
        if not isinstance(value, (str, date, np.datetime64)):
            raise Misfit(_holding_value(value))
    times = _parse(present.tolist())
    if times is None or times.tz is not None:
        wrong = next(one for one in present if (read := _parse([one])) is None or read.tz)
        zone = " (a time with a zone)" if _parse([wrong]) is not None else ""
        raise Misfit(f"holds {show(wrong)}{zone}")
    return pd.Series(times, index=present.index, name=values.name).reindex(values.index)


def _parse(times: list[Any]) -> pd.DatetimeIndex | None:
    import pandas as pd

    try:
        return pd.to_datetime(times, format="ISO8601")
    except (ValueError, TypeError, OverflowError):
        return None


def _to_nanoseconds(values: pd.Series) -> pd.Series:
    try:
        return values.astype("datetime64[ns]")
    except (ValueError, OverflowError):
        raise Misfit("holds times that nanoseconds have no number for") from None


_OTHERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "boolean": _booleans,
    "string": _strings,
    "binary": _binaries,
    "datetime": _datetimes,
}


def _holding(values: pd.Series) -> str:
    """What values are held, of whatever type they have."""
    value = values[values.notna()].iloc[0] if values.notna().any() else values.iloc[0]
    return _holding_value(value)


def _holding_value(value: Any) -> str:
    kind = "text" if isinstance(value, str) else type(value).__name__
    return f"holds {show(value)} ({kind})"
