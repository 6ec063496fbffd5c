"""The site's style sheet and scripts, each with a digest of its content in its name."""

from __future__ import annotations

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
    "compare.css",
    "print.css",
)
BUNDLES: Final[dict[str, tuple[str, ...]]] = {
    "site": (
        "core.js",
        "format.js",
        "state.js",
        "order.js",
        "shortcuts.js",
        "page.js",
        "finder-search.js",
        "finder.js",
    ),
    "charts": (
        "controls.js",
        "chart-text.js",
        "statistics.js",
        "chart-rows.js",
        "chart-dimensions.js",
        "chart-bins.js",
        "chart-export.js",
        "chart-frame.js",
        "chart-host.js",
        "chart-tooltip.js",
        "chart-key.js",
        "chart-lines.js",
        "chart-crosshair.js",
        "chart-zoom.js",
        "chart-curves.js",
        "chart-points.js",
        "chart-scatter.js",
        "chart-parallel.js",
        "chart-bars.js",
        "chart-cells.js",
        "chart-histograms.js",
        "curve-smoothing.js",
        "curve-axes.js",
        "curve-ranges.js",
        "curve-groups.js",
        "curve-settings.js",
        "curve-data.js",
        "curve-panel.js",
        "curves.js",
    ),
    "experiment": (
        "filter-mistakes.js",
        "filter-times.js",
        "filter-rules.js",
        "filter-patterns.js",
        "filter-syntax.js",
        "filter-evaluate.js",
        "filter-order.js",
        "filter-complete.js",
        "columns.js",
        "workspace-rows.js",
        "workspace-model.js",
        "workspace.js",
        "curves-workspace.js",
        "table-cells.js",
        "table-lines.js",
        "table-columns.js",
        "table-view.js",
        "table-headings.js",
        "table-detail.js",
        "table-chooser.js",
        "table-tools.js",
        "table-print.js",
        "table.js",
        "take-away.js",
        "table-texts.js",
        "filter-help.js",
        "filter-box.js",
        "pivot-rows.js",
        "pivot-texts.js",
        "pivot.js",
        "table-export.js",
    ),
    "relations": (
        "chart-boxes.js",
        "chart-heat.js",
        "chart-correlation.js",
        "relation-data.js",
        "relations.js",
        "relation-scatter.js",
        "relation-grids.js",
        "relation-bars.js",
        "relation-parallel.js",
    ),
    "results": ("chart-confusion.js", "chart-results.js", "results.js"),
    "grid": ("../vendor/tabulator.js",),
    "index": ("index.js",),
    "run": (
        "curves-run.js",
        "histograms-run.js",
        "sortable.js",
        "nodes.js",
        "run-files.js",
        "run.js",
        "run-tabs.js",
    ),
    "compare": (
        "diff.js",
        "compare-rows.js",
        "compare-view.js",
        "compare-groups.js",
        "compare-charts.js",
        "compare-images.js",
        "compare-tables.js",
        "compare-texts.js",
        "compare-choose.js",
        "compare.js",
    ),
}
"""The scripts, joined in this order to one file each; a page loads only those it needs."""

PAGES: Final[dict[str, tuple[str, ...]]] = {
    "index": ("site", "index"),
    "experiment": ("site", "charts", "grid", "experiment", "relations"),
    "run": ("site", "charts", "results", "run"),
    "compare": ("site", "charts", "results", "compare"),
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

    return Assets(
        files,
        style=add("site", "css", style.encode()),
        scripts={
            bundle: add(bundle, "js", "\n".join(read(f"js/{name}") for name in names).encode())
            for bundle, names in BUNDLES.items()
        },
        vega=add("vega", "js", vega),
        specs=add("specs", "js", specs.encode()),
        lite_specs=add("specs-lite", "js", lite_specs.encode()),
    )


def _read_theme(path: Path) -> str:
    try:
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
