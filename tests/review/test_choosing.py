"""What the side of a comparison means."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio
from runfolio.errors import (
    ExperimentNotFound,
    InvalidFilter,
    RunfolioError,
    RunNotFound,
    SideEmpty,
)
from runfolio.review.comparing import compare_runs
from tests.review.compared import log_run


@pytest.fixture
def ids(store: Path) -> list[str]:
    return [
        log_run(store, {"rmse": 1.0}, run_id="aa" + "0" * 14, tags={"release": "1.0"}),
        log_run(store, {"rmse": 2.0}, run_id="ab" + "0" * 14, params={"model": "cnn"}),
        log_run(store, {"f1": 0.5}, run_id="c" * 16, experiment="other", tags={"note": "release"}),
    ]


def choose(store: Path, side: str, **options: object) -> tuple[str, ...]:
    return compare_runs(side, "", store=store, **options).base.run_ids  # type: ignore[arg-type]


def test_each_form_of_a_side(store: Path, ids: list[str]) -> None:
    first, second, third = ids
    assert choose(store, "aa") == choose(store, first.upper()) == (first,)
    assert choose(store, "params.model = 'cnn'") == (second,)
    assert set(choose(store, "metrics.rmse > 0")) == {first, second}
    assert set(choose(store, "")) == {first, second, third}
    assert choose(store, "tag:release=1.0") == (first,)
    assert choose(store, "tag:1.0") == (first,)
    assert set(choose(store, "tag:release")) == {first, third}
    assert choose(store, "", experiments="other") == (third,)


@pytest.mark.parametrize(
    ("side", "error", "message"),
    [
        ("a", RunNotFound, "2 runs begin with 'a': aa0000.*Give more of the id"),
        ("dd", RunNotFound, "No run 'dd' in"),
        ("params.model = 'gru'", SideEmpty, "Nothing in .* matches .* git:REVISION or tag"),
        ("tag:release=2.0", SideEmpty, "Nothing in .* matches 'tag:release=2.0'"),
        ("main", InvalidFilter, "The filter fails at column 5.* A side is a run's id"),
        ("metrics.rmse == 1", InvalidFilter, "The filter fails at column 14"),
    ],
)
def test_what_means_nothing_is_one_clear_error(
    store: Path, ids: list[str], side: str, error: type[RunfolioError], message: str
) -> None:
    with pytest.raises(error, match=message):
        compare_runs(side, "", store=store)
    with pytest.raises(error, match=message):
        compare_runs("", side, store=store)


def test_within_experiments(store: Path, ids: list[str]) -> None:
    with pytest.raises(RunNotFound, match=r"another experiment\. Leave --experiment out"):
        compare_runs("aa", "", store=store, experiments="other")
    with pytest.raises(SideEmpty, match="within 'other'"):
        compare_runs("metrics.rmse > 0", "", store=store, experiments="other")
    with pytest.raises(ExperimentNotFound, match=r"No experiment 'nope'.*'other', 'wine'"):
        compare_runs("", "", store=store, experiments=["other", "nope"])


def test_deleted_runs_do_not_count(store: Path, ids: list[str]) -> None:
    runfolio.delete_runs(ids[0], store=store)
    with pytest.raises(RunNotFound, match="runfolio restore"):
        compare_runs("aa", "", store=store)


def test_the_base_may_be_in_another_store(store: Path, ids: list[str], tmp_path: Path) -> None:
    other = tmp_path / "other"
    base = log_run(other, {"rmse": 3.0})
    found = compare_runs("", "metrics.rmse = 1", store=store, base_store=other)
    assert (found.base.run_ids, found.head.run_ids) == ((base,), (ids[0],))
    assert not found.same_store
    assert found.experiments[0].metrics[0].change == -2.0
