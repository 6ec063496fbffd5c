"""Filtering with completion, the pivot table and what is copied or saved from the table of runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect

import runfolio
from runfolio.site import build_report
from tests.browser.serving import JENKINS_WITH_SCRIPTS, served

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]

DEMO_STORE = Path(__file__).parents[2] / "examples" / "demo-store"
HOSTILE = "=a|b_{\\x}$ & 50%"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three models by two depths with two seeds each, one model with a name of odd signs."""
    folder = tmp_path_factory.mktemp("tools") / "runs"
    runfolio.describe_experiment("wine", primary_metric="rmse", direction="down", store=folder)
    for number, model in enumerate(("ridge", "forest", HOSTILE)):
        for depth in (2, 10):
            for seed in (1, 2):
                name = f"{model} {depth}/{seed}"
                with runfolio.start_run(
                    experiment="wine", name=name, store=folder, capture=False
                ) as run:
                    run.log_params({"model": model, "depth": depth, "seed": seed, "l 1": 0.5})
                    value = 0.9 - number / 10 - depth / 100 + seed / 1000
                    for step in range(2):
                        run.log_metrics({"rmse": value + (1 - step), "val loss": value}, step=step)
    return folder


@pytest.fixture(scope="module")
def site(store: Path) -> Path:
    build_report(store, output=store.parent / "site", title="Tools")
    return store.parent / "site"


@pytest.fixture(scope="module")
def page_path(site: Path) -> Path:
    [path] = (site / "experiments").glob("*.html")
    return path


