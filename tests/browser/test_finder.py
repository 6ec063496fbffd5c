"""Searching the site, and its keyboard shortcuts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.watching import PageOpener

pytestmark = pytest.mark.browser


def test_the_palette_finds_a_run_and_opens_it(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(demo_site / "index.html")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search the site")
    expect(box).to_be_focused()
    box.fill("ridge")
    options = page.get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    text = options.first.locator(".what").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/*.html")
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_the_palette_says_when_nothing_is_found(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(demo_site / "index.html")
    page.get_by_role("button", name=re.compile("^Search")).click()
    page.get_by_role("combobox").fill("no such thing")
    expect(page.get_by_text("Nothing here is called “no such thing”.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_count(0)


def test_the_index_is_searched_in_place_and_the_search_is_a_link(
    open_page: PageOpener, demo_site: Path
) -> None:
    page = open_page(f"{demo_site / 'index.html'}#q=ridge")
    expect(page.get_by_role("searchbox")).to_have_value("ridge")
    expect(page.get_by_role("heading", name="In the experiments")).to_be_visible()
    expect(page.locator("[data-more] li").first).to_contain_text("ridge")
    page.get_by_role("searchbox").fill("nothing at all")
    expect(page.locator("[data-more] .empty")).to_contain_text("nothing at all")
    assert page.url.endswith("#q=nothing+at+all")


def test_the_sheet_lists_the_keys_and_turns_them_off(
    open_page: PageOpener, demo_site: Path
) -> None:
    page = open_page(demo_site / "index.html")
    theme = page.locator("html")
    page.keyboard.press("t")
    expect(theme).to_have_attribute("data-theme", "dark")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("switch between light and dark")
    sheet.get_by_label("Single keys are shortcuts").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.keyboard.press("t")
    expect(theme).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_slash_goes_to_the_search_of_the_page(open_page: PageOpener, demo_site: Path) -> None:
    page = open_page(demo_site / "index.html")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("/?")
    expect(page.get_by_role("searchbox")).to_have_value("/?")
