"""Log a Lightning training with its logger; the test goes on with the run of the fit.

python examples/lightning_logger.py
build-report --open
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import warnings

import lightning
import torch
from torch.utils.data import DataLoader, TensorDataset

from runfolio.lightning import RunfolioLogger


class Line(lightning.LightningModule):  # type: ignore[misc]
    """A straight line, fitted by gradient descent."""

    def __init__(self, rate: float, sizes: dict[str, int]) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.rate = rate
        self.layer = torch.nn.Linear(sizes["inputs"], 1)

    def loss(self, batch: list[torch.Tensor]) -> torch.Tensor:
        """The mean squared error on a batch."""
        x, y = batch
        return torch.nn.functional.mse_loss(self.layer(x), y)

    def training_step(self, batch: list[torch.Tensor]) -> torch.Tensor:
        """Log the loss of a batch, to learn from it."""
        loss = self.loss(batch)
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch: list[torch.Tensor]) -> None:
        """Log the loss after an epoch."""
        self.log("val/loss", self.loss(batch))

    def test_step(self, batch: list[torch.Tensor]) -> None:
        """Log the loss of the trained line."""
        self.log("test/loss", self.loss(batch))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Plain gradient descent."""
        return torch.optim.SGD(self.parameters(), lr=self.rate)


def load_data() -> DataLoader[tuple[torch.Tensor, ...]]:
    """Points near the line y = 3x₁ − x₂."""
    generator = torch.Generator().manual_seed(7)
    x = torch.randn(256, 2, generator=generator)
    y = x @ torch.tensor([[3.0], [-1.0]]) + 0.1 * torch.randn(256, 1, generator=generator)
    return DataLoader(TensorDataset(x, y), batch_size=32)


def main() -> None:
    """Fit and test a line."""
    parser = argparse.ArgumentParser(description="Fit a line.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="train for fewer epochs")
    options = parser.parse_args()
    lightning.seed_everything(7)
    # Lightning has advice about workers and GPUs that a toy doesn't need.
    warnings.filterwarnings("ignore", module="lightning")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    logger = RunfolioLogger("line", name="slow", store=options.store, log_checkpoints=True)
    with tempfile.TemporaryDirectory() as folder:
        trainer = lightning.Trainer(
            default_root_dir=folder,  # for checkpoints, of which the run keeps the best
            max_epochs=2 if options.quick else 10,
            logger=logger,
            accelerator="cpu",
            log_every_n_steps=4,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        model, data = Line(0.05, {"inputs": 2, "outputs": 1}), load_data()
        trainer.fit(model, data, data)
        [measured] = trainer.test(model, data, verbose=False)
    print(f"run {logger.version} of {logger.name}: {measured}")


if __name__ == "__main__":
    main()
