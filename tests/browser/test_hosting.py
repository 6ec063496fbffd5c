"""A site works where people put it: below a path of a web server, and in Jenkins' sandboxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.kinds import KINDS, view_of
from tests.browser.serving import JENKINS, JENKINS_WITH_SCRIPTS, served
from tests.browser.watching import PageOpener

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

HOSTS = {"sub-path": None, "jenkins-scripts": JENKINS_WITH_SCRIPTS}
WITH_CHARTS = ("experiment", "curves", "compare")
BLOCKED = "^console error: Blocked script execution in 'http://127.0.0.1"


@pytest.fixture(scope="module", params=HOSTS)
def host(demo_site: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the demo on a host that lets scripts run."""
    with served(demo_site, headers=HOSTS[request.param]) as address:
        yield address


@pytest.fixture(scope="module")
def jenkins(demo_site: Path) -> Iterator[str]:
    """The address of the demo on a Jenkins as it comes: without scripts."""
    with served(demo_site, headers=JENKINS) as address:
        yield address


def address_of(host: str, site: Path, view: str) -> str:
    return host + Path(view_of(site, view)).relative_to(site).as_posix()


def runs_of(page: Page) -> Locator:
    """The links to runs that a table of runs shows."""
    return page.get_by_role("region", name="Runs", exact=True).locator("a[href*='runs/']:visible")


@pytest.mark.parametrize("view", [*KINDS, "curves"])
def test_every_kind_of_page_works(
    open_page: PageOpener, host: str, demo_site: Path, view: str
) -> None:
    page = open_page(address_of(host, demo_site, view))
    assert page.locator("h1").is_visible()
    if view in WITH_CHARTS:
        chart = page.locator(".plot:visible").first
        chart.scroll_into_view_if_needed()
        chart.locator("svg.marks").wait_for()


def test_a_view_is_a_link_and_survives_back_and_forward(open_page: PageOpener, host: str) -> None:
    page = open_page(host)
    page.get_by_role("link", name="wine", exact=True).click()
    page.wait_for_url("**/experiments/*.html*")
    page.wait_for_load_state("networkidle")
    every = runs_of(page).count()
    page.get_by_role("searchbox").first.fill("boosting 3")
    page.wait_for_url("**q=boosting*")
    page.wait_for_function("() => location.hash.includes('boosting+3')")
    assert 0 < runs_of(page).count() < every
    view = page.url
    runs_of(page).first.click()
    page.wait_for_url("**/runs/*.html*")
    page.go_back()
    page.wait_for_url(view)
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("searchbox").first.input_value() == "boosting 3"
    assert 0 < runs_of(page).count() < every
    page.go_forward()
    page.wait_for_url("**/runs/*.html*")
    other = open_page(view)
    assert other.get_by_role("searchbox").first.input_value() == "boosting 3"
    assert 0 < runs_of(other).count() < every


def test_runs_are_chosen_and_compared(open_page: PageOpener, host: str, demo_site: Path) -> None:
    page = open_page(address_of(host, demo_site, "experiment"))
    for name in ("ridge 1", "forest 2"):
        page.get_by_label(f"Select {name}", exact=True).first.check()
    page.get_by_role("link", name=re.compile("^compare", re.IGNORECASE)).first.click()
    page.wait_for_url("**/compare.html#*")
    page.get_by_text("has the best rmse").first.wait_for()


def test_the_theme_switches(open_page: PageOpener, host: str) -> None:
    page = open_page(host, dark=True)
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert dark != page.evaluate(background) == "rgb(255, 255, 255)"


def test_where_scripts_are_forbidden_the_experiment_still_tells_its_result(
    open_page: PageOpener, jenkins: str, demo_site: Path
) -> None:
    page = open_page(address_of(jenkins, demo_site, "experiment"), allow=[BLOCKED])
    assert page.get_by_role("region", name="Best run").get_by_text("boosting 3").is_visible()
    assert page.get_by_role("region", name="Best run").get_by_text("0.64", exact=True).is_visible()
    table = page.get_by_role("region", name="Runs", exact=True).get_by_role("table").first
    assert table.get_by_role("row").count() == 1 + 7
    assert table.get_by_role("columnheader", name="rmse").is_visible()
    assert_only_pictures(page, at_least=3)


def test_where_scripts_are_forbidden_a_run_still_shows_its_curves(
    open_page: PageOpener, jenkins: str, demo_site: Path
) -> None:
    page = open_page(address_of(jenkins, demo_site, "run"), allow=[BLOCKED])
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("rowheader", name=re.compile("^rmse")).first.is_visible()
    assert page.locator(".headlines .spark").locator("visible=true").count() > 0
    assert_only_pictures(page, at_least=0)


def test_where_scripts_are_forbidden_a_comparison_says_where_to_look(
    open_page: PageOpener, jenkins: str, demo_site: Path
) -> None:
    page = open_page(address_of(jenkins, demo_site, "compare"), allow=[BLOCKED])
    assert "scripts are off here" in page.locator("main").inner_text()
    page.get_by_role("link", name="wine", exact=True).click()
    page.wait_for_url("**/experiments/*.html")
    assert page.get_by_role("region", name="Best run").is_visible()


def test_where_scripts_are_forbidden_the_index_names_the_best_runs(
    open_page: PageOpener, jenkins: str
) -> None:
    page = open_page(jenkins, allow=[BLOCKED])
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="wine", exact=True))
    assert "0.64" in row.inner_text()
    assert "boosting 3" in row.inner_text()
    page.get_by_role("link", name="wine", exact=True).click()
    page.wait_for_url("**/experiments/*.html")


def assert_only_pictures(page: Page, *, at_least: int) -> None:
    """Pictures are loaded, and no control shows that would need a script."""
    shown = page.locator("img:visible")
    assert shown.count() >= at_least
    for image in shown.all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    for control in page.locator("button, input, select, textarea").all():
        assert not control.is_visible(), control.evaluate("one => one.outerHTML")