@pytest.fixture(scope="module")
def demo_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the wine experiment of the demo store."""
    folder = tmp_path_factory.mktemp("demo-store") / "site"
    build_report(DEMO_STORE, output=folder, title="Demo")
    pages = (folder / "experiments").glob("*.html")
    [path] = (page for page in pages if "<h1>wine-quality</h1>" in page.read_text())
    return path


def state_of(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).fragment).items()}


def box_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Filter the runs")


def list_of(page: Page) -> Locator:
    """The completions that are offered now."""
    return page.locator("#filter-options")


def options_of(page: Page) -> list[str]:
    return list_of(page).locator(".what").all_text_contents()


def names_shown(page: Page) -> list[str]:
    return page.locator(".tabulator-row [data-open]").all_text_contents()


def clipboard_of(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def let_copy(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])


def linked(path: Path | str, **state: str) -> str:
    return f"{path}#{urlencode(state)}"


def wait_for_rows(page: Page, count: int) -> None:
    expect(page.locator(".tabulator-row [data-open]")).to_have_count(count)


def test_a_filter_is_written_with_the_keyboard_alone(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(page_path)
    wait_for_rows(page, 12)
    page.keyboard.press("f")
    box = box_of(page)
    expect(box).to_be_focused()
    page.keyboard.type("par")
    expect(list_of(page).get_by_role("option", name="params. names of")).to_be_visible()
    page.keyboard.press("Tab")
    expect(box).to_have_value("params.")
    page.keyboard.type("mo")
    page.keyboard.press("Tab")
    expect(box).to_have_value("params.model ")
    page.keyboard.press("ArrowDown")
    assert list_of(page).locator("[aria-selected=true]").text_content() == "="
    page.keyboard.press("Enter")
    expect(list_of(page).get_by_role("option", name="forest value")).to_be_visible()
    page.keyboard.type("'fo")
    page.keyboard.press("Tab")
    expect(box).to_have_value("params.model = 'forest' ")
    assert options_of(page) == ["AND", "OR"]
    page.keyboard.press("Escape")
    expect(list_of(page)).to_be_hidden()
    wait_for_rows(page, 4)
    expect(page.get_by_text("4 of 12 runs match")).to_be_visible()
    assert state_of(page)["filter"] == "params.model = 'forest'"
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Clear the filter")).to_be_focused()
    page.keyboard.press("Enter")
    wait_for_rows(page, 12)
    assert "filter" not in state_of(page)


def test_an_empty_box_offers_examples_that_match(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(page_path)
    wait_for_rows(page, 12)
    box_of(page).focus()
    examples = list_of(page).locator(".of-example .what")
    expect(examples.first).to_have_text(
        re.compile(r"metrics\.rmse < 0\.\d+ and params\.model = '=")
    )
    examples.first.click()
    wait_for_rows(page, 4)
    assert all(name.startswith(HOSTILE) for name in names_shown(page))


def test_odd_names_are_completed_in_backticks(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(page_path)
    box = box_of(page)
    box.focus()
    page.keyboard.type("metrics.val")
    page.keyboard.press("Tab")
    expect(box).to_have_value("metrics.`val loss` ")
    page.keyboard.type("> 1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No run matches")).to_be_visible()


def test_a_mistake_is_shown_at_its_column(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(page_path)
    wait_for_rows(page, 12)
    box = box_of(page)
    box.focus()
    page.keyboard.type("params.model = 'ridge'")
    wait_for_rows(page, 4)
    box.fill("metrics.rmse << 0.7 and params.depth = 2")
    told = page.locator("#filter-told")
    expect(told).to_have_text(re.compile("at column 14: found '<<'"))
    expect(box).to_have_attribute("aria-invalid", "true")
    assert box.get_attribute("aria-describedby") == "filter-told"
    mark = page.locator(".filter-mirror mark")
    assert mark.text_content() == "<<"
    left, width = mark.evaluate("mark => [mark.offsetLeft, mark.offsetWidth]")
    assert left == pytest.approx(10 + 13 * width / 2, abs=8), "under the 14th letter"
    assert state_of(page)["filter"] == "params.model = 'ridge'", "the last that can be read stays"
    wait_for_rows(page, 4)


def test_what_is_not_finished_is_no_mistake_until_one_leaves(
    open_page: OpenPage, page_path: Path
) -> None:
    page = open_page(page_path)
    box = box_of(page)
    box.focus()
    page.keyboard.type("metrics.rmse <")
    expect(box).to_have_attribute("aria-invalid", "false")
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#filter-told")).to_have_text(re.compile("column 15: found the end"))
    page.keyboard.type(" 9")
    expect(box).to_have_attribute("aria-invalid", "false")
    box.fill("metrics.rsme < 9")
    expect(page.locator("#filter-told")).to_have_text(
        "No run has metrics.rsme. Did you mean metrics.rmse?"
    )


def test_a_link_keeps_the_filter_and_the_pivot(open_page: OpenPage, page_path: Path) -> None:
    text = "params.depth = 10 and metrics.rmse < 0.75"
    pivot = "params.model;params.depth,params.seed;rmse;min;column"
    page = open_page(linked(page_path, filter=text, pivot=pivot))
    expect(box_of(page)).to_have_value(text)
    wait_for_rows(page, 4)
    expect(page.get_by_label("Take")).to_have_value("min")
    expect(page.locator(".pivot-table thead")).to_contain_text("by depth and seed")
    page.reload()
    expect(box_of(page)).to_have_value(text)
    wait_for_rows(page, 4)
    expect(page.get_by_role("region", name="Pivot table")).to_be_visible()
    page.evaluate("location.hash = 'filter=status+%3D+%27FAILED%27'")
    expect(box_of(page)).to_have_value("status = 'FAILED'")
    expect(page.get_by_role("region", name="Pivot table")).to_be_hidden()


def test_the_pivot_has_the_numbers_of_pandas(open_page: OpenPage, demo_page: Path) -> None:
    frame = runfolio.search_runs(store=DEMO_STORE)
    frame = frame[frame["experiment"] == "wine-quality"].dropna(subset=["metrics.rmse"])
    groups = frame.groupby(["params.model", "params.n_estimators"], dropna=False)["metrics.rmse"]
    page = open_page(linked(demo_page, pivot="params.model;params.n_estimators;rmse;last"))
    let_copy(page)
    page.get_by_role("button", name="Copy the pivot table as CSV").click()
    expect(page.get_by_role("button", name="Copy the pivot table as CSV")).to_have_text("Copied")
    rows = {row.pop("model"): row for row in csv.DictReader(io.StringIO(clipboard_of(page)))}
    found = 0
    for (model, count), values in groups:
        title = "not set" if count != count else f"{count:g}"
        cell = {
            part: rows[model][f"n_estimators = {title}, {part}"] for part in ("mean", "std", "runs")
        }
        assert float(cell["mean"]) == pytest.approx(values.mean(), rel=1e-12)
        assert int(cell["runs"]) == len(values)
        if len(values) > 1:
            assert float(cell["std"]) == pytest.approx(values.std(), rel=1e-9)
        found += len(values)
    assert found == len(frame) > 10
    best = groups.mean().min()
    assert page.locator(".pivot-table strong").count() == 1
    shown = page.locator(".pivot-table strong").text_content()
    assert float(shown.split(" ")[0]) == pytest.approx(best, abs=5e-5)


def test_the_pivot_follows_the_table_and_its_choices(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(page_path)
    wait_for_rows(page, 12)
    button = page.get_by_role("button", name="Pivot", exact=True)
    button.click()
    assert state_of(page)["pivot"] == "params.model;params.depth;rmse;last"
    expect(page.get_by_role("heading", name="Pivot")).to_be_focused()
    expect(page.get_by_role("heading", name="Pivot")).to_be_in_viewport()
    table = page.locator(".pivot-table")
    expect(table.get_by_role("columnheader", name="10", exact=True)).to_be_visible()
    expect(table.get_by_role("rowheader", name="ridge")).to_be_visible()
    expect(table.locator("td.num").last).to_have_text("0.8015 ± 0.00071 (2)")
    box_of(page).fill("params.seed = 1 and params.model = 'ridge'")
    expect(table.locator("td.num")).to_have_text(["0.881 (1)", "0.801 (best) (1)"])
    page.get_by_label("Columns").last.select_option("")
    expect(table.locator("thead th")).to_have_text(["model", "rmse ↓"])
    page.get_by_label("Take").focus()
    page.get_by_label("Take").select_option("max")
    expect(table.locator("thead th")).to_have_text(["model", "rmse ↓ (maximum)"])
    expect(page.get_by_label("Take")).to_be_focused()
    page.get_by_role("button", name="Close the pivot table").click()
    expect(page.locator("#pivot")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_pivot_is_copied_with_everything_escaped(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(linked(page_path, pivot="params.model;params.depth;rmse;last"))
    let_copy(page)
    page.get_by_role("button", name="Copy the pivot table as Markdown").click()
    expect(page.get_by_role("button", name="Copy the pivot table as Markdown")).to_have_text(
        "Copied"
    )
    markdown = clipboard_of(page).splitlines()
    assert markdown[0] == "rmse ↓ by model × depth, mean ± standard deviation (runs)"
    assert markdown[2].split() == re.split(r"\s+", "| model | depth = 2 | depth = 10 |")
    assert r"=a\|b\_{\\x}\$ \& 50%" in markdown[4]
    assert "**0.6015 ± 0.00071** (2)" in markdown[4]
    page.get_by_role("button", name="Copy the pivot table as LaTeX").click()
    expect(page.get_by_role("button", name="Copy the pivot table as LaTeX")).to_have_text("Copied")
    latex = clipboard_of(page)
    assert r"\multicolumn{2}{c}{rmse $\downarrow$ by depth} \\" in latex
    assert r"=a\textbar{}b\_\{\textbackslash{}x\}\$ \& 50\% & $0.6815 \pm 0.00071$ (2)" in latex
    assert r"$\mathbf{0.6015 \pm 0.00071}$ (2) \\" in latex


def test_the_csv_has_what_the_table_shows(open_page: OpenPage, page_path: Path) -> None:
    columns = "params.model,params.depth,metrics.rmse,metrics.val loss"
    page = open_page(
        linked(page_path, cols=columns, filter="params.seed = 2", sort="-params.depth,params.model")
    )
    wait_for_rows(page, 6)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "wine-runs.csv"
    rows = list(csv.reader(io.StringIO(download.value.path().read_text())))
    assert rows[0] == ["run_id", "name", *columns.split(",")]
    shown = [
        row.locator(".tabulator-cell").all_text_contents()[1:]
        for row in page.locator(".tabulator-row").all()
    ]
    assert len(rows) - 1 == len(shown) == 6
    for (run_id, *row), cells in zip(rows[1:], shown, strict=True):
        assert re.fullmatch("[0-9a-f]{16}", run_id)
        assert cells[0].startswith(row[0].removeprefix("'"))
        assert cells[1] == row[1].removeprefix("'")
        assert (row[1][:2] == "'=") == (cells[1][0] == "="), "no formula leaves the page"
        for value, cell in zip(row[2:], cells[2:], strict=True):
            assert float(value) == pytest.approx(float(re.findall(r"[\d.]+", cell)[0]), abs=5e-5)
    assert {row[3] for row in rows[1:4]} == {"10"}
    page.get_by_role("button", name="Show the text").click()
    assert (
        page.get_by_role("textbox", name="wine-runs.csv").input_value().startswith("run_id,name,")
    )


def test_the_csv_of_groups_has_the_groups(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(linked(page_path, cols="metrics.rmse", group="params.model"))
    expect(page.locator(".tabulator-row.of-group")).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [row["params.model"] for row in rows] == [f"'{HOSTILE}", "forest", "ridge"]
    assert [row["runs"] for row in rows] == ["4", "4", "4"]
    assert float(rows[2]["metrics.rmse.mean"]) == pytest.approx(0.8415)
    assert float(rows[2]["metrics.rmse.std"]) == pytest.approx(0.0461916, abs=1e-6)
    assert rows[2]["metrics.rmse.count"] == "4"


def test_the_table_is_copied_as_markdown(open_page: OpenPage, page_path: Path) -> None:
    page = open_page(linked(page_path, cols="params.model,metrics.rmse", sort="metrics.rmse"))
    let_copy(page)
    wait_for_rows(page, 12)
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copy as Markdown")).to_have_text("Copied")
    lines = clipboard_of(page).splitlines()
    assert lines[0].split() == ["|", "name", "|", "model", "|", "rmse", "↓", "|"]
    assert lines[2].endswith(r"| =a\|b\_{\\x}\$ \& 50% |  0.601 |")
    assert len(lines) == 14


def test_in_a_sandbox_the_text_is_shown_to_be_copied(
    open_page: OpenPage, site: Path, page_path: Path
) -> None:
    with served(site, headers=JENKINS_WITH_SCRIPTS) as address:
        page = open_page(
            linked(
                address + page_path.relative_to(site).as_posix(), pivot="params.model;;rmse;last"
            )
        )
        wait_for_rows(page, 12)
        page.get_by_role("button", name="CSV", exact=True).click()
        area = page.get_by_role("textbox", name="wine-runs.csv")
        assert area.input_value().splitlines()[0].startswith("run_id,name,status,metrics.rmse")
        assert page.evaluate("String(getSelection())").startswith("run_id,name,status")
        page.keyboard.press("Escape")
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
        page.get_by_role("button", name="Copy the pivot table as LaTeX").click()
        area = page.get_by_role("textbox", name="Pivot table as LaTeX")
        expect(area).to_have_value(re.compile(r"\\begin\{tabular\}"))


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_sticks_out(open_page: OpenPage, page_path: Path, width: int) -> None:
    page = open_page(
        linked(page_path, filter="metrics.rmse < 9", pivot="params.model;params.depth;rmse;last"),
        width=width,
    )
    expect(page.get_by_role("region", name="Pivot table")).to_be_visible()
    box_of(page).focus()
    page.keyboard.type(" ")
    expect(list_of(page).get_by_role("option", name="AND")).to_be_visible()
    inside = "box => box.getBoundingClientRect().right <= document.documentElement.clientWidth"
    assert page.evaluate("innerWidth >= document.documentElement.scrollWidth")
    assert list_of(page).evaluate(inside)
    assert page.locator("#pivot").evaluate(inside)
