"""Runs as an `mlruns` folder, which MLflow opens."""

from runfolio.exports.mlflow.runs import write_mlflow

__all__ = ["write_mlflow"]
