"""Panels of narrative reports: scripts draw charts in the place of their pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import runfolio
from runfolio.site import build_report
from tests.browser.test_axe import violations
from tests.browser.test_html_checker import find_errors
from tests.browser.watching import PageOpener
from tests.environment.tools import find_java, find_package_file, require
from tests.site.narrative.test_panels import documented

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

STORE = Path(__file__).parents[2] / "examples" / "demo-store"
LIVE = ("curves", "scatter", "parallel", "bars", "importance")
MORE = (
    "{chart: curves, metrics: [val/loss, val/accuracy], experiment: digits, group: params.lr}",
    "{chart: curves, experiment: digits, x: time, smoothing: 0.6, log: true, metrics: val/loss}",
    "{chart: scatter, experiment: wine-quality, x: start, color: metrics.r2, size: duration}",
    "{chart: table, experiment: wine-quality, group: params.model}",
    "{chart: importance, experiment: digits}",
    "{chart: number, aggregate: count, runs: \"params.model = 'ridge'\"}",
)


def write_report(folder: Path, blocks: Sequence[str]) -> None:
    folder.mkdir()
    parts = [f"```runfolio\n{block}\n```\n\nAnd a paragraph after it.\n" for block in blocks]
    folder.joinpath("panels.md").write_text("\n".join(["# Panels", *parts]), encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a report with the README's example of each kind of panel, and some more."""
    folder = tmp_path_factory.mktemp("narrative")
    write_report(folder / "reports", [*(one for _, one in documented().values()), *MORE])
    build_report(STORE, output=folder / "site", reports=folder / "reports")
    return folder / "site" / "reports" / "panels.html"


