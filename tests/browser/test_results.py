"""Results in Chromium, opened from disk: drawn, read, changed, and beside those of other runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

import runfolio
from runfolio.site import build_report

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]
HOSTILE = "<img src=x onerror=alert(1)>"
DRAW = """async (ids) => {
  const shards = await Promise.all(ids.map((id) => runfolio.loadShard(`runs/${id}`)));
  return runfolio.results.draw(document.querySelector("[data-results]"), shards);
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of two runs with results, and of one without."""
    folder = tmp_path_factory.mktemp("results")
    random, ids = np.random.default_rng(7), []
    for number in range(3):
        with runfolio.start_run(
            experiment="e", name=f"run {number}", store=folder / "runs", capture=False
        ) as run:
            run.log_metric("loss", number)
            ids.append(run.id)
            if number == 2:
                continue
            true = random.integers(0, 2, 200)
            score = np.clip(true * 0.3 + random.random(200) * 0.7, 0, 1)
            for step in (1, 2):
                guessed = score > step / 4
                run.log_confusion_matrix(true, guessed, labels=[HOSTILE, "__proto__"], step=step)
            run.log_roc_curve(true, score)
            run.log_pr_curve(true, score)
            run.log_calibration_curve(true, score)
            run.log_curve(HOSTILE.replace("/", "∕"), [0, 2, 1], [0, 1, 2], label="constructor")
    build_report(folder / "runs", output=folder / "site")
    return [folder / "site" / "runs" / f"{one}.html" for one in ids]


def results(page: Any) -> Any:
    """The part of the page, once all that is near has been drawn."""
    part = page.locator("#results")
    expect(part.locator(".chart-canvas")).to_have_count(part.locator(".plot").count())
    return part


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (1440, True), (390, False)])
def test_every_result_is_drawn(
    open_page: OpenPage, pages: list[Path], width: int, dark: bool
) -> None:
    page = open_page(f"{pages[0].as_uri()}#tab=results", width=width, height=6000, dark=dark)
    part = results(page)
    assert part.locator(".plot").count() == 5
    labels = [one.get_attribute("aria-label") for one in part.locator(".chart-canvas").all()]
    assert any(f"Most often: {HOSTILE} taken for __proto__" in label for label in labels)
    assert any("AUC, best first: run 0 0." in label for label in labels)
    texts = part.locator("svg text").all_text_contents()
    assert {"true positive rate", "predicted", "observed share"} <= set(texts)
    assert part.locator(".chart-legend .value").first.inner_text() == "Brier score"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_pointing_at_a_cell_reads_it(open_page: OpenPage, pages: list[Path]) -> None:
    page = open_page(f"{pages[0].as_uri()}#tab=results", height=6000)
    chart = results(page).locator("section", has_text="on the diagonal").locator(".chart-canvas")
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 40)
    tooltip = chart.locator(".chart-tooltip")
    tooltip.wait_for()
    assert "predicted __proto__" in tooltip.locator("p").inner_text()
    names = tooltip.locator("th").all_inner_texts()
    assert names == ["count", "of this true class", "of this prediction"]


def test_what_cells_show_and_the_step_are_in_the_address(
    open_page: OpenPage, pages: list[Path]
) -> None:
    page = open_page(f"{pages[0].as_uri()}#tab=results", height=6000)
    part = results(page)
    title = part.locator(".chart-title", has_text="on the diagonal")
    expect(title).to_contain_text("step 2")
    page.locator("[data-control=rstep]").select_option("1")
    expect(title).to_contain_text("step 1")
    page.locator("[data-control=cells]").select_option("share")
    expect(part.locator("svg text", has_text="%").first).to_be_visible()
    assert "cells=share" in page.url
    assert "rstep=1" in page.url
    page.goto(f"{pages[0].as_uri()}#tab=results&rstep=2")
    expect(title).to_contain_text("step 2")
    expect(page.locator("[data-control=rstep]")).to_have_value("2")


def test_runs_share_charts_and_their_matrices_stand_side_by_side(
    open_page: OpenPage, pages: list[Path]
) -> None:
    page = open_page(f"{pages[2].as_uri()}")
    assert page.locator("#results").count() == 0
    page = open_page(f"{pages[0].as_uri()}#tab=results", height=6000)
    results(page)
    assert page.evaluate(DRAW, [path.stem for path in pages]) is True
    part = results(page)
    roc = part.locator("section", has_text="true positive rate by").first
    names = roc.locator(".chart-legend a").all_inner_texts()
    assert sorted(names) == ["run 0", "run 1"]
    assert roc.locator(".chart-legend a").first.get_attribute("href")
    titles = part.locator(".chart-title", has_text="on the diagonal").all_inner_texts()
    assert [title.split(":")[0] for title in titles] == ["run 0", "run 1"]
    assert page.evaluate(DRAW, [pages[2].stem]) is False
    expect(part.locator(".plot")).to_have_count(0)


def test_without_scripts_there_are_pictures_and_numbers(
    open_page: OpenPage, pages: list[Path]
) -> None:
    page = open_page(pages[0], javascript=False)
    assert page.locator("#results figure img").count() == 5
    assert page.locator("#results img").first.evaluate("(image) => image.naturalWidth") > 100
    page.locator("#results summary").last.click()
    assert page.locator("#results table").last.is_visible()


def test_the_experiment_shows_the_results_of_the_runs_its_charts_show(
    open_page: OpenPage, pages: list[Path]
) -> None:
    experiments = pages[0].parents[1] / "experiments"
    (experiment,) = experiments.glob("*.html")
    page = open_page(experiment, height=6000)
    section = page.locator("[data-run-results]")
    roc = section.locator("section", has_text="roc").locator(".chart-legend").first
    expect(roc).to_contain_text("run 0")
    expect(roc).to_contain_text("run 1")
    page.get_by_label("Select run 1").check()
    expect(roc).not_to_contain_text("run 0")
    page.get_by_label("Select run 1").uncheck()
    page.get_by_label("Select run 2").check()
    expect(section).to_contain_text("None of the runs shown logged results.")
