"""Loads a scikit-learn estimator that Runfolio saved with joblib."""

from __future__ import annotations

from typing import Any

import joblib


class Model:
    """An estimator, asked as MLflow asks models."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:  # noqa: ARG002
        """What the estimator answers."""
        return self.estimator.predict(data)

    def get_raw_model(self) -> Any:
        """The estimator itself."""
        return self.estimator


def _load_pyfunc(path: str) -> Model:
    """What MLflow calls with the path of the file."""
    return Model(joblib.load(path))
