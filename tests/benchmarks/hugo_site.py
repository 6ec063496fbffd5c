"""The same runs as a Hugo site: a page a run with its tables and note, and one page that lists all.

The input is what Hugo reads fastest: a Markdown file a run with the texts of its page's tables as
front matter in JSON, ready to be put in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from runfolio.site.numbers import format_duration, format_number
from tests.benchmarks.large import BETWEEN, METRICS, START, Block
from tests.environment.apart import folder_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENVIRONMENT: Final = "hugo"
COLUMNS: Final = ("metric", "last", "best", "at step", "min", "max", "mean", "points")

CONFIG: Final = """baseURL = "https://example.org/"
title = "Runs"
disableKinds = ["section", "taxonomy", "term", "RSS", "sitemap", "404"]
"""

BASE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">Runs</a></header>
<main>{{ block "main" . }}{{ end }}</main>
<footer>Built with Hugo</footer>
</body>
</html>
"""

SINGLE: Final = """{{ define "main" }}
<h1>{{ .Title }}</h1>
<p>{{ .Params.status }} · {{ .Params.took }} · started {{ .Params.start }}</p>
{{ .Content }}
<h2>Metrics</h2>
<table><thead><tr>COLUMNS</tr></thead><tbody>
{{ range .Params.metrics }}<tr><th>{{ index . 0 }}</th><td>{{ index . 1 }}</td>\
<td>{{ index . 2 }}</td><td>{{ index . 3 }}</td><td>{{ index . 4 }}</td><td>{{ index . 5 }}</td>\
<td>{{ index . 6 }}</td><td>{{ index . 7 }}</td></tr>
{{ end }}</tbody></table>
<h2>Parameters</h2>
<dl>
{{ range .Params.settings }}<dt>{{ index . 0 }}</dt><dd>{{ index . 1 }}</dd>
{{ end }}</dl>
{{ end }}
""".replace("COLUMNS", "".join(f"<th>{name}</th>" for name in COLUMNS))

LIST: Final = """{{ define "main" }}
<h1>{{ .Title }}</h1>
<table><tbody>
{{ range .Site.RegularPages }}<tr><th><a href="{{ .RelPermalink }}">{{ .Title }}</a></th>\
<td>{{ .Params.status }}</td>{{ range .Params.metrics }}<td>{{ index . 1 }}</td>{{ end }}</tr>
{{ end }}</tbody></table>
{{ end }}
"""


def find_hugo() -> Path:
    """Hugo itself, without the Python program around it, in its installed environment."""
    return next(folder_of(ENVIRONMENT).glob("**/hugo/binaries/hugo*"))


def write_hugo(folder: Path, blocks: Iterable[Block]) -> None:
    """Write the sources of the site; `hugo` builds them into ``public``."""
    layouts, pages = folder / "layouts" / "_default", folder / "content" / "runs"
    layouts.mkdir(parents=True)
    pages.mkdir(parents=True)
    (folder / "hugo.toml").write_text(CONFIG)
    for name, text in (("baseof", BASE), ("single", SINGLE), ("list", LIST)):
        (layouts / f"{name}.html").write_text(text)
    for block in blocks:
        for row, one in enumerate(block.ids):
            (pages / f"{one}.md").write_text(_page(block, row))


def _page(block: Block, row: int) -> str:
    """The source of one page: the texts of its tables, then its note."""
    number = block.numbers[row]
    started = datetime.fromtimestamp((START + number * BETWEEN) / 1e6, UTC)
    front = {
        "title": f"run {number}",
        "status": "finished",
        "took": format_duration(block.times[row, -1] / 1e6),
        "start": f"{started:%d %b %Y %H:%M}",
        "settings": [[key, str(value)] for key, value in block.params(row).items()],
        "metrics": list(map(_summary, METRICS, block.series(row))),
    }
    return f"{json.dumps(front)}\n\n{block.note(row)}\n"


def _summary(name: str, values: NDArray[np.float64]) -> list[str]:
    """The cells of a metric's row, without the best and other numbers where ours has none."""
    last, count = format_number(float(values[-1])), str(len(values))
    if len(values) == 1:
        return [name, last, "", "", "", "", "", count]
    least, greatest, mean = (format_number(float(one)) for one in _bounds(values))
    best = [least, str(values.argmin())] if name == METRICS[0] else ["", ""]
    return [name, last, *best, least, greatest, mean, count]


def _bounds(values: NDArray[np.float64]) -> tuple[float, float, float]:
    return values.min(), values.max(), values.mean()
