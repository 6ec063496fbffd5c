"""What a person does with a report: open it from disk, search, sort, select, compare, share."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import runfolio
from runfolio.site import build_report

pytestmark = pytest.mark.browser

CHARTS = ("scatter", "parallel", "bars")
OpenPage = Callable[..., Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of five runs, of which one failed, and of an experiment with a run but no metric."""
    folder = tmp_path_factory.mktemp("reading")
    for number in range(5):
        run = runfolio.start_run(
            experiment="wine",
            name=f"model {number * 5}",
            tags={"label": "odd" if number % 2 else "even"},
            store=folder / "runs",
            capture=False,
        )
        run.log_params({"alpha": 10.0 ** (number - 2), "kind": "ab"[number % 2], "seed": 1})
        for step in range(20):
            run.log_metrics(
                {"rmse": 1 / (number + 1) + 1 / (step + 1), "r2": number / 5}, step=step
            )
        run.finish("FAILED" if number == 4 else "FINISHED")
    runfolio.start_run(
        experiment="bare", name="nothing", store=folder / "runs", capture=False
    ).finish()
    build_report(folder / "runs", output=folder / "site", title="Cellar")
    return folder / "site"


@pytest.fixture(scope="module")
def experiment(site: Path) -> Path:
    """The page of the experiment with five runs."""
    return next(page for page in site.glob("experiments/*.html") if "model 20" in page.read_text())


def names(page: Any) -> list[str]:
    rows = page.locator(".runs-grid .tabulator-row .name a")
    rows.first.wait_for()
    return [text.strip() for text in rows.all_inner_texts()]


def test_the_first_screen_says_which_run_is_best_and_why(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    assert page.locator(".winner").inner_text() == "model 15"
    box = page.locator(".score").bounding_box()
    assert box["y"] + box["height"] < 900
    assert "against the first run" in page.locator(".change").inner_text()
    assert page.locator(".runs-grid .best").first.is_visible()


def test_a_failed_run_is_not_best_and_comes_after_the_others(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    assert names(page) == ["model 15", "model 10", "model 5", "model 0", "model 20"]


def test_a_link_brings_its_view_back(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(f"{experiment.as_uri()}#q=finished&sort=-name")
    assert names(page) == ["model 15", "model 10", "model 5", "model 0"]
    assert page.get_by_placeholder("Search name").input_value() == "finished"


def test_selected_runs_are_compared_side_by_side(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    for name in ("model 0", "model 15"):
        page.get_by_label(f"Select {name}", exact=True).check()
    page.get_by_role("link", name="Compare").click()
    page.wait_for_selector(".verdict-line")
    assert "model 15 has the best rmse ↓" in page.locator(".verdict-line").inner_text()
    differing = page.get_by_role("region", name="Parameters that differ").first
    assert differing.locator("tbody th").all_inner_texts() == ["alpha", "kind"]
    metrics = page.get_by_role("region", name="Metrics")
    assert "▲" in metrics.inner_text()
    page.get_by_role("button", name="set as baseline: model 15").click()
    page.locator(".compare-table .worse").first.wait_for(state="attached")
    assert "base=" in page.url


def test_a_comparison_of_unknown_runs_says_so(open_page: OpenPage, site: Path) -> None:
    page = open_page(f"{(site / 'compare.html').as_uri()}#runs=")
    assert page.get_by_text("Choose runs first").is_visible()


def test_all_four_charts_are_drawn(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    for place in ("[data-metric=r2]", *(f"[data-chart={one}]" for one in CHARTS)):
        panel = page.locator(place)
        panel.scroll_into_view_if_needed()
        panel.locator("svg.marks").first.wait_for()
    page.get_by_label("Search the metrics").fill("r2")
    expect(page.locator("[data-metric=rmse]")).to_be_hidden()
    assert "curveq=r2" in page.url


def test_the_curves_of_a_run_are_drawn(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.get_by_role("link", name="model 15").first.click()
    page.get_by_role("tab", name="Charts").click()
    page.locator("#curves svg.marks").first.wait_for()


def test_the_arrow_keys_lead_to_the_next_run(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.get_by_role("link", name="model 15").first.click()
    page.wait_for_url("**/runs/*.html")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_title(re.compile("^model 10"))
    page.wait_for_load_state()  # the title is there before the scripts that listen to keys
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_title(re.compile("^model 15"))


def test_without_scripts_the_page_tells_its_story(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment, javascript=False)
    assert page.locator(".winner").inner_text() == "model 15"
    assert page.locator("noscript img").count() == 4
    assert page.locator("[data-chart]").first.is_visible() is False
    shown = page.evaluate(
        "[...document.images].every((one) => one.complete && one.naturalWidth > 0)"
    )
    assert shown or page.locator("img").count() == 4
    page.goto(next(iter((experiment.parent.parent / "runs").glob("*.html"))).as_uri())
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("kind", ["index", "experiment", "run", "compare"])
def test_nothing_scrolls_sideways_on_a_phone(
    open_page: OpenPage, site: Path, experiment: Path, kind: str
) -> None:
    ids = [page.stem for page in sorted(site.glob("runs/*.html"))]
    address = {
        "index": (site / "index.html").as_uri(),
        "experiment": experiment.as_uri(),
        "run": (site / "runs" / f"{ids[0]}.html").as_uri(),
        "compare": f"{(site / 'compare.html').as_uri()}#runs={','.join(ids)}",
    }[kind]
    page = open_page(address, width=390, height=844)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_theme_follows_the_system_and_the_switch(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment, dark=True)
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.get_by_role("button", name="Switch between light and dark").click()
    light = page.evaluate(background)
    assert dark != light == "rgb(255, 255, 255)"
    page.reload()
    assert page.evaluate(background) == light


def test_a_run_without_metrics_says_how_to_log_one(open_page: OpenPage, site: Path) -> None:
    pages = (one for one in site.glob("runs/*.html") if "<title>nothing" in one.read_text())
    page = open_page(next(pages))
    assert page.get_by_text("This run logged no metric").is_visible()


def test_a_page_prints_with_everything_open(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.emulate_media(media="print")
    assert not page.get_by_placeholder("Search name").is_visible()
    assert page.locator("[data-runs-table]").is_visible()
