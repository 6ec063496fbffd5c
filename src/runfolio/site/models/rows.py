"""Versions of a model as rows of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runfolio.site.models.lineage import tell_absence
from runfolio.site.numbers import format_bytes
from runfolio.site.pages import (
    DIRECTION_WORDS,
    Link,
    Moment,
    Number,
    align_decimals,
    run_page_link,
    show_moment,
    show_number,
)
from runfolio.site.standing import choose_headlines

if TYPE_CHECKING:
    from runfolio.site.models.entries import ModelEntry, VersionEntry

MAX_VERSIONS: Final = 500
MAX_COMPARED: Final = 10
_MAX_NOTE: Final = 90
_MARKS: Final = re.compile(r"^\s*[#>-]+\s|[*`]")


@dataclass(frozen=True, slots=True)
class MetricHead:
    """A column of a metric."""

    label: str
    direction: str | None


@dataclass(frozen=True, slots=True)
class MetricCell:
    """A value as it stands in its column, and whether it is the best of it."""

    text: str
    full: str | None
    best: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the table of a model."""

    link: Link
    number: int
    aliases: tuple[str, ...]
    run: Link | None
    registered: Moment | None
    user: str
    flavor: str
    size: str
    cells: tuple[MetricCell, ...]
    note: str
    absent: str | None


@dataclass(frozen=True, slots=True)
class VersionTable:
    """The versions, the latest first; `users` and `notes` say whether any row has such.

    `compare` is the fragment of the compare page that shows their runs, the latest of them.
    """

    metrics: tuple[MetricHead, ...]
    rows: tuple[VersionRow, ...]
    more: int
    users: bool
    notes: bool
    compare: str | None


def view_versions(entry: ModelEntry) -> VersionTable:
    """The versions of a model with the most telling metrics of their runs."""
    primary = entry.primary.metric if entry.primary else None
    metrics = choose_headlines(entry.metrics, primary=primary)
    shown = list(reversed(entry.versions))[:MAX_VERSIONS]
    columns = [_cells(entry, metric, shown) for metric in metrics]
    rows = [
        _row(one, tuple(column[place] for column in columns)) for place, one in enumerate(shown)
    ]
    runs = list(dict.fromkeys(one.run.id for one in shown if one.run is not None))[:MAX_COMPARED]
    return VersionTable(
        tuple(
            MetricHead(entry.label(one), DIRECTION_WORDS.get(entry.direction(one) or ""))
            for one in metrics
        ),
        tuple(rows),
        len(entry.versions) - len(shown),
        any(row.user for row in rows),
        any(row.note for row in rows),
        f"runs={','.join(runs)}" if len(runs) > 1 else None,
    )


def _cells(entry: ModelEntry, metric: str, shown: list[VersionEntry]) -> list[MetricCell]:
    best = entry.best(metric)
    numbers: list[Number | None] = [
        None if (value := one.value(metric)) is None else show_number(value) for one in shown
    ]
    texts = align_decimals([one.text if one is not None else "" for one in numbers])
    return [
        MetricCell(text, number.full if number is not None else None, one is best)
        for text, number, one in zip(texts, numbers, shown, strict=True)
    ]


def _row(one: VersionEntry, cells: tuple[MetricCell, ...]) -> VersionRow:
    version, kept = one.version, one.kept
    return VersionRow(
        link=one.link,
        number=version.number,
        aliases=version.aliases,
        run=run_page_link(one.run) if one.run is not None else None,
        registered=show_moment(version.time),
        user=version.user or "",
        flavor=kept.flavor if kept is not None else "",
        size=format_bytes(kept.size) if kept is not None else "",
        cells=cells,
        note=_first_line(version.note or ""),
        absent=tell_absence(one),
    )


def _first_line(note: str) -> str:
    """The first line of a note in Markdown, without its marks."""
    lines = (_MARKS.sub("", one).strip() for one in note.splitlines())
    line = next(filter(None, lines), "")
    return line if len(line) <= _MAX_NOTE else f"{line[: _MAX_NOTE - 1]}…"
