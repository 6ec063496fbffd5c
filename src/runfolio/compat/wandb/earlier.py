"""What a run holds already when it is gone on with."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Final

from runfolio.compat.wandb.nesting import nest
from runfolio.compat.wandb.summaries import Known, Tally
from runfolio.query.runs import find_runs
from runfolio.schema import SYSTEM_PREFIX, Param, read_param
from runfolio.store.single import read_run
from runfolio.tracking.run import Run

OWN_SUMMARY: Final = "summary/"
"""Begins the name of a number that the program said of a run beside a curve of that name."""

CHANGED: Final = "config."
"""Begins the name of the tag that holds the later value of a setting."""

_OPTIONS: Final = ("entity", "group", "job_type")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run's name as it is shown, and what was logged to it, in W&B's words."""

    name: str
    options: dict[str, Any]
    config: dict[str, Any]
    known: Known


def read_earlier(tracked: Run) -> Earlier:
    """Read what was logged to a run and said of it since."""
    tables = read_run(tracked.id, store=tracked._place).tables
    (run,) = find_runs(tables)
    options: dict[str, Any] = {key: run.tags[key] for key in _OPTIONS if key in run.tags}
    options |= {"notes": run.note} if run.note else {}
    options |= {"tags": run.tags["tags"].split(", ")} if run.tags.get("tags") else {}
    known = Known()
    for row in tables.summaries.to_pylist():
        _take(known, row)
    known.texts = {
        key: text
        for key, text in run.tags.items()
        if key not in (*_OPTIONS, "tags") and not key.startswith(CHANGED)
    }
    known.nested = {*known.tallies, *known.texts}
    return Earlier(run.name, options, _config(tracked._params, run.tags), known)


def _take(known: Known, row: dict[str, Any]) -> None:
    key = row["key"]
    if key.startswith(OWN_SUMMARY):
        known.told[key.removeprefix(OWN_SUMMARY)] = row["last"]
    elif not key.startswith(SYSTEM_PREFIX):
        count = row["count"] - row["nan_count"]
        known.tallies[key] = Tally(
            first=row["first"],
            last=row["last"],
            low=math.inf if row["min"] is None else row["min"],
            high=-math.inf if row["max"] is None else row["max"],
            total=(row["mean"] or 0.0) * count,
            count=count,
        )


def _config(params: dict[str, Param], tags: dict[str, str]) -> dict[str, Any]:
    flat = {key: _value_of(param) for key, param in params.items()}
    for key, text in tags.items():
        if key.startswith(CHANGED):
            flat[key.removeprefix(CHANGED)] = _value_of(read_param(text))
    return nest(flat, flat)


def _value_of(param: Param) -> Any:
    """A parameter's value as it was before it was logged."""
    if param.kind == "json":
        return json.loads(param.text)
    if param.kind == "bool":
        return param.text == "true"
    return {"int": int, "float": float}.get(param.kind, str)(param.text)
