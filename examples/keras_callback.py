"""Log a Keras training with one callback.

KERAS_BACKEND=torch python examples/keras_callback.py
build-report --open
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np

import runfolio
from runfolio.keras import RunfolioCallback


def main() -> None:
    """Train two sizes of network to tell two rings of points apart."""
    parser = argparse.ArgumentParser(description="Tell two rings of points apart.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="train for fewer epochs")
    options = parser.parse_args()
    keras.utils.set_random_seed(7)
    points = np.random.default_rng(7).normal(size=(512, 2)).astype("float32")
    outside = (np.hypot(*points.T) > 1.2).astype("float32")
    for units in (4, 32):
        model = keras.Sequential(
            [
                keras.layers.Input((2,)),
                keras.layers.Dense(units, activation="relu"),
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile(optimizer=keras.optimizers.Adam(0.02), loss="bce", metrics=["accuracy"])
        callback = RunfolioCallback(
            experiment="rings", name=f"{units} units", store=options.store, log_batches=4
        )
        model.fit(
            *(points, outside),
            batch_size=32,
            epochs=3 if options.quick else 20,
            validation_split=0.25,
            callbacks=[callback],
            verbose=0,
        )
    best = runfolio.search_runs(store=options.store, order_by=["metrics.val_accuracy DESC"])
    print(best[["name", "metrics.val_accuracy"]].to_string(index=False))


if __name__ == "__main__":
    main()
