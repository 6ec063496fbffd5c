"""XGBoost's callback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.programs import Logged, run_example, run_program

PROGRAM = """
import pickle
import numpy as np
import xgboost
from sklearn.base import clone
import runfolio
from runfolio.xgboost import RunfolioCallback

rng = np.random.default_rng(7)
x = rng.normal(size=(80, 3))
data = xgboost.DMatrix(x, x[:, 0])

with runfolio.start_run(name="mine", experiment="boosted") as run:
    xgboost.train({"max_depth": 2}, data, 3, [(data, "train")], verbose_eval=False,
                  callbacks=[RunfolioCallback()])
    assert run.live
    run.log_metric("after", 1)

xgboost.cv({"max_depth": 2}, data, 4, nfold=2, callbacks=[RunfolioCallback(name="cv")])
assert runfolio.active_run() is None

callback = RunfolioCallback(name="copied")
model = clone(xgboost.XGBRegressor(n_estimators=3, callbacks=[callback]))
model.fit(x, x[:, 0], eval_set=[(x, x[:, 0])], verbose=False)
assert runfolio.active_run() is None

with runfolio.start_run(name="saved") as run:
    model = xgboost.XGBRegressor(n_estimators=3, callbacks=[RunfolioCallback(run)])
    model.fit(x, x[:, 0], eval_set=[(x, x[:, 0])], verbose=False)
    pickle.dumps(model)
assert (pickle.loads(pickle.dumps(model)).predict(x) == model.predict(x)).all()

class Fails(xgboost.callback.TrainingCallback):
    def after_iteration(self, model, epoch, evals_log):
        raise ArithmeticError("on purpose")

try:
    xgboost.train({}, data, 3, callbacks=[RunfolioCallback(name="failed"), Fails()])
except ArithmeticError:
    pass
xgboost.train({}, data, 3, callbacks=[RunfolioCallback(name="next")])
assert runfolio.active_run() is None

try:
    xgboost.train({}, data, 3, callbacks=[RunfolioCallback(name="caught"), Fails()])
except ArithmeticError:
    pass
runfolio.start_run(name="by hand").finish()
assert runfolio.active_run() is None

try:
    xgboost.train({}, data, 3, callbacks=[RunfolioCallback(name="left"), Fails()])
except ArithmeticError:
    pass
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_example(tmp_path_factory.mktemp("xgboost"), "xgboost_callback.py")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_program(tmp_path_factory.mktemp("xgboost"), PROGRAM)


def test_parameters_are_the_boosters(example: dict[str, Logged]) -> None:
    params = example["depth 2"].params
    assert (params["max_depth"], params["eta"], params["seed"]) == (2, 0.1, 7)
    assert params["objective"] == "reg:squarederror"
    assert example["estimator"].params["max_depth"] == 3


def test_metrics_are_by_data_and_iteration(example: dict[str, Logged]) -> None:
    deep = example["depth 6"]
    assert deep.run["status"] == "FINISHED"
    steps = [step for step, _ in deep.curves["valid/rmse"]]
    assert steps == list(range(len(steps)))
    assert deep.last["train/rmse"] < deep.last["valid/rmse"]
    best = min(value for _, value in deep.curves["valid/rmse"])
    assert deep.last["best_score"] == pytest.approx(best)
    assert "feature_importance.parquet" in deep.files
    assert {"model/MLmodel", "model/model.ubj"} <= example["estimator"].files


def test_the_active_run_is_logged_to_and_goes_on(program: dict[str, Logged]) -> None:
    mine = program["mine"]
    assert len(mine.curves["train/rmse"]) == 3
    assert mine.last["after"] == 1
    assert mine.params["max_depth"] == 2


def test_cross_validation_logs_means_and_deviations(program: dict[str, Logged]) -> None:
    last = program["cv"].last
    assert {"train/rmse", "train/rmse_std", "test/rmse", "test/rmse_std"} <= set(last)
    assert 0 < last["test/rmse_std"] < last["test/rmse"]


def test_a_callback_can_be_copied_with_its_estimator(program: dict[str, Logged]) -> None:
    assert len(program["copied"].curves["validation_0/rmse"]) == 3


def test_a_failed_training_is_failed_and_the_next_one_is_its_own(
    program: dict[str, Logged], tmp_path: Path
) -> None:
    assert program["failed"].run["status"] == "FAILED"
    assert program["next"].run["status"] == "FINISHED"


def test_a_failure_that_is_caught_hinders_nobody_and_is_failed(
    program: dict[str, Logged],
) -> None:
    assert program["by hand"].run["status"] == "FINISHED"
    assert program["caught"].run["status"] == program["left"].run["status"] == "FAILED"
