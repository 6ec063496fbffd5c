"""Log, load and ask a scikit-learn model with one tracker: ``models TOOL REPEATS``.

MLflow keeps runs in SQLite and is asked through pyfunc, both with a signature from the same input
example and with skops. The first of each is left out, which imports modules.
"""

from __future__ import annotations

import json
import statistics
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Steps = tuple[Callable[[int], Any], Callable[[Any], Any]]
"""What logs a model into a run of its own and returns its address, and what loads that."""


def main(tool: str, repeats: int) -> None:
    """Time each step; print medians in milliseconds."""
    warnings.simplefilter("ignore")
    rows = np.random.default_rng(0).normal(size=(1000, 10))
    frame = pd.DataFrame(rows, columns=[f"x{place}" for place in range(10)])
    model = make_pipeline(StandardScaler(), Ridge()).fit(frame, rows.sum(axis=1))
    log, load = (use_mlflow if tool == "mlflow" else use_ours)(model, frame.head(3))
    expected = model.predict(frame)
    taken: dict[str, list[float]] = {"log": [], "load": [], "predict": []}

    def measure(step: str, do: Callable[[Any], Any], to: Any) -> Any:
        began = perf_counter()
        done = do(to)
        taken[step].append((perf_counter() - began) * 1e3)
        return done

    for number in range(repeats + 1):
        address = measure("log", log, number)
        loaded = measure("load", load, address)
        answers = measure("predict", loaded.predict, frame)
        if not np.array_equal(answers, expected):
            raise SystemExit("the loaded model gives other answers")
    print("\n" + json.dumps({step: statistics.median(one[1:]) for step, one in taken.items()}))


def use_ours(model: Any, example: pd.DataFrame) -> Steps:
    """Runfolio's calls; each run has ended when its model is loaded."""
    import runfolio

    def log(number: int) -> str:
        with runfolio.start_run(experiment="e", name=str(number), capture=False) as run:
            return run.log_model(model, input_example=example).uri

    return log, runfolio.load_model


def use_mlflow(model: Any, example: pd.DataFrame) -> Steps:
    """MLflow's calls."""
    import mlflow
    import mlflow.sklearn

    mlflow.set_tracking_uri(f"sqlite:///{Path('mlflow.db').absolute()}")

    def log(number: int) -> str:
        with mlflow.start_run(run_name=str(number)):
            logged = mlflow.sklearn.log_model(
                model,
                name="model",
                input_example=example,
                serialization_format="skops",
                pip_requirements=["scikit-learn", "skops"],
            )
            return str(logged.model_uri)

    return log, mlflow.pyfunc.load_model


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
