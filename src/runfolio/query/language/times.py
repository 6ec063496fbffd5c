"""Times and durations as people write them.

A time is an ISO date (midnight UTC) or an ISO date and time (UTC unless it names an offset), or
one of now, today, yesterday and tomorrow, or a duration followed by "ago". A duration is a row of
numbers with units, such as "2h 30m", "1.5 days" or "an hour". Weeks, months and years are 7, 30
and 365 days: they say about how long ago, and the same text means the same length at any time.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from runfolio.query.language.syntax import Ago, Day, Instant, Moment

_UNITS: Final = {
    0.001: "ms millisecond milliseconds",
    1: "s sec secs second seconds",
    60: "m min mins minute minutes",
    3600: "h hr hrs hour hours",
    86_400: "d day days",
    7 * 86_400: "w week weeks",
    30 * 86_400: "mo month months",
    365 * 86_400: "y yr year years",
}
_SECONDS: Final = {word: seconds for seconds, words in _UNITS.items() for word in words.split()}

_PART: Final = re.compile(r"(an?(?![a-z])|[0-9]+(?:\.[0-9]+)?)\s*([a-z]+)(?:[\s,]+(?:and\s)?)?\s*")
_ISO: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r" ?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}


def parse_time(text: str) -> Moment | None:
    """The moment a text names, or None when it names none."""
    words = text.strip().lower()
    if words == "now":
        return Ago(0.0)
    if words in _DAYS:
        return Day(_DAYS[words])
    if words.endswith(" ago"):
        seconds = parse_duration(words.removesuffix("ago"))
        return None if seconds is None else Ago(float(round(seconds * 1e6)))
    return _parse_iso(text.strip())


def parse_duration(text: str) -> float | None:
    """The seconds a text such as "2h 30m" names, or None when it names none."""
    words = text.strip().lower()
    seconds, place = 0.0, 0
    while place < len(words):
        part = _PART.match(words, place)
        if part is None or part[2] not in _SECONDS:
            return None
        number = 1.0 if part[1] in ("a", "an") else float(part[1])
        seconds += number * _SECONDS[part[2]]
        place = part.end()
    return seconds if words and math.isfinite(seconds * 1e6) else None


def microseconds_of(moment: Moment, now: int) -> float:
    """The time a moment stands for when the search takes place at `now`, both in microseconds."""
    if isinstance(moment, Instant):
        return moment.microseconds
    if isinstance(moment, Ago):
        return now - moment.microseconds
    day = 86_400_000_000
    return float((now // day + moment.offset) * day)


def _parse_iso(text: str) -> Instant | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int((found[7] or "").ljust(6, "0")[:6])
    try:
        zone = _zone(found[8])
        time = datetime(year, month, day, hour, minute, second, fraction, zone)
    except ValueError:
        return None
    return Instant(float((time - _EPOCH) // timedelta(microseconds=1)))


def _zone(offset: str | None) -> timezone:
    if offset is None or offset in "Zz":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[3:].removeprefix(":") or 0)
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
