"""Open an experiment's page with very many runs in Chromium, and use its table.

``python -m tests.benchmarks.workspace runfolio RUNS`` prints milliseconds and kilobytes. The page
is made from runs in memory, without a store and without the runs' own pages. Beside it the same
shard is parsed on a bare page, which is the least that showing anything could take.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.query.directions import Primary
from runfolio.query.runs import RunRecord
from runfolio.site.addresses import experiment_page
from runfolio.site.assets import Assets
from runfolio.site.building import Build
from runfolio.site.experiment import view_experiment
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.library import ExperimentEntry, Library, RunEntry, Summary
from runfolio.site.report import ReportOptions
from runfolio.site.shards import experiment_shards, list_others, render_shard, shard_others
from runfolio.store import ExperimentSettings
from runfolio.store.gathering import Gathering
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.environment.tools import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PARAMS: Final = 16
METRICS: Final = 10
"""With name, status, duration and start: 30 columns."""

REPEATS: Final = 3
FILTER: Final = (
    "metrics.`metric 0` < 0.9 AND (params.`float 1` > 0.5 OR params.`text 2` LIKE '%i%') "
    "AND status = 'FINISHED'"
)


def main(runs: int) -> None:
    """Write the pages here, open them, and print what it took."""
    found: dict[str, Any] = write_pages(Path(), runs)
    chromium = find_chromium()
    if chromium.path is None:
        print("\n" + json.dumps({**found, "skipped": chromium.reason}))
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path, args=CHROMIUM_OPTIONS)
        page = (Path() / experiment_page("many")).absolute().as_uri()
        keys = [f"params.{key}" for key in create_params(random.Random(0))]
        keys += [f"metrics.metric {number}" for number in range(METRICS)]
        opened = [open_and_use(browser, page) for _ in range(REPEATS)]
        whole = [open_and_use(browser, f"{page}#cols={','.join(keys)}") for _ in range(REPEATS)]
        parsed = [parse_alone(browser) for _ in range(REPEATS)]
        browser.close()
    for name in opened[0]:
        found[name] = statistics.median(one[name] for one in opened)
    found["all columns"] = statistics.median(one["shown"] for one in whole)
    found["parse"] = statistics.median(parsed)
    print("\n" + json.dumps(found))


def create_entry(runs: int) -> ExperimentEntry:
    """An experiment of many runs in memory."""
    noise = random.Random(0)
    return ExperimentEntry(
        id="many",
        name="many",
        settings=ExperimentSettings("many"),
        runs=tuple(create_run(noise, number) for number in range(runs)),
        metrics=tuple(f"metric {number}" for number in range(METRICS)),
        params=tuple(sorted(create_params(noise))),
        primary=Primary("metric 0", "down", guessed=False),
    )


def create_params(noise: random.Random) -> dict[str, float | str]:
    """Half of them numbers, half texts of few different values."""
    params: dict[str, float | str] = {}
    for number in range(PARAMS // 4):
        params[f"float {number}"] = noise.random()
        params[f"integer {number}"] = noise.randrange(1000)
        params[f"text {number}"] = noise.choice(["adam", "sgd", "lion"])
        params[f"more {number}"] = f"set {noise.randrange(200)}"
    return params


def create_run(noise: random.Random, number: int) -> RunEntry:
    """A run with a point of each metric."""
    params = create_params(noise)
    start = 1_790_000_000_000_000 + number * 61_234_567
    record = RunRecord(
        id=f"{noise.getrandbits(64):016x}",
        experiment="many",
        name=f"run {number}",
        status="FINISHED" if number % 20 else "FAILED",
        start_time=start,
        end_time=start + 60_000_000,
        duration=60 * noise.random(),
        parent_id=None,
        note=None,
        context={},
        params=dict(params),
        param_texts={key: str(value) for key, value in params.items()},
        tags={},
        artifacts=(),
        inputs=(),
    )
    values = {f"metric {metric}": noise.random() for metric in range(METRICS)}
    summaries = {
        key: Summary(1, value, 0, value, 0, value, 0, value, 0, value)
        for key, value in values.items()
    }
    return RunEntry(record, number, summaries, {})


def write_pages(folder: Path, runs: int) -> dict[str, Any]:
    """Write the experiment's page with what it loads, and a page that only parses the shard."""
    entry = create_entry(runs)
    facts = ExperimentFacts(entry)
    library = Library("Many", (entry,), ())
    tables = Gathering(folder, folder).tables({}, (), "")
    pages = Build(ReportOptions("many", folder), library, tables).pages
    view = view_experiment(facts, pictures=(), importance=False, downloads=())
    path = experiment_page(entry.id)
    files: dict[str, bytes] = dict(pages.assets.files)
    files[path] = pages.render("experiment.html", path, entry.name, view).encode()
    for name, document in experiment_shards(facts):
        files[f"data/{name}.js"] = render_shard(name, document).encode()
    for others in list_others(facts):
        script = render_shard(others.name, shard_others(facts, others))
        files[f"data/{others.name}.js"] = script.encode()
    files["parse.js"] = (
        b"var runfolio = { register(name, text) { const start = performance.now(); "
        b"JSON.parse(text); window.taken = performance.now() - start; } };"
    )
    files["parse.html"] = (
        b"<!doctype html><script src=parse.js></script>"
        b"<script src=data/experiments/many.js></script>"
    )
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    assets = pages.assets
    own = [assets.style, *assets.page_scripts("experiment")]
    return {
        "page": len(files[path]) / 1000,
        "shard": len(files["data/experiments/many.js"]) / 1e6,
        "own": packed_size(assets, own),
        "with charts": packed_size(assets, [*own, assets.vega, assets.specs]),
    }


