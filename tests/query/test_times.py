"""Times and durations as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from runfolio.query.language.syntax import Ago, Day, Instant
from runfolio.query.language.times import microseconds_of, parse_duration, parse_time

DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01", Instant(0.0)),
        (" 1970-01-01T00:00:01 ", Instant(1e6)),
        ("1970-01-01 00:01", Instant(6e7)),
        ("1970-01-01T00:00:00.5Z", Instant(5e5)),
        ("1970-01-01T00:00:00,000001z", Instant(1.0)),
        ("1970-01-01T01:00+01:00", Instant(0.0)),
        ("1970-01-01T01:00 +0130", Instant(-18e8)),
        ("1970-01-01T01:00-01", Instant(7.2e9)),
        ("1969-12-31", Instant(-DAY)),
        ("0001-01-01T00:00+23:00", Instant(-62_135_596_800e6 - 23 * 3600e6)),
        ("NOW", Ago(0.0)),
        ("1 day and 2 hours ago", Ago(26 * 3600e6)),
        ("a week ago", Ago(7.0 * DAY)),
        ("tomorrow", Day(1)),
        ("2026-02-29", None),
        ("2026-01-01T25:00", None),
        ("2026-01-01T10", None),
        ("2026-1-1", None),
        ("2026-01-01T10:00+99:00", None),
        ("١٩٧٠-01-01", None),
        ("ago", None),
        ("5 parsecs ago", None),
        ("3", None),
        ("", None),
    ],
)
def test_times_are_read_as_people_write_them(text: str, moment: Any) -> None:
    assert parse_time(text) == moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2h 30m", 9000.0),
        ("2H30MIN", 9000.0),
        ("1.5 days", 129_600.0),
        ("an hour, a minute and 1 s", 3661.0),
        ("250 ms", 0.25),
        ("1 y", 31_536_000.0),
        ("90", None),
        ("h", None),
        ("1 h 2", None),
        ("-1 h", None),
        ("9" * 400 + " s", None),
        (" ", None),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == (None if seconds is None else pytest.approx(seconds))


def test_moments_count_from_the_time_of_the_search() -> None:
    now = 10 * DAY + 5
    assert microseconds_of(Instant(3.0), now) == 3
    assert microseconds_of(Ago(5.0), now) == 10 * DAY
    assert [microseconds_of(Day(offset), now) for offset in (-1, 0, 1)] == [
        9 * DAY,
        10 * DAY,
        11 * DAY,
    ]
