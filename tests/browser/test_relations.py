"""The charts of an experiment that relate runs: chosen, set, brushed, saved, and seen full."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from runfolio.charts.palette import DARK, LIGHT
from runfolio.site.addresses import experiment_page
from tests.benchmarks.workspace import write_pages
from tests.browser.watching import PageOpener
from tests.environment.tools import find_package_file, require

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

ALL = "charts=scatter,boxes,heat,bars,importance,correlation,parallel"
RUNS = 24


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep of 24 runs over numbers and a category, and one run alone with histograms."""
    import runfolio
    from runfolio.site import build_report

    folder = tmp_path_factory.mktemp("relations")
    noise = random.Random(2)
    for number in range(RUNS):
        rate, drop = 10 ** noise.uniform(-4, -1), noise.uniform(0, 0.6)
        optimizer = ("adam", "sgd", "=rms<b>")[number % 3]
        with runfolio.start_run(
            experiment="sweep", name=f"run {number:02}", store=folder / "runs", capture=False
        ) as run:
            run.log_params({"lr": rate, "dropout": drop, "optimizer": optimizer, "same": 1})
            loss = (math.log10(rate) + 2.5) ** 2 + drop + noise.random() / 10 + (number % 3) / 5
            run.log_metrics({"loss": loss, "accuracy": 1 / (1 + loss)}, step=0)
    with runfolio.start_run(
        experiment="alone", name="one", store=folder / "runs", capture=False
    ) as run:
        run.log_metric("loss", 1.0)
        for step in range(4):
            run.log_histogram([noise.gauss(step, 1) for _ in range(200)], "weights", step=step)
    build_report(folder / "runs", output=folder / "site")
    return folder / "site"


def experiment(site: Path, name: str = "sweep") -> Path:
    pages = (site / "experiments").glob("*.html")
    return next(page for page in pages if f"<h1>{name}</h1>" in page.read_text(encoding="utf-8"))


def opened(open_page: PageOpener, site: Path, fragment: str = "", **options: Any) -> Page:
    page = open_page(f"{experiment(site).as_uri()}#{fragment}", **options)
    page.locator("[data-chart-panels]").scroll_into_view_if_needed()
    return page


def panel(page: Page, kind: str) -> Locator:
    """A drawn chart with its heading and controls."""
    found = page.locator(f"[data-relations] [data-chart={kind}]")
    found.scroll_into_view_if_needed()
    found.locator(".chart-canvas").first.wait_for()
    found.evaluate("one => one.scrollIntoView({ block: 'nearest' })")
    return found


def title(page: Page, kind: str) -> str:
    return panel(page, kind).locator(".chart-title").inner_text()


def shown(page: Page) -> list[str]:
    found: list[str] = page.locator("[data-chart-panels] > [data-chart]").evaluate_all(
        "all => all.map((one) => one.dataset.chart)"
    )
    return found


def fragment(page: Page) -> dict[str, str]:
    read = "Object.assign({}, runfolio.state.read())"
    found: dict[str, str] = page.evaluate(read)
    return found


