"""Pages in one file: they work from disk by themselves, with scripts and without."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import runfolio
from runfolio.site.single_file import write_single_file
from runfolio.store import Edit, write_edit
from runfolio.store.registry import VERSION
from tests.browser.kinds import see_all
from tests.browser.stores import write_usual_store
from tests.browser.test_axe import axe, check  # noqa: F401, axe is a fixture
from tests.browser.test_html_checker import checker, find_errors  # noqa: F401, checker is a fixture
from tests.browser.watching import PageOpener, as_url
from tests.environment.tools import find_firefox, find_node, find_package_file, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import Page, Request

SCRIPT = Path(__file__).with_suffix(".mjs").with_stem("single_file")
KINDS = ("experiment", "run", "compare", "report", "model")
REPORT = """---
title: On wine
---

The text has a picture of all runs.

```runfolio
chart: scatter
x: params.rate
y: metrics.val/loss
```
"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def singles(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A file of every kind, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("single")
    store = folder / "runs"
    write_usual_store(store)
    (folder / "reports").mkdir()
    (folder / "reports" / "wine.md").write_text(REPORT)
    found = runfolio.search_runs(store=store, order_by="start_time")
    for number, run_id in enumerate(found["run_id"].tolist()[:2], 1):
        said = {"model": "wine", "number": number, "run_id": run_id, "path": "model"}
        write_edit(store, Edit(number, VERSION, f"{number:016x}", said))
    experiment, ids = found["experiment"].iloc[0], found["run_id"].tolist()
    pages = {
        "experiment": f"experiment:{experiment}",
        "run": f"run:{ids[0]}",
        "compare": f"compare:{','.join(ids[:3])}",
        "report": "report:wine",
        "model": "model:wine",
    }
    for kind, page in pages.items():
        write_single_file(store, folder / kind / "page.html", page=page, title="Demo")
    return {kind: folder / kind / "page.html" for kind in pages}


def watch_requests(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            asked.append(request.url)

    page.on("request", note)
    return asked


def wait_for_charts(page: Page, kind: str) -> None:
    if kind == "run":
        page.locator('a[href="#curves"]').click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('svg.marks')].some((one) => one.checkVisibility())"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_it_asks_for_nothing_and_draws_its_charts(
    open_page: PageOpener, singles: Mapping[str, Path], kind: str
) -> None:
    """The opener fails for each violation of the policy and each error."""
    page = open_page(singles[kind])
    asked = watch_requests(page)
    page.reload()
    see_all(page)
    if kind != "report":
        wait_for_charts(page, kind)
    assert asked == [as_url(singles[kind])]
    broken = "() => [...document.images].filter((one) => one.complete && !one.naturalWidth).length"
    assert page.evaluate(broken) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_no_link_leads_out_of_it(
    open_page: PageOpener, singles: Mapping[str, Path], kind: str
) -> None:
    page = open_page(singles[kind])
    see_all(page)
    links = page.evaluate(
        "[...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href'))"
    )
    assert links
    assert [one for one in links if not one.startswith(("#", "data:", "blob:", "https:"))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_without_scripts(
    open_page: PageOpener, singles: Mapping[str, Path], kind: str
) -> None:
    page = open_page(singles[kind], javascript=False)
    text = page.inner_text("main")
    assert len(text) > 200 or kind == "report"
    if kind == "compare":
        assert "scripts are off" not in text
        assert page.locator("table").count() == 2


def test_a_comparison_opens_with_its_runs(
    open_page: PageOpener, singles: Mapping[str, Path]
) -> None:
    page = open_page(singles["compare"])
    page.get_by_role("heading", name="Metrics").first.wait_for()
    assert page.locator(".run-name").count() >= 3
    assert page.locator("details.add-runs").count() == 0


def test_the_search_over_the_site_is_off(
    open_page: PageOpener, singles: Mapping[str, Path]
) -> None:
    page = open_page(singles["experiment"])
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowLeft")
    assert page.locator("dialog[open]").count() == 0
    assert page.url == as_url(singles["experiment"])


def test_choosing_runs_offers_no_way_out(
    open_page: PageOpener, singles: Mapping[str, Path]
) -> None:
    page = open_page(singles["experiment"])
    boxes = page.get_by_role("checkbox")
    boxes.nth(1).check()
    boxes.nth(2).check()
    assert page.locator("a[href*=compare]").count() == 0
    assert page.evaluate("location.protocol") == "file:"


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["wide", "phone"])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_has_nothing_to_say(
    open_page: PageOpener,
    axe: str,  # noqa: F811
    singles: Mapping[str, Path],
    kind: str,
    width: int,
    dark: bool,
) -> None:
    page = open_page(singles[kind], width=width, dark=dark)
    see_all(page)
    check(page, axe)


def test_the_checker_of_html_has_nothing_to_say(
    checker: Sequence[str],  # noqa: F811
    singles: Mapping[str, Path],
) -> None:
    """But for its reading of CSS, which it doesn't look at where that is a file of its own."""
    errors = find_errors(checker, list(singles.values()))
    assert not [one for one in errors if ": CSS: " not in one], "\n".join(errors)


def test_firefox(singles: Mapping[str, Path]) -> None:
    firefox, node = require(find_firefox()), require(find_node())
    require(find_package_file("puppeteer-core/package.json"))
    pages = {kind: as_url(path) for kind, path in singles.items()}
    pages["run"] += "#curves"
    charts = ("experiment", "run", "compare")
    asked = json.dumps({"firefox": str(firefox), "pages": pages, "charts": charts})
    command = [str(node), str(SCRIPT), asked]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == list(KINDS)
    assert {kind: seen["problems"] for kind, seen in found.items()} == {kind: [] for kind in KINDS}
    assert all(seen["title"] for seen in found.values())
