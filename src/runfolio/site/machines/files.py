"""The files for programs that a site has once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runfolio.site.addresses import FEED, INDEX_JSON, INDEX_SCHEMA, LLMS, RUN_SCHEMA
from runfolio.site.library import Library
from runfolio.site.machines.documents import encode_json, write_index
from runfolio.site.machines.feed import render_feed
from runfolio.site.machines.overview import render_overview
from runfolio.site.machines.schemas import INDEX, RUN
from runfolio.site.narrative.pages import ReportRow
from runfolio.site.publish import Content


def machine_files(
    library: Library,
    reports: Sequence[ReportRow] = (),
    *,
    version: str,
    site_url: str | None = None,
) -> Iterator[tuple[str, Content]]:
    """Their paths and contents; each run has a document of its own beside its page."""
    yield INDEX_JSON, write_index(library, reports, version=version, site_url=site_url)
    yield INDEX_SCHEMA, encode_json(INDEX)
    yield RUN_SCHEMA, encode_json(RUN)
    yield FEED, render_feed(library, version=version, site_url=site_url)
    yield LLMS, render_overview(library, [row.link for row in reports])