def saved(page: Page, kind: str, item: str) -> bytes:
    """What the menu of a chart hands over."""
    chart = panel(page, kind)
    chart.locator(".plot").hover()
    chart.locator(".chart-menu > button").click()
    with page.expect_download() as download:
        chart.get_by_role("button", name=item, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_what_tells_something_is_shown_and_others_come_by_a_press(
    open_page: PageOpener, site: Path
) -> None:
    page = opened(open_page, site)
    page.locator("[data-toggle]").first.wait_for()
    assert shown(page) == ["scatter", "bars", "parallel"]
    page.get_by_role("button", name="Heat map").click()
    expect(page.get_by_role("button", name="Heat map")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Bars", exact=True).click()
    assert shown(page) == ["scatter", "heat", "parallel"]
    assert fragment(page)["charts"] == "scatter,heat,parallel"
    assert title(page, "heat") == f"loss by lr and dropout, {RUNS} runs"
    for kind in ("scatter", "heat", "parallel"):
        page.locator(f"[data-toggle={kind}]").click()
    assert shown(page) == []
    page.reload()
    page.locator("[data-toggle]").first.wait_for()
    assert shown(page) == []


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["wide", "phone"])
def test_every_chart_is_drawn_and_described(
    open_page: PageOpener, site: Path, width: int, dark: bool
) -> None:
    page = opened(open_page, site, ALL, width=width, dark=dark)
    for kind in ALL.removeprefix("charts=").split(","):
        image = panel(page, kind).get_by_role("img").first
        assert image.locator("svg path").count() > 3
        label = image.get_attribute("aria-label")
        assert label is not None
        assert "loss" in label
        assert len(label) > len(title(page, kind))
    for kind in ("scatter", "parallel"):
        panel(page, kind).locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axes_colors_sizes_facets_and_a_trend_are_chosen_and_linked(
    open_page: PageOpener, site: Path
) -> None:
    page = opened(open_page, site, "charts=scatter")
    scatter = panel(page, "scatter")
    scatter.locator("[data-control=scatterx]").select_option("params.dropout")
    expect(scatter.locator(".chart-title")).to_have_text(f"loss by dropout, {RUNS} runs")
    scatter.locator("summary").click()
    scatter.locator("[data-control=scattercolor]").select_option("params.optimizer")
    expect(scatter.locator(".chart-key li")).to_have_text(["=rms<b>", "adam", "sgd"])
    scatter.locator("[data-control=scattersize]").select_option("metrics.accuracy")
    scatter.locator("[data-control=scattertrend]").check()
    expect(scatter.locator(".hint")).to_have_text(
        re.compile(r"^Trend: .* r = −?\d\.\d\d over 24 runs .*Size: accuracy ↑ from ")
    )
    scatter.locator("[data-control=scatterfacet]").select_option("params.optimizer")
    expect(scatter.locator(".facet-title")).to_have_count(3)
    scatter.locator("[data-control=scatteryscale]").select_option("log")
    again = open_page(page.url)
    expect(panel(again, "scatter").locator(".facet-title")).to_have_count(3)
    assert title(again, "scatter") == f"loss by dropout, for each optimizer, {RUNS} runs"


def test_the_charts_follow_filter_selection_and_groups(open_page: PageOpener, site: Path) -> None:
    page = opened(open_page, site, "charts=bars,boxes")
    assert title(page, "bars") == f"loss of the best 20 of {RUNS} runs"
    page.evaluate("""runfolio.state.update({ filter: "params.optimizer = 'adam'" })""")
    expect(panel(page, "bars").locator(".chart-title")).to_have_text("loss of 8 runs")
    page.evaluate("runfolio.state.update({ filter: '', group: 'params.optimizer' })")
    expect(panel(page, "bars").locator(".chart-title")).to_have_text("mean loss of 3 groups")
    assert "95 % interval" in panel(page, "bars").locator(".hint").inner_text()
    columns, *rows = csv.reader(io.StringIO(saved(page, "bars", "Data as CSV").decode()))
    assert columns == ["group", "name", "loss", "low", "high"]
    assert all(float(low) < float(mean) < float(high) for _, _, mean, low, high in rows)


def test_a_brush_picks_runs_for_the_other_charts_and_stays_in_the_link(
    open_page: PageOpener, site: Path
) -> None:
    page = opened(open_page, site, "charts=bars,parallel")
    chart = panel(page, "parallel")
    heading = chart.locator("svg text", has_text="loss").last.bounding_box()
    assert heading is not None
    x, top = heading["x"] + heading["width"] / 2, heading["y"] + heading["height"] + 14
    page.mouse.move(x, top + 235)
    page.mouse.down()
    page.mouse.move(x, top + 150, steps=5)
    page.mouse.up()
    note = chart.locator(".hint")
    expect(note).to_contain_text(f"of {RUNS} runs picked.")
    found = re.match(r"(\d+) of", note.inner_text())
    assert found is not None
    picked = int(found[1])
    assert 0 < picked < RUNS
    expect(panel(page, "bars").locator(".chart-title")).to_contain_text(f"{picked} runs")
    assert fragment(page)["brush"].startswith("metrics.loss:")
    again = open_page(page.url)
    again.locator("[data-chart-panels]").scroll_into_view_if_needed()
    assert f"{picked} runs" in title(again, "bars")
    assert panel(again, "parallel").locator(".hint").inner_text().startswith(f"{picked} of")
    panel(again, "parallel").get_by_role("button", name="Clear").click()
    expect(panel(again, "bars").locator(".chart-title")).to_contain_text(f"of {RUNS} runs")
    assert "brush" not in fragment(again)


def test_the_table_shows_what_is_brushed_and_can_clear_it(
    open_page: PageOpener, site: Path
) -> None:
    page = opened(open_page, site, "charts=bars,parallel&brush=params.optimizer:adam~adam")
    assert title(page, "bars") == "loss of 8 runs"
    page.get_by_role("button", name="Clear brush").click()
    expect(panel(page, "bars").locator(".chart-title")).to_contain_text(f"of {RUNS} runs")
    expect(panel(page, "parallel").locator(".hint")).to_contain_text("Drag along an axis")
    assert "brush" not in fragment(page)


def test_axes_are_added_moved_and_removed_by_keyboard(open_page: PageOpener, site: Path) -> None:
    page = opened(open_page, site, "charts=parallel")
    chart = panel(page, "parallel")
    chart.locator("summary").focus()
    page.keyboard.press("Enter")
    chart.get_by_role("button", name="Move optimizer left").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => runfolio.state.read().parallel")
    keys = fragment(page)["parallel"].split(",")
    assert keys.index("params.optimizer") < 2
    expect(chart.locator("details")).to_have_attribute("open", "")
    expect(chart.locator(":focus")).to_have_attribute("aria-label", "Move optimizer left")
    chart.get_by_role("button", name="Remove dropout").press("Enter")
    page.wait_for_function("() => !runfolio.state.read().parallel.includes('dropout')")
    chart.locator("[data-control=paralleladd]").select_option("metrics.accuracy")
    expect(chart.locator(".axis-list li")).to_have_count(4)
    assert fragment(page)["parallel"].endswith("metrics.accuracy")


def test_dragging_the_title_of_an_axis_moves_it(open_page: PageOpener, site: Path) -> None:
    page = opened(open_page, site, "charts=parallel&parallel=params.lr,params.dropout,metrics.loss")
    chart = panel(page, "parallel")
    boxes = [
        chart.locator("svg text", has_text=name).last.bounding_box() for name in ("lr", "dropout")
    ]
    places = [(box["x"] + box["width"] / 2, box["y"] + 8) for box in boxes if box]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=5)
    page.mouse.up()
    page.wait_for_function(
        "() => runfolio.state.read().parallel.startsWith('params.dropout,params.lr')"
    )


