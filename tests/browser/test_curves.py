"""Panels of curves: smoothing, groups, zoom into the full data, and links that restore it all."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import runfolio
from runfolio.site import build_report

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]
LONG = 45_000
OVERVIEW = re.compile("^(1,000|9[0-9]{2}) of 45,000 points, highs and lows kept$")


@pytest.fixture(scope="module")
def curves_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An experiment of twelve runs in three groups, one of a long curve, and one without any."""
    folder = tmp_path_factory.mktemp("curves")
    store = folder / "runs"
    for number in range(12):
        _write_run(store, number)
    with runfolio.start_run(experiment="long", name="long", store=store, capture=False) as run:
        for step in range(LONG):
            value = 9.0 if step == 31_234 else math.exp(-step / 9000) + 0.1 * math.sin(step)
            run.log_metric("loss", math.nan if step in (7, 8) else value, step=step)
    with runfolio.start_run(experiment="single", store=store, capture=False) as run:
        run.log_metric("score", 1.0)
    build_report(store, output=folder / "site", title="Curves")
    return folder / "site"


def _write_run(store: Path, number: int) -> None:
    with runfolio.start_run(
        experiment="train", name=f"run {number}", store=store, capture=False
    ) as run:
        run.log_params({"rate": [0.1, 0.01, 0.001][number % 3]})
        for step in range(40 - number % 2 * 10):
            value = math.exp(-step / (10 + number)) + 0.05 * (step % 3)
            run.log_metrics({"train/loss": value, "val/loss": value * 1.2}, step=step)
            run.log_metrics({"epoch": step / 10, "system/cpu": 50 + step}, step=step)
        run.log_metric("test", 0.5)


def address(site: Path, name: str, fragment: str = "") -> str:
    for page in site.glob("experiments/*.html"):
        if f"<h1>{name}</h1>" in page.read_text():
            return f"{page}{'#' if fragment else ''}{fragment}"
    raise AssertionError(name)


PRESS_TWICE = """(element, key) => {
  for (const _ of "12") element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}"""


def opened(open_page: OpenPage, target: str, **options: Any) -> Any:
    page = open_page(target, **options)
    page.locator("section.curves").scroll_into_view_if_needed()
    page.locator(".curve-panel.drawn").first.wait_for()
    return page


def panel(page: Any, metric: str) -> Any:
    found = page.locator(f'.curve-panel[data-metric="{metric}"]')
    found.scroll_into_view_if_needed()
    found.locator(".chart-canvas").wait_for()
    return found


def place(canvas: Any, across: float, down: float = 0.4) -> tuple[float, float]:
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def drag(page: Any, canvas: Any, start: float, end: float, down: float = 0.4) -> None:
    page.mouse.move(*place(canvas, start, down))
    page.mouse.down()
    page.mouse.move(*place(canvas, end, down), steps=4)
    page.mouse.up()


def setting(page: Any, name: str) -> Any:
    return page.locator(f'section.curves [data-control="{name}"]')


def lines(found: Any, opacity: str) -> Any:
    """The lines of a panel that are drawn with an opacity."""
    return found.locator(f'svg g.mark-line path[opacity="{opacity}"]')


def wait_for_fragment(page: Any, text: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(text)))


def test_the_best_runs_are_drawn_by_prefix_and_more_on_demand(
    open_page: OpenPage, curves_site: Path
) -> None:
    page = opened(open_page, address(curves_site, "train"))
    assert page.locator(".curve-section h3").all_inner_texts() == [
        "val",
        "metrics",
        "train",
        "system",
    ]
    shown = page.locator("section.curves .shown")
    expect(shown).to_contain_text("best 10 of 12 runs")
    expect(panel(page, "val/loss").locator(".chart-legend li")).to_have_count(10)
    shown.get_by_role("button", name="more").click()
    expect(shown).to_have_text("12 runs")
    expect(panel(page, "val/loss").locator(".chart-legend li")).to_have_count(12)


