"""Which earlier reports go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runfolio.errors import PublishRefused
from runfolio.publishing import Retention
from runfolio.publishing.catalogue import Catalogue, Report, read_catalogue, render_catalogue

NOW = datetime(2026, 11, 26, tzinfo=UTC)
DAY = 86400.0


def report(days: float, *, published: str | None = None) -> Report:
    moment = (NOW - timedelta(days=days)).isoformat()
    return Report("Wine", published or moment, 1, 10, "digest")


CATALOGUE = Catalogue(
    {
        "": report(100),
        "pr/1": report(40),
        "pr/2": report(20),
        "pr/3/a1b2": report(10),
        "pr/3/c3d4": report(5),
        "main/2025": report(400),
        "nightly": report(1),
    }
)


@pytest.mark.parametrize(
    ("retention", "path", "expected"),
    [
        (Retention(), "pr/9", ()),
        (Retention(seconds=30 * DAY), "pr/9", ("pr/1",)),
        (Retention(seconds=30 * DAY), "pr/1", ()),
        (Retention(seconds=30 * DAY), "", ("main/2025", "pr/1")),
        (Retention(seconds=30 * DAY), "nightly", ()),
        (Retention(seconds=0.5 * DAY), "weekly", ("nightly",)),
        (Retention(names=["1", "3", "7"]), "pr/9", ("pr/1", "pr/3/a1b2", "pr/3/c3d4")),
        (Retention(names=["3/a1b2"]), "pr/9", ("pr/3/a1b2",)),
        (Retention(names=["1"]), "pr/1", ()),
        (Retention(names=["1"]), "", ()),
        (Retention(names=["pr/1", "main"]), "", ("main/2025", "pr/1")),
        (Retention(keep=1), "pr/9", ("pr/1", "pr/2", "pr/3/a1b2", "pr/3/c3d4")),
        (Retention(keep=3), "pr/9", ("pr/1", "pr/2")),
        (Retention(keep=3), "pr/2", ("pr/1",)),
        (Retention(keep=1), "pr/3/new", ("pr/3/a1b2", "pr/3/c3d4")),
        (Retention(keep=3), "", ("main/2025", "pr/1", "pr/2")),
        (Retention(keep=4, seconds=30 * DAY), "pr/9", ("pr/1",)),
    ],
)
def test_only_reports_beside_the_path_go(
    retention: Retention, path: str, expected: tuple[str, ...]
) -> None:
    assert retention.choose(CATALOGUE, path, now=NOW) == expected


def test_a_time_that_cannot_be_read_is_long_ago() -> None:
    catalogue = Catalogue({"a": report(0, published="never"), "b": report(0, published="2026")})
    assert Retention(seconds=DAY).choose(catalogue, "c", now=NOW) == ("a", "b")


def test_a_time_without_a_zone_is_utc() -> None:
    catalogue = Catalogue({"a": report(0, published="2026-11-25T12:00:00")})
    assert Retention(seconds=DAY).choose(catalogue, "c", now=NOW) == ()


def test_a_catalogue_is_read_as_it_was_written() -> None:
    catalogue = Catalogue({"": report(1), "pr/1": report(2)}, index="digest", own=True)
    content = render_catalogue(catalogue)
    assert read_catalogue(content, place="here") == catalogue
    assert render_catalogue(read_catalogue(content, place="here")) == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"generator": "other", "index": null, "own": false, "reports": {}}',
        b'{"generator": "runfolio", "index": null, "own": false, "reports": {"../x": {}}}',
        b'{"generator": "runfolio", "index": null, "own": false, "reports": {"x": 1}}',
        render_catalogue(Catalogue({"": Report("", "", 1, 1, "", ("../../etc",))})),
    ],
)
def test_a_damaged_catalogue_is_named(content: bytes) -> None:
    with pytest.raises(PublishRefused, match=r"of here can't be read\. Restore it as it was"):
        read_catalogue(content, place="here")
