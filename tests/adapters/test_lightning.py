"""Lightning's logger, with both of its packages."""

from __future__ import annotations

import pytest

from tests.adapters.programs import Logged, run_example, run_program

PROGRAM = """
import logging
import pickle
import warnings
from argparse import Namespace
import PACKAGE as pl
import torch
import runfolio
from runfolio.lightning import Logger, RunfolioLogger

assert Logger.__module__.startswith("PACKAGE.")
warnings.simplefilter("ignore")

class Line(pl.LightningModule):
    def __init__(self, fails=False):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.fails = fails

    def training_step(self, batch):
        if self.fails:
            raise ArithmeticError("on purpose")
        loss = (self.layer(batch) ** 2).mean()
        self.log("loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)

def fit(logger, **told):
    trainer = pl.Trainer(logger=logger, max_epochs=1, accelerator="cpu", log_every_n_steps=1,
                         enable_progress_bar=False, enable_model_summary=False,
                         enable_checkpointing=False)
    trainer.fit(Line(**told), torch.utils.data.DataLoader(torch.ones(4, 1)))

with runfolio.start_run(name="mine", experiment="lines") as run:
    fit(RunfolioLogger(prefix="line/"))
    assert run.live

logger = RunfolioLogger("lines", name="told")
assert logger.version is None and logger.name == "lines"
logger.log_hyperparams(Namespace(deep=Namespace(rate=0.5), sizes=[1, 2], act=torch.nn.ReLU))
logger.log_metrics({"loss": torch.tensor(2.0), "text": "no"}, step=3)
logger.experiment.log_text("hello", "hello.txt")
assert logger.version == logger.experiment.id
saved = pickle.loads(pickle.dumps(logger))
assert (saved.name, saved.version) == ("lines", None)
logger.finalize("success")
logger.finalize("success")
assert runfolio.active_run() is None

RunfolioLogger("lines", name="by hand").log_metrics({"loss": 1.0})
pair = [RunfolioLogger("lines", name=name) for name in ("first", "second")]
fit(pair)
assert runfolio.active_run() is None

try:
    fit(RunfolioLogger("lines", name="failed"), fails=True)
except ArithmeticError:
    pass
assert runfolio.active_run() is None

from PACKAGE.utilities import rank_zero_only
rank_zero_only.rank = 1
other = RunfolioLogger("lines", name="rank 1")
other.log_metrics({"loss": 1.0}, step=0)
other.log_hyperparams({"a": 1})
other.experiment.log_metric("loss", 1.0)
other.finalize("success")
"""


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Logged]:
    return run_example(tmp_path_factory.mktemp("lightning"), "lightning_logger.py")


@pytest.fixture(scope="module", params=["lightning.pytorch", "pytorch_lightning"])
def program(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Logged]:
    code = PROGRAM.replace("PACKAGE", request.param)
    return run_program(tmp_path_factory.mktemp("lightning"), code)


def test_a_fit_and_its_test_are_one_run(example: dict[str, Logged]) -> None:
    [slow] = example.values()
    assert (slow.run["experiment"], slow.run["status"]) == ("line", "FINISHED")
    assert slow.params == {"rate": 0.05, "sizes/inputs": 2, "sizes/outputs": 1}
    assert [step for step, _ in slow.curves["train/loss"]] == [3, 7, 11, 15]
    assert slow.last["train/loss"] < slow.curves["train/loss"][0][1]
    assert slow.last["test/loss"] == pytest.approx(slow.last["val/loss"])


def test_the_best_checkpoint_is_kept(example: dict[str, Logged]) -> None:
    assert [path for path in example["slow"].files if path.startswith("checkpoints/")]


def test_the_active_run_goes_on_and_names_get_the_prefix(program: dict[str, Logged]) -> None:
    assert len(program["mine"].curves["line/loss"]) == 4
    assert program["mine"].run["status"] == "FINISHED"


def test_what_is_told_directly_is_kept(program: dict[str, Logged]) -> None:
    told = program["told"]
    assert told.params == {"deep/rate": 0.5, "sizes": "[1, 2]", "act": "ReLU"}
    assert told.curves == {"loss": [(3, 2.0)]}
    assert "hello.txt" in told.files


def test_an_error_makes_the_run_failed_with_its_traceback(program: dict[str, Logged]) -> None:
    assert program["failed"].run["status"] == "FAILED"
    assert "traceback.txt" in program["failed"].files


def test_two_loggers_log_to_a_run_each(program: dict[str, Logged]) -> None:
    for name in ("first", "second"):
        assert len(program[name].curves["loss"]) == 4
        assert program[name].run["status"] == "FINISHED"
    assert program["by hand"].run["status"] == "FINISHED"
    assert program["by hand"].curves == {"loss": [(0, 1.0)]}


def test_other_ranks_log_nothing(program: dict[str, Logged]) -> None:
    assert set(program) == {"mine", "told", "by hand", "first", "second", "failed"}
