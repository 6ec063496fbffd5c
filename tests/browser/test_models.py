"""Registered models: their index, the page of one and of a version, and the model of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from runfolio.site.addresses import model_id
from tests.browser.kinds import page_of, see_all
from tests.browser.stores import ESTIMATOR, HOSTILE
from tests.browser.test_axe import axe, violations

__all__ = ["axe"]  # a fixture

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]


def hostile_pages(site: Path) -> list[Path]:
    """The pages of models and versions in the report of an odd store."""
    pages = sorted((site / "models").glob("*.html"))
    assert len(pages) == 5
    return [site / "models.html", *pages]


def test_from_the_index_to_a_version_and_its_run(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(demo_site / "index.html")
    page.get_by_role("region", name="Registered models").get_by_role("link", name="cellar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("cellar")
    expect(page.locator(".verdict .winner")).to_have_text("version 2")
    page.locator("table.versions").get_by_role("link", name="version 1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("cellar version 1")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_contain_text("cellar version 2")
    page.get_by_role("list", name="Lineage").get_by_role("link", name="ridge 1").click()
    page.get_by_role("tab", name="Model").click()
    expect(page.locator(".registered")).to_have_text("Registered as cellar version 2 champion")


def test_the_chart_shows_the_metric_that_was_chosen(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "model"))
    see_all(page)
    chart = page.locator("[data-history]")
    expect(chart.locator("canvas, svg.marks").first).to_be_visible()
    expect(chart.locator(".chart-title")).to_have_text("rmse over 2 versions")
    expect(chart.locator(".chart-legend li")).to_have_count(3)
    page.locator("[data-control=metric]").select_option("r2")
    expect(chart.locator(".chart-title")).to_have_text("r2 over 2 versions")
    assert page.url.endswith("#metric=r2")
    again = open_page(page.url)
    see_all(again)
    expect(again.locator("[data-history] .chart-title")).to_have_text("r2 over 2 versions")


def test_versions_sort_and_their_runs_compare(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "model"))
    table = page.locator("table.versions")
    table.get_by_role("button", name="rmse").click()
    expect(table.locator("tbody th").first).to_have_text("version 2")
    page.get_by_role("link", name="Compare their runs").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Compar")
    expect(page.get_by_text("linear 0").first).to_be_visible()


def test_the_lines_are_copied(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "version"))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy the lines")
    button.click()
    expect(page.locator("[data-copy-code]")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert 'runfolio.load_model("models:/cellar/' in copied


def test_the_diagram_folds_by_keyboard(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "version"))
    step = page.locator(".diagram summary", has_text="Ridge")
    values = page.locator(".diagram details", has_text="Ridge").last.locator("table").first
    expect(values).to_be_hidden()
    step.focus()
    page.keyboard.press("Enter")
    expect(values).to_be_visible()
    expect(values).to_contain_text("alpha")
    page.keyboard.press("Space")
    expect(values).to_be_hidden()


@pytest.mark.parametrize("kind", ["models", "model", "version"])
@pytest.mark.parametrize("site", ["demo_site", "odd_site"])
def test_pages_fit_a_phone(
    open_page: OpenPage, kind: str, site: str, request: pytest.FixtureRequest
) -> None:
    page = open_page(page_of(request.getfixturevalue(site), kind), width=390)
    see_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_scripts_all_is_there(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "model"), javascript=False)
    expect(page.locator("[data-history] img")).to_be_visible()
    expect(page.locator("table.versions tbody tr")).to_have_count(2)
    expect(page.locator(".lineage li").first).to_be_visible()
    page.locator(".diagram summary", has_text="Ridge").click()
    expect(page.locator(".diagram table").last).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)


def test_the_search_leads_to_a_model(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "index"))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("cellar")
    found = page.get_by_role("option").filter(has_text="2 versions, champion is 2")
    expect(found).to_contain_text("model")
    found.click()
    expect(page).to_have_url(page_of(demo_site, "model").as_uri())


def test_on_paper_everything_is_open(open_page: OpenPage, demo_site: Path) -> None:
    page = open_page(page_of(demo_site, "version"))
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".diagram table").first).to_be_visible()
    expect(page.locator(".mlmodel pre")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_hostile_models_do_no_harm(open_page: OpenPage, odd_site: Path) -> None:
    """The opener fails the test for dialogs, errors, and requests to elsewhere."""
    for path in hostile_pages(odd_site):
        page = open_page(path)
        see_all(page)
        odd = page.locator("main").locator(
            "script, iframe, form:not(.vega-bindings), style, object"
        )
        assert odd.evaluate_all("(all) => all.map((one) => one.outerHTML)") == []
        assert page.evaluate("getComputedStyle(document.body).display") == "block"
        names = page.evaluate(
            "[...document.querySelectorAll('main *')].flatMap((one) => one.getAttributeNames())"
        )
        assert not [name for name in names if name.startswith("on")]
        assert " style=" not in path.read_text()
        assert page.evaluate("document.querySelectorAll('#main').length") == 1


def test_of_a_hostile_diagram_text_remains(open_page: OpenPage, odd_site: Path) -> None:
    assert "onerror" in ESTIMATOR
    page = open_page(odd_site / "models" / f"{model_id(HOSTILE)}.html")
    titles = page.locator(".diagram .estimator-title")
    expect(titles).to_have_count(2)
    titles.first.locator("summary").click()
    expect(page.locator(".diagram pre")).to_have_text("Pipeline(<script>alert(10)</script>)")
    expect(page.locator(".diagram a, .diagram img")).to_have_count(0)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_open_parts(
    open_page: OpenPage, axe: str, demo_site: Path, odd_site: Path, dark: bool
) -> None:
    for path in (page_of(demo_site, "version"), odd_site / "models" / f"{model_id(HOSTILE)}.html"):
        page = open_page(path, dark=dark)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        see_all(page)
        found = violations(page, axe)
        assert not found, "\n".join(found)
