"""Every text in the tables of a store, changed one by one: names, values, notes, context."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from runfolio.privacy.columns import map_column
from runfolio.privacy.documents import write_json
from runfolio.privacy.places import Changes, Place
from runfolio.privacy.registry import change_models
from runfolio.store import Damage
from runfolio.store.edited import set_column

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store import ExperimentSettings, StoreTables


def change_fields(tables: StoreTables, changes: Changes) -> StoreTables:
    """The tables with all their texts changed; names that become the same are numbered."""
    experiments = _names(tables.runs, "experiment", "experiment", changes, tables.experiments)
    metrics = _names(tables.summaries, "key", "metric", changes, _primary_metrics(tables))
    metrics |= _names(tables.metrics, "key", "metric", changes, known=metrics)
    paths = _names(tables.artifacts, "path", "artifact", changes)
    series = _names(tables.artifacts, "key", "series", changes)
    artifacts = map_column(tables.artifacts, "key", series.get)
    return replace(
        tables,
        runs=_change_runs(tables.runs, experiments, changes),
        params=_change_params(tables.params, changes),
        tags=_change_tags(tables.tags, changes),
        summaries=map_column(tables.summaries, "key", metrics.get),
        metrics=_rename_metrics(tables.metrics, metrics),
        artifacts=map_column(artifacts, "path", paths.get),
        inputs=_change_inputs(tables.inputs, changes),
        experiments=_change_experiments(tables.experiments, experiments, metrics, changes),
        models=change_models(tables.models, paths, changes),
        damage=tuple(_change_damage(one, changes) for one in tables.damage),
    )


def _primary_metrics(tables: StoreTables) -> list[str]:
    said = (one.primary_metric for one in tables.experiments.values())
    return [one for one in said if one is not None]


def _names(
    table: pa.Table,
    column: str,
    kind: str,
    changes: Changes,
    more: Iterable[str] = (),
    known: dict[str, str] | None = None,
) -> dict[str, str]:
    """What becomes of each name of a kind; those that were different stay so."""
    rows = zip(table["run_id"].to_pylist(), table[column].to_pylist(), strict=True)
    firsts: dict[str, str | None] = dict.fromkeys(more)
    for run_id, name in rows:
        if name is not None and name not in (known or ()):
            firsts.setdefault(name, run_id)
    changed: dict[str, str] = {}
    taken = set((known or {}).values())
    for name in sorted(firsts):
        new = changes.text(name, Place(firsts[name], f"name of {kind}"))
        changed[name] = _free_name(new, taken)
        taken.add(changed[name])
    return changed


def _free_name(name: str, taken: set[str]) -> str:
    number, free, path = 1, name, PurePosixPath(name)
    while free in taken:
        number += 1
        free = f"{name.removesuffix(path.suffix)} ({number}){path.suffix}"
    return free


def _rename_metrics(table: pa.Table, names: dict[str, str]) -> pa.Table:
    """The points under their new names; there may be millions, of few names."""
    if all(old == new for old, new in names.items()):
        return table
    import pyarrow as pa

    encoded = table["key"].combine_chunks().dictionary_encode()
    keys = [names.get(one, one) for one in encoded.dictionary.to_pylist()]
    renamed = pa.DictionaryArray.from_arrays(encoded.indices, pa.array(keys, pa.string()))
    place = table.schema.get_field_index("key")
    return table.set_column(place, table.schema.field(place), renamed.cast(pa.string()))


def _change_runs(runs: pa.Table, experiments: dict[str, str], changes: Changes) -> pa.Table:
    ids = runs["run_id"].to_pylist()
    columns = {
        "name": "name",
        "note": "note",
        "host": "host",
        "user": "user",
        "source": "source",
        "git_commit": "git commit",
        "git_branch": "git branch",
    }
    for column, what in columns.items():
        values = [
            changes.text(value, Place(run_id, what, name=_telling(column))) if value else value
            for run_id, value in zip(ids, runs[column].to_pylist(), strict=True)
        ]
        runs = set_column(runs, column, values)
    contexts = [
        _change_document(text, Place(run_id, "context"), changes)
        for run_id, text in zip(ids, runs["context"].to_pylist(), strict=True)
    ]
    return map_column(set_column(runs, "context", contexts), "experiment", experiments.get)


def _telling(column: str) -> str:
    return "" if column in ("name", "note", "source") else column


def _change_document(text: str | None, place: Place, changes: Changes) -> str | None:
    """JSON as text with its values changed; it is left as it is where nothing changes."""
    if not text:
        return text
    try:
        document = json.loads(text)
        changed = changes.json(document, place)
        return text if changed == document else write_json(changed)
    except (ValueError, RecursionError):
        return changes.text(text, place)


def _change_params(params: pa.Table, changes: Changes) -> pa.Table:
    import pyarrow as pa

    names = _names(params, "key", "parameter", changes)
    rows = params.to_pylist()
    for row in rows:
        place = Place(row["run_id"], "parameter", row["key"], row["key"])
        if row["kind"] == "json":
            row["text"] = _change_document(row["text"], place, changes)
        elif row["kind"] != "bool":
            text = changes.text(row["text"], place)
            if text != row["text"]:
                row |= {"kind": "string", "text": text, "number": None}
        row["key"] = names[row["key"]]
    return pa.Table.from_pylist(rows, schema=params.schema)


def _change_tags(tags: pa.Table, changes: Changes) -> pa.Table:
    import pyarrow as pa

    names = _names(tags, "key", "tag", changes)
    rows = tags.to_pylist()
    for row in rows:
        place = Place(row["run_id"], "tag", row["key"], row["key"])
        row["value"] = _change_value(row["value"], place, changes)
        row["key"] = names[row["key"]]
    return pa.Table.from_pylist(rows, schema=tags.schema)


def _change_value(text: str, place: Place, changes: Changes) -> str:
    """A value that may be JSON, as other tools keep documents in tags."""
    if text[:1] in "{[" and len(text) > 1:
        return _change_document(text, place, changes) or ""
    return changes.text(text, place)


def _change_inputs(inputs: pa.Table, changes: Changes) -> pa.Table:
    import pyarrow as pa

    rows = inputs.to_pylist()
    for row in rows:
        for column in ("name", "source", "context"):
            place = Place(row["run_id"], f"{column} of data set", row["name"])
            row[column] = changes.text(row[column], place) if row[column] else row[column]
        for column in ("schema", "profile"):
            place = Place(row["run_id"], f"{column} of data set", row["name"])
            row[column] = _change_document(row[column], place, changes)
    return pa.Table.from_pylist(rows, schema=inputs.schema)


def _change_experiments(
    experiments: dict[str, ExperimentSettings],
    names: dict[str, str],
    metrics: dict[str, str],
    changes: Changes,
) -> dict[str, ExperimentSettings]:
    changed = {}
    for name, said in experiments.items():
        place = Place(None, "note of experiment", name)
        changed[names[name]] = replace(
            said,
            name=names[name],
            note=changes.text(said.note, place) if said.note else said.note,
            primary_metric=metrics.get(said.primary_metric or "", said.primary_metric),
        )
    return changed


def _change_damage(damage: Damage, changes: Changes) -> Damage:
    place = Place(damage.run_id, "damage")
    return Damage(
        damage.run_id, changes.text(damage.path, place), changes.text(damage.reason, place)
    )
