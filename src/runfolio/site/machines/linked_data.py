"""What search engines and archives read in a page: schema.org's terms, as JSON-LD."""

from __future__ import annotations

from typing import Any, Final

from markupsafe import Markup

from runfolio.schema import FAILED, KILLED, RUNNING
from runfolio.site.addresses import (
    EXPERIMENTS_CSV,
    EXPERIMENTS_PARQUET,
    INDEX,
    INDEX_JSON,
    experiment_data,
    experiment_page,
    run_document,
)
from runfolio.site.controls import show_controls
from runfolio.site.json_text import encode_ascii, encode_unicode
from runfolio.site.library import ExperimentEntry, Library, RunEntry
from runfolio.site.narrative.front_matter import Author
from runfolio.site.narrative.pages import ReportView
from runfolio.site.numbers import format_count
from runfolio.site.times import format_iso

MAX_MEASURED: Final = 12
"""Metrics that the page of an experiment names."""

_STATES: Final = {
    RUNNING: "ActiveActionStatus",
    FAILED: "FailedActionStatus",
    KILLED: "FailedActionStatus",
}
_TYPES: Final = {"csv": "text/csv", "json": "application/json"}
_ESCAPES: Final = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def render_linked_data(document: dict[str, Any]) -> Markup:
    """A document as the content of a ``<script type="application/ld+json">``.

    It is data, which a browser doesn't run; what could end the element is escaped, and so is text
    that a page would show otherwise than it is.
    """
    said = {"@context": "https://schema.org", **document}
    text = encode_unicode(said)
    if show_controls(text) != text:
        text = encode_ascii(said)
    return Markup(text.translate(_ESCAPES))


def link_index(library: Library, *, site_url: str | None = None) -> dict[str, Any]:
    """The site as a data set whose parts are the experiments."""
    return {
        "@type": "Dataset",
        **_place(site_url, INDEX),
        "name": library.title,
        "description": (
            f"Results of machine-learning experiments: {format_count(len(library.runs))} runs in "
            f"{format_count(len(library.experiments))} experiments, with parameters and metrics."
        ),
        **_modified(library.last_activity),
        "distribution": [
            _file(name, "", site_url) for name in (EXPERIMENTS_CSV, EXPERIMENTS_PARQUET, INDEX_JSON)
        ],
    }


def link_experiment(
    library: Library, entry: ExperimentEntry, *, site_url: str | None = None
) -> dict[str, Any]:
    """An experiment as a data set of runs, with the metrics as what was measured."""
    count = len(entry.runs)
    files = experiment_data(entry.id).values() if entry.runs else ()
    return {
        "@type": "Dataset",
        **_place(site_url, experiment_page(entry.id)),
        "name": entry.name,
        "description": (
            f"{format_count(count)} run{'' if count == 1 else 's'} of the experiment "
            f"{entry.name!r}, with parameters, metrics and all points."
        ),
        **_modified(entry.last_activity),
        "isPartOf": {"@type": "Dataset", "name": library.title},
        "variableMeasured": list(entry.metrics[:MAX_MEASURED]),
        "distribution": [_file(name, "../", site_url) for name in files],
    }


def link_run(experiment: ExperimentEntry, run: RunEntry) -> dict[str, Any]:
    """A run as an action with its primary metric as result; its document has everything."""
    record, primary = run.record, experiment.primary
    value = run.last(primary.metric) if primary else None
    linked: dict[str, Any] = {
        "@type": "CreateAction",
        "name": record.name,
        "startTime": format_iso(record.start_time),
    }
    if record.status in _STATES:
        linked["actionStatus"] = _STATES[record.status]
    if primary and value is not None:
        linked["result"] = {"@type": "PropertyValue", "name": primary.metric, "value": value}
    return {**linked, "subjectOf": _beside(run_document(run.id))}


def link_report(view: ReportView, summary: str) -> dict[str, Any]:
    """A narrative report as a report with its authors."""
    return {
        "@type": "Report",
        "name": view.title,
        "author": [_author(one) for one in view.authors],
        **({"datePublished": view.day.iso} if view.day else {}),
        **({"abstract": summary} if summary else {}),
    }


def _author(author: Author) -> dict[str, Any]:
    place = {"affiliation": {"@type": "Organization", "name": author.affiliation}}
    return {"@type": "Person", "name": author.name, **(place if author.affiliation else {})}


def _place(site_url: str | None, page: str) -> dict[str, Any]:
    return {"url": site_url + page} if site_url else {}


def _modified(microseconds: int | None) -> dict[str, Any]:
    return {} if microseconds is None else {"dateModified": format_iso(microseconds)}


def _file(path: str, root: str, site_url: str | None) -> dict[str, Any]:
    ending = path.rpartition(".")[2]
    return {
        "@type": "DataDownload",
        "contentUrl": (site_url or root) + path,
        "encodingFormat": _TYPES.get(ending, "application/vnd.apache.parquet"),
    }


def _beside(path: str) -> str:
    return path.rpartition("/")[2]
