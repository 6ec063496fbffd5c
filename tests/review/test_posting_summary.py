"""The summary of a job: a file that grows, with a part for each marker."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import CommentNotSent, CommentPlaceUnknown, InvalidValue
from runfolio.review.posting import Posted
from runfolio.review.summary import LIMIT, write_summary


def write(path: Path, text: str, *, marker: str = "report") -> Posted:
    return write_summary(text, environment={"GITHUB_STEP_SUMMARY": str(path)}, marker=marker)


def test_what_others_wrote_stays(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("# Tests\nall well")
    assert write(path, "better\n").action == "created"
    assert path.read_text() == (
        "# Tests\nall well\n<!-- runfolio:report -->\nbetter\n<!-- /runfolio:report -->\n"
    )


def test_a_marker_has_one_part(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    write(path, "better")
    write(path, "other", marker="other")
    assert write(path, "worse 😀").action == "updated"
    assert write(path, "worse 😀").action == "unchanged"
    text = path.read_text(encoding="utf-8")
    assert text.index("worse 😀") < text.index("other")
    assert "better" not in text
    assert text.count("<!-- runfolio:report -->") == 1


def test_it_stays_below_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("é" * 1_000)
    assert write(path, "é line\n" * 300_000).cut
    assert 1_000_000 < path.stat().st_size <= LIMIT
    assert "no more than 1,048,576 bytes fit here" in path.read_text(encoding="utf-8")


def test_a_full_summary_is_told(tmp_path: Path) -> None:
    path = tmp_path / "summary.md"
    path.write_text("x" * LIMIT)
    with pytest.raises(CommentNotSent, match="summary is full"):
        write(path, "better")
    assert path.stat().st_size == LIMIT


def test_nothing_is_no_summary(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="the text is empty"):
        write(tmp_path / "summary.md", "\n \n")
    assert not (tmp_path / "summary.md").exists()


def test_outside_of_a_job_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(CommentPlaceUnknown, match="GITHUB_STEP_SUMMARY is not set"):
        write_summary("x", environment={}, marker="report")
    with pytest.raises(CommentNotSent, match=r"can't be written.*Check GITHUB_STEP_SUMMARY"):
        write(tmp_path, "better")
