"""MLflow stores: `mlruns` folders and SQLite databases of every version, without mlflow."""

from runfolio.sources.mlflow.stores import SOURCE

__all__ = ["SOURCE"]
