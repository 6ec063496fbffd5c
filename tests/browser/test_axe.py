"""axe-core finds nothing to complain about on any kind of page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.kinds import KINDS, VIEWS, all_pages, page_of, see_all, view_of
from tests.browser.watching import PageOpener
from tests.environment.demo_site import DEMO_SITE
from tests.environment.tools import find_package_file, require

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core."""
    return require(find_package_file("axe-core/axe.min.js")).read_text(encoding="utf-8")


def check(page: Page, axe: str) -> None:
    found = violations(page, axe)
    assert not found, f"{page.url}:\n" + "\n".join(found)


def violations(page: Page, axe: str) -> list[str]:
    """What axe-core finds on an open page: rule, help, and the elements."""
    page.evaluate(axe)
    # Without preload: it would fetch the style sheets, which the pages' policy forbids.
    options = {"preload": False, "rules": {"target-size": {"enabled": True}}}
    found = page.evaluate("async (all) => (await axe.run(document, all)).violations", options)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html']}\n{node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_page(
    open_page: PageOpener, axe: str, demo_site: Path, kind: str, width: int, dark: bool
) -> None:
    page = open_page(page_of(demo_site, kind), width=width, dark=dark)
    see_all(page)
    check(page, axe)


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["wide", "phone"])
@pytest.mark.parametrize("view", [view for view in VIEWS if view not in KINDS])
def test_every_view(
    open_page: PageOpener, axe: str, demo_site: Path, view: str, width: int, dark: bool
) -> None:
    page = open_page(view_of(demo_site, view), width=width, dark=dark)
    see_all(page)
    check(page, axe)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_finder_and_the_list_of_keys(
    open_page: PageOpener, axe: str, demo_site: Path, dark: bool
) -> None:
    page = open_page(page_of(demo_site, "index"), dark=dark)
    for key in ("Control+k", "?"):
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        check(page, axe)
        page.keyboard.press("Escape")


@pytest.mark.parametrize("site", ["odd_site", "foreign_site", "empty_site"])
def test_pages_of_odd_runs(
    open_page: PageOpener, axe: str, site: str, request: pytest.FixtureRequest
) -> None:
    for path in all_pages(request.getfixturevalue(site)):
        check(open_page(path), axe)


def test_every_page_of_the_committed_demo(open_page: PageOpener, axe: str) -> None:
    pages = all_pages(DEMO_SITE)
    assert pages
    for path in pages:
        check(open_page(path), axe)


def test_a_violation_is_found(open_page: PageOpener, axe: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.html"
    path.write_text(
        '<!doctype html><html lang="en"><title>x</title><main><img src="data:,"></main>'
    )
    assert any("image-alt" in one for one in violations(open_page(path), axe))
