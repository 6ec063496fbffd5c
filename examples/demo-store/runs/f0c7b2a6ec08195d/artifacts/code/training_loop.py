"""Train a small neural network with nothing but NumPy, and log everything a training loop shows.

    python examples/training_loop.py
    build-report --open

Five runs on scikit-learn's handwritten digits, told apart by learning rate and batch size. The
last one learns so fast that it diverges, and ends as FAILED.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import runfolio

SEED = 7
HIDDEN = 36
RUNS = [(0.01, 32), (0.05, 32), (0.05, 128), (0.2, 32), (2.0, 8)]  # learning rate, batch size

Array = NDArray[np.floating]
Split = tuple[Array, NDArray[np.int64]]


def leaky(values: Array) -> Array:
    """The activation of the hidden units: a tenth of what is negative."""
    return np.maximum(values, values / 10)


class Network:
    """A perceptron with one hidden layer, trained by gradient descent on the cross-entropy."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.first: Array = rng.normal(0, 0.1, (64, HIDDEN))
        self.second: Array = rng.normal(0, 0.1, (HIDDEN, 10))

    def predict(self, pixels: Array) -> Array:
        """The probabilities of the ten digits, one row per picture."""
        scores = leaky(pixels @ self.first) @ self.second
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances: Array = odds / odds.sum(axis=1, keepdims=True)
        return chances

    def learn(self, pixels: Array, digits: NDArray[np.int64], rate: float) -> None:
        """Take one step down the gradient of the loss on a batch."""
        hidden = leaky(pixels @ self.first)
        error = self.predict(pixels)
        error[np.arange(len(digits)), digits] -= 1
        error /= len(digits)
        back = (error @ self.second.T) * np.where(hidden > 0, 1.0, 0.1)
        self.second -= rate * hidden.T @ error
        self.first -= rate * pixels.T @ back

    def picture(self) -> Array:
        """What each hidden unit looks at: a framed mosaic of 6 × 6 pictures, from 0 to 1."""
        scaled = (self.first.T - self.first.min()) / np.ptp(self.first)
        tiles = np.pad(scaled.reshape(HIDDEN, 8, 8), ((0, 0), (1, 1), (1, 1)), constant_values=1)
        mosaic: Array = tiles.reshape(6, 6, 10, 10).transpose(0, 2, 1, 3).reshape(60, 60)
        return np.kron(mosaic, np.ones((5, 5)))  # 25 pixels for one, to be seen with the eye


def measure(network: Network, split: Split) -> tuple[float, float]:
    """The mean cross-entropy and the accuracy on a part of the data."""
    pixels, digits = split
    chances = network.predict(pixels)
    right = chances[np.arange(len(digits)), digits]
    loss = -np.log(np.maximum(right, 1e-7)).mean()
    return float(loss), float((chances.argmax(axis=1) == digits).mean())


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """The rows of each batch of one epoch, shuffled."""
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def train(
    run: runfolio.Run, rate: float, size: int, epochs: int, data: tuple[Split, Split]
) -> None:
    """Train one network, logging as it goes; raise `FloatingPointError` when it diverges."""
    rng = np.random.default_rng(SEED)
    network = Network(rng)
    training, validation = data
    for epoch in range(epochs):
        for rows in batches(len(training[0]), size, rng):
            network.learn(training[0][rows], training[1][rows], rate)
        train_loss, train_accuracy = measure(network, training)
        val_loss, val_accuracy = measure(network, validation)
        run.log_metrics(
            {
                "train/loss": train_loss,
                "train/accuracy": train_accuracy,
                "val/loss": val_loss,
                "val/accuracy": val_accuracy,
            },
            step=epoch,
        )
        if not np.isfinite(train_loss):
            raise FloatingPointError(f"the loss is {train_loss} after epoch {epoch}")
        if epoch % 10 == 0 or epoch == epochs - 1:
            run.log_image(network.picture(), key="hidden units", step=epoch)
            run.log_histogram(network.first, "weights/first", step=epoch)
            run.log_histogram(network.second, "weights/second", step=epoch)
    log_results(run, network, validation)


def log_results(run: runfolio.Run, network: Network, split: Split) -> None:
    """Log what the trained network takes for what: matrix, curves, a table and a summary."""
    pixels, digits = split
    chances = network.predict(pixels)
    guessed = chances.argmax(axis=1)
    wrong = np.flatnonzero(guessed != digits)
    columns = {
        "row": wrong,
        "digit": digits[wrong],
        "predicted": guessed[wrong],
        "probability": chances[wrong, guessed[wrong]].round(3),
    }
    run.log_confusion_matrix(digits, guessed)
    run.log_roc_curve(digits, chances)
    run.log_table({name: values.tolist() for name, values in columns.items()}, "mistakes")
    run.log_text(f"{len(wrong)} of {len(digits)} digits are taken for another.\n", "summary.txt")


def load_data() -> tuple[Split, Split]:
    """The digits' pixels from -1 to 1 and their labels, for training and for validation."""
    pixels, digits = load_digits(return_X_y=True)
    parts = train_test_split(pixels / 8 - 1, digits, test_size=0.25, random_state=SEED)
    return (parts[0], parts[2]), (parts[1], parts[3])


def main() -> None:
    """Log one run for each learning rate and batch size, the one that diverges included."""
    parser = argparse.ArgumentParser(description="Train a network on handwritten digits.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="train for fewer epochs")
    options = parser.parse_args()
    epochs = 12 if options.quick else 60
    data = load_data()
    runfolio.describe_experiment(
        "digits",
        primary_metric="val/loss",
        direction="down",
        note="A network of one hidden layer on handwritten digits of 8 × 8 pixels.",
        store=options.store,
    )
    for rate, size in RUNS:
        params = {"lr": rate, "batch_size": size, "epochs": epochs, "hidden": HIDDEN, "seed": SEED}
        try:
            with runfolio.start_run(
                experiment="digits",
                name=f"lr {rate:g}, batch {size}",
                params=params,
                store=options.store,
            ) as run:
                run.log_input(data[0][0], name="digits", source="sklearn", context="training")
                if importlib.util.find_spec("psutil"):
                    run.log_system_metrics(interval=0.1)
                with np.errstate(all="ignore"):  # the last run overflows, and says so itself
                    train(run, rate, size, epochs, data)
        except FloatingPointError as error:
            print(f"{run.name}: {run.status}, {error}")
        else:
            print(f"{run.name}: {run.status}")


if __name__ == "__main__":
    main()
