"""The table of runs: searched, filtered, sorted, grouped, and brought back by its link."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

import runfolio
from runfolio.site import build_report, shards, table_parts

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]
MODELS = ("linear", "forest", "boosting")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of twelve seeds of three models, a sweep with three children, and a failed run."""
    folder = tmp_path_factory.mktemp("table")
    store = folder / "runs"
    for number in range(12):
        write_run(store, number)
    with runfolio.start_run(experiment="wine", name="sweep", store=store, capture=False) as sweep:
        for depth in (10, 2, 100):
            with runfolio.start_run(name=f"depth {depth}", parent=sweep, store=store) as run:
                run.log_params({"depth": depth, "model": "tree"})
                run.log_metrics({"rmse": 0.4 + depth / 1000, "r2": 0.3}, step=0)
    bad = runfolio.start_run(experiment="wine", name="diverged", store=store, capture=False)
    bad.log_metric("rmse", 0.01)
    bad.finish("FAILED")
    runfolio.describe_experiment("wine", primary_metric="rmse", direction="down", store=store)
    build_report(store, output=folder / "site", title="Cellar")
    return folder / "site"


def write_run(store: Path, number: int) -> None:
    model = MODELS[number % 3]
    with runfolio.start_run(
        experiment="wine",
        name=f"{model} {number}",
        tags={"team": "ab"[number % 2]},
        store=store,
        capture=False,
    ) as run:
        run.log_params({"model": model, "depth": number, "seed": 7})
        for step in range(3):
            run.log_metrics({"rmse": 1 - number / 20 + 0.1 * (step - 2) ** 2}, step=step)
        run.log_metrics({"r2": number / 20}, step=0)


@pytest.fixture(scope="module")
def experiment(site: Path) -> Path:
    return next(site.glob("experiments/*.html"))


def at(experiment: Path, fragment: str) -> str:
    return f"{experiment.as_uri()}#{fragment}"


def names(page: Any) -> list[str]:
    rows = page.locator(".runs-grid .tabulator-row .name")
    rows.first.wait_for()
    found: list[str] = rows.evaluate_all(
        "cells => cells.map(one => one.querySelector('a, strong').textContent)"
    )
    return found


def column(page: Any, key: str) -> list[str]:
    cells = page.locator(f'.runs-grid .tabulator-row [tabulator-field="{key}"]')
    cells.first.wait_for()
    return [text.strip() for text in cells.all_inner_texts()]


def view_of(page: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).fragment).items()}


def heading(page: Any, key: str) -> Any:
    return page.locator(f'.runs-grid [data-sort="{key}"]')


