"""The page that lists the reports of a place, where its root has no page of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from runfolio.publishing.catalogue import Report
from runfolio.site.addresses import INDEX
from runfolio.site.assets import make_assets
from runfolio.site.details import templates_folder
from runfolio.site.numbers import format_bytes
from runfolio.site.pages import Moment, show_moment
from runfolio.site.render import Renderer
from runfolio.version import __version__

STYLE: Final = "runfolio-reports.css"


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A row of the list."""

    path: str
    title: str
    published: Moment | None
    size: str


@dataclass(frozen=True, slots=True)
class ListingView:
    """The list of reports, the newest first."""

    style: str
    reports: tuple[ListedReport, ...]
    version: str


def render_listing(reports: Mapping[str, Report]) -> dict[str, bytes]:
    """The page and its style sheet by path; the same for the same reports."""
    ordered = sorted(reports, key=lambda path: (reports[path].published, path), reverse=True)
    rows = tuple(_view(path, reports[path]) for path in ordered)
    page = Renderer().part("listing.html", ListingView(STYLE, rows, __version__))
    assets = make_assets(templates_folder())
    style = assets.files[assets.style]
    return {INDEX: page.encode(), STYLE: style if isinstance(style, bytes) else style.encode()}


def _view(path: str, report: Report) -> ListedReport:
    return ListedReport(path, report.title, _moment(report.published), format_bytes(report.bytes))


def _moment(text: str) -> Moment | None:
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
    return show_moment(int(moment.timestamp() * 1_000_000))
