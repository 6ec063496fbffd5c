"""Searching runs: what the table holds, and which runs are in it."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import runfolio
from runfolio.errors import (
    ExperimentNotFound,
    InvalidFilter,
    InvalidOrder,
    InvalidValue,
    StoreNotFound,
)
from runfolio.query.frame import ATTRIBUTES
from runfolio.store import journal as records
from runfolio.store.layout import create_store, run_folder
from runfolio.store.sealing import seal_run
from tests.store.samples import END, begin_run, write_run, write_sealed_run


def log_run(
    store: Path, experiment: str = "wine", *, metrics: dict[str, Any] | None = None, **options: Any
) -> str:
    with runfolio.start_run(store=store, experiment=experiment, capture=False, **options) as run:
        for key, values in (metrics or {}).items():
            for value in values if isinstance(values, list) else [values]:
                run.log_metric(key, value)
    return run.id


def find(store: Path, text: str = "", **options: Any) -> list[str]:
    """The names of the runs found, in order."""
    found = runfolio.search_runs(filter=text, store=store, **options)
    names: list[str] = found["name"].tolist()
    return names


def values(frame: pd.DataFrame, column: str) -> list[Any]:
    """The values of a column, None for what is missing."""
    gone = frame[column].isna()
    return [None if no else one for one, no in zip(frame[column].tolist(), gone, strict=True)]


def test_attributes_come_first_then_parameters_metrics_and_tags(store: Path) -> None:
    log_run(store, params={"b": 1, "a": 2}, metrics={"loss": 1}, tags={"t": "x"})
    found = runfolio.search_runs(store=store)
    assert list(found.columns) == [
        *ATTRIBUTES,
        *("params.a", "params.b", "metrics.loss", "tags.t"),
    ]
    assert found.index.equals(pd.RangeIndex(1))


def test_times_are_aware_and_durations_seconds(store: Path) -> None:
    folder = write_sealed_run(store)
    found = runfolio.search_runs(store=store)
    for name in ("start_time", "end_time"):
        assert str(found[name].dtype) == "datetime64[us, UTC]"
    row = found.iloc[0]
    assert row["run_id"] == folder.run_id
    assert row["start_time"] == pd.Timestamp("2023-11-14 22:13:20", tz="UTC")
    assert row["end_time"] - row["start_time"] == pd.Timedelta(seconds=2)
    assert row["duration"] == 2.0
    assert (row["status"], row["note"]) == ("FINISHED", "A *note*.")


def test_what_a_run_does_not_have_yet_is_missing(store: Path) -> None:
    begin_run(store)
    found = runfolio.search_runs(store=store)
    assert found["status"].tolist() == ["RUNNING"]
    assert str(found["end_time"].dtype) == "datetime64[us, UTC]"
    assert found["end_time"].isna().all()
    assert found["duration"].isna().all()
    assert found["duration"].dtype == "float64"
    assert values(found, "note") == [None]


def test_parameters_have_their_types(store: Path) -> None:
    first = {"int": 1, "some": 1, "bool": True, "text": "x", "mixed": 1, "half": 2, "flag": True}
    log_run(store, name="a", params=first | {"none": None, "list": [1, 2]})
    log_run(store, name="b", params={"int": 2, "bool": False, "mixed": "x", "half": 0.5})
    found = runfolio.search_runs(store=store, order_by="name")
    assert found["params.int"].dtype == "int64"
    assert found["params.int"].tolist() == [1, 2]
    assert found["params.some"].dtype == "float64"
    assert values(found, "params.some") == [1.0, None]
    assert found["params.half"].dtype == "float64"
    assert found["params.half"].tolist() == [2.0, 0.5]
    assert found["params.bool"].dtype == "bool"
    assert found["params.bool"].tolist() == [True, False]
    assert values(found, "params.flag") == [True, None]
    assert values(found, "params.text") == ["x", None]
    assert found["params.mixed"].dtype == object
    assert found["params.mixed"].tolist() == [1, "x"]
    assert values(found, "params.none") == [None, None]
    assert values(found, "params.list") == ["[1, 2]", None]


def test_integers_too_long_for_a_float_do_not_become_others(store: Path) -> None:
    log_run(store, params={"seed": 2**53 + 1, "small": 2**53 - 1})
    found = runfolio.search_runs(store=store)
    assert found["params.seed"].dtype == "float64"
    assert found["params.small"].tolist() == [2**53 - 1]
    assert found["params.small"].dtype == "int64"


def test_a_metric_is_its_last_value_and_aggregates_are_columns_beside_it(store: Path) -> None:
    log_run(store, name="a", metrics={"loss": [3, 1, 2], "acc": [0.5, 0.9, 0.7]})
    log_run(store, name="b", metrics={"loss": 5})
    names = ["min", "max", "mean", "first", "count", "best"]
    found = runfolio.search_runs(store=store, order_by="name", aggregates=names)
    columns = [name for name in found.columns if name.startswith("metrics.loss")]
    assert columns == ["metrics.loss", *(f"metrics.loss.{name}" for name in names)]
    assert [found[name].dtype for name in columns] == ["float64"] * 7
    assert found[columns].iloc[0].tolist() == [2, 1, 3, 2, 3, 3, 1]
    assert found[columns].iloc[1].tolist() == [5, 5, 5, 5, 5, 1, 5]
    assert values(found, "metrics.acc") == [0.7, None]
    assert values(found, "metrics.acc.best") == [0.9, None]


def test_best_follows_the_direction_that_an_experiment_was_given(store: Path) -> None:
    log_run(store, "wine", name="a", metrics={"points": [1, 3, 2]})
    log_run(store, "game", name="b", metrics={"points": [1, 3, 2]})
    runfolio.describe_experiment("wine", primary_metric="points", direction="down", store=store)
    runfolio.describe_experiment("game", primary_metric="points", direction="up", store=store)
    found = runfolio.search_runs(store=store, order_by="name", aggregates=["best"])
    assert found["metrics.points.best"].tolist() == [1, 3]
    assert find(store, "metrics.points.best = 3") == ["b"]


def test_a_metric_may_end_in_nan_or_infinity(store: Path) -> None:
    log_run(store, metrics={"loss": [1, math.nan], "up": math.inf})
    found = runfolio.search_runs(store=store, aggregates=["min"])
    assert found["metrics.loss"].isna().all()
    assert found["metrics.loss.min"].tolist() == [1]
    assert found["metrics.up"].tolist() == [math.inf]


def test_columns_are_those_of_the_runs_found(store: Path) -> None:
    log_run(store, name="a", params={"x": 1}, metrics={"loss": 1}, tags={"t": "1"})
    log_run(store, name="b", params={"y": 1}, metrics={"acc": 1}, tags={"u": "1"})
    found = runfolio.search_runs(filter="name = 'b'", store=store)
    assert list(found.columns[len(ATTRIBUTES) :]) == ["params.y", "metrics.acc", "tags.u"]


FILTERS = [
    "",
    "metrics.loss < 1",
    "metrics.loss.min >= 0.5 and params.depth = 3",
    "tags.label = 'all' or name like 'live%'",
    "status = 'RUNNING'",
    "duration >= 2",
    "note is null",
    "not params.model = 'cnn'",
    "datasets.name = 'iris'",
]


@pytest.mark.parametrize("text", FILTERS)
def test_packed_sealed_and_live_runs_are_found_alike(store: Path, text: str) -> None:
    for model, loss in (("cnn", 0.5), ("mlp", 1.5)):
        with runfolio.start_run(store=store, experiment="net", name=model, capture=False) as run:
            run.log_params({"model": model, "depth": 3})
            run.log_metrics({"loss": loss})
            run.log_input({"x": [1, 2]}, name="iris")
    write_sealed_run(store, name="sealed")
    write_run(store, name="ended, not sealed")
    live = runfolio.start_run(store=store, experiment="net", name="live", capture=False)
    live.log_metric("loss", 0.25)
    try:
        before = runfolio.search_runs(filter=text, store=store, aggregates=["min"])
        runfolio.pack(store=store)
        assert list((store / "packs").iterdir())
        after = runfolio.search_runs(filter=text, store=store, aggregates=["min"])
        write_sealed_run(store, experiment="other", name="later")
        mixed = runfolio.search_runs(["net", "wine"], filter=text, store=store, aggregates=["min"])
    finally:
        live.finish()
    assert len(before) > 0
    pd.testing.assert_frame_equal(after, before)
    pd.testing.assert_frame_equal(mixed, before)


def test_filters_on_attributes_reach_what_was_logged(store: Path) -> None:
    run_id = log_run(store, name="quick")
    write_sealed_run(store, name="two seconds")
    assert find(store, "duration < 1.5") == ["quick"]
    assert find(store, "duration >= '2 s'") == ["two seconds"]
    assert find(store, "start_time < '2024-01-01'") == ["two seconds"]
    assert find(store, f"run_id = '{run_id}'") == ["quick"]
    assert find(store, f"artifact_uri like '%{run_id}/artifacts'") == ["quick"]
    uri = run_folder(store.resolve(), run_id).artifacts.as_uri()
    assert find(store, f"artifact_uri = '{uri}'") == ["quick"]


def test_git_dirty_is_a_bool_in_the_table_and_true_or_false_in_a_filter(store: Path) -> None:
    for name, dirty in (("clean", False), ("dirty", True), ("unknown", None)):
        folder, journal = begin_run(store, name=name)
        journal.append(records.CONTEXT, {"git_commit": "abc", "git_dirty": dirty})
        journal.append(records.END, END)
        journal.close()
        seal_run(folder)
    found = runfolio.search_runs(store=store, order_by="name")
    assert values(found, "git_dirty") == [False, True, None]
    assert find(store, "git_dirty = 'true'") == ["dirty"]
    assert find(store, "git_dirty = 'false'") == ["clean"]
    assert find(store, "git_dirty is null") == ["unknown"]
    assert find(store, "git_commit = 'abc' and git_dirty != 'true'") == ["clean"]


def test_data_sets_are_found_by_name_and_context(store: Path) -> None:
    with runfolio.start_run(store=store, name="a", capture=False) as run:
        run.log_input({"x": [1, 2]}, name="iris", context="training")
    log_run(store, name="b")
    assert find(store, "datasets.name = 'iris'") == ["a"]
    assert find(store, "dataset.context = 'training'") == ["a"]
    assert find(store, "datasets.name = 'mnist'") == []


def test_the_newest_come_first_unless_an_order_is_given(store: Path) -> None:
    for name, loss in (("a", 2), ("b", 1), ("c", None)):
        log_run(store, name=name, metrics={} if loss is None else {"loss": loss})
        time.sleep(0.001)
    assert find(store) == ["c", "b", "a"]
    assert find(store, order_by="metrics.loss") == ["b", "a", "c"]
    assert find(store, order_by=["metrics.loss DESC"]) == ["a", "b", "c"]
    assert find(store, order_by="name", limit=2) == ["a", "b"]
    assert find(store, limit=0) == []
    assert find(store, "metrics.loss > 0", order_by="name", limit=9) == ["a", "b"]


def test_views_choose_between_active_and_deleted_runs(store: Path) -> None:
    log_run(store, name="kept")
    gone = log_run(store, name="gone")
    runfolio.delete_runs(gone, store=store)
    assert find(store) == ["kept"]
    assert find(store, view="deleted") == ["gone"]
    assert find(store, view="all") == ["gone", "kept"]


def test_experiments_are_one_name_or_several(store: Path) -> None:
    for name in ("x", "y", "z"):
        log_run(store, name, name=name)
    assert find(store, experiments="x") == ["x"]
    assert find(store, experiments=["x", "z"], order_by="name") == ["x", "z"]
    assert find(store, experiments=[]) == []
    with pytest.raises(ExperimentNotFound, match=r"No experiment 'w' in .*: 'x', 'y', 'z'\."):
        runfolio.search_runs(["x", "w"], store=store)


def test_an_experiment_without_runs_in_a_view_is_no_mistake(store: Path) -> None:
    run_id = log_run(store, "wine", name="a")
    log_run(store, "beer")
    runfolio.describe_experiment("tea", note="soon", store=store)
    assert find(store, experiments="tea") == []
    assert find(store, experiments="wine", view="deleted") == []
    runfolio.delete_runs(run_id, store=store)
    assert find(store, experiments="wine") == []
    runfolio.restore_runs(run_id, store=store)
    runfolio.delete_experiment("wine", store=store)
    assert find(store, experiments="wine") == []
    assert find(store, experiments="wine", view="deleted") == ["a"]
    with pytest.raises(ExperimentNotFound, match="Its experiments: 'beer', 'tea', 'wine'"):
        runfolio.search_runs("nope", view="deleted", store=store)


def test_mistakes_are_told_clearly(store: Path) -> None:
    log_run(store)
    search: Any = runfolio.search_runs
    with pytest.raises(InvalidValue, match="A view is 'active', 'deleted' or 'all', not 'gone'"):
        search(view="gone", store=store)
    for limit in (-1, 1.5, True, "3"):
        with pytest.raises(InvalidValue, match=f"A limit is a number .* not {limit!r}"):
            search(limit=limit, store=store)
    with pytest.raises(InvalidValue, match="Unknown aggregate 'median' of metrics"):
        search(aggregates=["median"], store=store)
    with pytest.raises(InvalidFilter, match="fails at column 15"):
        search(filter="metrics.loss < ", store=store)
    with pytest.raises(InvalidOrder, match="fails at column 14"):
        search(order_by="metrics.loss DSC", store=store)
    with pytest.raises(StoreNotFound, match="No run store at"):
        search(store=store / "none")


def test_changes_are_seen_at_once(store: Path) -> None:
    run_id = log_run(store, "wine", name="a", tags={"label": "all", "team": "red"}, note="first")
    runfolio.tag_runs(run_id, {"label": "best", "team": None, "new": 5}, store=store)
    runfolio.rename_run(run_id, "b", store=store)
    runfolio.note_run(run_id, "second", store=store)
    runfolio.rename_experiment("wine", "red wine", store=store)
    for _ in range(2):
        (row,) = runfolio.search_runs("red wine", store=store).to_dict("records")
        assert (row["name"], row["note"], row["experiment"]) == ("b", "second", "red wine")
        assert {key: row[key] for key in row if key.startswith("tags.")} == {  # type: ignore[attr-defined]
            "tags.label": "best",
            "tags.new": "5",
        }
        assert find(store, "tags.label = 'best' and tags.team is null") == ["b"]
        assert find(store, "name = 'a'") == []
        assert find(store, "experiment = 'red wine'") == ["b"]
        runfolio.pack(store=store)
    with pytest.raises(ExperimentNotFound, match="No experiment 'wine'"):
        runfolio.search_runs("wine", store=store)


def test_an_empty_store_gives_an_empty_table_with_columns(store: Path) -> None:
    create_store(store)
    found = runfolio.search_runs(filter="metrics.loss < 1", order_by="params.x", store=store)
    assert found.empty
    assert list(found.columns) == list(ATTRIBUTES)
    assert str(found["start_time"].dtype) == "datetime64[us, UTC]"
    assert found["duration"].dtype == "float64"
    with pytest.raises(ExperimentNotFound, match="Its experiments: none yet"):
        runfolio.search_runs("wine", store=store)


def test_a_damaged_run_is_left_out(store: Path) -> None:
    log_run(store, name="sound", metrics={"loss": 1})
    folder = run_folder(store, log_run(store, name="damaged", metrics={"loss": 2}))
    folder.manifest.write_bytes(b"{")
    assert find(store) == ["sound"]


def test_the_store_is_that_of_the_environment_or_runs(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_run(store, name="here")
    log_run(tmp_path / "other", name="there")
    assert runfolio.search_runs()["name"].tolist() == ["here"]
    monkeypatch.setenv("RUNFOLIO_STORE", str(tmp_path / "other"))
    assert runfolio.search_runs()["name"].tolist() == ["there"]


def test_one_aggregate_may_be_a_text(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_metric("loss", 0.5)
    found = runfolio.search_runs(aggregates="min", store=store)
    assert found["metrics.loss.min"].tolist() == [0.5]
