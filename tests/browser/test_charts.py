"""Charts under the site's policy with Trusted Types: drawn, read, picked from, and re-coloured."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from runfolio.charts.palette import DARK, LIGHT
from tests.browser.charts_page import CHARTS, NAMES, write_charts_page

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]


@pytest.fixture(scope="module")
def charts_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_charts_page(tmp_path_factory.mktemp("charts") / "site")


def opened(open_page: OpenPage, path: Path, **options: Any) -> Any:
    page = open_page(path, **options)
    page.wait_for_selector("body[data-done]")
    return page


def rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))})"


def strokes(page: Any, kind: str) -> list[str]:
    """The colours of the thick lines or bars of a chart, as the browser shows them."""
    found: list[str] = page.evaluate(
        """(kind) => [...document.querySelectorAll(`#${kind} svg path`)].flatMap((path) => {
             const style = getComputedStyle(path);
             return [style.stroke, style.fill];
           })""",
        kind,
    )
    return found


def middle(page: Any, kind: str, across: float, down: float) -> tuple[float, float]:
    chart = page.locator(f"#{kind} .chart-canvas")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


@pytest.mark.parametrize("width", [1440, 390])
def test_every_kind_is_drawn_and_nothing_is_wider_than_the_page(
    open_page: OpenPage, charts_page: Path, width: int
) -> None:
    page = opened(open_page, charts_page, width=width)
    for kind in CHARTS:
        chart = page.locator(f"#{kind} [role=img]")
        assert chart.count() == 1
        assert "loss" in chart.get_attribute("aria-label")
        assert chart.locator("svg path").count() > 3
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_colors_follow_the_system_without_drawing_again(
    open_page: OpenPage, charts_page: Path
) -> None:
    page = opened(open_page, charts_page)
    page.evaluate("document.querySelectorAll('svg').forEach((svg) => { svg.dataset.same = ''; })")
    assert rgb(LIGHT["run-1"]) in strokes(page, "curves")
    assert rgb(LIGHT["run-1"]) in strokes(page, "bars")
    page.emulate_media(color_scheme="dark")
    assert rgb(DARK["run-1"]) in strokes(page, "curves")
    assert rgb(DARK["run-1"]) in strokes(page, "bars")
    assert rgb(DARK["seq-11"]) in strokes(page, "parallel")
    assert rgb(LIGHT["run-1"]) not in strokes(page, "curves")
    assert page.locator(".chart-canvas svg.marks[data-same]").count() == len(CHARTS)


def test_vega_leaves_nothing_on_the_window(open_page: OpenPage, charts_page: Path) -> None:
    page = opened(open_page, charts_page)
    assert page.evaluate("typeof window.vega") == "undefined"
    assert page.evaluate("Object.keys(runfolio.vega)") == ["render"]


def test_the_legend_is_in_the_order_of_the_line_ends_and_links_to_runs(
    open_page: OpenPage, charts_page: Path
) -> None:
    page = opened(open_page, charts_page)
    links = page.locator("#curves .chart-legend a")
    assert links.all_inner_texts() == [*reversed(NAMES)]
    assert links.first.get_attribute("href") == "2.html"
    assert page.locator("#curves .chart-legend .value").all_inner_texts()[-1] == "0.007083"


def test_pointing_at_the_legend_brings_a_line_forward(
    open_page: OpenPage, charts_page: Path
) -> None:
    page = opened(open_page, charts_page)
    page.locator("#curves .chart-legend a").first.focus()
    expect(page.locator('#curves svg path[opacity="0.15"]')).to_have_count(2)


def test_pointing_at_curves_shows_step_and_values_as_text(
    open_page: OpenPage, charts_page: Path
) -> None:
    page = opened(open_page, charts_page)
    page.mouse.move(*middle(page, "curves", 0.5, 0.5))
    tooltip = page.locator("#curves .chart-tooltip")
    tooltip.wait_for()
    assert tooltip.locator("p").first.inner_text().startswith("step ")
    assert tooltip.locator("th").all_inner_texts() == [*reversed(NAMES)]
    page.mouse.move(2, 2)
    tooltip.wait_for(state="hidden")


def test_dragging_zooms_and_the_whole_range_comes_back(
    open_page: OpenPage, charts_page: Path
) -> None:
    page = opened(open_page, charts_page)
    page.mouse.move(*middle(page, "curves", 0.4, 0.5))
    page.mouse.down()
    page.mouse.move(*middle(page, "curves", 0.6, 0.5), steps=4)
    page.mouse.up()
    back = page.get_by_role("button", name="Show the whole range")
    back.wait_for()
    labels = page.locator("#curves svg text").all_text_contents()
    assert "20" not in labels
    assert "50" in labels
    back.click()
    back.wait_for(state="detached")
    assert "20" in page.locator("#curves svg text").all_text_contents()


def test_points_without_a_value_are_counted_not_drawn(
    open_page: OpenPage, charts_page: Path
) -> None:
    page = opened(open_page, charts_page)
    assert page.locator("#scatter .hint").inner_text() == "1 of 3 runs has no lr."
    assert page.locator("#scatter .chart-title").inner_text() == "loss by lr, 2 runs"
    assert "gb 300" in page.locator("#scatter svg text").all_text_contents()


def test_dragging_along_an_axis_picks_runs(open_page: OpenPage, charts_page: Path) -> None:
    page = opened(open_page, charts_page)
    page.locator("#parallel").scroll_into_view_if_needed()
    x, top, bottom = page.evaluate(
        """() => {
             const line = document.querySelector("#parallel svg line").getBoundingClientRect();
             return [line.x, line.top, line.bottom];
           }"""
    )
    page.mouse.move(x, bottom + 4)
    page.mouse.down()
    page.mouse.move(x, (top + 2 * bottom) / 3, steps=4)
    page.mouse.up()
    note = page.locator("#parallel .hint")
    assert note.inner_text().startswith("1 of 3 runs picked.")
    note.get_by_role("button", name="Clear").click()
    assert note.inner_text().startswith("Drag along an axis")


def test_a_bar_opens_its_run(open_page: OpenPage, charts_page: Path) -> None:
    (charts_page.parent / "1.html").write_text("<!doctype html><title>One</title>")
    page = opened(open_page, charts_page)
    page.mouse.click(*middle(page, "bars", 0.5, 0.6))
    page.wait_for_url("**/1.html")


def test_charts_follow_the_width_of_the_window(open_page: OpenPage, charts_page: Path) -> None:
    page = opened(open_page, charts_page)
    page.set_viewport_size({"width": 420, "height": 900})
    page.wait_for_function(
        """() => [...document.querySelectorAll(".chart-canvas svg")]
                   .every((svg) => svg.getBoundingClientRect().width <= 420)"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert page.locator(".chart-body.beside").count() == 0
