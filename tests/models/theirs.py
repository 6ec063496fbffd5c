"""MLflow itself, imported and asked without its warnings, which say nothing of ours."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def asking_mlflow() -> Iterator[None]:
    """Nothing that MLflow warns of is an error."""
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
with asking_mlflow():
    import mlflow.models
    import mlflow.pyfunc
    import mlflow.sklearn

__all__ = ["asking_mlflow", "mlflow"]
