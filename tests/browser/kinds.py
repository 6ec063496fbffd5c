"""The kinds of page a site has, and a full example of each."""

from __future__ import annotations

from pathlib import Path

KINDS = ("index", "experiment", "run", "compare")


def page_of(site: Path, kind: str) -> Path:
    """A page of that kind: of several the one with most on it, comparing three runs."""
    if kind == "index":
        return site / "index.html"
    if kind == "compare":
        ids = [path.stem for path in by_size(site / "runs")[:3]]
        return site / f"compare.html#runs={','.join(ids)}&base={ids[0]}"
    return by_size(site / f"{kind}s")[0]


def by_size(folder: Path) -> list[Path]:
    """The pages of a folder, the largest first."""
    return sorted(folder.glob("*.html"), key=lambda path: (-path.stat().st_size, path.name))


def all_pages(site: Path) -> list[Path]:
    """Every page of a site; artifacts that happen to be HTML are not pages of ours."""
    folders = (site, site / "experiments", site / "runs")
    return [path for folder in folders for path in sorted(folder.glob("*.html"))]
