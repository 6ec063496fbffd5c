"""What the columns of an experiment say is what its runs say one by one."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import runfolio
from runfolio.schema import FAILED, FINISHED, KILLED, RUNNING, arrow_schema
from runfolio.site.library import ExperimentEntry, Library, RunEntry, make_library
from runfolio.site.run_lists import BLOCK
from runfolio.site.run_table import EntryTable, RunTable
from runfolio.store import StoreTables, read_store

NAMES = some.sampled_from(["a", "b", "c/d", "system/x", "é,\n"])
TEXTS = some.sampled_from(["", "x", "=1", "null", "12", "-0", "1e-07", "0.1", "nan"])
NUMBERS = some.none() | some.floats() | some.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf])
CONTEXTS = some.sampled_from(
    ["{}", "[]", "broken", '{"user": "u", "git_dirty": true, "git": {"commit": "c"}}']
)


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = arrow_schema(name)
    columns = [pa.array([row.get(one.name) for row in rows], one.type) for one in schema]
    return pa.Table.from_arrays(columns, schema=schema)


@some.composite
def stores(draw: some.DrawFn) -> StoreTables:
    """The tables of a few runs in two experiments, with all that a run may have or lack."""
    ids = [f"{number:016x}" for number in draw(some.permutations(range(draw(some.integers(0, 6)))))]
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in ("run", "params", "tags", "metrics", "summaries", "artifacts", "inputs")
    }
    for run_id in ids:
        rows["run"].append(
            {
                "run_id": run_id,
                "experiment": draw(some.sampled_from(["first", "second"])),
                "name": draw(TEXTS),
                "status": draw(some.sampled_from([FINISHED, FAILED, KILLED, RUNNING])),
                "start_time": draw(some.integers(0, 3)),
                "end_time": draw(some.none() | some.integers(3, 9)),
                "duration": draw(NUMBERS),
                "parent_id": draw(some.none() | some.sampled_from(ids)),
                "note": draw(some.none() | TEXTS),
                "context": draw(some.none() | CONTEXTS),
            }
        )
        for key in draw(some.lists(NAMES, unique=True)):
            kind = draw(some.sampled_from(["int", "float", "bool", "string", "json"]))
            told = {"kind": kind, "text": draw(TEXTS), "number": draw(NUMBERS)}
            rows["params"].append({"run_id": run_id, "key": key, **told})
        for key in draw(some.lists(NAMES)):
            rows["tags"].append({"run_id": run_id, "key": key, "value": draw(TEXTS)})
        for key in draw(some.lists(NAMES, unique=True)):
            numbers = {name: draw(NUMBERS) for name in ("first", "last", "min", "max", "mean")}
            counts = {"count": draw(some.integers(1, 3)), "nan_count": 0}
            rows["summaries"].append({"run_id": run_id, "key": key, **counts, **numbers})
        for path in draw(some.lists(some.sampled_from(["a", "results/b.json"]), unique=True)):
            kind = draw(some.sampled_from(["file", "curve"]))
            rows["artifacts"].append({"run_id": run_id, "path": path, "kind": kind})
        for name in draw(some.lists(NAMES, max_size=2)):
            rows["inputs"].append({"run_id": run_id, "name": name, "digest": draw(TEXTS)})
    found = {name: table(name, of) for name, of in rows.items()}
    runs = found.pop("run")
    return StoreTables(root=Path("store"), runs=runs, experiments={}, damage=(), **found)


def say(columns: RunTable) -> dict[str, Any]:
    """All that columns tell."""
    own = ("id", "name", "status", "start_time", "end_time", "duration", "parent_id", "note")
    numbers = ("count", "first", "last", "min", "max", "mean", "nan_count", "last_step")
    return {
        "own": {name: columns.own(name) for name in own},
        "marks": columns.marks,
        "ids": columns.ids,
        "values": {key: columns.param_values(key) for key in columns.param_keys},
        "texts": {key: columns.param_texts(key) for key in columns.param_keys},
        "tags": {key: columns.tags(key) for key in columns.tag_keys},
        "metrics": {
            key: [columns.metric(key, name) for name in numbers] for key in columns.metric_keys
        },
        "last": {key: columns.last(key).tolist() for key in columns.metric_keys},
        "counts": {key: columns.metric_count(key) for key in columns.metric_keys},
        "curves": {key: columns.has_curve(key) for key in columns.metric_keys},
        "sets": [sorted(one) for one in columns.metric_sets],
        "datasets": columns.datasets,
        "artifacts": list(columns.artifacts),
        "facts": columns.facts,
        "statuses": columns.status_counts,
        "contending": columns.contending.tolist(),
        "moments": columns.moments,
        "missing": [columns.param_values("?"), columns.tags("?"), columns.metric("?")],
    }


@given(stores())
@settings(deadline=None)
def test_columns_of_a_store_are_those_of_its_runs(tables: StoreTables) -> None:
    for experiment in make_library(tables, title="Runs").experiments:
        entries = tuple(experiment.runs)
        assert repr(say(experiment.table)) == repr(say(EntryTable(entries)))
        with experiment.table.keeping():
            said = [repr(say(experiment.table)) for _ in range(2)]
        assert said == [repr(say(EntryTable(entries)))] * 2
        chosen = np.arange(len(entries), dtype=np.int32)[::-1]
        for key in experiment.params:
            values = [run.record.params.get(key) for run in reversed(entries)]
            assert repr(experiment.table.param_values(key, chosen)) == repr(values)


def rank(experiment: ExperimentEntry, runs: list[RunEntry]) -> list[str]:
    """The order of runs, the best first, as it is told in words."""
    if experiment.primary is None:
        return [run.id for run in reversed(runs)]
    metric, sign = experiment.primary.metric, -1 if experiment.primary.direction == "up" else 1
    known = [run for run in runs if run.last(metric) is not None]
    unknown = [run for run in reversed(runs) if run.last(metric) is None]
    known.sort(key=lambda run: (not experiment.counts(run), sign * (run.last(metric) or 0.0)))
    return [run.id for run in (*known, *unknown)]


@given(stores())
@settings(deadline=None)
def test_what_looks_at_all_runs_agrees_with_them_one_by_one(tables: StoreTables) -> None:
    library = make_library(tables, title="Runs")
    assert [run.id for run in library.runs] == [
        run.id for experiment in library.experiments for run in experiment.runs
    ]
    for experiment in library.experiments:
        runs = list(experiment.runs)
        assert [run.id for run in experiment.ranked] == rank(experiment, runs)
        assert [run.number for run in runs] == list(range(len(runs)))
        counting = [run for run in runs if experiment.counts(run)]
        assert {run.id for run in counting} == experiment.contenders
        for metric in experiment.metrics:
            values = sorted(last for run in counting if (last := run.last(metric)) is not None)
            assert repr(experiment.values[metric].tolist()) == repr(values)
        for run in runs:
            assert repr(library.by_id[run.id]) == repr(run)
            children = [one.id for one in library.runs if one.record.parent_id == run.id]
            assert [one.id for one in library.children_of(run.id)] == children


def many_runs(count: int) -> Library:
    names = ("params", "tags", "metrics", "summaries", "artifacts", "inputs")
    runs = [
        {"run_id": f"{number:016x}", "experiment": "many", "name": str(number), "status": FINISHED}
        for number in range(count)
    ]
    empty = {name: table(name, []) for name in names}
    tables = StoreTables(
        root=Path("store"), runs=table("run", runs), experiments={}, damage=(), **empty
    )
    return make_library(tables, title="Many")


def test_runs_are_made_when_they_are_asked_for() -> None:
    runs = many_runs(2 * BLOCK + 1).runs
    ids = [f"{number:016x}" for number in range(2 * BLOCK + 1)]
    assert [run.id for run in runs] == ids
    (experiment,) = many_runs(2 * BLOCK + 1).experiments
    assert [run.id for run in reversed(experiment.runs)] == ids[::-1]
    assert [run.id for run in experiment.runs[BLOCK - 1 : BLOCK + 1]] == ids[BLOCK - 1 : BLOCK + 1]
    assert experiment.runs[-1].id == ids[-1]
    with pytest.raises(IndexError):
        experiment.runs[len(ids)]


def test_an_experiment_can_be_sent_to_another_process() -> None:
    (experiment,) = many_runs(3).experiments
    sent: ExperimentEntry = pickle.loads(pickle.dumps(experiment))
    assert [run.record for run in sent.ranked] == [run.record for run in experiment.ranked]


@pytest.mark.parametrize(("runs", "cells", "kept"), [(5, 10, 2), (5, 9, 1), (4, 10, 0)])
def test_columns_are_kept_while_they_are_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: int, cells: int, kept: int
) -> None:
    monkeypatch.setattr("runfolio.site.stored_table.MOST_KEPT", runs)
    monkeypatch.setattr("runfolio.site.stored_table.MOST_CELLS", cells)
    for number in range(5):
        with runfolio.start_run(experiment="some", store=tmp_path, capture=False) as run:
            run.log_params({"a": number, "b": number / 2})
    (experiment,) = make_library(read_store(tmp_path), title="Some").experiments
    columns = experiment.table
    with columns.keeping():
        same = [columns.param_values(key) is columns.param_values(key) for key in "ab"]
        assert sum(same) == kept
    assert columns.param_values("a") is not columns.param_values("a")


@given(stores())
@settings(deadline=None)
def test_arrays_hold_what_columns_hold(tables: StoreTables) -> None:
    for experiment in make_library(tables, title="Runs").experiments:
        entries = EntryTable(tuple(experiment.runs))
        for table in (experiment.table, entries):
            with table.keeping():
                for key in table.metric_keys:
                    for aggregate in ("last", "count"):
                        found = table.metric_array(key, aggregate).to_pylist()
                        assert repr(found) == repr(entries.metric(key, aggregate))
                for key in table.param_keys:
                    values, floats = entries.param_values(key), table.number_array(key)
                    assert table.text_array(key).to_pylist() == entries.param_texts(key)
                    assert floats is None or repr(floats.to_pylist()) == repr(values)
                    are_floats = all(isinstance(one, float) and one == one for one in values)
                    assert floats is not None or not are_floats
                    typed = table.typed_array(key)
                    assert typed is None or repr(typed.to_pylist()) == repr(values)
                for key in table.tag_keys:
                    assert table.tag_array(key).to_pylist() == entries.tags(key)