@pytest.mark.parametrize("kind", ["scatter", "heat", "correlation", "parallel"])
def test_a_chart_is_saved_as_png_svg_csv_and_spec(
    open_page: PageOpener, site: Path, kind: str
) -> None:
    import vl_convert

    page = opened(open_page, site, f"charts={kind}&scattercolor=params.optimizer", dark=True)
    png = saved(page, kind, "Save as PNG")
    assert png.startswith(b"\x89PNG")
    width = int.from_bytes(png[16:20], "big")
    svg = saved(page, kind, "Save as SVG").decode()
    root = ElementTree.fromstring(svg)
    assert width == 2 * int(root.attrib["width"])
    assert "var(--" not in svg
    assert "system-ui" not in svg
    assert DARK["surface"] in svg
    assert LIGHT["ink"] not in svg
    texts = [node.text for node in root.iter() if node.text]
    assert title(page, kind) in texts
    columns, *rows = csv.reader(io.StringIO(saved(page, kind, "Data as CSV").decode()))
    assert len(rows) >= 6
    assert all(len(row) == len(columns) for row in rows)
    if kind == "scatter":
        assert columns == ["run", "name", "lr", "loss", "optimizer"]
        assert {row[4] for row in rows} == {"adam", "sgd", "'=rms<b>"}
    lite = json.loads(saved(page, kind, "Vega-Lite spec"))
    assert "vega-lite" in lite["$schema"]
    assert vl_convert.vegalite_to_svg(lite, allowed_base_urls=[]).startswith("<svg")


def test_where_a_host_forbids_pictures_from_memory_the_menu_says_what_works(
    open_page: PageOpener, site: Path
) -> None:
    page = opened(open_page, site, "charts=bars")
    page.evaluate(
        """() => {
          Image.prototype.decode = () => Promise.reject(new Error("blocked"));
        }"""
    )
    chart = panel(page, "bars")
    chart.locator(".plot").hover()
    chart.locator(".chart-menu > button").click()
    chart.get_by_role("button", name="Save as PNG").click()
    expect(chart.get_by_role("alert")).to_contain_text("Save it as SVG instead")
    assert saved(page, "bars", "Save as SVG").startswith(b"<svg")


def test_a_chart_fills_the_screen_and_comes_back(open_page: PageOpener, site: Path) -> None:
    page = opened(open_page, site, "charts=heat")
    chart = panel(page, "heat")
    before = chart.locator("svg.marks").bounding_box()
    chart.get_by_role("button", name="Full screen").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.wait_for_function(
        "() => document.querySelector('[data-chart=heat] svg.marks').clientHeight > 600"
    )
    expect(chart.locator(":focus")).to_have_attribute("aria-label", re.compile("^Full screen"))
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.fullscreenElement === null")
    page.wait_for_function(
        "() => document.querySelector('[data-chart=heat] svg.marks').clientHeight < 400"
    )
    assert chart.locator("svg.marks").bounding_box() == before


