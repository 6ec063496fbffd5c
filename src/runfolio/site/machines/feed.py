"""An Atom feed of the newest runs, of versions of models, and of regressions (RFC 4287)."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final
from xml.etree import ElementTree

import numpy as np

from runfolio.analysis.regressions import Regression, Trial, find_regressions
from runfolio.schema import RUNNING
from runfolio.site.addresses import FEED, INDEX, run_page, version_page
from runfolio.site.controls import show_controls
from runfolio.site.library import ExperimentEntry, Library, RunEntry
from runfolio.site.numbers import format_number
from runfolio.site.pages import STATUS_WORDS
from runfolio.site.run_lists import ListedRuns
from runfolio.site.times import format_iso
from runfolio.store import ModelVersion

MAX_ENTRIES: Final = 50
"""Entries of a feed: the newest ones."""

_ATOM: Final = "http://www.w3.org/2005/Atom"
_NAMES: Final = uuid.UUID("6f1d5c36-6c0f-4d7e-9c0e-0d6d1c7d9a51")
"""Under which a feed's entries get their ids."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the feed; `updated` is in microseconds since 1970."""

    key: str
    title: str
    text: str
    href: str
    updated: int
    category: str


def render_feed(library: Library, *, version: str, site_url: str | None = None) -> str:
    """The feed of a site. Its links are absolute where it is known where the site will be."""
    entries = sorted(_entries(library), key=lambda one: (-one.updated, one.key))[:MAX_ENTRIES]
    root = site_url or ""
    feed = ElementTree.Element("feed", {"xmlns": _ATOM})
    _add(feed, "title", library.title)
    _add(feed, "id", _urn(f"feed {site_url or library.title}"))
    latest = [library.last_activity or 0, *(one.updated for one in entries)]
    _add(feed, "updated", format_iso(max(latest)))
    _add(_add(feed, "author"), "name", library.title)
    _add(feed, "generator", "Runfolio", version=version)
    _add(feed, "link", rel="self", href=root + FEED)
    _add(feed, "link", rel="alternate", type="text/html", href=root + INDEX)
    for entry in entries:
        _add_entry(feed, entry, root)
    ElementTree.indent(feed, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, "unicode") + "\n"


def _add_entry(feed: ElementTree.Element, entry: Entry, root: str) -> None:
    element = _add(feed, "entry")
    _add(element, "title", entry.title)
    _add(element, "id", _urn(entry.key))
    _add(element, "updated", format_iso(entry.updated))
    _add(element, "link", rel="alternate", type="text/html", href=root + entry.href)
    _add(element, "category", term=entry.category)
    _add(element, "summary", entry.text)


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, tag, attributes)
    element.text = None if text is None else show_controls(text)
    return element


def _urn(key: str) -> str:
    """An id that stays the same for the same thing."""
    digest = hashlib.sha256(key.encode(errors="replace")).hexdigest()
    return uuid.uuid5(_NAMES, digest).urn


def _entries(library: Library) -> Iterator[Entry]:
    newest = nsmallest(MAX_ENTRIES, _list_moments(library))
    for place, experiment in enumerate(library.experiments):
        for run in experiment.table.entries([number for _, _, of, number in newest if of == place]):
            yield _run_entry(experiment, run)
        for one in regressions_of(experiment):
            yield _regression_entry(experiment, one, library)
    for model in library.models:
        for version in model.versions:
            yield _version_entry(version, library)


def _list_moments(library: Library) -> Iterator[tuple[int, str, int, int]]:
    """When each run last changed, the newest first in order, its id, its experiment and number."""
    for place, experiment in enumerate(library.experiments):
        table = experiment.table
        for number, (moment, run_id) in enumerate(zip(table.moments, table.ids, strict=True)):
            yield -moment, run_id, place, number


def _moment(run: RunEntry) -> int:
    return run.record.end_time or run.record.start_time


def _run_entry(experiment: ExperimentEntry, run: RunEntry) -> Entry:
    record = run.record
    primary = experiment.primary
    value = run.last(primary.metric) if primary else None
    result = f": {primary.metric} {format_number(value)}" if primary and value is not None else ""
    best = (
        " It is the experiment’s best run."
        if experiment.best and experiment.best.id == run.id
        else ""
    )
    ended = STATUS_WORDS.get(record.status, record.status.lower())
    state = "is running" if record.status == RUNNING else ended
    return Entry(
        key=f"run {run.id}",
        title=f"{record.name} ({record.experiment}){result}",
        text=f"{record.name} of {record.experiment} {state}{result}.{best}",
        href=run_page(run.id),
        updated=_moment(run),
        category="run",
    )


def _version_entry(version: ModelVersion, library: Library) -> Entry:
    run = library.by_id.get(version.run_id or "")
    origin = f" from the run {run.record.name} of {run.record.experiment}" if run else ""
    note = f" {version.note}" if version.note else ""
    return Entry(
        key=f"version {version.id}",
        title=f"{version.model} has a version {version.number}",
        text=f"Version {version.number} of {version.model} was registered{origin}.{note}",
        href=version_page(version.id),
        updated=version.time,
        category="model",
    )


def regressions_of(experiment: ExperimentEntry) -> tuple[Regression, ...]:
    """Where the primary metric of an experiment got worse from one commit to the next."""
    primary, table = experiment.primary, experiment.table
    commits = [one.commit for one in table.facts]
    if primary is None or not any(commits):
        return ()
    values = table.last(primary.metric)
    counted = np.flatnonzero(np.isfinite(values) & table.contending).tolist()
    trials = [
        Trial(
            run.id,
            run.record.start_time,
            tuple(sorted(run.record.param_texts.items())),
            commits[number],
            float(values[number]),
        )
        for number, run in zip(counted, ListedRuns(table, counted), strict=True)
    ]
    found = find_regressions(trials, metric=primary.metric, direction=primary.direction)
    return tuple(found)


def _regression_entry(
    experiment: ExperimentEntry, regression: Regression, library: Library
) -> Entry:
    run, difference = library.by_id[regression.run_id], regression.difference
    before, after = format_number(difference.base.mean), format_number(difference.head.mean)
    runs = difference.base.count + difference.head.count
    repeats = f", {runs} runs" if runs > 2 else ""
    return Entry(
        key=f"regression {run.id} {regression.commit}",
        title=f"Worse: {difference.metric} of {experiment.name} went from {before} to {after}",
        text=(
            f"{run.record.name}, at commit {regression.commit[:7]}: {difference.metric} "
            f"{before} to {after} since {regression.before[:7]}, same settings{repeats}."
        ),
        href=run_page(run.id),
        updated=_moment(run),
        category="regression",
    )
