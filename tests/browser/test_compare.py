"""Comparing runs on one page: choose them, group them, and look at all they logged."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import runfolio
from runfolio.site import build_report
from tests.browser.kinds import see_all
from tests.browser.test_axe import violations
from tests.environment.tools import find_package_file, require

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api").expect

OpenPage = Callable[..., "Page"]
ACCURACY = {"linear": 0.85, "deep": 0.93, "wide": 0.852}
NOISE = (0.0, 0.004, -0.003, 0.002, -0.001)
CODE = "import numpy as np\n\n\ndef train(rate):\n    model = {}()\n    return model.fit(rate)\n"


def write_seed(store: Path, model: str, seed: int) -> str:
    """A run of a model with one seed, that logged a bit of everything."""
    rng = np.random.default_rng(seed)
    with runfolio.start_run(
        experiment="digits",
        name=f"{model} {seed}",
        store=store,
        tags={"stage": "dev", "team": model[0]},
        capture=False,
    ) as run:
        run.log_params({"model": model, "seed": seed, "batch": 64})
        for step in range(0, 20, 2 if model == "deep" else 1):
            run.log_metric("loss", 1 / (1 + step) + seed / 100, step=step)
        run.log_metric("accuracy", ACCURACY[model] + NOISE[seed])
        for step in (0, 10, 20):
            grey = np.full((32, 48), (40 if model == "linear" else 160) + step, np.uint8)
            run.log_image(grey, key="samples", step=step)
        run.log_image(rng.integers(0, 255, (20, 20), np.uint8), "confusion.png")
        predicted = ["cat", "dog", "cat" if model == "linear" else "dog", "cat"]
        if model == "linear":
            predicted[0] = "dog"
        frame = {"id": ["a", "b", "c", "d"], "label": ["cat", "dog", "cat", "dog"]}
        run.log_table(pd.DataFrame({**frame, "prediction": predicted}), "predictions")
        run.log_text(CODE.format(model.title()), "train.py")
        run.log_text("the same in all\n", "notes.txt")
        run.log_dict({"optimizer": {"name": "sgd", "rate": len(model)}}, "config.json")
        return run.id


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A site of seeds of three models and of lone runs elsewhere, and the runs' ids by name."""
    folder = tmp_path_factory.mktemp("rich")
    store = folder / "runs"
    runfolio.describe_experiment("digits", primary_metric="accuracy", direction="up", store=store)
    seeds = {"linear": 5, "deep": 5, "wide": 3}
    ids = {
        f"{model} {seed}": write_seed(store, model, seed)
        for model, count in seeds.items()
        for seed in range(count)
    }
    with runfolio.start_run(experiment="trees", name="forest", store=store) as run:
        run.log_params({"model": "forest", "depth": 3})
        run.log_metric("accuracy", 0.8)
        ids["forest"] = run.id
    with runfolio.start_run(experiment="trees", name="bare", store=store, capture=False) as run:
        ids["bare"] = run.id
    build_report(store, output=folder / "site", title="Digits")
    return folder / "site", ids


@pytest.fixture
def compare(open_page: OpenPage, rich: tuple[Path, dict[str, str]]) -> OpenPage:
    """Opens the page with runs by name, as ``compare("a", "b", group="none")``."""
    site, ids = rich

    def open_with(
        *names: str, width: int = 1440, javascript: bool = True, dark: bool = False, **state: str
    ) -> Page:
        if "base" in state:
            state["base"] = ids[state["base"]]
        parts = [f"runs={','.join(ids[name] for name in names)}"]
        parts += [f"{name}={value}" for name, value in state.items()]
        address = f"{(site / 'compare.html').as_uri()}#{'&'.join(parts)}"
        return open_page(address, width=width, javascript=javascript, dark=dark)

    return open_with


def chosen(page: Page) -> list[str]:
    return page.locator(".chosen-runs .run-name").all_inner_texts()


