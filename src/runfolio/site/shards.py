"""Data for the browser: scripts that hand over one JSON text each.

A page opened from disk may load scripts but nothing else, so data comes as a script that calls the
site's one registration function. The text is parsed with ``JSON.parse``, which browsers do several
times faster than reading the same data as a JavaScript literal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.curves import shard_curves
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.json_text import encode_ascii
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.numbers import plain_number
from runfolio.site.pages import DASH_PATTERNS, RUN_COLORS
from runfolio.site.results import may_hold_results
from runfolio.site.run_table import RunTable
from runfolio.site.table_parts import OTHERS_AT_ONCE, ROWS_AT_ONCE, TablePart, split_table
from runfolio.site.workspace import document_others, document_shown, is_split

_ESCAPE: Final = re.compile(r"\\(x3c|.)")


def render_shard(name: str, document: object) -> str:
    """A script that registers `document` under `name`."""
    return f'runfolio.register("{name}",{_literal(encode_ascii(document))});\n'


def read_shard(script: str) -> Any:
    """The document that a script made by `render_shard` registers."""
    literal = script[script.index("\",'") + 3 : script.rindex("'")]
    return json.loads(_ESCAPE.sub(lambda found: "<" if found[1] == "x3c" else found[1], literal))


def _literal(text: str) -> str:
    """ASCII text without control characters, as JSON is, as a JavaScript string.

    It stands in single quotes, as JSON has many double ones.
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("<", "\\x3c") + "'"


def shard_experiment(facts: ExperimentFacts) -> dict[str, Any]:
    """The runs of an experiment in columns, without what a large one shows only when asked."""
    entry = facts.entry
    table = entry.table
    document = {
        **_shard_whole(entry),
        "runs": {
            "id": table.ids,
            "name": table.own("name"),
        },
        "results": _with_results(table),
        **document_shown(facts),
        "more": len(list_others(facts)),
    }
    if table.marks != list(range(len(table.marks))):
        document["marks"] = table.marks
    return document


def experiment_shards(facts: ExperimentFacts) -> Iterator[tuple[str, dict[str, Any]]]:
    """The runs of an experiment in columns, those of a large one in parts: shards by name."""
    name = f"experiments/{facts.entry.id}"
    if len(facts.entry.table.ids) <= ROWS_AT_ONCE:
        yield name, shard_experiment(facts)
        return
    for number, part in enumerate(split_table(facts.entry)):
        yield _name_rows(name, number), _shard_part(facts, part, first=not number)


@dataclass(frozen=True, slots=True)
class Others:
    """A shard of some runs with the columns that are not shown at first."""

    name: str
    runs: Sequence[int]


def list_others(facts: ExperimentFacts) -> list[Others]:
    """The shards with the columns of a large experiment that are not shown at first.

    Each has so many runs in the order of the whole, so that with a new run seldom any but the last
    changes.
    """
    if not is_split(facts):
        return []
    entry, name = facts.entry, f"experiments/{facts.entry.id}-more"
    total = len(entry.table.ids)
    is_whole = total <= ROWS_AT_ONCE
    order = range(total) if is_whole else entry.ranks
    size = OTHERS_AT_ONCE if is_whole else ROWS_AT_ONCE
    parts = (order[start : start + size] for start in range(0, total, size))
    return [Others(_name_rows(name, number), part) for number, part in enumerate(parts)]


def shard_others(facts: ExperimentFacts, others: Others) -> dict[str, Any]:
    """The columns that are not shown at first."""
    return document_others(facts, TablePart(facts.entry.table, others.runs))


def _name_rows(name: str, number: int) -> str:
    return f"{name}-rows-{number}" if number else name


def _shard_part(facts: ExperimentFacts, part: TablePart, *, first: bool) -> dict[str, Any]:
    """A document of some rows; runs are told by their places among all, the best at 0."""
    entry, places = facts.entry, facts.entry.places
    document = document_shown(facts, part) | {
        "runs": {"id": part.ids, "name": part.own("name")},
        "marks": part.marks,
        "parents": _places_of_parents(entry, part),
        "results": [places[part.ids[place]] for place in _with_results(part)],
    }
    if not first:
        return {name: one for name, one in document.items() if name != "columns"}
    total = len(entry.table.ids)
    parts, more = -(-total // ROWS_AT_ONCE) - 1, len(list_others(facts))
    return _shard_whole(entry) | document | {"total": total, "parts": parts, "more": more}


def _places_of_parents(entry: ExperimentEntry, part: TablePart) -> list[int] | None:
    """The places of the parents, or -1; None where no run of the experiment has one in it."""
    places = entry.places
    if not any(parent in places for parent in entry.table.own("parent_id")):
        return None
    return [places.get(parent or "", -1) for parent in part.own("parent_id")]


def _shard_whole(entry: ExperimentEntry) -> dict[str, Any]:
    """What is told of an experiment as a whole."""
    return {
        "id": entry.id,
        "name": entry.name,
        "primary": entry.primary.metric if entry.primary else None,
        "colors": [RUN_COLORS, DASH_PATTERNS],
        "curves": [key for key in entry.metrics if entry.table.has_curve(key)],
        "system": _system_curves(entry),
    }


def _with_results(table: RunTable) -> list[int]:
    """The places of the runs that may have logged results."""
    found = (one.run for one in table.artifacts if may_hold_results(one.path, one.kind))
    return list(dict.fromkeys(found))


def _system_curves(entry: ExperimentEntry) -> list[str]:
    """What the machines of the runs measured, as far as there is a curve of it."""
    found = (key for key in entry.table.metric_keys if key.startswith(SYSTEM_PREFIX))
    return [key for key in found if entry.table.has_curve(key)]


def shard_run(
    experiment: ExperimentEntry,
    run: RunEntry,
    *,
    extras: Sequence[str] = (),
    results: bool = False,
    curves: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A run with its parameters, metrics and curves, for its page and for comparing.

    What is empty or not known is left out; `templates/assets/js/site/run-shards.js` puts it back.
    `extras` are the kinds of other data there are to compare. `curves` are its curves of
    `shard_curves_of`, where they are made already.
    """
    record = run.record
    document: dict[str, Any] = {
        "id": run.id,
        "name": record.name,
        "experiment": {"id": experiment.id, "name": experiment.name},
        "status": record.status,
        "start": record.start_time,
        "mark": run.mark,
    }
    if experiment.primary is not None:
        document["primary"] = experiment.primary.metric
    metrics = [key for key in sorted(run.summaries) if not key.startswith(SYSTEM_PREFIX)]
    known = {
        "params": record.param_texts,
        "tags": record.tags,
        "metrics": {key: plain_number(run.summaries[key].last) for key in metrics},
        "directions": {key: way for key in metrics if (way := experiment.direction(key))},
        "extras": list(extras),
        "results": results,
    }
    document |= {name: content for name, content in known.items() if content}
    return document | (shard_curves(run) if curves is None else curves)
