"""Parameters of predict: those that a signature has, with their defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from runfolio.models.checks.misfits import Misfit
from runfolio.models.checks.series import FLOATS, INTEGERS
from runfolio.models.checks.values import fit_value
from runfolio.models.signature import Parameter, describe_type
from runfolio.models.words import name_all, name_one, nearest_name, show

_LIMITS: Final = {"integer": 2**31, "long": 2**63}


def fit_params(
    given: object, known: Sequence[Parameter] | None
) -> tuple[dict[str, Any], list[str]]:
    """All parameters of the signature, with their defaults where none is given, and what is wrong.

    Values become Python's own: an integer may stand for a float, and a text in ISO 8601 for a time.
    """
    if given is not None and not isinstance(given, Mapping):
        return {}, [f"params is {show(given)} where a dict is expected"]
    said = dict(given or {})
    names = [one.name for one in known or ()]
    problems = [_say_unknown(name, names) for name in said if name not in names]
    fitted = {}
    for one in known or ():
        try:
            fitted[one.name] = _fit(said.get(one.name, one.default), one)
        except Misfit as misfit:
            problems.append(
                f"parameter {name_one(one.name)} {misfit} where {describe_type(one)} is expected"
            )
    return fitted, problems


def _say_unknown(name: Any, names: Sequence[str]) -> str:
    if not names:
        return f"parameter {name_one(name)} is unknown; the signature has none"
    near = nearest_name(str(name), names)
    hint = f"is it {name_one(near)}?" if near is not None else f"there is {name_all(names)}"
    return f"parameter {name_one(name)} is unknown; {hint}"


def _fit(value: Any, parameter: Parameter) -> Any:
    if parameter.shape is None:
        return _fit_one(value, parameter.type)
    if not isinstance(value, (list, tuple)) and getattr(value, "ndim", None) != 1:
        raise Misfit(f"is {show(value)}")
    return [_fit_one(one, parameter.type) for one in value]


def _fit_one(value: Any, kind: str | Mapping[str, Any]) -> Any:
    if value is None:
        return None
    if isinstance(kind, Mapping):
        fit_value(value, kind)
        return value
    plain = value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value
    fitted = _fit_datetime(value) if kind == "datetime" else _fit_plain(plain, kind)
    if fitted is None:
        raise Misfit(f"is {show(value)}")
    return fitted


def _fit_plain(value: Any, kind: str) -> Any:
    """The value as a type of Python, or None where it is another one."""
    if kind in INTEGERS:
        limit = _LIMITS[kind]
        whole = _is_number(value) and value == value // 1 and -limit <= value < limit
        return int(value) if whole else None
    if kind in FLOATS:
        return float(value) if _is_number(value) and _has_float(value) else None
    expected = {"boolean": bool, "string": str, "binary": bytes}.get(kind)
    return value if expected is not None and isinstance(value, expected) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _has_float(value: Any) -> bool:
    return isinstance(value, float) or bool(abs(value) <= 2**53)


def _fit_datetime(value: Any) -> date | None:
    """A date or time without a zone, as NumPy reads it too."""
    import numpy as np

    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]").item()
    elif isinstance(value, str):
        try:
            day = "T" not in value and " " not in value
            value = date.fromisoformat(value) if day else datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, date) or getattr(value, "tzinfo", None) is not None:
        return None
    return value
