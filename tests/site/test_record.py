"""The record of a build is kept with what other processes told, and read again as one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runfolio.site.record import Part, Record, pack_record, read_record, write_record

OWN = Record(
    {"index": Part("a", ("index.html",)), "run 1": Part("b", ("1.html", "1.js"))},
    {"index.html": (10, 1), "1.html": (20, 2), "1.js": (30, 3)},
    {"1.js": (0o644, 30, 3, 4, 5)},
)
LATER = Record({"run 1": Part("c", ("1.html",))}, {"1.html": (21, 9)}, {"1.html": (0, 1, 2, 3, 4)})
WHOLE = Record(OWN.parts | LATER.parts, OWN.stamps | LATER.stamps, OWN.sources | LATER.sources)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def joined() -> Record:
    return Record(OWN.parts, OWN.stamps, OWN.sources, (pack_record(LATER),))


def test_what_was_joined_counts_over_the_rest() -> None:
    assert joined().whole() == WHOLE
    assert OWN.whole() is OWN


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_record(tmp_path / "site", joined())
    assert read_record(tmp_path / "site") == WHOLE
    assert read_record(tmp_path / "other") == Record()


def test_the_name_of_a_folder_may_be_no_unicode(tmp_path: Path) -> None:
    output = tmp_path / os.fsdecode(b"site-\xff")
    write_record(output, joined())
    assert read_record(output) == WHOLE


def test_some_parts_come_with_their_files_only() -> None:
    assert WHOLE.of(["run 1", "run 2"]) == LATER
