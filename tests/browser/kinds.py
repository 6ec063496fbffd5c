"""The kinds of page a site has, and a full example of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

KINDS = ("index", "experiment", "run", "compare", "report", "model")

VIEWS = {
    **{kind: (kind, "") for kind in KINDS},
    "every chart": (
        "experiment",
        "charts=scatter,boxes,heat,bars,importance,correlation,parallel",
    ),
    "grouped": ("experiment", "group=params.model&heat=1"),
    "pivot": ("experiment", "pivot=params.model;params.depth;rmse"),
    "nothing found": ("experiment", "q=no+such+run"),
    "wrong filter": ("experiment", "filter=metrics.rmse+%3C"),
    "models": ("models", ""),
    "version": ("version", ""),
    "other metric": ("model", "metric=r2"),
    "model of a run": ("run", "tab=model"),
    "results": ("run", "tab=results"),
    "curves": ("run", "tab=curves"),
    "system": ("run", "tab=system"),
    "artifacts": ("run", "tab=artifacts"),
    "code": ("run", "tab=code"),
    "environment": ("run", "tab=environment"),
}
"""States of the pages that show different parts: the kind of page and its fragment."""


def page_of(site: Path, kind: str) -> Path:
    """A page of that kind: of several the one with most on it, comparing three runs."""
    if kind == "index":
        return site / "index.html"
    if kind == "compare":
        ids = [path.stem for path in by_size(site / "runs")[:3]]
        return site / f"compare.html#runs={','.join(ids)}&base={ids[0]}"
    if kind == "models":
        return site / "models.html"
    if kind in ("model", "version"):  # an id of a model is shorter than that of a version
        return next(
            path for path in by_size(site / "models") if (len(path.stem) == 12) == (kind == "model")
        )
    return by_size(site / f"{kind}s")[0]


def view_of(site: Path, view: str) -> str:
    """The page that shows a view, with its fragment."""
    kind, fragment = VIEWS[view]
    page = str(page_of(site, kind))
    return f"{page}#{fragment}" if fragment else page


def see_all(page: Page) -> None:
    """Scroll through a page, so that everything is drawn that waits for being seen."""
    page.evaluate(
        """async () => {
          for (let top = 0; top < document.documentElement.scrollHeight; top += innerHeight / 2) {
            scrollTo(0, top);
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          scrollTo(0, 0);
        }"""
    )
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def by_size(folder: Path) -> list[Path]:
    """The pages of a folder, the largest first."""
    return sorted(folder.glob("*.html"), key=lambda path: (-path.stat().st_size, path.name))


def all_pages(site: Path) -> list[Path]:
    """Every page of a site; artifacts that happen to be HTML are not pages of ours."""
    folders = (site, *(site / name for name in ("experiments", "runs", "reports", "models")))
    return [path for folder in folders for path in sorted(folder.glob("*.html"))]