def test_a_metric_of_single_values_is_listed(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train"))
    expect(page.locator("section.curves")).to_contain_text("One value each, see the table: test.")


def test_without_curves_one_line_says_so(open_page: OpenPage, curves_site: Path) -> None:
    page = open_page(address(curves_site, "single"))
    expect(page.locator("section.curves .empty")).to_contain_text("no curve to draw")
    assert page.locator(".curve-panel").count() == 0


def test_smoothing_shows_the_raw_line_as_a_ghost(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train"))
    found = panel(page, "val/loss")
    assert lines(found, "0.3").count() == 0
    raw = lines(found, "1").first.get_attribute("d")
    setting(page, "curvesmooth").select_option(label="exponential")
    expect(lines(found, "0.3")).to_have_count(10)
    assert raw != lines(found, "1").first.get_attribute("d")
    amount = setting(page, "curveamount")
    amount.focus()
    page.keyboard.press("End")
    wait_for_fragment(page, "curvesmooth=ema-0.99")
    expect(setting(page, "curveamount")).to_be_focused()


def test_groups_show_their_band_and_number(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train", "group=params.rate"))
    expect(page.locator("section.curves .shown")).to_have_text("3 groups of 12 runs")
    found = panel(page, "val/loss")
    assert all(
        "(4 runs)" in text
        for text in found.locator(".chart-legend a, .chart-legend span").all_inner_texts()
        if "run" in text
    )
    assert found.locator("svg g.mark-area path").count() == 3
    page.mouse.move(*place(found.locator(".chart-canvas"), 0.3))
    expect(found.locator(".chart-tooltip")).to_contain_text("n 4)")
    setting(page, "curveband").select_option(label="no band")
    expect(found.locator("svg g.mark-area path")).to_have_count(0)
    setting(page, "curvecentre").select_option("median")
    wait_for_fragment(page, "curvecentre=median")


def test_the_crosshair_is_shared_by_the_panels(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train", "curvefold=train"))
    first, second = panel(page, "epoch"), panel(page, "val/loss")
    before = second.locator(".chart-legend .value").all_inner_texts()
    page.mouse.move(*place(second.locator(".chart-canvas"), 0.4))
    tooltip = second.locator(".chart-tooltip")
    expect(tooltip.locator("p").first).to_contain_text("step ")
    assert tooltip.locator("tr").count() == 10
    rows = [float(text) for text in tooltip.locator("td").all_inner_texts()]
    assert rows == sorted(rows, reverse=True)
    expect(first.locator(".chart-rule")).to_be_visible()
    expect(first.locator(".chart-legend.reading")).to_have_count(1)
    page.mouse.move(2, 2)
    expect(first.locator(".chart-rule")).to_be_hidden()
    assert second.locator(".chart-legend .value").all_inner_texts() == before


def test_dragging_zooms_all_panels_of_the_axis_and_a_double_click_goes_back(
    open_page: OpenPage, curves_site: Path
) -> None:
    page = opened(open_page, address(curves_site, "train"))
    found, other = panel(page, "val/loss"), panel(page, "epoch")
    drag(page, found.locator(".chart-canvas"), 0.3, 0.6)
    wait_for_fragment(page, "curverange=")
    for one in (found, other):
        expect(one.get_by_role("button", name="Reset zoom")).to_be_visible()
    expect(page.locator(".curve-panel[aria-busy]")).to_have_count(0)
    page.mouse.dblclick(*place(found.locator(".chart-canvas"), 0.5))
    expect(other.get_by_role("button", name="Reset zoom")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("curverange"))


def test_zooming_in_loads_the_full_data_of_the_range(
    open_page: OpenPage, curves_site: Path
) -> None:
    page = opened(open_page, address(curves_site, "long"))
    found = panel(page, "loss")
    points = found.locator(".points")
    expect(points).to_have_text(OVERVIEW)
    expect(found.locator(".hint").first).to_contain_text("NaN")
    assert page.locator('script[src*="data/points/"]').count() == 0
    page.goto(f"{page.url}#curverange=31200~31300~step")
    expect(points).to_contain_text("full data: 101 points in this range")
    loaded = page.locator('script[src*="data/points/"]').all()
    names = {str(one.get_attribute("src")).rpartition("/")[2] for one in loaded}
    assert names == {"0-1.js", "a0-1.js"}
    page.mouse.move(*place(found.locator(".chart-canvas"), 0.5))
    expect(found.locator(".chart-tooltip")).to_be_visible()
    points.get_by_role("button", name="Reset zoom").click()
    expect(points).to_have_text(OVERVIEW)


def test_the_wheel_zooms_with_ctrl_only(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "long"))
    found = panel(page, "loss")
    page.mouse.move(*place(found.locator(".chart-canvas"), 0.5))
    page.mouse.wheel(0, -1)
    page.keyboard.down("Control")
    assert "curverange" not in page.url
    page.mouse.wheel(0, -100)
    wait_for_fragment(page, "curverange=")
    page.keyboard.up("Control")


def test_keys_zoom_move_and_go_back(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train"))
    canvas = panel(page, "val/loss").locator(".chart-canvas")
    canvas.focus()
    page.keyboard.press("+")
    wait_for_fragment(page, "curverange=9.75%7E29.25%7Estep")
    expect(canvas).to_be_focused()
    width = canvas.locator("svg").get_attribute("width")
    page.set_viewport_size({"width": 500, "height": 900})
    expect(canvas.locator("svg")).not_to_have_attribute("width", width)
    expect(canvas).to_be_focused()
    page.keyboard.press("ArrowRight")
    wait_for_fragment(page, "curverange=13.65%7E33.15%7Estep")
    expect(canvas).to_be_focused()
    canvas.evaluate(PRESS_TWICE, "ArrowLeft")  # faster than it is drawn
    wait_for_fragment(page, "curverange=5.85%7E25.35%7Estep")
    expect(canvas).to_be_focused()
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("curverange"))


def test_shift_and_drag_moves_the_part_in_view(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train", "curverange=10~20~step"))
    canvas = panel(page, "val/loss").locator(".chart-canvas")
    page.keyboard.down("Shift")
    drag(page, canvas, 0.6, 0.4)
    page.keyboard.up("Shift")
    expect(page).not_to_have_url(re.compile("curverange=10(%7E|~)20"))
    low, high = (float(end) for end in page.url.split("curverange=")[1].split("%7E")[:2])
    assert 10 < low < 20 < high
    assert high - low == pytest.approx(10, abs=0.01)


def test_an_axis_may_be_time_or_another_metric(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train"))
    found = panel(page, "val/loss")
    for label, title in [
        ("time since start", "time since start (s)"),
        ("time of day, UTC", "UTC"),
        ("epoch", "epoch"),
    ]:
        setting(page, "curvex").select_option(label=label)
        expect(found.locator("svg text", has_text=title).first).to_be_attached()
    setting(page, "curvexscale").select_option("log")
    expect(found).to_contain_text("not above zero on x")


def test_a_link_restores_the_view(open_page: OpenPage, curves_site: Path) -> None:
    fragment = (
        "curvesmooth=mean-5&curvex=time&curvescale=log&curvesize=small&curveq=loss"
        "&curvefold=train&group=params.rate&curveband=range"
    )
    page = opened(open_page, address(curves_site, "train", fragment))
    assert setting(page, "curvesmooth").input_value() == "mean-9"
    assert setting(page, "curveamount").input_value() == "5"
    assert setting(page, "curvex").input_value() == "time"
    assert setting(page, "curvescale").input_value() == "log"
    assert setting(page, "curvesize").input_value() == "small"
    assert setting(page, "curveband").input_value() == "range"
    assert page.get_by_label("Search the metrics").input_value() == "loss"
    found = panel(page, "val/loss")
    assert lines(found, "0.3").count() == 3
    assert page.locator('.curve-panel[data-metric="epoch"]').is_hidden()


def test_searching_leaves_the_metrics_that_match(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train"))
    box = page.get_by_label("Search the metrics")
    box.fill("loss tr")
    expect(page.locator(".curve-panel:visible")).to_have_count(1)
    box.fill("nothing like it")
    expect(page.locator("section.curves .empty")).to_have_text(
        "No metric matches “nothing like it”."
    )
    box.fill("")
    expect(page.locator(".curve-panel:visible")).to_have_count(3)
    expect(page.locator("section.curves .empty")).to_be_hidden()


def test_sections_fold_and_stay_so(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train"))
    page.locator(".curve-section summary", has_text="train").click()
    wait_for_fragment(page, "curvefold=train")
    expect(page.locator('.curve-panel[data-metric="train/loss"]')).to_be_hidden()
    page.locator(".curve-section summary", has_text="system").click()
    wait_for_fragment(page, "system")
    expect(panel(page, "system/cpu").locator(".chart-canvas")).to_be_visible()
    page.reload()
    expect(page.locator('.curve-panel[data-metric="train/loss"]')).to_be_hidden()
    expect(page.locator('.curve-panel[data-metric="system/cpu"]')).to_be_visible()


def test_dragging_a_corner_sizes_all_panels(open_page: OpenPage, curves_site: Path) -> None:
    page = opened(open_page, address(curves_site, "train"))
    found = panel(page, "val/loss")
    height = found.locator(".chart-canvas").bounding_box()["height"]
    found.hover()
    box = found.locator(".grip").bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 4, box["y"] + 104, steps=3)
    page.mouse.up()
    wait_for_fragment(page, "curvesize=")
    found.locator(".chart-canvas").wait_for()
    page.locator(".curve-panel").first.wait_for()
    expect(setting(page, "curvesize")).to_have_value(page.url.split("curvesize=")[1].split("&")[0])
    assert panel(page, "epoch").locator(".chart-canvas").bounding_box()["height"] > height + 60


def test_many_panels_are_drawn_only_near_the_view(open_page: OpenPage, tmp_path: Path) -> None:
    for number in range(2):
        with runfolio.start_run(
            experiment="wide", name=str(number), store=tmp_path / "runs", capture=False
        ) as run:
            for step in range(3):
                run.log_metrics({f"m/{name}": step / (name + 1) for name in range(300)}, step=step)
    build_report(tmp_path / "runs", output=tmp_path / "site")
    page = opened(open_page, address(tmp_path / "site", "wide"))
    assert page.locator(".curve-panel").count() == 300
    assert 0 < page.locator(".curve-panel.drawn").count() < 40


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_one_panel_below_another(
    open_page: OpenPage, curves_site: Path, dark: bool
) -> None:
    page = opened(open_page, address(curves_site, "train"), width=390, dark=dark)
    found = panel(page, "val/loss")
    assert found.bounding_box()["width"] > 300
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_run_shows_its_own_curves_and_the_machine_over_the_time_of_day(
    open_page: OpenPage, curves_site: Path
) -> None:
    runs = [path for path in curves_site.glob("runs/*.html") if "run 3</h1>" in path.read_text()]
    page = open_page(f"{runs[0]}#tab=curves")
    own = page.locator('[data-curves="run"]:not([data-system])')
    own.scroll_into_view_if_needed()
    expect(own.locator(".curve-panel.drawn").first).to_be_visible()
    assert own.locator('[data-metric="system/cpu"]').count() == 0
    page.goto(f"{runs[0].as_uri()}#tab=system")
    machine = page.locator('[data-curves="run"][data-system]')
    machine.scroll_into_view_if_needed()
    expect(machine.locator("svg text", has_text="UTC").first).to_be_attached()