def test_where_full_screen_is_not_allowed_a_dialog_takes_the_chart(
    open_page: PageOpener, site: Path
) -> None:
    page = opened(open_page, site, "charts=bars")
    panel(page, "bars")
    page.evaluate(
        """() => {
          Element.prototype.requestFullscreen = () => Promise.reject(new Error("no"));
        }"""
    )
    page.get_by_role("button", name="Full screen: loss").press("Enter")
    dialog = page.get_by_role("dialog", name="Chart")
    dialog.locator(".chart-canvas").wait_for()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert title(page, "bars") == f"loss of the best 20 of {RUNS} runs"


def test_the_menu_works_by_keyboard_and_is_accessible(open_page: PageOpener, site: Path) -> None:
    axe = require(find_package_file("axe-core/axe.min.js")).read_text(encoding="utf-8")
    page = opened(open_page, site, "charts=scatter")
    menu = panel(page, "scatter").locator(".chart-menu")
    button = menu.locator("> button")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(menu.get_by_role("button", name="Save as PNG")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("button", name="Vega-Lite spec")).to_be_focused()
    page.evaluate(axe)
    options = {"preload": False, "rules": {"target-size": {"enabled": True}}}
    scope = "document.querySelector('[data-relations]')"
    check = f"async (all) => (await axe.run({scope}, all)).violations.map((one) => one.help)"
    assert page.evaluate(check, options) == []
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_one_run_has_a_line_and_no_empty_charts(open_page: PageOpener, site: Path) -> None:
    page = open_page(experiment(site, "alone"))
    section = page.locator("[data-relations]")
    section.scroll_into_view_if_needed()
    expect(section.locator("[data-chart-panels]")).to_contain_text("from two runs on")
    assert section.locator("[data-chart]").count() == 0


def test_importance_says_how_sure_it_is(open_page: PageOpener, site: Path) -> None:
    page = opened(open_page, site, "charts=importance")
    chart = panel(page, "importance")
    expect(chart.locator(".hint")).to_contain_text("the forest explains")
    chart.locator("[data-control=importance]").select_option("accuracy")
    expect(chart.locator(".chart-title")).to_contain_text("importance of parameters for accuracy")
    page.evaluate("document.activeElement.blur()")
    columns, *rows = csv.reader(io.StringIO(saved(page, "importance", "Data as CSV").decode()))
    assert columns[0] == "parameter"
    assert {row[0] for row in rows} <= {"lr", "dropout", "optimizer"}


def test_histograms_over_the_steps_of_a_run(open_page: PageOpener, site: Path) -> None:
    run = next(
        page
        for page in (site / "runs").glob("*.html")
        if "<h1>one</h1>" in re.sub(r"<svg.*?</svg>", "", page.read_text(encoding="utf-8"))
    )
    page = open_page(f"{run.as_uri()}#tab=artifacts")
    series = page.locator(".series[data-key=weights]")
    series.scroll_into_view_if_needed()
    chart = series.get_by_role("img", name=re.compile("^weights by step, 4 histograms"))
    chart.wait_for()
    assert chart.locator(".mark-rect path").count() > 20


def test_for_paper_all_charts_are_drawn_when_nothing_else_is_to_be_done(
    open_page: PageOpener, site: Path
) -> None:
    page = open_page(f"{experiment(site).as_uri()}#charts=bars,parallel")
    expect(page.locator("[data-relations] .chart-canvas")).to_have_count(2, timeout=20_000)


def test_of_very_many_runs_some_are_drawn_and_all_are_counted(
    open_page: PageOpener, tmp_path: Path
) -> None:
    runs = 2600
    write_pages(tmp_path, runs)
    page = open_page(f"{(tmp_path / experiment_page('many')).as_uri()}#charts=scatter,parallel")
    page.locator("[data-relations]").scroll_into_view_if_needed()
    scatter, parallel = (page.locator(f'[data-chart="{kind}"]') for kind in ("scatter", "parallel"))
    sound = f"{runs - runs // 20:,}"
    for chart, drawn in ((scatter, "2,000"), (parallel, "500")):
        chart.scroll_into_view_if_needed()
        expect(chart.locator(".hint")).to_contain_text(
            f"{drawn} of {sound} runs drawn", timeout=15000
        )
        expect(chart.locator(".chart-title")).to_contain_text(sound)
    assert scatter.locator(".mark-symbol path").count() == 2000
    page.evaluate("runfolio.state.update({ filter: 'params.`integer 0` < 100' })")
    expect(parallel.locator(".hint")).not_to_contain_text("drawn")
