"""The site's style sheet and scripts, each with a digest of its content in its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.charts import palette_css, read_specs
from runfolio.site.addresses import content_hash
from runfolio.site.code import code_css
from runfolio.site.shards import render_shard

STYLES: Final = (
    "layout.css",
    "content.css",
    "finder.css",
    "table.css",
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
        "page.js",
    ),
    "charts": (
        "controls.js",
        "chart-text.js",
        "chart-rows.js",
        "chart-host.js",
        "chart-tooltip.js",
        "chart-curves.js",
        "chart-scatter.js",
        "chart-parallel.js",
        "chart-bars.js",
    ),
    "experiment": (
        "table.js",
        "experiment.js",
    ),
    "run": ("run.js",),
    "compare": ("compare.js",),
}
"""The scripts, joined in this order to one file each; a page loads only those it needs."""

PAGES: Final[dict[str, tuple[str, ...]]] = {
    "index": ("site",),
    "experiment": ("site", "charts", "experiment"),
    "run": ("site", "charts", "run"),
    "compare": ("site", "charts", "compare"),
}
"""Which bundles the pages of each template load, in order."""

VEGA: Final = "vega.js"


@dataclass(frozen=True, slots=True)
class Assets:
    """The files that all pages share, by path, and the paths a page names."""

    files: dict[str, bytes]
    style: str
    scripts: dict[str, str]
    vega: str
    specs: str

    def page_scripts(self, page: str) -> tuple[str, ...]:
        """The scripts of the pages of one template, in the order they run."""
        return tuple(self.scripts[bundle] for bundle in PAGES[page])


def make_assets(folder: Path, *, overrides: Path | None = None) -> Assets:
    """Gather the assets from the templates; files in `overrides` come first."""

    def read(name: str) -> str:
        own = overrides / "assets" / name if overrides else None
        place = own if own and own.is_file() else folder / "assets" / name
        return place.read_text(encoding="utf-8")

    style = "\n".join([palette_css(), code_css(), *(read(f"css/{name}") for name in STYLES)])
    style += read("css/custom.css")
    vega = (folder / "assets" / "vendor" / VEGA).read_bytes()
    specs = render_shard("specs", read_specs())
    files: dict[str, bytes] = {}

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
    )


def read_licences(folder: Path) -> str:
    """The licences of the vendored scripts, to go with them."""
    vendor = folder / "assets" / "vendor"
    texts = [path.read_text(encoding="utf-8") for path in sorted(vendor.glob("LICENSE*"))]
    return "\n\n".join(texts)
