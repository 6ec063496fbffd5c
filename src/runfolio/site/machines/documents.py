"""The site's index and its runs as JSON documents. Addresses in them start at the site's root."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from runfolio.query.runs import Artifact
from runfolio.site.addresses import (
    EXPERIMENTS_CSV,
    EXPERIMENTS_PARQUET,
    FEED,
    INDEX_JSON,
    INDEX_SCHEMA,
    RUN_SCHEMA,
    experiment_data,
    experiment_page,
    model_id,
    model_page,
    run_document,
    run_page,
    version_page,
)
from runfolio.site.artifacts import ArtifactViews
from runfolio.site.json_text import encode_unicode
from runfolio.site.library import ExperimentEntry, Library, RunEntry, Summary
from runfolio.site.machines.schemas import VERSION
from runfolio.site.narrative.pages import ReportRow
from runfolio.site.numbers import plain_number
from runfolio.site.times import format_instant, iso_texts
from runfolio.store import ModelVersion, RegisteredModel

__all__ = ["describe_run", "encode_json", "write_index"]

TOGETHER: Final = 1000
"""So many runs become text at once."""


def encode_json(document: dict[str, Any]) -> str:
    """A document as text, the same for the same content; text that is no Unicode is marked."""
    return encode_unicode(document) + "\n"


def write_index(
    library: Library,
    reports: Iterable[ReportRow] = (),
    *,
    version: str,
    site_url: str | None = None,
) -> Iterator[str]:
    """The whole site: its experiments and where each run's page and data lie, piece by piece."""
    before = {
        "schema": VERSION,
        "title": library.title,
        "generator": f"Runfolio {version}",
        "tool": library.tool,
        "url": site_url,
        "last_activity": _time(library.last_activity),
        "reports": [_report(one) for one in reports],
    }
    after = {
        "models": [_model(one) for one in library.models],
        "files": {
            "experiments_csv": EXPERIMENTS_CSV,
            "experiments_parquet": EXPERIMENTS_PARQUET,
            "feed": FEED,
            "index": INDEX_JSON,
            "index_schema": INDEX_SCHEMA,
            "run_schema": RUN_SCHEMA,
        },
    }
    yield _open(before, "experiments")
    for number, entry in enumerate(library.experiments):
        yield ("," if number else "") + _open(_experiment(entry), "runs")
        yield from _write_items(_list_runs(entry))
        yield "]}"
    yield f"],{encode_unicode(after)[1:]}\n"


def _open(document: dict[str, Any], name: str) -> str:
    """A document up to the beginning of a list that comes last in it."""
    return f"{encode_unicode(document)[:-1]},{encode_unicode(name)}:["


def _write_items(items: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The items of a list, many at a time."""
    comma = ""
    while some := list(islice(items, TOGETHER)):
        yield comma + encode_unicode(some)[1:-1]
        comma = ","


def _report(row: ReportRow) -> dict[str, Any]:
    return {
        "title": row.link.text,
        "authors": row.authors,
        "date": row.day.iso if row.day else None,
        "summary": row.summary,
        "page": row.link.href,
    }


def _experiment(entry: ExperimentEntry) -> dict[str, Any]:
    primary, best = entry.primary, entry.best
    return {
        "id": entry.id,
        "name": entry.name,
        "note": entry.settings.note,
        "page": experiment_page(entry.id),
        "primary_metric": primary.metric if primary else None,
        "direction": primary.direction if primary else None,
        "best": best.id if best else None,
        "last_activity": _time(entry.last_activity),
        "metrics": list(entry.metrics),
        "params": list(entry.params),
        "files": experiment_data(entry.id, entry.blocks) if entry.runs else {},
    }


def _model(model: RegisteredModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "note": model.note,
        "tags": dict(sorted(model.tags.items())),
        "aliases": {alias: one.number for alias, one in model.aliases.items()},
        "versions": [_version(one) for one in model.versions],
        "page": model_page(model_id(model.name)),
    }


def _version(version: ModelVersion) -> dict[str, Any]:
    told = ("number", "id", "path", "digest", "source", "user", "note")
    return {
        **{name: getattr(version, name) for name in told},
        "aliases": list(version.aliases),
        "registered": format_instant(version.time),
        "run": version.run_id,
        "tags": dict(sorted(version.tags.items())),
        "page": version_page(version.id),
    }


def _list_runs(entry: ExperimentEntry) -> Iterator[dict[str, Any]]:
    """Each run in short, by start."""
    table = entry.table
    starts = iso_texts(table.own("start_time"), "us").to_pylist()
    own = table.own("name"), table.own("status"), starts
    values = table.metric(entry.primary.metric if entry.primary else "")
    for run_id, name, status, start, value in zip(table.ids, *own, values, strict=True):
        yield {
            "id": run_id,
            "name": name,
            "status": status,
            "start_time": start,
            "value": plain_number(value),
            "page": run_page(run_id),
            "data": run_document(run_id),
        }


def describe_run(
    experiment: ExperimentEntry, run: RunEntry, artifacts: ArtifactViews
) -> dict[str, Any]:
    """A run with all that is known of it but its points, which its experiment's table has."""
    record = run.record
    copies = {copy.source: copy.path for copy in artifacts.copies}
    return {
        "schema": VERSION,
        "id": run.id,
        "name": record.name,
        "experiment": {"id": experiment.id, "name": experiment.name},
        "status": record.status,
        "start_time": format_instant(record.start_time),
        "end_time": _time(record.end_time),
        "duration": plain_number(record.duration),
        "parent_id": record.parent_id,
        "note": record.note,
        "params": {key: plain(record.params[key]) for key in sorted(record.params)},
        "metrics": {
            key: _summary(one, experiment.direction(key))
            for key, one in sorted(run.summaries.items())
        },
        "tags": dict(sorted(record.tags.items())),
        "artifacts": [_artifact(one, copies.get(one.file)) for one in record.artifacts],
        "inputs": [
            {"name": one.name, "digest": one.digest, "source": one.source, "context": one.context}
            for one in record.inputs
        ],
        "context": plain(record.context),
        "page": run_page(run.id),
        "points": experiment.points_file(run.id),
    }


def _summary(summary: Summary, direction: str | None) -> dict[str, Any]:
    return {
        "last": plain_number(summary.last),
        "last_step": summary.last_step,
        "first": plain_number(summary.first),
        "min": plain_number(summary.min),
        "min_step": summary.min_step,
        "max": plain_number(summary.max),
        "max_step": summary.max_step,
        "mean": plain_number(summary.mean),
        "count": summary.count,
        "nan_count": summary.nan_count,
        "direction": direction,
    }


def _artifact(artifact: Artifact, href: str | None) -> dict[str, Any]:
    fields = ("path", "size", "sha256", "media_type", "kind", "key", "step")
    return {**{name: getattr(artifact, name) for name in fields}, "href": href}


def _time(microseconds: int | None) -> str | None:
    return None if microseconds is None else format_instant(microseconds)


def plain(value: Any) -> Any:
    """A value as JSON holds it: numbers that it lacks become text."""
    match value:
        case float():
            return plain_number(value)
        case dict():
            return {str(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
    return value
