"""The site's style sheet and scripts, each with a digest of its content in its name."""

from __future__ import annotations

import errno
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.charts import palette_css, read_lite_specs, read_specs
from runfolio.errors import TemplateFailed
from runfolio.site.addresses import content_hash
from runfolio.site.code import code_css
from runfolio.site.shards import render_shard

STYLES: Final = (
    "layout.css",
    "content.css",
    "finder.css",
    "table.css",
    "filter-box.css",
    "pivot.css",
    "charts.css",
    "plots.css",
    "curves.css",
    "results.css",
    "run.css",
    "models.css",
    "compare.css",
    "report.css",
    "narrative.css",
    "print.css",
)
BUNDLES: Final[dict[str, tuple[str, ...]]] = {
    "site": (
        "site/core.js",
        "site/packed.js",
        "site/run-shards.js",
        "site/format.js",
        "site/state.js",
        "site/order.js",
        "site/tools.js",
        "site/shortcuts.js",
        "site/page.js",
        "site/finder-search.js",
        "site/finder.js",
    ),
    "charts": (
        "site/pace.js",
        "site/controls.js",
        "charts/chart-text.js",
        "charts/statistics.js",
        "charts/chart-rows.js",
        "charts/chart-dimensions.js",
        "charts/chart-bins.js",
        "charts/chart-export.js",
        "charts/chart-frame.js",
        "charts/chart-host.js",
        "charts/chart-tooltip.js",
        "charts/chart-key.js",
        "charts/chart-lines.js",
        "charts/chart-crosshair.js",
        "charts/chart-zoom.js",
        "charts/chart-curves.js",
        "charts/chart-points.js",
        "charts/chart-scatter.js",
        "charts/chart-parallel.js",
        "charts/chart-bars.js",
        "charts/chart-cells.js",
        "charts/chart-histograms.js",
        "curves/curve-smoothing.js",
        "curves/curve-axes.js",
        "curves/curve-ranges.js",
        "curves/curve-groups.js",
        "curves/curve-settings.js",
        "curves/curve-data.js",
        "curves/curve-panel.js",
        "curves/curves.js",
    ),
    "model": (
        "workspace/columns.js",
        "workspace/workspace-rows.js",
        "workspace/workspace-model.js",
        "table/table-cells.js",
    ),
    "experiment": (
        "filter/filter-mistakes.js",
        "filter/filter-times.js",
        "filter/filter-rules.js",
        "filter/filter-patterns.js",
        "filter/filter-syntax.js",
        "filter/filter-evaluate.js",
        "filter/filter-order.js",
        "filter/filter-complete.js",
        "workspace/workspace.js",
        "curves/curves-workspace.js",
        "table/table-lines.js",
        "table/table-columns.js",
        "table/table-view.js",
        "table/table-headings.js",
        "table/table-detail.js",
        "table/table-chooser.js",
        "table/table-tools.js",
        "table/table-print.js",
        "table/table.js",
        "site/take-away.js",
        "table/table-texts.js",
        "table/filter-help.js",
        "table/filter-box.js",
        "table/pivot-rows.js",
        "table/pivot-texts.js",
        "table/pivot.js",
        "table/table-export.js",
    ),
    "relations": (
        "charts/chart-boxes.js",
        "charts/chart-heat.js",
        "charts/chart-correlation.js",
        "relations/relation-data.js",
        "relations/relations.js",
        "relations/relation-scatter.js",
        "relations/relation-grids.js",
        "relations/relation-bars.js",
        "relations/relation-parallel.js",
        "results/experiment-results.js",
    ),
    "results": ("results/chart-confusion.js", "results/chart-results.js", "results/results.js"),
    "grid": ("../vendor/tabulator.js",),
    "index": ("site/index.js",),
    "run": (
        "results/chart-confusion.js",
        "results/chart-results.js",
        "results/results.js",
        "curves/curves-run.js",
        "run/histograms-run.js",
        "site/sortable.js",
        "site/nodes.js",
        "run/run-files.js",
        "run/standing.js",
        "run/run.js",
        "run/run-tabs.js",
        "site/copy-code.js",
    ),
    "models": ("site/sortable.js", "site/copy-code.js", "models/model-history.js"),
    "compare": (
        "compare/diff.js",
        "compare/compare-rows.js",
        "compare/compare-view.js",
        "compare/compare-groups.js",
        "compare/compare-charts.js",
        "compare/compare-images.js",
        "compare/compare-tables.js",
        "compare/compare-texts.js",
        "compare/compare-choose.js",
        "compare/compare.js",
    ),
    "report": ("site/contents.js", "site/sortable.js", "narrative/narrative.js"),
}
"""The scripts, joined in this order to one file each; a page loads only those it needs."""

