"""Optuna's callback."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.store import read_store
from tests.adapters.programs import Logged, run_example, run_program

PROGRAM = """
import optuna
import runfolio
from runfolio.optuna import RunfolioCallback

optuna.logging.set_verbosity(optuna.logging.ERROR)

def two(trial):
    x = trial.suggest_float("x", 0, 1)
    trial.set_user_attr("half", x / 2)
    return x, -x

study = optuna.create_study(study_name="two", directions=["minimize", "maximize"])
study.optimize(two, n_trials=1, callbacks=[RunfolioCallback()])

try:
    RunfolioCallback(store="s3://bucket/runs")
except runfolio.RunfolioError as error:
    assert "Name a folder" in str(error)
else:
    raise AssertionError("an address was taken")

with runfolio.start_run(experiment="outer", name="search", store="elsewhere") as run:
    study = optuna.create_study(study_name="inner")
    study.optimize(lambda trial: trial.suggest_int("n", 1, 3) ** 2, n_trials=2, n_jobs=2,
                   callbacks=[RunfolioCallback()])
    assert run.live
"""

REFUSED = """
import warnings
from pathlib import Path
import optuna
from runfolio.errors import InvalidValue
from runfolio.optuna import RunfolioCallback

optuna.logging.set_verbosity(optuna.logging.ERROR)

def objective(trial):
    trial.report(2.0, step=0)
    return 1.0

def count_warnings(study_name=None, **options):
    study = optuna.create_study(study_name=study_name)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        study.optimize(objective, n_trials=2, callbacks=[RunfolioCallback(**options)])
    assert len(study.trials) == 2
    return ["the study goes on, but a trial" in str(one.message) for one in caught]

for names in (["a"], ["a", "a"], ["a", "b", "c"]):
    study = optuna.create_study(directions=["minimize", "maximize"])
    try:
        study.optimize(lambda trial: (1, 2), n_trials=1, callbacks=[RunfolioCallback("x", names)])
    except InvalidValue as error:
        assert "must name each objective of the study once, 2 in all, not ['a'" in str(error), error
    else:
        raise AssertionError(names)

Path("file").write_text("x")
assert count_warnings(store="file/store") == [True]
assert count_warnings(study_name="s" * 251) == [True]
assert count_warnings(metric_name="") == [True]
assert count_warnings(study_name="same", metric_name="intermediate") == []
"""

FAILING = """
import optuna
import xgboost
import runfolio.optuna
import runfolio.xgboost

optuna.logging.set_verbosity(optuna.logging.ERROR)

def objective(trial):
    def fail(predicted, data):
        raise ArithmeticError("on purpose")
    callback = runfolio.xgboost.RunfolioCallback(name=f"boosted {trial.number}")
    xgboost.train({}, xgboost.DMatrix([[1.0]], [1.0]), 1, obj=fail, callbacks=[callback])

study = optuna.create_study(study_name="boosting")
study.optimize(objective, n_trials=2, catch=ArithmeticError,
               callbacks=[runfolio.optuna.RunfolioCallback()])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("optuna")


@pytest.fixture(scope="module")
def example(folder: Path) -> dict[str, Logged]:
    return run_example(folder, "optuna_study.py")


def test_each_trial_is_a_run_of_the_study(example: dict[str, Logged], folder: Path) -> None:
    assert set(example) == {f"trial {number}" for number in range(12)}
    first = example["trial 0"]
    assert first.run["experiment"] == "descent"
    assert set(first.params) == {"rate", "momentum"}
    assert first.last["height"] == first.last["intermediate"]
    assert [step for step, _ in first.curves["intermediate"]] == list(range(10))
    assert first.run["start_time"] <= first.run["end_time"]
    settings = read_store(folder / "kept").experiments["descent"]
    assert (settings.primary_metric, settings.direction) == ("height", "down")


def test_states_become_statuses_and_tags(example: dict[str, Logged]) -> None:
    states = {(one.tags["optuna.state"], one.run["status"]) for one in example.values()}
    assert states == {("COMPLETE", "FINISHED"), ("PRUNED", "KILLED"), ("FAIL", "FAILED")}
    failed = example["trial 3"]
    assert failed.run["status"] == "FAILED"
    assert "height" not in failed.curves


def test_runs_start_when_their_trials_did(example: dict[str, Logged]) -> None:
    starts = [example[f"trial {number}"].run["start_time"] for number in range(12)]
    ends = [example[f"trial {number}"].run["end_time"] for number in range(12)]
    assert starts == sorted(starts)
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_several_objectives_attributes_and_an_active_run(tmp_path: Path) -> None:
    [trial] = run_program(tmp_path, PROGRAM).values()
    assert trial.last["value_0"] == -trial.last["value_1"] == trial.params["x"]
    assert float(trial.tags["half"]) == trial.params["x"] / 2
    tables = read_store(tmp_path / "elsewhere")
    runs = {run["name"]: run for run in tables.runs.to_pylist()}
    assert set(runs) == {"search", "trial 0", "trial 1"}
    parents = {runs[f"trial {number}"]["parent_id"] for number in (0, 1)}
    assert parents == {runs["search"]["run_id"]}
    assert {run["experiment"] for run in runs.values()} == {"outer"}


def test_what_can_not_be_logged_does_not_end_the_study(tmp_path: Path) -> None:
    found = run_program(tmp_path, REFUSED)
    assert {one.run["experiment"] for one in found.values()} == {"same"}
    assert found["trial 0"].curves == {"intermediate": [(0, 1.0)], "intermediate_": [(0, 2.0)]}


def test_trials_are_no_children_of_trainings_that_failed(tmp_path: Path) -> None:
    found = run_program(tmp_path, FAILING)
    assert set(found) == {"trial 0", "trial 1", "boosted 0", "boosted 1"}
    assert {one.run["status"] for one in found.values()} == {"FAILED"}
    assert {one.run["parent_id"] for one in found.values()} == {None}
    assert found["trial 0"].run["experiment"] == "boosting"
