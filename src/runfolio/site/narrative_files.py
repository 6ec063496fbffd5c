"""All files of the narrative reports: pages, data of their panels, pictures, copies."""

from __future__ import annotations

from runfolio.site.addresses import INDEX, report_page
from runfolio.site.machines.linked_data import link_report
from runfolio.site.narrative.pages import Narratives, shard_report, show_title, view_report
from runfolio.site.pages import Link
from runfolio.site.parts import PartWriter
from runfolio.site.rendering import Pages
from runfolio.site.run_files import leave_picture
from runfolio.site.shards import render_shard


def write_narratives(out: PartWriter, pages: Pages, narratives: Narratives) -> None:
    """Write the pages of all reports with what they show."""
    crumbs = (Link(f"{INDEX}#reports", "Reports"),)
    for report in narratives.reports:
        slug, title = report.document.slug, show_title(report.document)
        path, shard, view = report_page(slug), f"reports/{slug}", view_report(report)
        linked = link_report(view, report.summary)
        html = pages.render(
            "report.html", path, title, view, crumbs=crumbs, shard=shard, linked=linked
        )
        out.write(path, html)
        out.write(f"data/{shard}.js", render_shard(shard, shard_report(report)))
        for panel in report.panels:
            for picture in panel.pictures:
                leave_picture(out, picture)
            for copy in panel.copies:
                out.copy(copy.path, copy.source)
        for copy in report.copies:
            out.copy(copy.path, copy.source)