def texts_of(page: Page, region: str) -> list[str]:
    return page.get_by_role("region", name=region, exact=True).locator("tbody th").all_inner_texts()


def test_runs_are_added_by_name_to_an_empty_page(compare: OpenPage) -> None:
    page = compare()
    expect(page.get_by_text("Choose runs first")).to_be_visible()
    page.get_by_text("Add runs", exact=True).click()
    page.get_by_label("Name of a run").fill("deep 2")
    page.get_by_role("button", name="Add deep 2 of digits").click()
    page.get_by_label("Name of a run").fill("for")
    page.keyboard.press("Enter")
    expect(page.locator(".chosen-runs .run-name")).to_have_text(["deep 2", "forest"])
    expect(page.get_by_text("Choose runs first")).to_be_hidden()
    expect(page.locator(".verdict-line")).to_contain_text("deep 2 has the best accuracy ↑: 0.927")


def test_all_runs_of_an_experiment_are_added_at_once(compare: OpenPage) -> None:
    page = compare("deep 0")
    page.get_by_text("Add runs", exact=True).click()
    page.locator("[data-add-experiment]").select_option(label="trees (2)")
    page.get_by_role("button", name="+ all 2").click()
    expect(page.locator(".chosen-runs li")).to_have_count(3)
    assert set(chosen(page)) == {"deep 0", "forest", "bare"}


