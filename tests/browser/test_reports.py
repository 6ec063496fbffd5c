"""Narrative reports in a browser: contents, search, links between them, without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.watching import PageOpener

pytestmark = pytest.mark.browser


def report(site: Path, name: str = "usual") -> str:
    return str(site / "reports" / f"{name}.html")


def test_contents_stand_beside_the_text_on_wide_screens(
    open_page: PageOpener, demo_site: Path
) -> None:
    page = open_page(report(demo_site), width=1440)
    contents = page.get_by_role("navigation", name="Contents")
    expect(contents.get_by_role("link")).to_have_text(
        ["Measure", "Result", "Every run", "How it went"]
    )
    beside, text = contents.bounding_box(), page.locator(".report-text").bounding_box()
    assert beside is not None
    assert text is not None
    assert beside["x"] + beside["width"] <= text["x"]
    contents.get_by_role("link", name="How it went").click()
    expect(page.get_by_role("heading", name="How it went")).to_be_in_viewport()
    expect(contents).to_be_in_viewport()
    assert page.url.endswith("#how-it-went")


def test_contents_are_folded_on_a_phone(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(report(demo_site), width=390)
    contents = page.get_by_role("navigation", name="Contents")
    link = contents.get_by_role("link", name="Measure")
    expect(link).to_be_hidden()
    contents.get_by_text("Contents").click()
    link.click()
    expect(page.get_by_role("heading", name="Measure")).to_be_in_viewport()
    expect(link).to_be_hidden()


@pytest.mark.parametrize("name", ["demo_site", "odd_site"])
def test_nothing_scrolls_sideways(
    open_page: PageOpener, name: str, request: pytest.FixtureRequest
) -> None:
    site: Path = request.getfixturevalue(name)
    for path in (site / "reports").glob("*.html"):
        for width in (320, 390, 1000, 1440):
            page = open_page(str(path), width=width)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path


def test_formulas_are_drawn(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(report(demo_site))
    formula = page.locator("math[display=block]").bounding_box()
    assert formula is not None
    assert formula["height"] > 30
    assert page.evaluate("document.querySelector('math msqrt') instanceof MathMLElement")


def test_footnotes_lead_there_and_back(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(report(demo_site))
    page.get_by_role("link", name="note 1", exact=True).click()
    back = page.get_by_role("link", name="back to note 1")
    expect(back).to_be_in_viewport()
    back.click()
    expect(page.get_by_role("link", name="note 1", exact=True)).to_be_in_viewport()


def test_reports_are_found_and_lead_to_each_other(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(str(demo_site / "index.html"))
    expect(page.get_by_role("region", name="Reports").get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("which model")
    page.get_by_role("option", name="Which model predicts wine?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Which model predicts wine?")
    page.get_by_role("link", name="the other report").click()
    expect(page.get_by_role("heading", name="More")).to_be_in_viewport()
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", name="Reports")).to_be_in_viewport()


def test_all_is_there_without_scripts(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(report(demo_site), javascript=False)
    for text in ("Measure", "RMSE", "boosting 3", "Pictures have their title", "With a note"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(
        page.get_by_role("navigation", name="Contents").get_by_role("link").first
    ).to_be_visible()
    assert page.locator("math").count() > 3


def test_mistakes_are_notes_that_nothing_runs_in(open_page: PageOpener, odd_site: Path) -> None:
    page = open_page(report(odd_site, "mistaken"))
    notes = page.get_by_role("note")
    expect(notes).to_have_count(7)
    expect(notes.nth(1)).to_contain_text("there is no function 'bst'")
    expect(page.get_by_role("heading", level=1)).to_have_text("<script>alert(1)</script>")
