"""Keras' callback."""

from __future__ import annotations

import pytest

from tests.adapters.programs import Logged, run_example, run_program

PROGRAM = """
import os
os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
import runfolio
from runfolio.keras import RunfolioCallback

x = np.random.default_rng(7).normal(size=(40, 3)).astype("float32")
y = x[:, 0]

def build(rate=0.1, inputs=True):
    layers = [keras.layers.Input((3,))] if inputs else []
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
    return model

with runfolio.start_run(name="mine", experiment="lines") as run:
    model = build(keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.9))
    model.fit(x, y, epochs=2, verbose=0, callbacks=[RunfolioCallback()])
    assert run.live

callback = RunfolioCallback(name="measured")
model = build(inputs=False)
model.fit(x, y, batch_size=10, epochs=2, verbose=0, callbacks=[callback])
assert runfolio.active_run() is None
model.evaluate(x, y, verbose=0, callbacks=[callback])
assert runfolio.active_run() is None

class Fails(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise ArithmeticError("on purpose")

try:
    build().fit(x, y, verbose=0, callbacks=[RunfolioCallback(name="failed"), Fails()])
except ArithmeticError:
    pass
build().fit(x, y, verbose=0, callbacks=[RunfolioCallback(name="next")])
assert runfolio.active_run() is None

try:
    build().fit(x, y, verbose=0, callbacks=[RunfolioCallback(name="caught"), Fails()])
except ArithmeticError:
    pass
runfolio.start_run(name="by hand").finish()
assert runfolio.active_run() is None

try:
    build().fit(x, y, verbose=0, callbacks=[RunfolioCallback(name="left"), Fails()])
except ArithmeticError:
    pass
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_example(tmp_path_factory.mktemp("keras"), "keras_callback.py")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_program(tmp_path_factory.mktemp("keras"), PROGRAM)


def test_parameters_say_how_it_is_trained(example: dict[str, Logged]) -> None:
    params = example["32 units"].params
    assert (params["epochs"], params["batch_size"], params["steps"]) == (3, 32, 12)
    assert params["optimizer_name"] == "Adam"
    assert params["optimizer_learning_rate"] == pytest.approx(0.02)
    assert (params["loss"], params["parameters"]) == ("bce", 129)


def test_metrics_are_by_epoch_and_batch(example: dict[str, Logged]) -> None:
    wide = example["32 units"]
    assert wide.run["status"] == "FINISHED"
    for metric in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [step for step, _ in wide.curves[metric]] == [0, 1, 2]
    assert wide.last["loss"] < wide.curves["loss"][0][1]
    assert [step for step, _ in wide.curves["batch/loss"]] == list(range(0, 36, 4))
    assert "model_summary.txt" in wide.files


def test_the_active_run_and_a_schedule(program: dict[str, Logged]) -> None:
    mine = program["mine"]
    assert mine.params["optimizer_learning_rate"] == "ExponentialDecay"
    assert mine.params["optimizer_learning_rate_decay_steps"] == 5
    assert len(mine.curves["loss"]) == 2
    assert "batch/loss" not in mine.curves


def test_an_evaluation_goes_on_with_the_run(program: dict[str, Logged]) -> None:
    measured = program["measured"]
    assert measured.run["status"] == "FINISHED"
    assert measured.last["test_loss"] < measured.curves["loss"][0][1]
    assert measured.params["batch_size"] == 10
    assert "model_summary.txt" in measured.files


def test_a_failed_training_is_failed_and_the_next_one_is_its_own(
    program: dict[str, Logged],
) -> None:
    assert program["failed"].run["status"] == "FAILED"
    assert program["next"].run["status"] == "FINISHED"


def test_a_failure_that_is_caught_hinders_nobody_and_is_failed(
    program: dict[str, Logged],
) -> None:
    assert program["by hand"].run["status"] == "FINISHED"
    assert program["caught"].run["status"] == program["left"].run["status"] == "FAILED"
