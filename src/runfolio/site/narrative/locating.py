"""Where the narrative reports of a store lie."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from runfolio.errors import ReportsNotFound

FOLDER: Final = "reports"


def locate_reports(store: Path | str, reports: Path | None) -> Path | None:
    """The folder of reports: `reports`, else the one beside a store that is on disk, if any.

    Raises `ReportsNotFound` when `reports` is no folder.
    """
    if reports is not None:
        if not reports.is_dir():
            raise ReportsNotFound(
                f"No folder of reports at {str(reports)!r}. Name one that holds .md files."
            )
        return reports
    beside = Path(store).absolute().parent / FOLDER if isinstance(store, Path) else None
    return beside if beside is not None and beside.is_dir() and beside != store else None
