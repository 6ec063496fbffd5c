"""LightGBM's callback."""

from __future__ import annotations

import pytest

from tests.adapters.programs import Logged, run_example, run_program

PROGRAM = """
import lightgbm
import numpy as np
import runfolio
from runfolio.lightgbm import runfolio_callback

rng = np.random.default_rng(7)
x = rng.normal(size=(300, 3))
y = x[:, 0] + rng.normal(size=300)
told = {"verbosity": -1, "num_leaves": 5}

def data():
    train = lightgbm.Dataset(x[:200], y[:200])
    return train, lightgbm.Dataset(x[200:], y[200:], reference=train)

train, valid = data()
with runfolio.start_run(name="mine", experiment="boosted") as run:
    lightgbm.train(told, train, 4, [valid], callbacks=[runfolio_callback()])
    assert run.live

kept = runfolio_callback(name="early")
train, valid = data()
booster = lightgbm.train(told | {"learning_rate": 1.0}, train, 400, [valid],
                         callbacks=[kept, lightgbm.early_stopping(3, verbose=False)])
assert runfolio.active_run() is None, "early stopping ends the run"
print(booster.best_iteration)
assert "runfolio" not in booster.params

model = lightgbm.LGBMRegressor(n_estimators=3, verbosity=-1)
model.fit(x, y, eval_X=x, eval_y=y, callbacks=[runfolio_callback(name="estimator")])
assert runfolio.active_run() is None

def fail(env):
    if env.iteration == 2:
        raise ArithmeticError("on purpose")

try:
    lightgbm.train(told, lightgbm.Dataset(x, y), 9,
                   callbacks=[runfolio_callback(name="failed"), fail])
except ArithmeticError:
    pass
lightgbm.train(told, lightgbm.Dataset(x, y), 3, callbacks=[runfolio_callback(name="next")])
assert runfolio.active_run() is None
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_example(tmp_path_factory.mktemp("lightgbm"), "lightgbm_callback.py")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_program(tmp_path_factory.mktemp("lightgbm"), PROGRAM)


def test_parameters_metrics_and_importance(example: dict[str, Logged]) -> None:
    small = example["4 leaves"]
    assert small.run["status"] == "FINISHED"
    assert (small.params["num_leaves"], small.params["num_iterations"]) == (4, 20)
    assert "runfolio" not in small.params
    assert len(small.curves["train/l2"]) == len(small.curves["valid/l2"]) <= 20
    assert small.last["train/l2"] < small.curves["train/l2"][0][1]
    assert "feature_importance.parquet" in small.files


def test_cross_validation_logs_means_and_deviations(example: dict[str, Logged]) -> None:
    last = example["cross-validation"].last
    assert 0 < last["valid/l2_std"] < last["valid/l2"]
    assert example["cross-validation"].run["status"] == "FINISHED"


def test_the_active_run_is_logged_to(program: dict[str, Logged]) -> None:
    assert [step for step, _ in program["mine"].curves["valid_0/l2"]] == [0, 1, 2, 3]


def test_early_stopping_ends_the_run_as_finished(program: dict[str, Logged]) -> None:
    early = program["early"]
    assert early.run["status"] == "FINISHED"
    values = [value for _, value in early.curves["valid_0/l2"]]
    assert len(values) < 400
    assert early.last["best_iteration"] == values.index(min(values)) + 1


def test_estimators_take_the_callback(program: dict[str, Logged]) -> None:
    assert len(program["estimator"].curves["training/l2"]) == 3


def test_a_failed_training_is_failed_and_the_next_one_is_its_own(
    program: dict[str, Logged],
) -> None:
    assert program["failed"].run["status"] == "FAILED"
    assert program["next"].run["status"] == "FINISHED"
