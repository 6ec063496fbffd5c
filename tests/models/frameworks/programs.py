"""Running code with the frameworks, and comparing models with what MLflow makes of them."""

from __future__ import annotations

from pathlib import Path

from tests.environment.apart import run_apart

MLFLOW = """
import importlib.util, logging, pickle, sys, warnings
warnings.simplefilter("ignore")
assert importlib.util.find_spec("runfolio") is None
import mlflow
logging.disable(logging.WARNING)
import numpy as np, pandas as pd

def compare(found, expected):
    assert type(found) is type(expected), (type(found), type(expected))
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected)
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for name in expected:
            compare(found[name], expected[name])
    elif isinstance(expected, list):
        assert found == expected
    else:
        np.testing.assert_array_equal(found, expected)

for folder in sys.argv[1:]:
    with open(f"{folder}.cases", "rb") as file:
        cases = pickle.load(file)
    model = mlflow.pyfunc.load_model(folder)
    assert cases
    for data, params, expected in cases:
        compare(model.predict(data, params), expected)
    print("equal:", folder.rpartition("/")[2], len(cases))
"""
"""Loads models with MLflow, without Runfolio, and compares what they answer."""


def run_frameworks(code: str, *arguments: object, **variables: str) -> list[str]:
    """Run code with the frameworks, Keras on PyTorch; the lines that it prints."""
    told = {"KERAS_BACKEND": "torch"} | variables
    return run_apart("frameworks", code, *map(str, arguments), cwd=None, **told).splitlines()


def ask_mlflow(*models: Path) -> dict[str, int]:
    """Let MLflow load models and compare its answers with the kept ones; how many, by model."""
    lines = run_frameworks(MLFLOW, *models, PYTHONPATH="")
    told = (line.split() for line in lines if line.startswith("equal:"))
    return {name: int(count) for _, name, count in told}