def test_a_run_is_taken_out_and_another_made_the_baseline(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0", "wide 0")
    expect(page.locator(".verdict-line")).to_contain_text("higher than the baseline linear 0")
    page.get_by_role("button", name="Take linear 0 out of the comparison").click()
    expect(page.locator(".chosen-runs .run-name")).to_have_text(["deep 0", "wide 0"])
    expect(page.locator(".verdict-line")).to_contain_text("is the baseline; next is wide 0, 8.4 %")
    page.get_by_role("button", name="set as baseline: wide 0").press("Enter")
    expect(page.locator(".verdict-line")).to_contain_text("9.2 % higher than the baseline wide 0")
    assert "base=" in page.url
    reopened = page.url
    page.goto("about:blank")
    page.goto(reopened)
    expect(page.locator(".verdict-line")).to_contain_text("than the baseline wide 0")


def test_what_is_the_same_shows_on_demand(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0")
    page.wait_for_selector(".compare-table")
    assert texts_of(page, "Parameters that differ") == ["model"]
    assert texts_of(page, "Tags that differ") == ["team"]
    page.get_by_label("only differences").uncheck()
    expect(page.get_by_role("region", name="Tags", exact=True)).to_be_visible()
    assert texts_of(page, "Parameters") == ["model", "batch", "seed"]
    assert set(texts_of(page, "Tags")) >= {"team", "stage"}
    expect(page.get_by_label("only differences")).to_be_focused()
    assert "same=1" in page.url


def test_seeds_are_grouped_with_intervals_and_noise_is_called_noise(compare: OpenPage) -> None:
    names = [*(f"linear {n}" for n in range(5)), *(f"deep {n}" for n in range(5))]
    page = compare(*names, *(f"wide {n}" for n in range(3)))
    verdict = page.locator(".verdict-line")
    expect(verdict).to_contain_text("model = deep has the best accuracy ↑")
    expect(verdict).to_contain_text("on average of 5 runs, 9.4 % higher than the baseline")
    expect(verdict).to_contain_text("That is more than noise")
    expect(verdict).to_contain_text("Welch")
    table = page.get_by_role("region", name="Metrics of groups")
    row = table.locator("tbody tr").filter(has_text="accuracy")
    expect(row.locator("td").nth(1)).to_contain_text("▲ +0.08")
    expect(row.locator("td").nth(1)).not_to_contain_text("noise")
    expect(row.locator("td").nth(2)).to_contain_text("within noise")
    expect(row.locator("td").nth(2).locator("[title*=bootstrap]")).to_have_count(1)
    expect(page.get_by_text("the bootstrap with 10,000 draws")).to_be_visible()
    page.locator("[data-control=group]").select_option("none")
    expect(page.get_by_role("region", name="Metrics", exact=True)).to_be_visible()
    assert "group=none" in page.url


def test_runs_are_grouped_by_what_one_chooses(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0", "forest", group="experiment")
    heads = page.get_by_role("region", name="Metrics of groups").locator("thead th")
    expect(heads).to_have_text([re.compile("experiment = digits"), re.compile("= trees")])
    verdict = page.locator(".verdict-line")
    expect(verdict).to_contain_text("and is the baseline; next is experiment = trees, 10 % lower")
    expect(verdict).to_contain_text("too few runs to tell")


def test_all_charts_are_drawn(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0", "wide 1")
    panels = ("Curves", "Difference from the baseline", "Scatter", "Parallel coordinates")
    for name in panels:
        panel = page.get_by_role("region", name=name, exact=True)
        panel.scroll_into_view_if_needed()
        panel.locator("svg.marks").first.wait_for()
    difference = page.get_by_role("region", name="Difference from the baseline")
    expect(difference).to_contain_text("loss minus that of linear 0")
    expect(difference.locator(".chart-legend li")).to_have_count(2)
    page.locator("[data-control=x]").select_option("metrics.loss")
    expect(page).to_have_url(re.compile("x=metrics.loss"))


def test_one_slider_steps_through_all_pictures(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0")
    images = page.get_by_role("region", name="samples").locator("img")
    expect(images).to_have_count(2)
    slider = page.locator("[data-control=step]")
    expect(slider).to_have_attribute("aria-valuetext", "step 20")
    before = images.first.get_attribute("src")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "step 10")
    assert images.first.get_attribute("src") != before
    expect(page).to_have_url(re.compile("step=10"))
    page.reload()
    expect(page.locator("[data-control=step]")).to_have_attribute("aria-valuetext", "step 10")
    page.locator("img").first.scroll_into_view_if_needed()
    page.wait_for_function(
        "[...document.images].every((one) => one.complete && one.naturalWidth > 0)"
    )


def test_the_wipe_moves_by_keyboard_and_stays_in_the_link(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0")
    page.locator("[data-control=images]").select_option("wipe")
    wipe = page.get_by_label("wipe samples")
    wipe.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    over = page.get_by_role("region", name="samples").locator("img.over")
    assert over.evaluate("(one) => one.style.clipPath") == "inset(0px 0px 0px 53%)"
    expect(page).to_have_url(re.compile("wipe=53"))
    expect(wipe).to_be_focused()
    page.reload()
    over = page.get_by_role("region", name="samples").locator("img.over")
    assert over.evaluate("(one) => one.style.clipPath") == "inset(0px 0px 0px 53%)"


def test_a_difference_blends_two_pictures(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0", "wide 0", images="difference")
    over = page.get_by_role("region", name="samples").locator("img.over")
    assert over.evaluate("(one) => getComputedStyle(one).mixBlendMode") == "difference"
    stack = page.get_by_role("region", name="samples").locator(".stack")
    page.wait_for_function(
        "[...document.querySelectorAll('.stack img')].every((one) => one.complete)"
    )
    shown = Image.open(io.BytesIO(stack.screenshot())).convert("RGB")
    assert shown.getpixel((shown.width // 2, shown.height // 2)) == (120, 120, 120)
    page.locator("[data-part=images] [data-control=with]").select_option(label="wide 0")
    expect(page.get_by_role("region", name="samples")).to_contain_text("wide 0")


def test_joined_tables_tell_what_was_fixed_and_broken(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0")
    joined = page.get_by_role("region", name="predictions.parquet", exact=True)
    expect(joined.locator(".counts")).to_have_text("1 fixed · 1 broken · 0 changed · 2 same")
    expect(joined.locator(".row-fixed")).to_contain_text("prediction: dog → cat")
    expect(joined.locator(".row-broken")).to_contain_text("prediction: cat → dog")
    expect(joined).to_contain_text("“prediction” equals “label”")


def test_texts_json_and_environment_are_real_differences(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0")
    code = page.get_by_role("region", name="Difference of train.py")
    expect(code.locator("tr.removed .line")).to_contain_text("model = Linear()")
    expect(code.locator("tr.added .line")).to_contain_text("model = Deep()")
    expect(code.locator("tr.removed .sign")).to_have_text("−")
    values = page.get_by_role("region", name="Difference of config.json")
    assert values.locator("tbody th").all_inner_texts() == ["optimizer.rate"]
    expect(page.get_by_text("The same in both: notes.txt.")).to_be_visible()
    page.get_by_role("checkbox", name="side by side").check()
    expect(code.locator("table.split")).to_be_visible()
    assert "diff=split" in page.url


def test_packages_are_compared_with_a_run_that_has_none(compare: OpenPage) -> None:
    page = compare("forest", "linear 0")
    packages = page.get_by_role("region", name="Packages", exact=True)
    expect(packages.locator("tr.removed").filter(has_text="numpy").first).to_be_visible()


def test_runs_of_different_experiments_need_nothing_in_common(compare: OpenPage) -> None:
    page = compare("bare", "forest")
    expect(page.get_by_text("share no metric")).to_be_visible()
    assert texts_of(page, "Parameters that differ") == ["depth", "model"]


SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  const add = (list) => list.getEntries().forEach((entry) => (sum += entry.value));
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""


def test_nothing_jumps_while_the_comparison_comes(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0", "wide 0")
    expect(
        page.locator("[data-part='curves'] svg.marks, [data-part='curves'] canvas")
    ).to_be_visible()
    expect(page.get_by_role("heading", name="Experiments")).to_be_visible()
    assert page.evaluate(SHIFTS) == 0


def test_a_metric_of_some_runs_decides_and_the_others_are_counted(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0", "bare", group="none")
    expect(page.locator(".verdict-line")).to_contain_text("1 run of 3 logged none.")
    scatter = page.get_by_role("region", name="Scatter")
    scatter.scroll_into_view_if_needed()
    expect(scatter).to_contain_text("accuracy ↑")
    expect(page.locator("[data-control='x']")).to_have_value("model")
    pictures = page.get_by_role("region", name="samples", exact=True)
    expect(pictures.locator("figure")).to_have_count(2)
    expect(pictures).to_contain_text("Without such a picture: bare.")


def test_one_run_says_what_to_do(compare: OpenPage) -> None:
    page = compare("bare")
    expect(page.get_by_text("Add another one to compare it with.")).to_be_visible()
    expect(page.get_by_text("These runs have no metrics.")).to_be_visible()


VIEWS = [
    ({}, 1440),
    ({"group": "none", "images": "wipe", "diff": "split", "same": "1"}, 1440),
    ({"images": "difference"}, 390),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("state", "width"), VIEWS, ids=["groups", "single runs", "phone"])
def test_every_view_is_accessible(
    compare: OpenPage, state: dict[str, str], width: int, dark: bool
) -> None:
    axe = require(find_package_file("axe-core/axe.min.js")).read_text(encoding="utf-8")
    names = ("linear 0", "linear 1", "deep 0", "deep 1", "forest")
    page = compare(*names, width=width, dark=dark, **state)
    page.get_by_role("region", name="Difference of train.py").wait_for()
    page.get_by_text("Add runs", exact=True).click()
    page.get_by_role("button", name="Add deep 2 of digits").wait_for()
    see_all(page)
    assert violations(page, axe) == []


def test_nothing_scrolls_sideways_on_a_phone(compare: OpenPage) -> None:
    for state in ({}, {"images": "wipe", "diff": "split", "group": "none"}):
        page = compare("linear 0", "linear 1", "deep 0", "forest", width=390, **state)
        page.get_by_role("region", name="Difference of train.py").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_paper_there_are_all_parts_and_no_controls(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0")
    page.get_by_role("region", name="Difference of train.py").wait_for()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Tables")).to_be_visible()
    controls = page.locator("[data-compare] :is(button, select, input):visible:not(.plot *)")
    assert controls.evaluate_all("(all) => all.map((one) => one.outerHTML)") == []


def test_without_scripts_the_page_says_why_it_is_empty(compare: OpenPage) -> None:
    page = compare("linear 0", "deep 0", javascript=False)
    expect(page.locator("noscript p")).to_contain_text("scripts are off here")


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A site of runs of two models and two rates, of which the last failed, and the runs' ids."""
    folder = tmp_path_factory.mktemp("uneven")
    store = folder / "runs"
    runfolio.describe_experiment("odd", primary_metric="loss", direction="down", store=store)
    ids = []
    for model, rate, loss in (("a", 1, 4.0), ("b", 1, 3.0), ("c", 1, 2.0), ("c", 2, 0.5)):
        name = f"{model} {rate}"
        run = runfolio.start_run(experiment="odd", name=name, store=store, capture=False)
        run.log_params({"model": model, "rate": rate})
        for step in range(10):
            run.log_metric("loss", loss + 1 / (1 + step), step=step)
        run.finish("FAILED" if loss < 1 else "FINISHED")
        ids.append(run.id)
    build_report(store, output=folder / "site", title="Uneven")
    return folder / "site", ids


def open_uneven(open_page: OpenPage, uneven: tuple[Path, list[str]], fragment: str) -> Page:
    site, ids = uneven
    runs = ",".join(one[:8] for one in ids[1:])
    return open_page(f"{(site / 'compare.html').as_uri()}#runs={runs}&{fragment}")


def test_a_run_that_broke_off_says_so_and_does_not_win(
    open_page: OpenPage, uneven: tuple[Path, list[str]]
) -> None:
    _, ids = uneven
    page = open_uneven(open_page, uneven, f"group=none&base={ids[3][:8]}")
    verdict = page.locator(".verdict-line")
    expect(verdict).to_contain_text("c 1 has the best loss")
    expect(verdict).to_contain_text("c 2 failed and does not count.")
    expect(page.locator(".chosen-runs li").nth(2)).to_contain_text("✕ failed")
    heads = page.get_by_role("region", name="Metrics", exact=True).locator("thead th")
    expect(heads.nth(2)).to_contain_text("baseline")
    assert ids[3] in page.url


def test_groups_have_the_colours_of_their_experiment_and_leave_out_what_broke_off(
    open_page: OpenPage, uneven: tuple[Path, list[str]]
) -> None:
    page = open_uneven(open_page, uneven, "group=params.model")
    groups = page.get_by_role("region", name="Metrics of groups")
    heads = groups.locator("thead th")
    expect(heads).to_have_text([re.compile("model = b"), re.compile("2 runs, 1 broke off")])
    looks = heads.locator("svg").evaluate_all("(all) => all.map((one) => one.classList[1])")
    assert looks == ["run-1", "run-2"]
    expect(groups.locator("tbody td").nth(1)).to_contain_text("2.1")
    page.get_by_label("and by").select_option(label="rate")
    expect(heads.nth(2)).to_contain_text("model = c, rate = 2")
    assert "group=params.model%2Cparams.rate" in page.url


def test_curves_are_smoothed_above_what_was_logged(
    open_page: OpenPage, uneven: tuple[Path, list[str]]
) -> None:
    page = open_uneven(open_page, uneven, "group=none")
    panel = page.get_by_role("region", name="Curves", exact=True)
    panel.locator("[data-control=curvesmooth]").select_option(label="exponential")
    expect(panel).to_contain_text("loss by step, smoothed (exponential, weight 0.6), 3 runs")
    expect(panel.get_by_role("slider")).to_be_visible()
