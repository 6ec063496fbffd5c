"""Which runs, parameters, tags, metrics, artifacts and models patterns take or leave out.

What is taken is narrowed kind by kind: patterns for parameters say nothing about tags.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from runfolio.errors import InvalidFilter, InvalidSelection
from runfolio.privacy.commands import drop_options
from runfolio.privacy.disclosure import Disclosure, Pattern, read_patterns
from runfolio.query.columns import StoreColumns
from runfolio.query.language import evaluate, parse_filter
from runfolio.store.edited import set_column
from runfolio.store.narrowing import only_runs

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from runfolio.store import ExperimentSettings, StoreTables

_TABLES: Final = {
    "params": (("params",), "key"),
    "tags": (("tags",), "key"),
    "metrics": (("metrics", "summaries"), "key"),
    "artifacts": (("artifacts",), "path"),
}
"""The tables that hold each kind, and the column that globs match."""

_NAMED: Final = 10
"""So many names of what there is are told where nothing matches."""


def choose_parts(tables: StoreTables, disclosure: Disclosure) -> StoreTables:
    """The tables narrowed to what is taken; raises `InvalidSelection` where a pattern is no use."""
    include = read_patterns("--include", disclosure.include)
    exclude = read_patterns("--exclude", disclosure.exclude)
    if not include and not exclude:
        return tables
    keys = {kind: _keys(tables, kind) for kind in _TABLES}
    keys["tags"] |= _tags_of_models(tables)
    chosen = _choose_runs(tables, _of("runs", include), _of("runs", exclude))
    names = {one.name for one in tables.models}
    wanted = _choose(names, _of("models", include), _of("models", exclude))
    chosen = replace(chosen, models=tuple(one for one in chosen.models if one.name in wanted))
    left_out: dict[str, set[str]] = {}
    for kind in _TABLES:
        wanted = _choose(keys[kind], _of(kind, include), _of(kind, exclude))
        left_out[kind] = keys[kind] - wanted
        chosen = _only_keys(chosen, kind, wanted) if left_out[kind] else chosen
    chosen = replace(chosen, runs=drop_options(chosen.runs, left_out["params"]))
    return _forget_metrics(_forget_tags(chosen, left_out["tags"]), left_out["metrics"])


def _of(kind: str, patterns: Sequence[Pattern]) -> list[Pattern]:
    return [one for one in patterns if one.kind == kind]


def _keys(tables: StoreTables, kind: str) -> set[str]:
    names, column = _TABLES[kind]
    return {key for name in names for key in getattr(tables, name)[column].unique().to_pylist()}


def _choose(keys: set[str], include: list[Pattern], exclude: list[Pattern]) -> set[str]:
    wanted = set().union(*(_match(one, keys) for one in include)) if include else set(keys)
    return wanted.difference(*(_match(one, keys) for one in exclude))


def _match(pattern: Pattern, keys: set[str]) -> set[str]:
    found = {key for key in keys if fnmatchcase(key, pattern.text)}
    if not found:
        what = {"params": "parameters"}.get(pattern.kind, pattern.kind)
        raise InvalidSelection(f"{pattern} matches nothing. The {what}: {_list_some(keys)}.")
    return found


def _list_some(names: Collection[str]) -> str:
    shown = [repr(one) for one in sorted(names)[:_NAMED]]
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(shown) + more if shown else "there are none"


def _choose_runs(
    tables: StoreTables, include: list[Pattern], exclude: list[Pattern]
) -> StoreTables:
    if not include and not exclude:
        return tables
    import numpy as np
    import pyarrow as pa

    columns = StoreColumns(tables)
    wanted = np.full(columns.count, not include)
    for pattern in include:
        wanted |= _match_runs(pattern, columns)
    for pattern in exclude:
        wanted &= ~_match_runs(pattern, columns)
    kept = set(columns.attribute("run_id").filter(pa.array(wanted)).to_pylist())
    if not kept:
        said = ", ".join(map(str, (*include, *exclude)))
        raise InvalidSelection(f"No run is left by {said}. Leave a pattern out.")
    return _without_traces(only_runs(tables, kept), kept)


def _match_runs(pattern: Pattern, columns: StoreColumns) -> np.ndarray:
    try:
        matches = evaluate(parse_filter(pattern.text), columns, now=time.time_ns() // 1000)
    except InvalidFilter as error:
        raise InvalidSelection(f"{pattern}: {error}") from error
    if not matches.any():
        names = columns.attribute("name").unique().to_pylist()
        raise InvalidSelection(f"{pattern} matches no run. The runs: {_list_some(names)}.")
    return matches


def _without_traces(tables: StoreTables, kept: set[str]) -> StoreTables:
    """The tables without experiments that lost their runs, and without parents left out."""
    parents = tables.runs["parent_id"].to_pylist()
    runs = set_column(tables.runs, "parent_id", [one if one in kept else None for one in parents])
    shown = set(runs["experiment"].to_pylist())
    experiments = {name: one for name, one in tables.experiments.items() if name in shown}
    files = {place: path for place, path in tables.files.items() if place[0] in kept}
    return replace(tables, runs=runs, experiments=experiments, files=files)


def _only_keys(tables: StoreTables, kind: str, wanted: set[str]) -> StoreTables:
    import pyarrow as pa
    import pyarrow.compute as pc

    names, column = _TABLES[kind]
    keys = pa.array(sorted(wanted), pa.string())
    kept: dict[str, pa.Table] = {
        name: table.filter(pc.is_in(table[column], value_set=keys))
        for name, table in ((name, getattr(tables, name)) for name in names)
    }
    return replace(tables, **kept)


def _tags_of_models(tables: StoreTables) -> set[str]:
    versions = (one for model in tables.models for one in model.versions)
    tagged = [*(one.tags for one in tables.models), *(one.tags for one in versions)]
    return {key for tags in tagged for key in tags}


def _forget_tags(tables: StoreTables, left_out: set[str]) -> StoreTables:
    """The tables where no model and no version has a tag that is left out."""

    def keep(tags: Mapping[str, str]) -> dict[str, str]:
        return {key: value for key, value in tags.items() if key not in left_out}

    models = tuple(
        replace(
            model,
            tags=keep(model.tags),
            versions=tuple(replace(one, tags=keep(one.tags)) for one in model.versions),
        )
        for model in tables.models
    )
    return replace(tables, models=models)


def _forget_metrics(tables: StoreTables, left_out: set[str]) -> StoreTables:
    """The tables where no experiment's primary metric is one that is left out."""

    def forget(said: ExperimentSettings) -> ExperimentSettings:
        gone = said.primary_metric in left_out
        return replace(said, primary_metric=None, direction=None) if gone else said

    return replace(
        tables, experiments={name: forget(one) for name, one in tables.experiments.items()}
    )
