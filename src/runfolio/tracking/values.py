"""What may be logged: parameters of any type, metric values, steps and times."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Mapping
from datetime import datetime
from time import time_ns
from typing import Any, NamedTuple

from runfolio.errors import InvalidValue
from runfolio.schema import check_name

_STEPS = range(-(2**63), 2**63)


class Param(NamedTuple):
    """A parameter's value as it is kept: its kind, exact text, and number if it is one."""

    kind: str
    text: str
    number: float | None

    def same_as(self, other: Param) -> bool:
        """Whether both stand for one value; 1 and 1.0 do, 1 and "1" do not."""
        if self.number is not None and self.number == other.number:
            return True
        return (self.kind, self.text) == (other.kind, other.text)


def encode_param(value: object) -> Param:
    """A parameter's value with its type; what is neither plain nor JSON is kept as text."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, bool):
        return Param("bool", "true" if value else "false", None)
    if isinstance(value, int):
        number = int(value)
        return Param("int", str(number), float(number) if abs(number) < 2**1023 else None)
    if isinstance(value, float):
        return Param("float", _float_text(float(value)), float(value))
    if isinstance(value, str):
        return Param("string", str(value), None)
    if value is None or isinstance(value, list | tuple | dict):
        try:
            return Param("json", json.dumps(value, ensure_ascii=False, allow_nan=False), None)
        except (TypeError, ValueError):
            return Param("string", str(value), None)
    return Param("string", str(value), None)


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def check_metrics(metrics: Mapping[str, Any]) -> list[float]:
    """The values of `metrics` as floats; raise for a bad name or a value that is no number."""
    return [_as_float(check_name(name, "metric"), value) for name, value in metrics.items()]


def _as_float(name: str, value: object) -> float:
    if getattr(value, "size", None) == 1 and hasattr(value, "item"):
        value = value.item()
    refused = isinstance(value, str | bytes | bytearray) or not hasattr(value, "__float__")
    if not refused or hasattr(value, "__index__"):
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            pass
    raise InvalidValue(
        f"The metric {name!r} must be a real number, not {type(value).__name__}: {value!r}. "
        "Convert it with float(…), or log text with set_tag."
    )


def check_step(step: object) -> int:
    """Return `step` as an int that fits 64 bits; raise `InvalidValue` if it is no integer."""
    try:
        number = operator.index(step)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidValue(
            f"A step must be an integer, not {type(step).__name__}: {step!r}. Use int(step)."
        ) from None
    if number not in _STEPS:
        raise InvalidValue(f"A step must fit 64 bits: {step!r}. Count in larger units.")
    return number


def now() -> int:
    """The time in microseconds since 1970, UTC."""
    return time_ns() // 1000


def check_time(time: float | datetime) -> int:
    """Microseconds since 1970 of an aware datetime or of seconds since 1970."""
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise InvalidValue(f"A time needs a time zone: {time!r}. Use datetime.now(timezone.utc).")
        return round(time.timestamp() * 1e6)
    if isinstance(time, int | float) and math.isfinite(time) and abs(time) < 1e11:
        return round(time * 1e6)
    raise InvalidValue(
        f"A time is a datetime with a time zone or seconds since 1970, not {time!r}."
    )
