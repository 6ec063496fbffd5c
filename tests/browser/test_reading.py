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
    rows = page.locator("[data-runs-table] tbody tr:visible th.name a")
    return [text.strip() for text in rows.all_inner_texts()]


def test_the_first_screen_says_which_run_is_best_and_why(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    assert page.locator(".winner").inner_text() == "model 15"
    box = page.locator(".score").bounding_box()
    assert box["y"] + box["height"] < 900
    assert "against the first run" in page.locator(".change").inner_text()
    assert page.locator("td.best").first.is_visible()


def test_a_failed_run_is_not_best_and_comes_after_the_others(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    assert names(page) == ["model 15", "model 10", "model 5", "model 0", "model 20"]


def test_clicking_a_heading_sorts_numbers_as_numbers_and_keeps_it_in_the_address(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    heading = page.get_by_role("button", name="name", exact=True)
    heading.click()
    assert names(page) == ["model 0", "model 5", "model 10", "model 15", "model 20"]
    assert page.locator("th[data-key=name]").get_attribute("aria-sort") == "ascending"
    heading.click()
    assert names(page)[0] == "model 20"
    assert "sort=-name" in page.url
    heading.click()
    assert names(page)[0] == "model 15"
    assert "sort" not in page.url


def test_searching_shows_the_runs_that_hold_every_word(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    page.get_by_placeholder("Search name").fill("FAILED mod")
    assert names(page) == ["model 20"]
    assert "1 run found" in page.locator("[data-selection]").inner_text()


def test_a_link_brings_its_view_back(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(f"{experiment.as_uri()}#q=finished&sort=-name")
    assert names(page) == ["model 15", "model 10", "model 5", "model 0"]
    assert page.get_by_placeholder("Search name").input_value() == "finished"


def test_columns_can_be_chosen(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    assert not page.get_by_role("columnheader", name="seed").is_visible()
    page.get_by_text("Columns").first.click()
    page.get_by_label("seed").check()
    assert page.get_by_role("columnheader", name="seed").is_visible()
    page.get_by_label("r2 ↑", exact=True).uncheck()
    assert not page.get_by_role("columnheader", name="r2 ↑").is_visible()
    page.reload()
    assert page.get_by_role("columnheader", name="seed").is_visible()


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
    for kind in ("curves", "scatter", "parallel", "bars"):
        panel = page.locator(f"[data-chart={kind}]")
        panel.scroll_into_view_if_needed()
        panel.locator("svg.marks").first.wait_for()
    page.locator("[data-control=curve]").select_option("r2")
    expect(page.locator("[data-chart=curves]")).to_contain_text("r2", use_inner_text=True)
    assert "curve=r2" in page.url


def test_the_curves_of_a_run_are_drawn(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.get_by_role("link", name="model 15").first.click()
    panel = page.locator("[data-curve=rmse]")
    panel.scroll_into_view_if_needed()
    panel.locator("svg.marks").wait_for()


def test_the_arrow_keys_lead_to_the_next_run(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.get_by_role("link", name="model 15").first.click()
    page.wait_for_url("**/runs/*.html")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_title(re.compile("^model 10"))
    page.wait_for_load_state()  # the title is there before the scripts that listen to keys
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_title(re.compile("^model 15"))


def test_the_table_works_by_keyboard(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.get_by_role("button", name="name", exact=True).focus()
    page.keyboard.press("Enter")
    assert names(page)[0] == "model 0"
    page.get_by_label("Select model 0", exact=True).focus()
    page.keyboard.press("Space")
    assert "1 selected" in page.locator("[data-selection]").inner_text()


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


def test_a_row_unfolds_on_a_phone(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment, width=390, height=844)
    row = page.locator("[data-runs-table] tbody tr").first
    assert not row.get_by_text("finished").is_visible()
    row.get_by_role("button", name="Show all values").click()
    assert row.get_by_text("finished").is_visible()


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
