"""What the site's search finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.site.finder import LONGEST_VALUE, MAX_VALUES, shard_finder
from runfolio.site.library import make_library
from runfolio.store import read_store


def find_all(store: Path) -> dict[str, Any]:
    return shard_finder(make_library(read_store(store), title="Found"))


def log(store: Path, name: str, *, experiment: str = "first", **params: object) -> None:
    with runfolio.start_run(
        experiment=experiment, name=name, tags={"team": "vision"}, store=store, capture=False
    ) as run:
        run.log_params(params)
        run.log_metrics({"loss": 1.0, "system/cpu": 50.0})


def log_broken(store: Path) -> None:
    with runfolio.start_run(experiment="first", name="bad", store=store, capture=False):
        raise ValueError("broken")


def test_experiments_and_runs_come_newest_first(tmp_path: Path) -> None:
    log(tmp_path, "one")
    log(tmp_path, "two")
    log(tmp_path, "three", experiment="second")
    found = find_all(tmp_path)
    assert found["experiments"]["name"] == ["second", "first"]
    assert found["experiments"]["runs"] == [1, 2]
    assert found["runs"]["name"] == ["three", "two", "one"]
    assert found["runs"]["experiment"] == [0, 1, 1]
    assert found["runs"]["unfinished"] == {}


def test_runs_that_did_not_finish_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"):
        log_broken(tmp_path)
    log(tmp_path, "whole")
    assert find_all(tmp_path)["runs"]["unfinished"] == {"FAILED": [1]}


def test_names_and_values_are_counted_by_experiment(tmp_path: Path) -> None:
    log(tmp_path, "one", model="ridge")
    log(tmp_path, "two", model="ridge")
    log(tmp_path, "three", model="cnn")
    terms = find_all(tmp_path)["terms"]
    listed = list(zip(terms["kind"], terms["key"], terms["value"], terms["runs"], strict=True))
    assert listed == [
        ("metric", "loss", None, 3),
        ("parameter", "model", None, 3),
        ("parameter", "model", "ridge", 2),
        ("parameter", "model", "cnn", 1),
        ("tag", "team", None, 3),
        ("tag", "team", "vision", 3),
    ]


def test_values_of_single_runs_and_long_ones_are_left_out(tmp_path: Path) -> None:
    for number in range(MAX_VALUES + 1):
        log(tmp_path, str(number), seed=number, note="x" * (LONGEST_VALUE + 1))
    terms = find_all(tmp_path)["terms"]
    keys = zip(terms["key"], terms["value"], strict=True)
    assert [pair for pair in keys if pair[0] in ("seed", "note")] == [
        ("note", None),
        ("seed", None),
    ]
