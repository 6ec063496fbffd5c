"""Dates and times as text, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
