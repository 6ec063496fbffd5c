"""What may be logged: parameters of any type, metric values, steps and times."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import Any

from runfolio.errors import InvalidValue
from runfolio.schema import SECONDS, STEPS, check_name

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    if hasattr(value, "item") and _count(value) == 1:
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


def _count(value: Any) -> object:
    """How many numbers an array or tensor has; a tensor's `size` is a method."""
    return value.numel() if hasattr(value, "numel") else getattr(value, "size", None)


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
    if number not in STEPS:
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
    if isinstance(time, int | float) and SECONDS.start <= time < SECONDS.stop:
        return round(time * 1e6)
    raise InvalidValue(
        f"A time is a datetime with a time zone or seconds since 1970, not {time!r}. "
        "Use time.time()."
    )
