"""What the JSON files beside the pages hold, as JSON Schemas that the site carries.

A later version may add fields; it raises ``schema`` when one changes or goes.
"""

from __future__ import annotations

from typing import Any, Final

VERSION: Final = 1

Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[Schema] = {"type": "string"}
_MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_TIME: Final[Schema] = {"type": "string", "format": "date-time"}
_MAYBE_TIME: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
_DIRECTION: Final[Schema] = {"enum": ["up", "down", None]}
_STATUS: Final[Schema] = {"enum": ["RUNNING", "FINISHED", "FAILED", "KILLED"]}
_NUMBER: Final[Schema] = {
    "anyOf": [{"type": ["number", "null"]}, {"enum": ["NaN", "Infinity", "-Infinity"]}]
}


def _document(title: str, fields: dict[str, tuple[Schema, str]]) -> Schema:
    """A whole document."""
    return {"$schema": _DIALECT, "title": title, **_object(fields)}


def _object(fields: dict[str, tuple[Schema, str]]) -> Schema:
    """An object that has just these fields, each with its meaning."""
    return {
        "type": "object",
        "required": list(fields),
        "properties": {
            name: {**schema, "description": meaning} for name, (schema, meaning) in fields.items()
        },
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _by_name(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


_SUMMARY: Final = _object(
    {
        "last": (_NUMBER, "the value logged last"),
        "last_step": ({"type": ["integer", "null"]}, "its step"),
        "first": (_NUMBER, "the value logged first"),
        "min": (_NUMBER, "the smallest value that is a number"),
        "min_step": ({"type": ["integer", "null"]}, "its step"),
        "max": (_NUMBER, "the largest value that is a number"),
        "max_step": ({"type": ["integer", "null"]}, "its step"),
        "mean": (_NUMBER, "the mean of the values that are numbers"),
        "count": (_COUNT, "how many points were logged"),
        "nan_count": (_COUNT, "how many of them are no number"),
        "direction": (_DIRECTION, 'whether higher ("up") or lower ("down") values are better'),
    }
)

_ARTIFACT: Final = _object(
    {
        "path": (_TEXT, "its path within the run"),
        "size": (_COUNT, "bytes"),
        "sha256": (_TEXT, "its SHA-256, in hexadecimal digits"),
        "media_type": (_TEXT, "its media type"),
        "kind": (_TEXT, "what it was logged as"),
        "key": (_MAYBE_TEXT, "the series it is a step of"),
        "step": ({"type": ["integer", "null"]}, "its step in that series"),
        "href": (_MAYBE_TEXT, "its copy in the site; null where the site has none"),
    }
)

_INPUT: Final = _object(
    {
        "name": (_TEXT, "the data set's name"),
        "digest": (_TEXT, "the digest of its content"),
        "source": (_MAYBE_TEXT, "where it came from"),
        "context": (_MAYBE_TEXT, 'what it was used for, such as "train"'),
    }
)

RUN: Final = _document(
    "A run",
    {
        "schema": ({"const": VERSION}, "the version of this description"),
        "id": (_TEXT, "the run's id"),
        "name": (_TEXT, "its name"),
        "experiment": (
            _object({"id": (_TEXT, "its id in the site"), "name": (_TEXT, "its name")}),
            "the experiment it belongs to",
        ),
        "status": (_STATUS, "how it ended, or that it has not"),
        "start_time": (_TIME, "when it started, in UTC"),
        "end_time": (_MAYBE_TIME, "when it ended, in UTC"),
        "duration": (_NUMBER, "seconds"),
        "parent_id": (_MAYBE_TEXT, "the run it is nested in"),
        "note": (_MAYBE_TEXT, "its note, in Markdown"),
        "params": (_by_name({}), "parameters by name, with their types"),
        "metrics": (_by_name(_SUMMARY), "each metric in numbers, by name"),
        "tags": (_by_name(_TEXT), "tags by name"),
        "artifacts": (_list(_ARTIFACT), "the files kept with it"),
        "inputs": (_list(_INPUT), "the data sets it used"),
        "context": ({"type": "object"}, "what was captured: git, command, host, environment"),
        "page": (_TEXT, "its page"),
        "points": (_TEXT, "all points of its experiment, as Parquet"),
    },
)

_LISTED_RUN: Final = _document(
    "A run",
    {
        "id": (_TEXT, "the run's id"),
        "name": (_TEXT, "its name"),
        "status": (_STATUS, "how it ended, or that it has not"),
        "start_time": (_TIME, "when it started, in UTC"),
        "value": (_NUMBER, "the last value of the experiment's primary metric"),
        "page": (_TEXT, "its page"),
        "data": (_TEXT, "the run as JSON"),
    },
)

_EXPERIMENT: Final = _object(
    {
        "id": (_TEXT, "the experiment's id in the site"),
        "name": (_TEXT, "its name"),
        "note": (_MAYBE_TEXT, "its note, in Markdown"),
        "page": (_TEXT, "its page"),
        "primary_metric": (_MAYBE_TEXT, "the metric it is judged by"),
        "direction": (_DIRECTION, 'whether higher ("up") or lower ("down") values are better'),
        "best": (_MAYBE_TEXT, "the id of the best run"),
        "last_activity": (_MAYBE_TIME, "when something last happened, in UTC"),
        "metrics": (_list(_TEXT), "names of the metrics"),
        "params": (_list(_TEXT), "names of the parameters"),
        "files": (
            _by_name(_TEXT),
            "runs_csv, runs_parquet and points_parquet: its runs and points as tables",
        ),
        "runs": (_list(_LISTED_RUN), "its runs, by start"),
    }
)

_VERSION: Final = _object(
    {
        "number": (_COUNT, "its number"),
        "id": (_TEXT, "its id, which no other version of any model has"),
        "aliases": (_list(_TEXT), "the aliases that point to it"),
        "registered": (_TIME, "when it was registered, in UTC"),
        "user": (_MAYBE_TEXT, "who registered it"),
        "run": (_MAYBE_TEXT, "the id of the run that made it; null where it came from elsewhere"),
        "path": (_TEXT, "the folder of its files among the run's artifacts"),
        "digest": (_MAYBE_TEXT, "the digest of its files, a SHA-256 in hexadecimal digits"),
        "source": (_MAYBE_TEXT, "where it came from, if not from a run"),
        "note": (_MAYBE_TEXT, "its note, in Markdown"),
        "tags": (_by_name(_TEXT), "tags by name"),
        "page": (_TEXT, "its page"),
    }
)

_MODEL: Final = _object(
    {
        "name": (_TEXT, "the model's name"),
        "note": (_MAYBE_TEXT, "its note, in Markdown"),
        "tags": (_by_name(_TEXT), "tags by name"),
        "aliases": (_by_name(_COUNT), "the number of the version that each alias points to"),
        "versions": (_list(_VERSION), "its versions, by number"),
        "page": (_TEXT, "its page"),
    }
)

_REPORT: Final = _object(
    {
        "title": (_TEXT, "the report's title"),
        "authors": (_TEXT, "who wrote it"),
        "date": ({"type": ["string", "null"], "format": "date"}, "the day it was written"),
        "summary": (_TEXT, "how it begins"),
        "page": (_TEXT, "its page"),
    }
)

INDEX: Final = _document(
    "The index of a report",
    {
        "schema": ({"const": VERSION}, "the version of this description"),
        "title": (_TEXT, "the site's title"),
        "generator": (_TEXT, "what built it, with its version"),
        "tool": (_MAYBE_TEXT, "the tool whose store was read, where it was none of our own"),
        "url": (_MAYBE_TEXT, "where the site was said to be published"),
        "last_activity": (_MAYBE_TIME, "when something last happened, in UTC"),
        "reports": (_list(_REPORT), "narrative reports, in the order they are listed"),
        "experiments": (_list(_EXPERIMENT), "all experiments, by name"),
        "models": (_list(_MODEL), "all registered models, by name"),
        "files": (_by_name(_TEXT), "tables of all experiments, the feed, and these schemas"),
    },
)
