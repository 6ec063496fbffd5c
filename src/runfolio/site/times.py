"""Dates and times as text, in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from runfolio.schema.tables import SECONDS

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_FAR: Final = SECONDS.stop * 1_000_000
"""The moment in microseconds from which on years have five digits."""


def to_datetime(microseconds: int) -> datetime:
    """The moment `microseconds` after 1970; far-off ones become the nearest that can be shown."""
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if microseconds > 0 else _EPOCH


def format_date(microseconds: int) -> str:
    """A day such as "23 Nov 2026"."""
    return _name_day(to_datetime(microseconds))


def format_time(microseconds: int) -> str:
    """A minute such as "23 Nov 2026 10:12"."""
    moment = to_datetime(microseconds)
    return f"{_name_day(moment)} {moment.hour:02}:{moment.minute:02}"


def _name_day(moment: datetime) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def format_iso(microseconds: int) -> str:
    """The moment in ISO 8601, to the second, in UTC."""
    return to_datetime(microseconds).isoformat(timespec="seconds")[:-6] + "Z"


def format_instant(microseconds: int) -> str:
    """The moment in ISO 8601, to the microsecond, in UTC."""
    return to_datetime(microseconds).isoformat(timespec="microseconds")[:-6] + "Z"


def iso_texts(moments: pa.Array | Sequence[int | None], unit: Literal["s", "us"] = "s") -> pa.Array:
    """Very many moments as `format_iso`, or by microseconds as `format_instant`, has each."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pa.array(moments, pa.int64())
    span = pc.min_max(numbers).as_py()
    if span["min"] is not None and span["min"] >= 0 and span["max"] < _FAR:
        times = numbers.cast(pa.timestamp("us")).cast(pa.timestamp(unit), safe=False)
        texts = pc.utf8_replace_slice(times.cast(pa.string()), 10, 11, "T")
        return pc.binary_join_element_wise(texts, "Z", "")
    write = format_iso if unit == "s" else format_instant
    texts = [None if one is None else write(one) for one in numbers.to_pylist()]
    return pa.array(texts, pa.string())
