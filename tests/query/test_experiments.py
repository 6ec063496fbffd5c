"""Searching experiments."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import runfolio
from runfolio.errors import InvalidFilter, InvalidValue, StoreNotFound
from runfolio.store.layout import create_store

COLUMNS = [
    *("name", "runs", "start_time", "last_activity"),
    *("primary_metric", "direction", "best", "best_run_id", "note"),
]


def log_run(store: Path, experiment: str, status: str = "FINISHED", **metrics: float) -> str:
    run = runfolio.start_run(store=store, experiment=experiment, capture=False)
    for key, value in metrics.items():
        run.log_metric(key, value)
    run.finish(status)
    time.sleep(0.001)
    return run.id


def find(store: Path, text: str = "", **options: Any) -> list[str]:
    names: list[str] = runfolio.search_experiments(text, store=store, **options)["name"].tolist()
    return names


def test_an_experiment_is_a_row_with_its_best_run(store: Path) -> None:
    first = log_run(store, "wine", loss=0.5, acc=0.1)
    log_run(store, "wine", loss=0.7)
    log_run(store, "game", reward=1)
    second = log_run(store, "game", reward=3)
    found = runfolio.search_experiments(store=store)
    assert list(found.columns) == COLUMNS
    assert found["name"].tolist() == ["game", "wine"]
    assert found["runs"].tolist() == [2, 2]
    assert found["primary_metric"].tolist() == ["reward", "loss"]
    assert found["direction"].tolist() == ["up", "down"]
    assert found["best"].tolist() == [3, 0.5]
    assert found["best_run_id"].tolist() == [second, first]
    assert found["note"].isna().all()
    types = {name: str(found[name].dtype) for name in ("runs", "start_time", "best")}
    assert types == {"runs": "int64", "start_time": "datetime64[us, UTC]", "best": "float64"}
    runs = runfolio.search_runs("wine", store=store)
    assert found["start_time"][1] == runs["start_time"].min()
    assert found["last_activity"][1] == runs["end_time"].max()


def test_best_follows_the_direction_given(store: Path) -> None:
    log_run(store, "wine", loss=1, points=1)
    best = log_run(store, "wine", loss=2, points=2)
    options: Any = {"primary_metric": "points", "direction": "up", "note": "About *wine*."}
    runfolio.describe_experiment("wine", store=store, **options)
    (row,) = runfolio.search_experiments(store=store).to_dict("records")
    assert (row["primary_metric"], row["direction"]) == ("points", "up")
    assert (row["best"], row["best_run_id"], row["note"]) == (2, best, "About *wine*.")
    runfolio.describe_experiment("wine", direction="down", store=store)
    assert runfolio.search_experiments(store=store)["best"].tolist() == [1]


def test_runs_that_broke_off_or_ended_in_nan_are_not_the_best(store: Path) -> None:
    log_run(store, "wine", "FAILED", loss=0.1)
    log_run(store, "wine", "KILLED", loss=0.2)
    log_run(store, "wine", loss=float("nan"))
    sound = log_run(store, "wine", loss=0.5)
    log_run(store, "all failed", "FAILED", loss=0.3)
    found = runfolio.search_experiments("name = 'wine'", store=store)
    assert (found["best"][0], found["best_run_id"][0]) == (0.5, sound)
    found = runfolio.search_experiments("name = 'all failed'", store=store)
    assert found["best"].tolist() == [0.3]


def test_filters_are_on_names_notes_and_times(store: Path) -> None:
    log_run(store, "red wine")
    log_run(store, "white wine")
    log_run(store, "beer")
    runfolio.describe_experiment("beer", note="about hops", store=store)
    assert find(store, "name = 'beer'") == ["beer"]
    assert find(store, "name like '%wine'", order_by="name") == ["red wine", "white wine"]
    assert find(store, "experiment = 'beer'") == ["beer"]
    assert find(store, "note like '%hops%'") == ["beer"]
    assert find(store, "note is null", order_by="name DESC") == ["white wine", "red wine"]
    assert find(store, "start_time < '2001-01-01'") == []
    assert len(find(store, "end_time > '1 hour ago'")) == 3


def test_the_last_active_come_first_unless_an_order_is_given(store: Path) -> None:
    for name in ("b", "c", "a", "b"):
        log_run(store, name)
    assert find(store) == ["b", "a", "c"]
    assert find(store, order_by="name") == ["a", "b", "c"]
    assert find(store, order_by=["start_time DESC"]) == ["a", "c", "b"]
    assert find(store, order_by="name", limit=1) == ["a"]
    assert find(store, limit=0) == []


@pytest.mark.parametrize(
    "text", ["metrics.loss < 1", "params.x = 1", "tags.a = 'b'", "duration > 1", "status = 'x'"]
)
def test_what_experiments_do_not_have_is_refused(store: Path, text: str) -> None:
    log_run(store, "wine", loss=1)
    with pytest.raises(InvalidFilter, match=r"Experiments have no .* to search by"):
        find(store, text)
    with pytest.raises(InvalidFilter, match="Use name, note, start_time or end_time"):
        find(store, order_by=text.split()[0])


def test_deleted_experiments_are_in_a_view_of_their_own(store: Path) -> None:
    log_run(store, "wine")
    log_run(store, "beer")
    runfolio.delete_experiment("wine", store=store)
    assert find(store) == ["beer"]
    assert find(store, view="deleted") == ["wine"]
    assert find(store, view="all", order_by="name") == ["beer", "wine"]
    with pytest.raises(InvalidValue, match="A view is"):
        find(store, view="gone")
    with pytest.raises(InvalidValue, match="A limit is"):
        find(store, limit=-1)


def test_an_experiment_may_be_described_before_its_first_run(store: Path) -> None:
    runfolio.describe_experiment("wine", note="soon", primary_metric="loss", store=store)
    (row,) = runfolio.search_experiments(store=store).to_dict("records")
    assert (row["name"], row["runs"], row["note"]) == ("wine", 0, "soon")
    for name in COLUMNS[2:8]:
        assert pd.isna(row[name])
    log_run(store, "beer")
    assert find(store) == ["beer", "wine"]


def test_renamed_experiments_are_shown_under_the_new_name(store: Path) -> None:
    log_run(store, "wine")
    log_run(store, "wines")
    runfolio.rename_experiment("wine", "wines", store=store)
    found = runfolio.search_experiments(store=store)
    assert (found["name"].tolist(), found["runs"].tolist()) == (["wines"], [2])


def test_an_empty_store_gives_an_empty_table(store: Path) -> None:
    create_store(store)
    found = runfolio.search_experiments("name = 'x'", order_by="name", store=store)
    assert found.empty
    assert list(found.columns) == COLUMNS
    assert str(found["start_time"].dtype) == "datetime64[us, UTC]"
    with pytest.raises(StoreNotFound, match="No run store at"):
        find(store / "none")
