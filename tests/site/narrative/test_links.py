"""Links of reports: where they may lead, and what is said of those that lead nowhere."""

from __future__ import annotations

import pytest

from runfolio.errors import ReportMistake
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.links import Target, keep_inside, resolve_link

PAGES = {"report.md": "report", "Other one.md": "other-one"}


def resolve(href: str, source: Source) -> Target:
    return resolve_link(href, slug="report", pages=PAGES, library=source.library, root="../")


def test_links_to_the_web_stay(source: Source) -> None:
    for href in ("https://example.org/x#y", "HTTP://example.org", "mailto:a@example.org"):
        assert resolve(href, source) == Target(href)


def test_links_to_sections_and_reports(source: Source) -> None:
    assert resolve("#a-b", source) == Target("#a-b", "report", "a-b")
    assert resolve("#%C3%BC", source) == Target("#%C3%BC", "report", "ü")
    other = "../reports/other-one.html"
    assert resolve("Other%20one.md", source) == Target(other, "other-one")
    assert resolve("./Other%20one.md#x", source) == Target(f"{other}#x", "other-one", "x")
    assert resolve("Other%20one.md#a=b", source) == Target(f"{other}#a=b", "other-one")


def test_short_forms(source: Source) -> None:
    run = source.library.runs[0]
    assert resolve(f"run:{run.id[:5]}", source).href == f"../runs/{run.id}.html"
    assert resolve(f"run:{run.id}#charts", source).href == f"../runs/{run.id}.html#charts"
    wine = source.experiments_of(source.library.runs[-1:])[0]
    page = f"../experiments/{wine.id}.html"
    assert resolve("experiment:wine#filter=a+%3C+1", source).href == f"{page}#filter=a+%3C+1"


@pytest.mark.parametrize(
    ("href", "said"),
    [
        ("run:zzzzzz", "There is no run 'zzzzzz' in this report"),
        ("run:", "'' is too short for a run's id"),
        ("experiment:wein", "There is no experiment 'wein' in this report. Did you mean 'wine'"),
        ("othre one.md", "There is no report 'othre one.md' in this folder. .*'Other one.md'"),
        ("data.csv", "The link 'data.csv' leads nowhere in this site. Links lead to"),
        ("../index.html", "leads nowhere in this site"),
        ("//example.org", "leads nowhere in this site"),
        ("javascript:alert(1)", "leads nowhere in this site"),
        ("#", "leads nowhere in this site"),
        ("", "leads nowhere in this site"),
    ],
)
def test_other_links_are_mistakes(source: Source, href: str, said: str) -> None:
    with pytest.raises(ReportMistake, match=said):
        resolve(href, source)


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("#x", True),
        ("../runs/ab.html#x=1", True),
        ("../reports/a-b.html", True),
        ("//example.org", False),
        ("../../x.html", False),
        ("../runs/ab.html?x", False),
        ("../runs/../x.html", False),
        ('#"onclick=', False),
        ("x.html", False),
    ],
)
def test_what_the_sanitiser_keeps(href: str, kept: bool) -> None:
    assert keep_inside(href) == (href if kept else None)
