"""Finding reports: which files are some, what their pages are called, what their titles are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import ReportsNotFound
from runfolio.site.narrative import documents
from runfolio.site.narrative.documents import (
    MAX_REPORT,
    find_reports,
    make_slug,
    name_pages,
)
from runfolio.site.narrative.locating import locate_reports
from runfolio.site.narrative.pages import show_title


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def test_reports_lie_beside_the_store_or_where_one_says(tmp_path: Path) -> None:
    store, own = tmp_path / "runs", tmp_path / "own"
    assert locate_reports(store, None) is None
    write(tmp_path / "reports")
    write(own)
    assert locate_reports(store, None) == tmp_path / "reports"
    assert locate_reports(tmp_path / "mlflow.db", None) == tmp_path / "reports"
    assert locate_reports("s3://bucket/runs", None) is None
    assert locate_reports("s3://bucket/runs", own) == own
    assert locate_reports(tmp_path / "reports", None) is None
    with pytest.raises(ReportsNotFound, match=r"No folder of reports at '.*missing'"):
        locate_reports(store, tmp_path / "missing")


def test_every_markdown_file_is_one_but_a_readme(tmp_path: Path) -> None:
    write(tmp_path, one="# One", README="# No", two="# Two")
    (tmp_path / "three.markdown").write_text("# Three")
    (tmp_path / "readme.MD").write_text("# No")
    (tmp_path / ".hidden.md").write_text("# No")
    (tmp_path / "notes.txt").write_text("# No")
    (tmp_path / "folder.md").mkdir()
    assert [one.title for one in find_reports(tmp_path)] == ["One", "Three", "Two"]


def test_reports_are_listed_by_order_then_newest_first(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="---\ndate: 2026-01-01\n---\n",
        b="---\ndate: 2026-02-01\n---\n",
        c="---\norder: 2\n---\n",
        d="---\norder: -1.5\n---\n",
        e="",
    )
    assert [one.slug for one in find_reports(tmp_path)] == ["d", "c", "b", "a", "e"]


@pytest.mark.parametrize(
    ("text", "title", "body", "line"),
    [
        ("# First words\n\ntext", "First words", "\ntext", 2),
        ("\n\n# Late #\ntext", "Late", "text", 4),
        ("text\n\n# No title", "report", "text\n\n# No title", 1),
        ("## Lower\n", "report", "## Lower\n", 1),
        ("---\ntitle: Said\n---\n\n# Said\n\ntext", "Said", "\ntext", 6),
        ("---\ntitle: Said\n---\n# Other\n", "Said", "# Other\n", 4),
        ("", "report", "", 1),
    ],
)
def test_titles(tmp_path: Path, text: str, title: str, body: str, line: int) -> None:
    write(tmp_path, report=text)
    (found,) = find_reports(tmp_path)
    assert (found.title, found.body.text, found.body.line) == (title, body, line)


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("Wine Quality", "wine-quality"),
        ("Über die Güte", "uber-die-gute"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>", "script"),
        ("日本", ""),
        ("a" * 200, "a" * 80),
        ("--x--", "x"),
    ],
)
def test_slugs(stem: str, slug: str) -> None:
    assert make_slug(stem) == slug


def test_no_two_pages_share_a_name() -> None:
    stems = ["Report", "report", "REPORT", "日本", "中国", "con", "a b", "a-b", "report-2"]
    assert name_pages(stems) == [
        *("report", "report-2", "report-3", "report-4", "report-5"),
        *("con-report", "a-b", "a-b-2", "report-2-2"),
    ]


@given(st.lists(st.text(max_size=8), max_size=12))
def test_names_of_pages_are_safe_and_unique(stems: list[str]) -> None:
    names = name_pages(stems)
    assert len(set(names)) == len(names) == len(stems)
    for name in names:
        assert name.isascii()
        assert name.replace("-", "").isalnum()
        assert name == name.lower()


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(b"# Title\n\ncaf\xe9\n")
    (tmp_path / "long.md").write_bytes(b"x" * (MAX_REPORT + 1))
    long_one, latin = sorted(find_reports(tmp_path), key=lambda one: one.slug, reverse=True)
    assert [(one.line, str(one)) for one in latin.mistakes] == [
        (3, "This is no UTF-8 text. Save the file as UTF-8.")
    ]
    assert latin.title == "Title"
    assert [str(one) for one in long_one.mistakes] == [
        "The file is larger than 1 MB: split the report."
    ]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret")
    folder = tmp_path / "reports"
    write(folder, one="# One")
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    (folder / "in.md").symlink_to(folder / "one.md")
    found = {one.slug: one for one in find_reports(folder)}
    assert found["in"].title == "One"
    assert found["out"].title == "out"
    assert not found["out"].body.text
    assert "a link that leads out of the folder" in str(found["out"].mistakes[0])


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ReportsNotFound, match="can't be read: Permission denied"):
        find_reports(tmp_path)


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    name = b"caf\xe9 <b>.md"
    try:
        (tmp_path / os.fsdecode(name)).write_text("text")
    except OSError:
        pytest.skip("this file system takes no such names")
    (found,) = find_reports(tmp_path)
    assert found.slug == "caf-b"
    assert show_title(found) == "caf� <b>"


def test_marks_and_line_ends_of_other_systems(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\nline\r\n")
    (found,) = find_reports(tmp_path)
    assert (found.title, found.body.text) == ("T", "line\n")


def test_too_many_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_REPORTS", 1)
    write(tmp_path, a="", b="")
    with pytest.raises(ReportsNotFound, match="has 2 Markdown files; 1 reports are built at most"):
        find_reports(tmp_path)
