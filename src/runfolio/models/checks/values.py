"""One value of a column whose type is a list, an object or a map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from runfolio.models.checks.misfits import Misfit
from runfolio.models.checks.series import fit_series
from runfolio.models.words import name_all, name_one, show

MAX_DEPTH: Final = 32
"""How deep a type may be nested."""


def fit_value(value: Any, kind: str | Mapping[str, Any], *, required: bool = True) -> Any:
    """A value made the type `kind`; raises `Misfit` and says where in it.

    Lists, NumPy's arrays and dicts stay what they are, with values of the type.
    """
    return _fit(value, kind, required, 0)


def _fit(value: Any, kind: Any, required: bool, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise Misfit("has a type in the signature that is nested too deeply")
    if isinstance(kind, Mapping):
        name = str(kind.get("type"))
        fit = {"array": _fit_list, "object": _fit_object, "map": _fit_map}.get(name)
        kind = kind if fit is not None else name
    else:
        fit = None
    if kind == "any":
        return value
    if not required and _is_missing(value):
        return value if fit is not None else None
    if fit is not None:
        return fit(value, kind, required, depth)
    return _fit_plain(value, str(kind))


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _fit_plain(value: Any, kind: str) -> Any:
    import pandas as pd

    if value is None or not pd.api.types.is_scalar(value):
        raise Misfit(f"holds {show(value)}")
    fitted = fit_series(pd.Series([value]), kind).iloc[0]
    return fitted.item() if isinstance(value, (bool, int, float)) else fitted


def _fit_list(value: Any, kind: Mapping[str, Any], required: bool, depth: int) -> Any:
    import numpy as np
    import pandas as pd

    if not isinstance(value, (list, tuple, np.ndarray)):
        raise Misfit(f"holds {show(value)}, which is no list")
    items = kind.get("items")
    inner = items.get("type") if isinstance(items, Mapping) else items
    if isinstance(inner, str) and inner not in ("array", "object", "map", "any"):
        if np.ndim(np.asarray(value, dtype=object)) > 1:
            raise Misfit(f"holds {show(value)}, a list of lists")
        fitted = fit_series(pd.Series(list(value), dtype=_dtype(value)), inner)
        return fitted.to_numpy() if isinstance(value, np.ndarray) else fitted.tolist()
    inside = [_fit(one, items, required, depth + 1) for one in value]
    return np.array(inside) if isinstance(value, np.ndarray) else inside


def _dtype(value: Any) -> Any:
    return getattr(value, "dtype", object)


def _fit_object(value: Any, kind: Mapping[str, Any], required: bool, depth: int) -> Any:  # noqa: ARG001
    if not isinstance(value, dict):
        raise Misfit(f"holds {show(value)}, which is no dict")
    said = kind.get("properties")
    pairs = said.items() if isinstance(said, Mapping) else ()
    properties = {name: one for name, one in pairs if isinstance(one, Mapping)}
    needed = [name for name, one in properties.items() if one.get("required", True)]
    missing = [name for name in needed if name not in value]
    unknown = [name for name in value if name not in properties]
    if missing or unknown:
        lacking = [f"lacks {name_all(missing)}"] if missing else []
        extra = [f"has {name_all(unknown)}, which it has no place for"] if unknown else []
        raise Misfit(f"holds a dict that {' and '.join([*lacking, *extra])}")
    return {
        name: _fit_inside(
            one, properties[name], name, properties[name].get("required", True), depth
        )
        for name, one in value.items()
    }


def _fit_map(value: Any, kind: Mapping[str, Any], required: bool, depth: int) -> Any:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise Misfit(f"holds {show(value)}, which is no dict with texts as keys")
    values = kind.get("values")
    return {key: _fit_inside(one, values, key, required, depth) for key, one in value.items()}


def _fit_inside(value: Any, kind: Any, name: str, required: bool, depth: int) -> Any:
    try:
        return _fit(value, kind, required, depth + 1)
    except Misfit as misfit:
        raise Misfit(f"{misfit} in {name_one(name)}") from None
