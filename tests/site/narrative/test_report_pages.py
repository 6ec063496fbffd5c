"""Reports in a built site: their pages, the first page, the search, and what a mistake does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from runfolio.errors import ReportsFaulty, ReportsNotFound
from runfolio.site import build_report, shards
from tests.site.narrative.sources import PIXEL

REPORT = """---
title: What <b>was</b> found
authors: [{name: Ada, affiliation: Here}, Bob]
date: 2026-11-23
abstract: "Best: {{ best(metrics.rmse) }}, by {{ best_run(metrics.rmse) }}."
---

## First

![p](p.png)

## Second

```runfolio
chart: number
metric: rmse
```

## Third
"""


@pytest.fixture
def store(wine_store: Path, tmp_path: Path) -> Path:
    """The store with one report beside it."""
    shutil.copytree(wine_store, tmp_path / "runs")
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "One Report.md").write_text(REPORT, encoding="utf-8")
    (reports / "p.png").write_bytes(PIXEL)
    return tmp_path / "runs"


@pytest.fixture
def site(store: Path, tmp_path: Path) -> Path:
    """The site of that store."""
    build_report(store, output=tmp_path / "site", title="Demo", strict=True)
    return tmp_path / "site"


def soup_of(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def read_shard(path: Path) -> dict[str, object]:
    return dict(shards.read_shard(path.read_text(encoding="utf-8")))


def test_the_page_has_title_authors_date_and_contents(site: Path) -> None:
    page = soup_of(site / "reports" / "one-report.html")
    assert page.find("title").text == "What <b>was</b> found · Demo"  # type: ignore[union-attr]
    assert [one.text for one in page.find_all("h1")] == ["What <b>was</b> found"]
    byline = page.find(class_="byline")
    assert byline is not None
    assert byline.text == "Ada HereBob23 Nov 2026"
    assert byline.find("time")["datetime"] == "2026-11-23"  # type: ignore[index]
    contents = page.find("nav", class_="contents")
    assert contents is not None
    assert [one["href"] for one in contents.find_all("a")] == ["#first", "#second", "#third"]
    for anchor in ("first", "second", "third"):
        assert page.find("h2", id=anchor)


def test_the_page_finds_its_data_and_its_way_home(site: Path) -> None:
    page = soup_of(site / "reports" / "one-report.html")
    body = page.find("body")
    assert body is not None
    assert (body["data-page"], body["data-shard"]) == ("report", "reports/one-report")
    crumbs = [one["href"] for one in page.select(".crumbs a")]
    assert crumbs == ["../index.html", "../index.html#reports"]
    shard = read_shard(site / "data" / "reports" / "one-report.js")
    assert isinstance(shard["panels"], list)
    assert len(shard["panels"]) == 1
    picture = page.select_one(".report-image img")
    assert picture is not None
    assert (site / "reports" / str(picture["src"])).resolve().read_bytes() == PIXEL


def test_every_link_of_the_page_leads_somewhere(site: Path) -> None:
    page = site / "reports" / "one-report.html"
    soup = soup_of(page)
    for tag in soup.select(":is(a, script, link, img):is([href], [src])"):
        address = str(tag.get("href") or tag.get("src")).partition("#")[0]
        assert not address or (page.parent / address).is_file(), address


def test_the_first_page_lists_reports(site: Path) -> None:
    section = soup_of(site / "index.html").select_one("section[aria-labelledby=reports]")
    assert section is not None
    link = section.find("a")
    assert link is not None
    assert (link["href"], link.text) == ("reports/one-report.html", "What <b>was</b> found")
    assert "Ada, Bob · 23 Nov 2026" in section.text
    assert "Best: 0.6123, by forest." in section.text


def test_the_search_finds_reports(site: Path) -> None:
    assert read_shard(site / "data" / "finder.js")["reports"] == {
        "href": ["reports/one-report.html"],
        "title": ["What <b>was</b> found"],
        "authors": ["Ada, Bob"],
    }


def test_a_site_without_reports_says_nothing_of_them(wine_store: Path, tmp_path: Path) -> None:
    summary = build_report(wine_store, output=tmp_path / "site")
    assert (summary.reports, summary.mistakes) == (0, ())
    assert not (tmp_path / "site" / "reports").exists()
    assert "Reports" not in (tmp_path / "site" / "index.html").read_text()


def test_an_empty_store_may_have_reports(tmp_path: Path) -> None:
    import runfolio

    runfolio.describe_experiment("none", note="None yet.", store=tmp_path / "runs")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "plan.md").write_text("# Plan\n\nLater: {{ best(metrics.x) }}.")
    summary = build_report(tmp_path / "runs", output=tmp_path / "site", reports=tmp_path / "own")
    assert [str(one).rpartition("/")[2][:12] for one in summary.mistakes] == ["plan.md:3: T"]
    assert "plan.html" in (tmp_path / "site" / "index.html").read_text()


def test_the_same_reports_give_the_same_bytes(site: Path, store: Path, tmp_path: Path) -> None:
    build_report(store, output=tmp_path / "again", title="Demo")
    files = sorted(path.relative_to(site) for path in site.rglob("*report*") if path.is_file())
    assert files
    for path in files:
        assert (tmp_path / "again" / path).read_bytes() == (site / path).read_bytes()


def test_a_changed_report_is_built_again_and_a_removed_one_goes(site: Path, store: Path) -> None:
    reports = store.parent / "reports"
    (reports / "One Report.md").write_text(REPORT.replace("Third", "Changed"))
    (reports / "two.md").write_text("# Two\n\nSee [one](<One Report.md#changed>).\n")
    build_report(store, output=site, title="Demo", strict=True)
    assert "Changed" in (site / "reports" / "one-report.html").read_text()
    assert "one-report.html#changed" in (site / "reports" / "two.html").read_text()
    (reports / "two.md").unlink()
    build_report(store, output=site, title="Demo")
    assert not (site / "reports" / "two.html").exists()
    assert "two.html" not in (site / "index.html").read_text()


def test_a_mistake_is_noted_where_it_is_and_told(store: Path, tmp_path: Path) -> None:
    (store.parent / "reports" / "bad.md").write_text("# Bad\n\n{{ bst(metrics.rmse) }}\n")
    summary = build_report(store, output=tmp_path / "site")
    (mistake,) = summary.mistakes
    assert (mistake.file.name, mistake.line) == ("bad.md", 3)
    box = soup_of(tmp_path / "site" / "reports" / "bad.html").find(role="note")
    assert box is not None
    assert "{{ bst(metrics.rmse) }}" in box.text
    assert "Line 3: The expression fails at column 4: there is no function 'bst'" in box.text


def test_strict_builds_no_site_and_names_every_mistake(store: Path, site: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    (store.parent / "reports" / "bad.md").write_text("# Bad\n\n{{ x() }}\n\n$\\frac$\n")
    (store.parent / "reports" / "worse.md").write_text("---\ndate: x\n---\n")
    with pytest.raises(ReportsFaulty, match="3 mistakes in 2 reports, and no site") as failure:
        build_report(store, output=site, title="Other", strict=True)
    places = [line.rpartition("/")[2].partition(" ")[0] for line in failure.value.mistakes]
    assert places == ["bad.md:3:", "bad.md:5:", "worse.md:2:"]
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


def test_a_missing_folder_is_an_error(store: Path, tmp_path: Path) -> None:
    with pytest.raises(ReportsNotFound, match=r"No folder of reports at '.*nowhere'"):
        build_report(store, output=tmp_path / "site", reports=tmp_path / "nowhere")
