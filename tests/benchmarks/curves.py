"""Draw the curves of many runs in Chromium, from their shards to the drawn chart.

``python -m tests.benchmarks.curves runfolio RUNS POINTS`` prints seconds. Beside it the same points
are drawn on the same page as bare SVG paths, which is the least that drawing them could take.
"""

from __future__ import annotations

import json
import math
import random
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.site import build_report
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.environment.tools import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPEATS: Final = 5

DRAW: Final = """
async (ids) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const place = document.createElement("div");
  document.querySelector("main").append(place);
  const look = { dash: 0, href: null };
  const line = (id, index) => ({ ...look, id, name: id, color: index % 10, members: [id] });
  const choice = { lines: ids.map(line), grouped: false };
  const settings = runfolio.curveSettings.read({}, "curve");
  const source = { usual: "step", load: runfolio.loadShard };
  const began = performance.now();
  const made = await runfolio.curveData.makeLines(choice, "loss", settings, source);
  const loaded = performance.now();
  const options = { title: "loss", legend: "compact", runs: made.lines, xKind: "step" };
  await runfolio.charts.curves(place, options);
  await frame();
  const drawn = performance.now();

  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 900 300");
  for (const { places, value } of made.lines) {
    const points = value.map((y, at) => `${(900 * places[at]) / places.length},${300 - 150 * y}`);
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${points.join("L")}`);
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", "currentcolor");
    svg.append(path);
  }
  place.append(svg);
  await frame();
  const bare = performance.now() - drawn;
  const points = made.lines.reduce((sum, { places }) => sum + places.length, 0);
  const paths = place.querySelectorAll(".chart-canvas g.mark-line path").length;
  return { load: loaded - began, draw: drawn - loaded, bare, points, paths };
}
"""


def main(runs: int, points: int) -> None:
    """Build a site of one experiment, draw its runs on a page that draws nothing itself."""
    write_store(Path("store"), runs=runs, points=points)
    build_report("store", output="site")
    chromium = find_chromium()
    if chromium.path is None:
        print("\n" + json.dumps({"skipped": chromium.reason}))
        return
    from playwright.sync_api import sync_playwright

    ids = sorted(path.stem for path in Path("site/runs").glob("*.html"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.path, args=CHROMIUM_OPTIONS)
        found = [draw(browser, ids) for _ in range(REPEATS)]
        browser.close()
    if any((one["points"], one["paths"]) != (runs * points, runs) for one in found):
        raise SystemExit(f"not every point was drawn: {found}")
    print(
        "\n"
        + json.dumps({name: statistics.median(one[name] for one in found) for name in found[0]})
    )


def write_store(store: Path, *, runs: int, points: int) -> None:
    """Runs of one noisy curve each."""
    import runfolio

    noise = random.Random(0)
    for number in range(runs):
        with runfolio.start_run(
            experiment="curves", name=f"run {number}", store=store, capture=False
        ) as run:
            for step in range(points):
                value = math.exp(-step / (points / (1 + number / 10))) + noise.gauss(0, 0.02)
                run.log_metric("loss", value, step=step)


def draw(browser: Browser, ids: list[str]) -> dict[str, Any]:
    """Milliseconds on a fresh page, Vega and the runs' shards not loaded before."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(Path("site/compare.html").absolute().as_uri())
    page.wait_for_load_state("networkidle")
    found: dict[str, Any] = page.evaluate(DRAW, ids)
    page.close()
    return found


if __name__ == "__main__":
    main(int(sys.argv[2]), int(sys.argv[3]))
