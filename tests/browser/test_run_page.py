"""The page of a run: parts as tabs, artifacts as a tree, console, code, and its neighbours."""

from __future__ import annotations

import io
import json
import re
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import runfolio
from runfolio.site import build_report
from tests.browser.test_axe import axe, violations
from tests.browser.test_html_checker import checker, find_errors

__all__ = ["axe", "checker"]  # fixtures

pytestmark = pytest.mark.browser

OpenPage = Callable[..., Any]

CHART = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"a": 1, "b": 2}, {"a": 2, "b": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}},
}
LONG_CODE = "".join(f"def number_{n}() -> int:\n    return {n}\n\n\n" for n in range(400))


def sound() -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(np.zeros(800, np.int16).tobytes())
    return stream.getvalue()


def as_npy(array: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def log_files(run: runfolio.Run, folder: Path) -> None:
    """An artifact of each kind that has a preview of its own."""
    folder.mkdir()
    contents: dict[str, bytes | str] = {
        "media/beep.wav": sound(),
        "paper.pdf": b"%PDF-1.4\n1 0 obj <</Type /Pages /Count 3>> endobj\n",
        "arrays/weights.npy": as_npy(np.arange(6.0).reshape(2, 3)),
        "charts/bars.vl.json": json.dumps(CHART),
        "charts/far.vl.json": json.dumps(CHART | {"data": {"url": "https://example.org/x.json"}}),
        "tables/scores.csv": "name,score\n" + "".join(f"m{n},{n * 37 % 11}\n" for n in range(20)),
        "config.json": json.dumps({"model": {"depth": 3, "layers": [1, 2]}, "name": "<b>"}),
        "src/long.py": LONG_CODE,
        "report.md": "# Findings\n\nIt **works**.\n",
        "console.txt": "".join(f"epoch {n} \x1b[32mok\x1b[0m\n" for n in range(2000)),
    }
    for name, content in contents.items():
        path = folder / Path(name).name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        run.log_artifact(path, name.rpartition("/")[0] or None)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of four runs, the best of which keeps artifacts and did not commit its code."""
    folder = tmp_path_factory.mktemp("pages")
    store = folder / "runs"
    for number in range(4):
        with runfolio.start_run(
            experiment="wine", name=f"run {number}", store=store, capture=["environment", "code"]
        ) as run:
            run.log_params({"rate": number / 10})
            for step in range(5):
                run.log_metrics({"epoch": step, "val/loss": (4 - number) / (step + 1)}, step=step)
                run.log_metric("system/cpu", 50.0 + step, step=step)
            if number == 3:
                log_files(run, folder / "files")
                for step in range(3):
                    run.log_image(np.full((8, 8), 80 * step, np.uint8), key="filters", step=step)
    build_report(store, output=folder / "site", title="Cellar")
    return folder / "site"


@pytest.fixture(scope="module")
def best(site: Path) -> Path:
    """The page of the run with the artifacts."""
    return next(page for page in site.glob("runs/*.html") if "<title>run 3" in page.read_text())


def tab(page: Any, name: str) -> Any:
    return page.get_by_role("tab", name=name)


def test_the_parts_are_tabs_that_work_by_keyboard_and_have_links(
    open_page: OpenPage, best: Path
) -> None:
    page = open_page(best)
    assert page.get_by_role("tab").all_inner_texts() == [
        *("Overview", "Charts", "System", "Artifacts", "Console", "Code", "Environment")
    ]
    expect(tab(page, "Overview")).to_have_attribute("aria-selected", "true")
    assert page.get_by_role("tabpanel").count() == 1
    tab(page, "Overview").focus()
    page.keyboard.press("ArrowRight")
    expect(tab(page, "Charts")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Charts")).to_be_visible()
    assert "tab=curves" in page.url
    page.keyboard.press("End")
    expect(page.get_by_role("tabpanel", name="Environment")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="Overview")).to_be_visible()
    assert "#" not in page.url


def test_what_the_browser_finds_in_a_hidden_part_opens_it(open_page: OpenPage, best: Path) -> None:
    page = open_page(best)
    hidden = page.locator("#environment")
    assert hidden.get_attribute("hidden") == "until-found"
    hidden.evaluate("one => one.dispatchEvent(new Event('beforematch', { bubbles: true }))")
    expect(page.get_by_role("tabpanel", name="Environment")).to_be_visible()
    assert "tab=environment" in page.url


@pytest.mark.parametrize(
    ("fragment", "part"),
    [
        ("tab=code", "Code"),
        ("artifacts", "Artifacts"),
        ("artifact-2", "Artifacts"),
        ("reproduce", "Code"),
        ("tab=nonsense", "Overview"),
        ("%E0%A4%A", "Overview"),
    ],
)
def test_a_link_opens_its_part(open_page: OpenPage, best: Path, fragment: str, part: str) -> None:
    page = open_page(f"{best.as_uri()}#{fragment}")
    expect(page.get_by_role("tabpanel", name=part)).to_be_visible()


def test_the_headline_is_a_result_and_no_counter(open_page: OpenPage, best: Path) -> None:
    page = open_page(best)
    assert page.locator(".headlines .what").all_inner_texts() == ["val/loss ↓"]
    box = page.locator(".headlines").bounding_box()
    assert box["y"] + box["height"] < 400


def test_the_curves_are_drawn_when_their_part_opens(open_page: OpenPage, best: Path) -> None:
    page = open_page(best)
    tab(page, "Charts").click()
    page.locator("#curves [data-curves] svg").first.wait_for()
    assert not page.locator("#curves .drawings").first.is_visible()
    tab(page, "System").click()
    page.locator("#system [data-curves] svg").first.wait_for()


def test_the_tree_shows_folders_sizes_and_one_file_at_a_time(
    open_page: OpenPage, best: Path
) -> None:
    page = open_page(f"{best.as_uri()}#tab=artifacts")
    tree = page.get_by_role("navigation", name="Files")
    assert re.search(r"charts/\s*4\d\d B", tree.inner_text())
    every = page.locator("#artifacts .artifact").count()  # one more with a source file
    assert every in (10, 11)
    expect(page.locator(".artifact:visible")).to_have_count(every)
    tree.get_by_role("link", name="scores.csv").click()
    expect(page.locator(".artifact:visible")).to_have_count(1)
    assert "artifact=tables%2Fscores.csv" in page.url
    page.get_by_role("button", name="score").click()
    cells = page.locator(".artifact:visible tbody tr td:last-child")
    numbers = [int(text) for text in cells.all_inner_texts()]
    assert numbers == sorted(numbers)
    page.get_by_role("button", name="score").click()
    assert int(cells.first.inner_text()) == 10
    page.reload()
    expect(page.locator(".artifact:visible table")).to_be_visible()
    tree.get_by_role("link", name="filters").click()
    expect(page.locator(".series:visible img")).to_have_count(3)
    expect(page.locator(".artifact:visible")).to_have_count(0)
    tree.get_by_role("link", name="All files").click()
    expect(page.locator(".artifact:visible")).to_have_count(every)


def test_up_and_down_move_in_the_tree(open_page: OpenPage, best: Path) -> None:
    page = open_page(f"{best.as_uri()}#tab=artifacts")
    page.get_by_role("link", name="All files").focus()
    page.keyboard.press("ArrowDown")
    assert "arrays/" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("float64, 2 × 3, C order")).to_be_visible()


def shown(page: Any, path: str) -> Any:
    page.evaluate("path => runfolio.state.update({tab: 'artifacts', artifact: path})", path)
    return page.locator(".artifact:visible")


def test_each_kind_has_its_preview(open_page: OpenPage, best: Path) -> None:
    page = open_page(best)
    assert shown(page, "media/beep.wav").locator("audio[controls]").count() == 1
    page.locator("audio").evaluate(
        "one => new Promise((done, failed) => { "
        "one.onloadedmetadata = done; one.onerror = failed; one.load(); one.preload = 'auto'; })"
    )
    assert page.locator("audio").evaluate("one => one.duration") == pytest.approx(0.1)
    paper = shown(page, "paper.pdf")
    assert "PDF 1.4, 3 pages" in paper.inner_text()
    assert paper.get_by_role("link", name="Open").get_attribute("target") == "_blank"
    assert shown(page, "arrays/weights.npy").locator("tbody tr").count() == 2
    chart = shown(page, "charts/bars.vl.json")
    assert chart.locator("img").evaluate("one => one.naturalWidth") > 20
    assert "a report never does" in shown(page, "charts/far.vl.json").inner_text()
    config = shown(page, "config.json")
    assert config.locator("details details").count() == 1
    assert '"<b>"' in config.inner_text()
    assert "works" in shown(page, "report.md").locator("strong").inner_text()


def test_a_long_file_loads_when_it_is_looked_at(open_page: OpenPage, best: Path) -> None:
    assert "number_399" not in best.read_text()
    page = open_page(best)
    code = shown(page, "src/long.py")
    expect(code.locator("pre")).to_contain_text("def number_399() -> int:")
    assert code.locator("pre .nf").first.inner_text() == "number_0"


def test_the_console_keeps_its_colours_and_wraps(open_page: OpenPage, best: Path) -> None:
    page = open_page(best)
    tab(page, "Console").click()
    text = page.locator("#console pre")
    expect(text).to_contain_text("epoch 0 ok")
    expect(text).to_contain_text("epoch 1999 ok")
    assert page.locator("#console .ansi-green").first.inner_text() == "ok"
    button = page.get_by_role("button", name="Wrap lines")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert text.evaluate("one => getComputedStyle(one).whiteSpace") == "pre-wrap"


def test_packages_are_searched_and_the_steps_copied(open_page: OpenPage, best: Path) -> None:
    page = open_page(f"{best.as_uri()}#tab=environment")
    page.get_by_label("Search packages").fill("NUMPY")
    assert page.locator(".packages").inner_text().startswith("numpy==")
    assert re.fullmatch(r"\d of \d+", page.locator("[data-packages-count]").inner_text())
    tab(page, "Code").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "pip install -r requirements.txt" in copied


def test_neighbours_follow_the_order_of_the_table(
    open_page: OpenPage, site: Path, best: Path
) -> None:
    page = open_page(best)
    place = page.locator(".around > span:not(.end)")
    expect(place).to_have_text("1 of 4")
    ids = [one.stem for one in sorted(site.glob("runs/*.html")) if one != best]
    page.evaluate(
        "ids => runfolio.order.remember(document.querySelector('[data-order]').dataset.order, ids)",
        [ids[0], best.stem, ids[1]],
    )
    page.reload()
    expect(place).to_have_text("2 of 3")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/{ids[1]}.html")
    expect(place).to_have_text("3 of 3")
    page.goto((site / "runs" / f"{ids[2]}.html").as_uri())
    expect(place).to_have_text(re.compile("^[234] of 4$"))


def test_without_storage_neighbours_follow_the_rank(open_page: OpenPage, best: Path) -> None:
    page = open_page(best)
    refuse = "{ get() { throw new DOMException('refused', 'SecurityError'); } }"
    page.add_init_script(
        f"Object.defineProperties(window, {{ sessionStorage: {refuse}, localStorage: {refuse} }})"
    )
    page.evaluate("id => runfolio.order.remember(id, [])", "x")
    page.reload()
    expect(page.locator(".around > span:not(.end)")).to_have_text("1 of 4")
    page.evaluate("runfolio.order.remember('x', ['a'])")
    assert page.evaluate("runfolio.order.recall('x')") == []


def width_of_curve(page: Page) -> float:
    """How wide the first headline's curve is."""
    box = page.locator(".headlines .spark").first.bounding_box()
    assert box is not None
    return box["width"]


def test_without_scripts_and_on_paper_everything_is_there(
    open_page: OpenPage, best: Path, tmp_path: Path
) -> None:
    plain = open_page(best, javascript=False)
    for part in ("overview", "system", "artifacts", "console", "code", "environment"):
        assert plain.locator(f"#{part}").is_visible()
    assert width_of_curve(plain) > 200
    assert not plain.get_by_role("button", name="Wrap lines").is_visible()
    page = open_page(best)
    page.emulate_media(media="print")
    for part in ("overview", "system", "artifacts", "console", "code", "environment"):
        assert page.locator(f"#{part}").is_visible()
    assert width_of_curve(page) > 200
    assert not page.get_by_role("navigation", name="Files").is_visible()
    paper = page.pdf()
    assert paper.startswith(b"%PDF")


def test_a_phone_shows_the_preview_below_the_tree(open_page: OpenPage, best: Path) -> None:
    page = open_page(f"{best.as_uri()}#artifact=config.json&tab=artifacts", width=390, height=844)
    tree = page.get_by_role("navigation", name="Files").bounding_box()
    preview = page.locator(".artifact:visible").bounding_box()
    assert preview["y"] >= tree["y"] + tree["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


PARTS = ("curves", "system", "artifacts", "console", "code", "environment")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("part", PARTS)
def test_no_part_breaks_a_rule_of_accessibility(
    open_page: OpenPage, best: Path, axe: str, part: str, dark: bool
) -> None:
    page = open_page(f"{best.as_uri()}#tab={part}", dark=dark)
    for one in page.locator("main details:not([open])").all():
        if one.is_visible():
            one.locator(":scope > summary").click()
    page.wait_for_load_state("networkidle")
    assert not violations(page, axe)


def test_the_markup_is_valid(best: Path, checker: list[str]) -> None:
    assert not find_errors(checker, [best])


def test_a_run_of_a_large_experiment_finds_its_place(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runfolio.site.standing.TOLD_RUNS", 3)
    store, ids = tmp_path / "runs", []
    for number in range(5):
        with runfolio.start_run(
            experiment="large", name=f"run {number}", store=store, capture=False
        ) as run:
            run.log_metric("loss", float(number))
        ids.append(run.id)
    build_report(store, output=tmp_path / "site")
    page = open_page(tmp_path / "site" / "runs" / f"{ids[2]}.html")
    expect(page.locator(".around > span:not(.end)")).to_have_text("3 of 5")
    expect(page.locator(".headlines .rank")).to_have_text("rank 3 of 5")
    link = page.get_by_role("link", name="Compare with run 0")
    expect(link).to_have_attribute("href", f"../compare.html#runs={ids[0]},{ids[2]}")
    page.locator(".around").get_by_role("link", name="Next run: run 3").click()
    page.wait_for_url(f"**/{ids[3]}.html")
    plain = open_page(tmp_path / "site" / "runs" / f"{ids[2]}.html", javascript=False)
    plain.locator(".crumbs a").last.click()
    plain.wait_for_url("**/experiments/*.html")
