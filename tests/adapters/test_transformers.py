"""The callback for Hugging Face's Trainer."""

from __future__ import annotations

import pytest

from tests.adapters.programs import Logged, run_example, run_program

PROGRAM = """
import warnings
import torch
from transformers import (
    BertConfig, BertForSequenceClassification, Trainer, TrainerCallback, TrainingArguments)
import runfolio
from runfolio.transformers import RunfolioCallback

def trainer(*callbacks):
    config = BertConfig(vocab_size=9, hidden_size=4, num_hidden_layers=1, num_attention_heads=1,
                        intermediate_size=4, max_position_embeddings=4)
    data = [{"input_ids": torch.arange(4), "labels": torch.tensor(0)}] * 8
    told = TrainingArguments(output_dir="out", num_train_epochs=1, logging_steps=1, use_cpu=True,
                             save_strategy="no", report_to="none", disable_tqdm=True)
    return Trainer(BertForSequenceClassification(config), told, train_dataset=data,
                   eval_dataset=data, callbacks=[*callbacks])

with runfolio.start_run(name="mine", experiment="texts") as run:
    trainer(RunfolioCallback()).train()
    assert run.live

trainer(RunfolioCallback(name="only evaluated")).evaluate()
assert runfolio.active_run() is None

class Fails(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        raise ArithmeticError("on purpose")

try:
    trainer(RunfolioCallback(name="failed"), Fails()).train()
except ArithmeticError:
    pass
trainer(RunfolioCallback(name="next")).train()
assert runfolio.active_run() is None

quiet = RunfolioCallback(name="another process")
other = trainer(quiet)
other.state.is_world_process_zero = False
for event in ("on_train_begin", "on_log", "on_train_end"):
    getattr(quiet, event)(other.args, other.state, other.control, logs={"loss": 1.0})
assert runfolio.active_run() is None

try:
    trainer(RunfolioCallback(name="caught"), Fails()).train()
except ArithmeticError:
    pass
runfolio.start_run(name="by hand").finish()
assert runfolio.active_run() is None

try:
    trainer(RunfolioCallback(name="left"), Fails()).train()
except ArithmeticError:
    pass
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_example(tmp_path_factory.mktemp("texts"), "huggingface_trainer.py")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_program(tmp_path_factory.mktemp("texts"), PROGRAM)


def test_arguments_and_configuration_are_parameters(example: dict[str, Logged]) -> None:
    params = example["tiny BERT"].params
    assert (params["learning_rate"], params["num_train_epochs"]) == (5e-3, 2)
    assert params["eval_strategy"] == "epoch"
    assert (params["model/hidden_size"], params["model/model_type"]) == (16, "bert")
    assert params["model/num_parameters"] > 1000


def test_metrics_are_for_training_and_evaluation(example: dict[str, Logged]) -> None:
    [tiny] = example.values()
    assert (tiny.run["experiment"], tiny.run["status"]) == ("texts", "FINISHED")
    assert [step for step, _ in tiny.curves["train/loss"]] == [4, 8, 12, 16]
    assert tiny.last["train/loss"] < tiny.curves["train/loss"][0][1]
    # After each of two epochs, and once more after the training.
    assert [step for step, _ in tiny.curves["eval/accuracy"]] == [8, 16, 16]
    assert len(tiny.curves["train_loss"]) == 1
    assert tiny.last["train_runtime"] > 0


def test_the_active_run_is_logged_to(program: dict[str, Logged]) -> None:
    assert len(program["mine"].curves["train/loss"]) == 1
    assert program["mine"].run["status"] == "FINISHED"


def test_an_evaluation_alone_is_a_run(program: dict[str, Logged]) -> None:
    alone = program["only evaluated"]
    assert alone.run["status"] == "FINISHED"
    assert "eval/loss" in alone.curves


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


def test_other_processes_log_nothing(program: dict[str, Logged]) -> None:
    assert set(program) == {
        *("mine", "only evaluated", "failed", "next", "caught", "by hand", "left"),
    }
