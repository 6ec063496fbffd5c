"""The reports of a site: composed together, checked, and shown as pages, in lists and in search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from runfolio.analysis.numbers import count_noun
from runfolio.errors import ReportsFaulty
from runfolio.site.addresses import report_page
from runfolio.site.controls import show_controls
from runfolio.site.narrative.anchors import Section
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.composing import Composed, Draft, Mistake, Surroundings
from runfolio.site.narrative.documents import Document, find_reports
from runfolio.site.narrative.front_matter import Author
from runfolio.site.pages import Link, Moment
from runfolio.site.times import format_date


@dataclass(frozen=True, slots=True)
class Narratives:
    """The reports of a site, in the order they are listed."""

    reports: tuple[Composed, ...] = ()

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """What is wrong in them, report by report and line by line."""
        return tuple(mistake for one in self.reports for mistake in one.mistakes)

    def of_files(self, origin: Callable[[Path], Path]) -> Narratives:
        """The same with mistakes told of other files, which those here were made from."""
        return Narratives(
            tuple(
                replace(
                    one,
                    mistakes=tuple(replace(said, file=origin(said.file)) for said in one.mistakes),
                )
                for one in self.reports
            )
        )

    def check(self) -> None:
        """Raise `ReportsFaulty` with all mistakes, where there are any."""
        faulty = [one for one in self.reports if one.mistakes]
        if not faulty:
            return
        lines = tuple(map(str, self.mistakes))
        count, where = count_noun(len(lines), "mistake"), count_noun(len(faulty), "report")
        raise ReportsFaulty(
            f"{count} in {where}, and no site was written. Correct them, or leave out --strict "
            "to build the site with a note in each place.",
            lines,
        )


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in the list of reports."""

    link: Link
    authors: str
    day: Moment | None
    summary: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """The page of a report."""

    title: str
    authors: tuple[Author, ...]
    day: Moment | None
    abstract: Markup | None
    contents: tuple[Section, ...]
    body: Markup


LISTED: Final = 3
"""From so many headings on, a page has a table of contents."""

NO_REPORTS: Final = Narratives()
"""What a site without reports has."""


def compose_reports(folder: Path | None, source: Source) -> Narratives:
    """All reports of a folder with their mistakes, where there is a folder."""
    if folder is None:
        return NO_REPORTS
    documents = find_reports(folder)
    pages = {one.name: one.slug for one in documents}
    around = Surroundings(source, folder, pages)
    drafts = [Draft(one, around).write() for one in documents]
    anchors = {draft.document.slug: draft.anchors for draft in drafts}
    return Narratives(tuple(draft.finish(anchors) for draft in drafts))


def view_report(report: Composed) -> ReportView:
    """What the page of a report shows."""
    document = report.document
    return ReportView(
        title=show_title(document),
        authors=tuple(
            Author(_show(one.name), one.affiliation and _show(one.affiliation))
            for one in document.front.authors
        ),
        day=show_day(document.front.date),
        abstract=report.abstract,
        contents=report.contents if _count(report.contents) >= LISTED else (),
        body=report.body,
    )


def list_reports(narratives: Narratives) -> tuple[ReportRow, ...]:
    """The reports as the site's first page lists them."""
    return tuple(
        ReportRow(
            Link(report_page(one.document.slug), show_title(one.document)),
            ", ".join(_show(author.name) for author in one.document.front.authors),
            show_day(one.document.front.date),
            one.summary,
        )
        for one in narratives.reports
    )


def shard_report(report: Composed) -> dict[str, Any]:
    """What the scripts draw the panels of a report from, in their order."""
    return {"panels": [panel.data for panel in report.panels]}


def show_title(document: Document) -> str:
    """A report's title, with what a page can't hold made visible."""
    return _show(document.title)


def show_day(day: date | None) -> Moment | None:
    """A day to show, or None."""
    if day is None:
        return None
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Moment(format_date(int(moment.timestamp()) * 1_000_000), day.isoformat())


def _count(sections: tuple[Section, ...]) -> int:
    return sum(1 + _count(one.sections) for one in sections)


def _show(text: str) -> str:
    return show_controls(text)