@pytest.fixture(scope="module")
def long_names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a report on twenty runs, some with very long names and values below zero."""
    folder = tmp_path_factory.mktemp("long")
    for number in range(20):
        name = f"run {number} of the sweep" if number else "run-" + "very-long-name-" * 12
        with runfolio.start_run(
            experiment="long", name=name, store=folder / "runs", capture=False
        ) as run:
            run.log_params(
                {
                    "rate": number,
                    "a_long_name_" * 12: number % 3,
                    "kind": ("lion", "adam")[number % 2],
                }
            )
            for step in range(3):
                run.log_metric("loss", number / 10 - 0.5 + step, step=step)
    blocks = ("{chart: curves, limit: 20}", "chart: table", "chart: bars")
    write_report(folder / "reports", blocks)
    build_report(folder / "runs", output=folder / "site", reports=folder / "reports")
    return folder / "site" / "reports" / "panels.html"


@pytest.fixture(scope="module")
def axe() -> str:
    return require(find_package_file("axe-core/axe.min.js")).read_text(encoding="utf-8")


def seen(page: Page) -> None:
    """Scroll through a page until every chart is drawn."""
    plots = page.locator("[data-plot]")
    for number in range(plots.count()):
        plots.nth(number).scroll_into_view_if_needed()
        expect(plots.nth(number)).to_have_class("plot framed drawn", timeout=20_000)


def panel(page: Page, kind: str) -> Locator:
    """The first panel of a kind."""
    found = page.locator(f".chart-{kind}").first
    found.scroll_into_view_if_needed()
    return found


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["wide", "phone"])
def test_every_chart_takes_the_place_of_its_picture(
    open_page: PageOpener, report: Path, width: int, dark: bool
) -> None:
    page = open_page(report, width=width, dark=dark)
    seen(page)
    assert page.locator("[data-plot]").count() == 9
    assert page.locator("[data-plot] picture").count() == 0
    for kind in LIVE:
        image = panel(page, kind).get_by_role("img").first
        assert image.locator("svg path").count() > 3
        assert len(image.get_attribute("aria-label") or "") > 30
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".chart-title").first).to_be_hidden()


def test_without_scripts_pictures_tables_and_numbers_stand(
    open_page: PageOpener, report: Path
) -> None:
    page = open_page(report, javascript=False)
    images = page.locator(".report-panel img")
    for number in range(images.count()):
        images.nth(number).scroll_into_view_if_needed()
    assert page.locator("[data-plot] picture").count() == 9
    assert images.count() == 9 + 5
    for kind in (*LIVE, "table", "pivot", "compare", "number", "images"):
        box = panel(page, kind).bounding_box()
        assert box is not None
        assert box["height"] > 60


def test_pictures_are_there_to_be_shown(open_page: PageOpener, report: Path) -> None:
    page = open_page(report, allow=["data/reports/panels"])
    broken = page.evaluate(
        """async () => {
          const images = [...document.querySelectorAll(".report-panel img")];
          await Promise.all(images.map((one) => { one.loading = "eager"; return one.decode(); }));
          return images.filter((one) => one.naturalWidth < 2).length;
        }"""
    )
    assert broken == 0


def test_pictures_stay_where_the_data_is_missing(
    open_page: PageOpener, report: Path, tmp_path: Path
) -> None:
    import shutil

    site = tmp_path / "site"
    shutil.copytree(report.parents[1], site)
    (site / "data" / "reports" / "panels.js").unlink()
    page = open_page(site / "reports" / "panels.html", allow=["panels.js", "ERR_FILE_NOT_FOUND"])
    panel(page, "curves")
    expect(panel(page, "curves").locator(".hint")).to_contain_text("The chart could not be loaded")
    assert page.locator("[data-plot] picture").count() == 9


def test_nothing_jumps_when_charts_are_drawn(open_page: PageOpener, report: Path) -> None:
    page = open_page(report)
    page.evaluate(
        """() => {
          window.shift = 0;
          new PerformanceObserver((list) => {
            for (const one of list.getEntries()) window.shift += one.value;
          }).observe({ type: "layout-shift", buffered: true });
        }"""
    )
    seen(page)
    assert page.evaluate("window.shift") < 0.1


def test_a_table_is_sorted_by_its_headings(open_page: PageOpener, report: Path) -> None:
    page = open_page(report)
    table = panel(page, "table")
    first = table.locator("tbody tr").first
    assert "gradient boosting" in first.inner_text()
    table.get_by_role("button", name="duration").click()
    expect(table.locator("[aria-sort=ascending]")).to_have_count(1)
    times = [
        float(text.split()[0]) for text in table.locator("tbody td:last-child").all_inner_texts()
    ]
    assert times == sorted(times)


def test_a_chart_is_saved_with_its_data(open_page: PageOpener, report: Path) -> None:
    page = open_page(report)
    chart = panel(page, "curves")
    chart.locator(".plot.drawn").hover()
    chart.locator(".chart-menu > button").click()
    with page.expect_download() as download:
        chart.get_by_role("button", name="Data as CSV", exact=True).click()
    saved = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert saved[0] == ["run", "name", "step", "val/loss ↓"]
    assert len(saved) > 100


def test_these_runs_are_opened_in_the_table_of_their_experiment(
    open_page: PageOpener, report: Path
) -> None:
    page = open_page(report)
    number = page.locator(".chart-number").last
    number.get_by_role("link", name="open these runs").click()
    expect(page.locator("[data-count]")).to_have_text("3 of 15 runs")


def test_a_comparison_opens_both_sides(open_page: PageOpener, report: Path) -> None:
    page = open_page(report)
    panel(page, "compare").get_by_role("link", name="compare these runs").click()
    expect(page.locator(".chosen-runs > li")).to_have_count(7)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing(
    open_page: PageOpener, axe: str, report: Path, width: int, dark: bool
) -> None:
    page = open_page(report, width=width, dark=dark)
    seen(page)
    found = violations(page, axe)
    assert not found, "\n".join(found)


def test_the_html_is_valid_before_and_after(
    open_page: PageOpener, report: Path, tmp_path: Path
) -> None:
    java = require(find_java())
    jar = require(find_package_file("vnu-jar/build/dist/vnu.jar"))
    checker = [str(java), "-jar", str(jar), "--format", "json", "--exit-zero-always"]
    page = open_page(report)
    seen(page)
    after = tmp_path / "after.html"
    after.write_text(page.content(), encoding="utf-8")
    errors = find_errors(checker, [report, after])
    assert not errors, "\n".join(errors)


def test_figures_are_whole_on_paper(open_page: PageOpener, report: Path) -> None:
    page = open_page(report)
    seen(page)
    page.emulate_media(media="print")
    expect(page.locator(".panel-link").first).to_be_hidden()
    expect(panel(page, "curves").locator(".panel-caption")).to_be_visible()
    numbered = page.locator(".chart-curves .panel-caption").first.evaluate(
        "one => getComputedStyle(one, '::before').content"
    )
    assert "Figure" in numbered


def test_long_names_and_legends_are_whole_on_paper(open_page: PageOpener, long_names: Path) -> None:
    page = open_page(long_names)
    seen(page)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    legend = panel(page, "curves").locator(".chart-legend")
    assert legend.evaluate("one => one.scrollHeight - one.clientHeight") <= 1
    assert panel(page, "table").get_by_text("adam").first.evaluate("one => one.clientHeight") < 40


def test_names_have_room_on_a_phone(open_page: PageOpener, long_names: Path) -> None:
    page = open_page(long_names, width=390)
    rows = panel(page, "table").locator("tbody tr")
    usual = rows.filter(has_text="run 1 of the sweep").get_by_role("link")
    assert usual.evaluate("one => one.getClientRects().length") == 1
    long = rows.filter(has_text="very-long").locator(".name").bounding_box()
    assert long is not None
    assert 150 < long["width"] < 200


CUT = """() => {
  const whole = document.documentElement.getBoundingClientRect();
  const isCut = (box) => box.left < whole.left - 1 || box.right > whole.right + 1;
  const texts = [...document.querySelectorAll("text")];
  return texts.filter((one) => isCut(one.getBoundingClientRect())).map((one) => one.textContent);
}"""


def test_no_text_of_a_picture_is_cut(open_page: PageOpener, report: Path, long_names: Path) -> None:
    page = open_page(report)
    for site in (report.parents[1], long_names.parents[1]):
        for picture in sorted(site.glob("charts/*-light.svg")):
            page.goto(picture.as_uri())
            assert page.locator("text").count() > 3
            assert page.evaluate(CUT) == [], picture.name
