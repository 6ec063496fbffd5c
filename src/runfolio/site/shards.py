"""Data for the browser: scripts that hand over one JSON text each.

A page opened from disk may load scripts but nothing else, so data comes as a script that calls the
site's one registration function. The text is parsed with ``JSON.parse``, which browsers do several
times faster than reading the same data as a JavaScript literal.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.addresses import run_page
from runfolio.site.curves import is_curve, shard_curves
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.numbers import plain_number
from runfolio.site.pages import DASH_PATTERNS, RUN_COLORS, run_color, run_dash
from runfolio.site.results import has_results
from runfolio.site.workspace import workspace_documents

_ESCAPE: Final = re.compile(r"\\(x3c|.)")


def render_shard(name: str, document: object) -> str:
    """A script that registers `document` under `name`."""
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    return f'runfolio.register("{name}",{_literal(text)});\n'


def read_shard(script: str) -> Any:
    """The document that a script made by `render_shard` registers."""
    literal = script[script.index('","') + 3 : script.rindex('"')]
    return json.loads(_ESCAPE.sub(lambda found: "<" if found[1] == "x3c" else found[1], literal))


def _literal(text: str) -> str:
    """ASCII text without control characters, as JSON is, as a JavaScript string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\x3c") + '"'


def shard_experiment(facts: ExperimentFacts) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The runs of an experiment in columns, and apart what a large one shows only when asked."""
    entry = facts.entry
    first, more = workspace_documents(facts)
    runs = entry.runs
    curves = [key for key in entry.metrics if any(is_curve(run.curves.get(key)) for run in runs)]
    document = {
        "id": entry.id,
        "name": entry.name,
        "primary": entry.primary.metric if entry.primary else None,
        "colors": [RUN_COLORS, DASH_PATTERNS],
        "runs": {
            "id": [run.id for run in runs],
            "name": [run.record.name for run in runs],
        },
        "curves": curves,
        "results": [run.number for run in runs if has_results(run)],
        "system": _system_curves(entry),
        **first,
    }
    marks = [run.mark for run in runs]
    if marks != list(range(len(runs))):
        document["marks"] = marks
    return document, more


def _system_curves(entry: ExperimentEntry) -> list[str]:
    """What the machines of the runs measured, as far as there is a curve of it."""
    found = {key for run in entry.runs for key in run.curves if key.startswith(SYSTEM_PREFIX)}
    return sorted(key for key in found if any(is_curve(run.curves.get(key)) for run in entry.runs))


def shard_run(experiment: ExperimentEntry, run: RunEntry) -> dict[str, Any]:
    """A run with its parameters, metrics and curves, for its page and for comparing."""
    record = run.record
    return {
        "id": run.id,
        "name": record.name,
        "href": run_page(run.id),
        "experiment": {"id": experiment.id, "name": experiment.name},
        "primary": experiment.primary.metric if experiment.primary else None,
        "status": record.status,
        "start": record.start_time,
        "duration": plain_number(record.duration),
        "color": run_color(run),
        "dash": run_dash(run),
        "params": record.param_texts,
        "tags": record.tags,
        "metrics": {
            key: {
                "last": plain_number(one.last),
                "min": plain_number(one.min),
                "max": plain_number(one.max),
                "direction": experiment.direction(key),
            }
            for key, one in sorted(run.summaries.items())
            if not key.startswith(SYSTEM_PREFIX)
        },
        **shard_curves(run),
    }
