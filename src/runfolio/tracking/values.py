"""What may be logged: parameters of any type, metric values, steps and times."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import Any, NamedTuple

from runfolio.errors import InvalidValue
from runfolio.schema import check_name

_STEPS = range(-(2**63), 2**63)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = range(-62_135_596_800, 253_402_300_800)
"""Seconds since 1970 of the years 1 to 9999, which is what a datetime holds."""


class Param(NamedTuple):
    """A parameter's value as it is kept: its kind, exact text, and number if it is one."""

    kind: str
    text: str
    number: float | None

    def same_as(self, other: Param) -> bool:
        """Whether both stand for one value; 1 and 1.0 do, 1 and "1" do not."""
        if (self.kind, self.text) == (other.kind, other.text):
            return True
        mine, theirs = self._exact(), other._exact()
        return mine is not None and theirs is not None and mine == theirs

    def _exact(self) -> int | float | None:
        """The value as Python compares it: beyond 2**53 not every int is a float."""
        return int(self.text) if self.kind == "int" else self.number


def encode_param(value: object) -> Param:
    """A parameter's value with its type; what is neither plain nor JSON is kept as text."""
    try:
        return _encode(value)
    except (RecursionError, ValueError) as error:
        raise InvalidValue(
            f"A parameter of type {type(value).__name__} can't be written as text: {error}. "
            "Log a shorter value."
        ) from None


def _encode(value: object) -> Param:
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
        return Param("string", as_text(value), None)
    if value is None or isinstance(value, list | tuple | dict):
        try:
            return Param("json", json.dumps(value, ensure_ascii=False, allow_nan=False), None)
        except (TypeError, ValueError):
            return Param("string", as_text(value), None)
    return Param("string", as_text(value), None)


def as_text(value: object) -> str:
    """`value` as text that is valid Unicode, with question marks for what isn't."""
    return str(value).encode(errors="replace").decode()


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def check_mapping(value: Any, what: str) -> Mapping[str, Any]:
    """Return `value` when it is a mapping of names to values; raise `InvalidValue` if not."""
    if isinstance(value, Mapping):
        return value
    raise InvalidValue(
        f"Several {what} are logged as a dict of names and values, not {type(value).__name__}: "
        f"{value!r}."
    )


def check_metrics(metrics: Mapping[str, Any]) -> list[float]:
    """The values of `metrics` as floats; raise for a bad name or a value that is no number."""
    return [_as_float(check_name(name, "metric"), value) for name, value in metrics.items()]


def _as_float(name: str, value: object) -> float:
    if getattr(value, "size", None) == 1 and hasattr(value, "item"):
        value = value.item()
    refused = isinstance(value, str | bytes | bytearray | complex)
    if not refused and (hasattr(value, "__float__") or hasattr(value, "__index__")):
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            pass
    shown = _show(value)
    raise InvalidValue(
        f"The metric {name!r} must be a real number, not {type(value).__name__}: {shown}. "
        "Convert it with float(…), or log text with set_tag."
    )


def _show(value: object) -> str:
    """A value for a message, cut where it is long."""
    try:
        said = repr(value)
    except ValueError:  # an integer with more digits than Python writes
        return "a number of thousands of digits"
    return said if len(said) <= 80 else f"{said[:80]}…"


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


def check_sync(seconds: object) -> float | None:
    """Return how often to sync a journal; raise `InvalidValue` for what is no length of time."""
    if seconds is None:
        return None
    if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < 1e9:
        return float(seconds)
    raise InvalidValue(f"sync is a number of seconds from 0, or None, not {seconds!r}.")


def now() -> int:
    """The time in microseconds since 1970, UTC."""
    return time_ns() // 1000


def check_time(time: float | datetime) -> int:
    """Microseconds since 1970 of an aware datetime or of seconds since 1970."""
    if isinstance(time, datetime):
        if time.tzinfo is None:
            raise InvalidValue(
                f"A time needs a time zone: {time!r}. Use datetime.now(timezone.utc)."
            )
        return (time - _EPOCH) // timedelta(microseconds=1)
    if isinstance(time, int | float) and _TIMES.start <= time < _TIMES.stop:
        return round(time * 1e6)
    raise InvalidValue(
        f"A time is a datetime with a time zone or seconds since 1970, not {time!r}. "
        "Use time.time()."
    )