def packed_size(assets: Assets, names: list[str]) -> float:
    """The kilobytes of some files as a web server sends them."""
    return sum(len(gzip.compress(assets.files[name], mtime=0)) for name in names) / 1000


def open_and_use(browser: Browser, url: str) -> dict[str, float]:
    """Milliseconds until rows show, and until a filter and a sort order show theirs."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(120_000)
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function("() => window.shownAt")
    shown = page.evaluate("window.shownAt")
    whole = page.evaluate(WHOLE)
    filtered = [page.evaluate(SET, {"filter": f"{FILTER} OR name = '{n}'"}) for n in range(3)]
    by = ["metrics.metric 1", "-metrics.metric 1,params.integer 1", "metrics.metric 1"]
    ordered = [page.evaluate(SET, {"sort": sort, "filter": ""}) for sort in by]
    searched = page.evaluate(SET, {"q": "run 77", "sort": ""})
    page.close()
    return {
        "shown": shown,
        "whole": whole,
        "filter, first": filtered[0],
        "filter": statistics.median(filtered[1:]),
        "sort, first": ordered[0],
        "sort": statistics.median(ordered[1:]),
        "search, first": searched,
    }


WATCH: Final = """
window.addEventListener("DOMContentLoaded", () => {
  const watch = () => {
    if (document.querySelectorAll(".runs-grid .tabulator-row .name a").length < 2) {
      return requestAnimationFrame(watch);
    }
    requestAnimationFrame(() => (window.shownAt = performance.now()));
  };
  watch();
});
"""
"""Notes when the table's rows have been painted, from the start of the navigation."""

WHOLE: Final = """
runfolio.workspace.open("experiments/many").then(async (one) => {
  await one.loadRows();
  const taken = performance.now();
  await one.load();
  return taken;
})
"""
"""Reads all rows, and tells when they were there; then reads all columns."""

SET: Final = """
(changes) => new Promise((resolve) => {
  const start = performance.now();
  runfolio.state.update(changes);
  requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
})
"""
"""Changes the view and waits until it has been painted."""


def parse_alone(browser: Browser) -> float:
    """Milliseconds to parse the shard and nothing else."""
    page = browser.new_page()
    page.goto((Path() / "parse.html").absolute().as_uri())
    taken: float = page.evaluate("window.taken")
    page.close()
    return taken


if __name__ == "__main__":
    main(int(sys.argv[2]))
