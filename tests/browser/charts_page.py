"""A page with one chart of each kind under the site's own policy, without a store or a build."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from runfolio.charts import palette_css, read_specs
from runfolio.site.assets import BUNDLES, STYLES

TEMPLATES = Path(__file__).parents[2] / "templates"
ASSETS = TEMPLATES / "assets"
NAMES = ("gb 300", "ridge, alpha=1", "<b>bold</b>")

RUNS: list[dict[str, Any]] = [
    {
        "id": f"r{place}",
        "name": name,
        "color": place,
        "dash": 0,
        "href": f"{place}.html",
        "step": list(range(100)),
        "time": [step / 2 for step in range(100)],
        "value": [place + math.exp(-step / 20) for step in range(100)],
        "x": [1.0, 2.0, None][place],
        "y": 0.6 + place / 10,
        "positions": [place / 2, None if place == 1 else 0.5, place / 2],
    }
    for place, name in enumerate(NAMES)
]
AXES = [
    {"key": key, "title": key, "ticks": [{"position": 0, "label": "0"}]} for key in ("lr", "depth")
]
CHARTS: dict[str, dict[str, Any]] = {
    "curves": {"title": "loss by step", "yTitle": "loss ↓", "xKind": "step", "runs": RUNS},
    "scatter": {"x": {"title": "lr", "kind": "number"}, "y": {"title": "loss ↓"}, "points": RUNS},
    "parallel": {
        "dimensions": [*AXES, {"key": "loss", "title": "loss ↓", "ticks": []}],
        "runs": [{**run, "value": run["y"]} for run in RUNS],
        "colorTitle": "loss ↓",
    },
    "bars": {
        "title": "loss of 3 runs",
        "xTitle": "loss ↓",
        "bars": [{**run, "value": run["y"]} for run in RUNS],
    },
}
VALUES = [[1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 4.0, 3.0, 5.0], [5.0, 4.0, 3.0, 2.0, 1.0]]
CHARTS |= {
    "boxes": {
        "title": "loss by model",
        "xTitle": "loss ↓",
        "yTitle": "model",
        "groups": [
            {"label": label, "runs": [{**run, "value": run["y"]} for run in RUNS * 2]}
            for label in NAMES
        ],
    },
    "heat": {
        "x": {"title": "lr", "kind": "number"},
        "y": {"title": "model", "kind": "category"},
        "z": {"title": "loss ↓"},
        "runs": [{**run, "y": run["name"], "value": run["y"]} for run in RUNS],
    },
    "correlation": {
        "columns": [
            {"title": title, "values": values}
            for title, values in zip(("loss", "lr", "depth"), VALUES, strict=True)
        ],
    },
    "histograms": {
        "title": "loss by step",
        "histograms": [
            {"step": step, "edges": [0, 1, 2], "counts": [step, 9 - step]} for step in range(9)
        ],
    },
}
_DRIVER = """
addEventListener("DOMContentLoaded", async () => {
  const charts = await runfolio.loadShard("charts");
  for (const [kind, options] of Object.entries(charts)) {
    await runfolio.charts[kind](document.getElementById(kind), options);
  }
  document.body.dataset.done = "";
});
"""


def write_charts_page(folder: Path) -> Path:
    """Write the page and what it loads; return the page."""
    (folder / "assets").mkdir(parents=True)
    (folder / "data").mkdir()
    bundles = (*BUNDLES["site"], *BUNDLES["charts"], *BUNDLES["relations"])
    names = [name for name in bundles if name != "page.js" and not name.startswith("relation")]
    scripts = [(ASSETS / "js" / name).read_text() for name in names]
    styles = [palette_css(), *((ASSETS / "css" / name).read_text() for name in STYLES)]
    (folder / "assets" / "site.js").write_text("\n".join([*scripts, _DRIVER]))
    (folder / "assets" / "site.css").write_text("\n".join(styles))
    (folder / "assets" / "vega.js").write_bytes((ASSETS / "vendor" / "vega.js").read_bytes())
    (folder / "assets" / "specs.js").write_text(_shard("specs", read_specs()))
    (folder / "data" / "charts.js").write_text(_shard("charts", CHARTS))
    page = folder / "index.html"
    page.write_text(_page(), encoding="utf-8")
    return page


def _shard(name: str, document: object) -> str:
    return f"runfolio.register({json.dumps(name)}, {json.dumps(json.dumps(document))});"


def _page() -> str:
    base = (TEMPLATES / "base.html").read_text()
    policy = re.search('<meta http-equiv="Content-Security-Policy"[^>]*>', base)
    assert policy is not None
    plots = "".join(f'<div class="plot" id="{kind}"></div>' for kind in CHARTS)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{policy.group()}'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Charts</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="assets/site.css">'
        '<script src="assets/site.js" defer></script></head>'
        '<body data-root="" data-vega="assets/vega.js" data-specs="assets/specs.js">'
        f"<main>{plots}</main></body></html>"
    )