PAGES: Final[dict[str, tuple[str, ...]]] = {
    "index": ("site", "index"),
    "experiment": ("site", "charts", "grid", "results", "model", "experiment", "relations"),
    "run": ("site", "charts", "run"),
    "models": ("site",),
    "model": ("site", "charts", "models"),
    "version": ("site", "models"),
    "compare": ("site", "charts", "results", "model", "compare"),
    "report": ("site", "charts", "report"),
}
"""Which bundles the pages of each template load, in order."""

VEGA: Final = "vega.js"
ICON: Final = "assets/icon.svg"


@dataclass(frozen=True, slots=True)
class Assets:
    """The files that all pages share, by path, and the paths a page names."""

    files: dict[str, bytes]
    style: str
    scripts: dict[str, str]
    vega: str
    specs: str
    lite_specs: str

    def page_scripts(self, page: str) -> tuple[str, ...]:
        """The scripts of the pages of one template, in the order they run."""
        return tuple(self.scripts[bundle] for bundle in PAGES[page])


def make_assets(
    folder: Path, *, overrides: Path | None = None, theme: Path | None = None
) -> Assets:
    """Gather the assets from the templates; files in `overrides` come first.

    The style sheet `theme` comes after all others, so that it has the last word.
    """

    def read(name: str) -> str:
        own = overrides / "assets" / name if overrides else None
        place = own if own and own.is_file() else folder / "assets" / name
        return place.read_text(encoding="utf-8")

    style = "\n".join([palette_css(), code_css(), *(read(f"css/{name}") for name in STYLES)])
    style += read("css/custom.css")
    style += _read_theme(theme) if theme else ""
    vega = (folder / "assets" / "vendor" / VEGA).read_bytes()
    specs = render_shard("specs", read_specs())
    lite_specs = render_shard("specs-lite", read_lite_specs())
    files = {ICON: read("icon.svg").encode()}

    def add(stem: str, ending: str, content: bytes) -> str:
        path = f"assets/{stem}.{content_hash(content)}.{ending}"
        files[path] = content
        return path

    later = {
        "vega": add("vega", "js", vega),
        "specs": add("specs", "js", specs.encode()),
        "specsLite": add("specs-lite", "js", lite_specs.encode()),
    }
    bundles = {
        bundle: "\n".join(read(f"js/{name}") for name in names) for bundle, names in BUNDLES.items()
    }
    bundles["site"] = f"var runfolioFiles = {json.dumps(later)};\n{bundles['site']}"
    return Assets(
        files,
        style=add("site", "css", style.encode()),
        scripts={name: add(name, "js", text.encode()) for name, text in bundles.items()},
        vega=later["vega"],
        specs=later["specs"],
        lite_specs=later["specsLite"],
    )


def _read_theme(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise OSError(errno.EINVAL, "it is no file")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise TemplateFailed(
            f"The theme {str(path)!r} can't be read: {reason}. Name a style sheet with --theme."
        ) from error


def read_licences(folder: Path) -> str:
    """The licences of the vendored scripts, to go with them."""
    vendor = folder / "assets" / "vendor"
    texts = [path.read_text(encoding="utf-8") for path in sorted(vendor.glob("LICENSE*"))]
    return "\n\n".join(texts)
