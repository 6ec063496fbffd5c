"""Markdown of strangers: notes, cards and reports hold nothing but an allowed few elements."""

from __future__ import annotations

import re
from pathlib import Path

import nh3
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

import runfolio
from runfolio.site import build_report
from runfolio.site.archive_page import _render as render_readme
from runfolio.site.markdown import ATTRIBUTES, TAGS
from runfolio.site.narrative.reading import report_cleaner, report_parser
from runfolio.site.notes import render_markdown
from tests.hostile.markup import MARKDOWN, MUTATING, SCHEMES
from tests.hostile.texts import MARK, polyglot

SOURCES = (*MARKDOWN, *MUTATING)
ALLOWED = {"href", "title", "rel", "class", "start", "tabindex"}
ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20]", re.IGNORECASE)
INSIDE = re.compile(r"#[^\s\"'<>]+|\.\./[a-z]+/[\w-]+\.html(#.*)?", re.ASCII)


def check(html: str, *, report: bool = False) -> None:
    """Fail for what is not let through, and where another reading would make something else."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all():
        assert tag.name in {*TAGS, "h2", *(("sup", "section", "input") if report else ())}
        assert set(tag.attrs) <= ALLOWED | ({"id", "aria-label"} if report else set()), tag
        href = str(tag.get("href", "mailto:a@b.c"))
        assert ADDRESS.match(href) or (report and INSIDE.fullmatch(href)), href
    assert clean(html) == html


def clean(html: str) -> str:
    """The HTML as the sanitiser leaves it when it is given its own work."""
    attributes = {tag: set(names) for tag, names in ATTRIBUTES.items()}
    return nh3.clean(
        html,
        tags={*TAGS, "h2"},
        attributes=attributes,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


@pytest.mark.parametrize("source", SOURCES)
def test_a_note_holds_nothing_that_runs_or_fetches(source: str) -> None:
    check(render_markdown(source))


@pytest.mark.parametrize("source", SOURCES)
def test_an_archive_s_readme_holds_nothing_that_runs_or_fetches(source: str) -> None:
    check(render_readme(source))


@pytest.mark.parametrize("source", SOURCES)
def test_a_report_s_html_holds_nothing_that_runs_or_fetches(source: str) -> None:
    """The sanitiser of reports alone, given what the parser makes before links are resolved."""
    html = report_parser(footnotes=True).render(source, {"mark": str})
    cleaned = report_cleaner().clean(html)
    for tag in BeautifulSoup(cleaned, "html.parser").find_all():
        assert set(tag.attrs) <= ALLOWED | {"id", "aria-label"}
        href = str(tag.get("href", "#x"))
        assert ADDRESS.match(href) or INSIDE.fullmatch(href), href
    assert report_cleaner().clean(cleaned) == cleaned


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_way_of_writing_a_link_makes_it_lead_there(scheme: str) -> None:
    for written in (f"[x]({scheme})", f"[x](<{scheme}>)", f"[x][r]\n\n[r]: <{scheme}> 't'"):
        assert "<a" not in render_markdown(written)


@given(
    st.lists(
        st.one_of(
            st.sampled_from(SOURCES),
            st.sampled_from(["[", "](", ")", "<", ">", "`", "*", "\n", "\n\n", "|", "&#x3c;", '"']),
            st.text(max_size=6),
        ),
        max_size=8,
    )
)
def test_sanitised_once_is_sanitised(parts: list[str]) -> None:
    check(render_markdown("".join(parts)))


def test_names_of_headings_clobber_nothing(tmp_path: Path, store: Path) -> None:
    """Identifiers of a report are words of its headings, and no script asks for one by name."""
    with runfolio.start_run(experiment="e", store=store, capture=False):
        pass
    names = ("body", "location", "__proto__", "cookie", "currentScript", "main", "panel-1", "fn1")
    text = "\n\n".join(f"# {name}\n\nx[^1]" for name in names) + "\n\n[^1]: note\n"
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "all.md").write_text(f"# First\n\n{text}")
    build_report(store, output=tmp_path / "site", reports=tmp_path / "reports")
    page = (tmp_path / "site" / "reports" / "all.html").read_text(encoding="utf-8")
    identifiers = [tag["id"] for tag in BeautifulSoup(page, "html.parser").find_all(id=True)]
    assert len(identifiers) == len(set(identifiers))
    assert "name=" not in re.sub(r'<meta name="[a-z-]+"', "", page)


def test_notes_of_a_built_site_are_all_sanitised(tmp_path: Path, store: Path) -> None:
    note = "\n\n".join(SOURCES) + polyglot("note")
    with runfolio.start_run(experiment="e", store=store, capture=False) as run:
        run.set_note(note)
        run.log_text(note, "note.md")
    build_report(store, output=tmp_path / "site")
    for file in (tmp_path / "site").rglob("*.html"):
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for tag in soup.find_all():
            assert not [name for name in tag.attrs if name.startswith("on")]
            assert tag.name not in ("style", "base", "object", "embed", "form", "iframe")
            assert not str(tag.get("href", "")).lower().startswith(("javascript:", "data:", "//"))
            assert not str(tag.get("src", "")).lower().startswith(("http", "//"))
        scripts = soup.find_all("script", src=False)
        assert all(one.get("type") == "application/ld+json" for one in scripts)
        assert MARK in soup.text or file.parent.name != "runs"