def test_the_best_come_first_and_nested_runs_under_their_parent(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    found = names(page)
    assert found[:5] == ["sweep", "depth 2", "depth 10", "depth 100", "boosting 11"]
    assert found[-2:] == ["linear 0", "diverged"]
    assert page.locator(".runs-grid .best").first.inner_text().startswith("0.402")


@pytest.fixture
def in_parts(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same experiment as a large one, in scripts of six runs."""
    for module in (shards, table_parts):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 6)
    build_report(site.parent / "runs", output=tmp_path / "site", title="Cellar")
    return next((tmp_path / "site").glob("experiments/*.html"))


def test_a_large_experiment_shows_all_its_runs_once_they_are_there(
    open_page: OpenPage, experiment: Path, in_parts: Path
) -> None:
    expected = names(open_page(experiment))
    page = open_page(in_parts)
    expect(page.locator("[data-count]")).to_have_text("17 runs")
    assert names(page) == expected
    page.get_by_placeholder("Search name").fill("FOREST finished")
    expect(page.locator("[data-count]")).to_have_text("4 of 17 runs")
    assert names(page) == ["forest 10", "forest 7", "forest 4", "forest 1"]


def test_of_a_large_experiment_the_best_runs_stay_where_others_are_missing(
    open_page: OpenPage, in_parts: Path
) -> None:
    [missing] = in_parts.parents[1].glob("data/experiments/*-rows-2.js")
    missing.unlink()
    page = open_page(in_parts, allow=["rows-2", "ERR_FILE_NOT_FOUND"])
    told = "12 of 17 runs are here, the others couldn’t be loaded"
    expect(page.locator("[data-count]")).to_have_text(told)
    assert names(page)[:2] == ["depth 2", "depth 10"]
    assert len(names(page)) == 6


def test_no_number_is_cut_where_few_rows_say_how_wide_it_is(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The best value is bold with a star before it, and may be the only one so long."""
    monkeypatch.setattr("runfolio.site.experiment.MAX_ROWS", 3)
    store = tmp_path / "runs"
    runfolio.describe_experiment("wide", primary_metric="loss", direction="down", store=store)
    for number in range(120):
        with runfolio.start_run(experiment="wide", store=store, capture=False) as run:
            run.log_params({f"p{place:02}": (number * place) % 7 / 8 for place in range(1, 20)})
            run.log_metric("loss", number)
            run.log_metric("r2", 10.02 if number == 9 else 0.1 + number / 1000)
    build_report(store, output=tmp_path / "site")
    page = open_page(next(tmp_path.glob("site/experiments/*.html")).as_uri())
    expect(page.locator(".runs-grid .tabulator-cell", has_text="10.02")).to_have_count(1)
    cells = page.locator(".runs-grid .tabulator-cell")
    cut = "cells.filter((cell) => cell.scrollWidth > cell.clientWidth)"
    assert cells.evaluate_all(f"(cells) => {cut}.map((cell) => cell.textContent)") == []


def test_search_finds_every_word_and_says_how_many(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.get_by_placeholder("Search name").fill("FOREST finished")
    assert names(page) == ["forest 10", "forest 7", "forest 4", "forest 1"]
    expect(page.locator("[data-count]")).to_have_text("4 of 17 runs")
    page.get_by_placeholder("Search name").fill("nothing like it")
    expect(page.locator(".nothing")).to_contain_text("No run matches")
    page.get_by_role("button", name="clear the filter").click()
    expect(page.locator("[data-count]")).to_have_text("17 runs")
    assert len(names(page)) == 17


def test_a_filter_keeps_the_parents_of_what_it_finds(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "filter=params.depth > 50 OR metrics.rmse.min < 0.46"))
    assert names(page) == [
        "sweep",
        "depth 2",
        "depth 10",
        "depth 100",
        "boosting 11",
        "diverged",
    ]
    assert page.locator(".tabulator-row.context").count() == 1
    expect(page.locator("[data-count]")).to_have_text("5 of 17 runs")


def test_two_columns_sort_together_and_numbers_as_numbers(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    heading(page, "params.model").click()
    heading(page, "params.depth").click(modifiers=["Shift"])
    heading(page, "params.depth").click(modifiers=["Shift"])
    assert view_of(page)["sort"] == "params.model,-params.depth"
    found = names(page)
    assert found[:4] == ["boosting 11", "boosting 8", "boosting 5", "boosting 2"]
    start = found.index("sweep")
    assert found[start + 1 : start + 4] == ["depth 100", "depth 10", "depth 2"]
    sorted_by = page.locator('.runs-grid [aria-sort="ascending"]')
    assert sorted_by.get_attribute("tabulator-field") == "params.model"
    heading(page, "params.model").click()
    heading(page, "params.model").click()
    assert "sort" not in view_of(page)


def test_columns_are_chosen_moved_and_pinned_and_stay_so(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    menu = page.locator("[data-columns-menu]")
    menu.locator("summary").click()
    assert heading(page, "tags.team").count() == 0
    menu.get_by_role("searchbox").fill("team")
    menu.get_by_label("team", exact=True).check()
    expect(heading(page, "tags.team")).to_be_visible()
    menu.get_by_role("searchbox").fill("")
    menu.get_by_label("r2 ↑", exact=True).uncheck()
    expect(heading(page, "metrics.r2")).to_have_count(0)
    menu.get_by_role("button", name="Move model up").click()
    menu.get_by_role("button", name="Keep model in sight").click()
    view = view_of(page)
    assert view["pin"] == "params.model"
    keys = view["cols"].split(",")
    assert "tags.team" in keys
    assert "metrics.r2" not in keys
    page.reload()
    expect(heading(page, "tags.team")).to_be_visible()
    fields = page.locator(".runs-grid .tabulator-col").evaluate_all(
        "all => all.map(one => one.getAttribute('tabulator-field'))"
    )
    assert fields[:3] == ["pick", "attributes.name", "params.model"]


def test_constant_columns_are_those_of_the_runs_that_show(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(at(experiment, "q=forest"))
    menu = page.locator("[data-columns-menu]")
    expect(heading(page, "params.seed")).to_be_visible()
    menu.locator("summary").click()
    menu.get_by_role("button", name="Hide constant columns").click()
    expect(heading(page, "params.seed")).to_have_count(0)
    expect(heading(page, "params.depth")).to_have_count(1)
    menu.get_by_role("button", name="Reset").click()
    expect(heading(page, "params.seed")).to_have_count(1)
    assert "cols" not in view_of(page)


def test_a_metric_shows_its_minimum_when_asked(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "sort=params.depth&q=linear"))
    last = column(page, "metrics.rmse")
    page.locator("[data-columns-menu] summary").click()
    page.get_by_label("Value of rmse").select_option("max")
    assert view_of(page)["agg"] == "metrics.rmse.max"
    expect(heading(page, "metrics.rmse")).to_contain_text("max")
    largest = column(page, "metrics.rmse")
    assert all(
        float(b) == pytest.approx(float(a) + 0.4) for a, b in zip(last, largest, strict=True)
    )


def test_runs_are_grouped_with_mean_and_deviation(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.locator("[data-group-menu] summary").click()
    page.locator("[data-group-menu]").get_by_label("model", exact=True).check()
    page.keyboard.press("Escape")
    assert view_of(page)["group"] == "params.model"
    groups = names(page)
    assert set(groups) == {"tree", "boosting", "forest", "linear", "model not set"}
    assert groups[0] == "tree"
    assert groups[-1] == "model not set", "its run with the best value broke off"
    row = page.locator(".tabulator-row", has_text="forest")
    expect(row.locator('[tabulator-field="metrics.rmse"]')).to_have_text("0.725 ± 0.194")
    row.get_by_role("button", name="4 runs of forest").click()
    assert [one for one in names(page) if one.startswith("forest ")] == [
        "forest 10",
        "forest 7",
        "forest 4",
        "forest 1",
    ]
    page.reload()
    assert "forest 10" in names(page)
    page.get_by_label("Select forest", exact=True).check()
    expect(page.locator("[data-selection]")).to_contain_text("4 selected")


def test_a_sweep_folds_and_stays_folded(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.get_by_role("button", name="3 runs of sweep").click()
    assert not [name for name in names(page) if name.startswith("depth")]
    page.reload()
    assert not [name for name in names(page) if name.startswith("depth")]
    page.get_by_role("button", name="3 runs of sweep").click()
    assert len([name for name in names(page) if name.startswith("depth")]) == 3
    assert "fold" not in view_of(page)


def test_runs_are_hidden_pinned_and_measured_against_a_baseline(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    page.get_by_label("Select forest 1", exact=True).check()
    selection = page.locator("[data-selection]")
    selection.get_by_role("button", name="Set as baseline").click()
    selection.get_by_role("button", name="Pin").click()
    assert names(page)[0] == "forest 1"
    cell = page.locator(".tabulator-row", has_text="forest 10").locator(
        '[tabulator-field="metrics.rmse"]'
    )
    expect(cell).to_contain_text("▲ −0.45 −47.4 %", use_inner_text=True)
    assert cell.locator(".better").count() == 1
    selection.get_by_role("button", name="Clear").click()
    page.get_by_label("Select boosting 11", exact=True).check()
    selection.get_by_role("button", name="Hide").click()
    assert "boosting 11" not in names(page)
    expect(selection).to_contain_text("1 hidden")
    page.reload()
    assert "boosting 11" not in names(page)
    assert names(page)[0] == "forest 1"
    selection.get_by_role("button", name="Show hidden").click()
    assert "boosting 11" in names(page)
    selection.get_by_role("button", name="Remove baseline").click()
    expect(page.locator(".delta")).to_have_count(0)


def test_selected_runs_lead_to_their_comparison(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    for name in ("linear 0", "forest 10"):
        page.get_by_label(f"Select {name}", exact=True).check()
    link = page.locator("[data-selection]").get_by_role("link", name="Compare")
    [found] = parse_qs(urlsplit(link.get_attribute("href")).fragment)["runs"]
    ids = found.split(",")
    assert len(ids) == 2
    assert all(len(one) == 16 for one in ids)
    page.get_by_label("Select all runs shown").check()
    expect(page.locator("[data-selection]")).to_contain_text("17 selected")
    page.go_back()


def test_a_comparison_keeps_baseline_and_groups(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    [base] = ids_of(page, "linear 0")
    page = open_page(at(experiment, f"base={base}&group=params.model,attributes.status"))
    page.get_by_label("Select model forest, status FINISHED", exact=True).check()
    link = page.locator("[data-selection]").get_by_role("link", name="Compare")
    told = parse_qs(urlsplit(link.get_attribute("href")).fragment)
    assert told["base"] == [base]
    assert told["group"] == ["params.model"]
    assert base in told["runs"][0].split(",")


def ids_of(page: Any, name: str) -> list[str]:
    row = page.locator(".tabulator-row").filter(has=page.get_by_role("link", name=name, exact=True))
    return [one.get_attribute("data-line") for one in row.all()]


def test_groups_tell_their_difference_from_the_baseline(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    [base] = ids_of(page, "linear 0")
    page = open_page(at(experiment, f"base={base}&group=params.model"))
    cell = page.locator(".tabulator-row", has_text="forest").locator(
        '[tabulator-field="metrics.rmse"]'
    )
    expect(cell.locator(".delta")).to_contain_text("%")
    assert re.match(r"0\.\d+ ± 0\.\d{5,}: mean", cell.get_attribute("title"))


def test_headings_show_aggregate_and_sorting_in_full(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "agg=metrics.rmse.min,metrics.r2.best"))
    for key in ("metrics.rmse", "metrics.r2"):
        heading(page, key).click()
        assert heading(page, key).evaluate("one => one.scrollWidth <= one.clientWidth"), key
        expect(heading(page, key)).to_be_focused()


def test_that_no_column_is_constant_is_said(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "cols=params.model,metrics.rmse"))
    menu = page.locator("[data-columns-menu]")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Hide constant columns").click()
    expect(menu.get_by_role("status")).to_contain_text("None is constant")


def test_a_lone_run_has_nothing_to_compare(open_page: OpenPage, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="one", name="only", store=tmp_path, capture=False) as run:
        run.log_metric("rmse", 1.0)
    build_report(tmp_path, output=tmp_path / "site", title="One")
    page = open_page(next((tmp_path / "site").glob("experiments/*.html")))
    assert names(page) == ["only"]
    for name in ("Heat", "Pivot", "Group"):
        expect(page.get_by_text(name, exact=True)).to_have_count(0)
    expect(page.get_by_text("Tick runs")).to_have_count(0)
    page.get_by_label("Select only").check()
    expect(page.locator("[data-selection]")).to_contain_text("1 selected")


def test_a_grouped_table_fits_on_paper(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "group=params.model"))
    names(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    paper = page.locator(".paper table")
    expect(
        paper.get_by_role("rowheader", name="model not set (2 runs, 1 broke off)")
    ).to_be_visible()
    assert paper.evaluate("one => one.getBoundingClientRect().right <= innerWidth")


def test_heat_colours_the_best_most(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment)
    page.locator("[data-heat]").click()
    cells = page.locator('.runs-grid [tabulator-field="metrics.rmse"].heat')
    shares = cells.evaluate_all(
        "all => all.map(one => parseInt(one.style.getPropertyValue('--heat')))"
    )
    assert shares[0] == max(shares) > min(shares)
    assert view_of(page)["heat"] == "1"


def test_a_link_brings_the_whole_view_back(open_page: OpenPage, experiment: Path) -> None:
    fragment = (
        "q=forest&sort=-params.depth&cols=params.depth,metrics.rmse&heat=1&widths=params.depth:150"
    )
    page = open_page(at(experiment, fragment))
    assert names(page) == ["forest 10", "forest 7", "forest 4", "forest 1"]
    assert page.get_by_placeholder("Search name").input_value() == "forest"
    assert page.locator("[data-heat]").get_attribute("aria-pressed") == "true"
    box = page.locator('.runs-grid .tabulator-col[tabulator-field="params.depth"]').bounding_box()
    assert box["width"] == pytest.approx(150, abs=1)
    page.evaluate("location.hash = '#q=linear'")
    expect(page.locator(".runs-grid .tabulator-row .name a").first).to_have_text("linear 9")
    page.go_back()
    expect(page.locator(".runs-grid .tabulator-row .name a").first).to_have_text("forest 10")


def test_a_column_is_resized_and_moved_with_the_mouse(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    first = page.locator('.runs-grid .tabulator-col[tabulator-field="attributes.status"]')
    box = first.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 60, box["y"] + 10, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("widths="))
    width = int(view_of(page)["widths"].rpartition(":")[2])
    assert width == pytest.approx(box["width"] + 60, abs=4)
    model = page.locator('.runs-grid .tabulator-col[tabulator-field="params.model"]')
    depth = page.locator('.runs-grid .tabulator-col[tabulator-field="params.depth"]')
    start, end = sorted((model.bounding_box(), depth.bounding_box()), key=lambda one: one["x"])
    page.mouse.move(start["x"] + 12, start["y"] + 10)
    page.mouse.down()
    expect(page.locator(".tabulator-moving")).to_be_visible()
    page.mouse.move(end["x"] + end["width"] - 6, end["y"] + 10, steps=8)
    page.mouse.up()
    expect(page.locator(".tabulator-moving")).to_have_count(0)
    keys = view_of(page)["cols"].split(",")
    assert abs(keys.index("params.model") - keys.index("params.depth")) == 1
    assert "sort" not in view_of(page)
    heading(page, "attributes.status").focus()
    page.keyboard.press("Alt+ArrowRight")
    assert view_of(page)["cols"].startswith("metrics.rmse,attributes.status")
    assert page.evaluate("document.activeElement.dataset.sort") == "attributes.status"


def test_everything_is_done_with_the_keyboard(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "q=forest"))
    names(page)
    heading(page, "metrics.rmse").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert view_of(page)["sort"] == "-metrics.rmse"
    page.locator(".runs-grid").get_by_role("link", name="forest 1", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("[data-selection]")).to_contain_text("1 selected")
    focused = "document.activeElement.closest('.tabulator-row')?.querySelector('a').textContent"
    assert page.evaluate(focused) == "forest 4"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    expect(page.locator("[data-selection]")).to_contain_text("2 selected")
    assert page.evaluate(focused) == "forest 7"
    assert page.evaluate("document.activeElement.matches('[data-pick]')")


def test_a_phone_keeps_the_essence_and_opens_the_rest(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment, width=390, height=800)
    fields = page.locator(".runs-grid .tabulator-col").evaluate_all(
        "all => all.map(one => one.getAttribute('tabulator-field'))"
    )
    assert fields == ["pick", "attributes.name", "attributes.status", "metrics.rmse"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".runs-grid .tabulator-row").first.bounding_box()
    assert box["width"] <= 390
    page.get_by_role("button", name="All of depth 2", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("r2 ↑")
    expect(dialog).to_contain_text("depth")
    dialog.get_by_role("button", name="Pin to the top").click()
    assert names(page)[0] == "depth 2"


def test_a_run_that_is_brushed_in_a_chart_stays_alone(
    open_page: OpenPage, experiment: Path
) -> None:
    page = open_page(experiment)
    names(page)
    page.evaluate(
        "runfolio.workspace.open(document.querySelector('[data-runs-table]').dataset.shard)"
        ".then((one) => one.setBrush(new Set([0, 1]), 'test'))"
    )
    expect(page.locator("[data-count]")).to_have_text("2 of 17 runs")
    assert names(page) == ["forest 1", "linear 0"]
    page.get_by_role("button", name="Clear brush").click()
    assert len(names(page)) == 17


def test_the_table_is_printed_whole(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "q=forest"))
    names(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".paper tbody th").all_inner_texts() == [
        "forest 10",
        "forest 7",
        "forest 4",
        "forest 1",
    ]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".paper").count() == 0


def test_without_scripts_the_page_has_its_table(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(experiment, javascript=False)
    assert page.locator(".runs-table tbody tr").count() == 17
    assert page.locator(".runs-table .best").first.is_visible()
    assert not page.get_by_placeholder("Search name").is_visible()


def test_a_run_leads_on_in_the_order_of_the_table(open_page: OpenPage, experiment: Path) -> None:
    page = open_page(at(experiment, "q=forest&sort=params.depth"))
    page.locator(".runs-grid").get_by_role("link", name="forest 4", exact=True).click()
    around = page.locator("[data-order]")
    expect(around).to_contain_text("2 of 4")
    around.get_by_role("link", name="Next run in the table").click()
    expect(page.locator("h1")).to_contain_text("forest 7")
