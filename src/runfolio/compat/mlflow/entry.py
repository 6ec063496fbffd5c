"""What MLflow finds by entry points when it is imported, so it loads nothing before it is used."""

from __future__ import annotations

import atexit
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runfolio.compat.mlflow.artifacts import RunfolioArtifacts
    from runfolio.compat.mlflow.registry import RunfolioRegistry
    from runfolio.compat.mlflow.tracking import RunfolioStore


def open_store(store_uri: str, artifact_uri: str | None = None) -> RunfolioStore:
    """The tracking store at an address such as ``runfolio:///path/to/runs``."""
    from runfolio.compat.mlflow.tracking import RunfolioStore

    return RunfolioStore(store_uri, artifact_uri)


def open_artifacts(
    artifact_uri: str, tracking_uri: str | None = None, registry_uri: str | None = None
) -> RunfolioArtifacts:
    """The artifacts of one run, or of a part of it, at an address that the store gave."""
    from runfolio.compat.mlflow.artifacts import RunfolioArtifacts

    return RunfolioArtifacts(artifact_uri, tracking_uri, registry_uri)


def open_registry(
    store_uri: str | None = None, tracking_uri: str | None = None
) -> RunfolioRegistry:
    """The registry of models in the store at an address, by default that of the runs."""
    from runfolio.compat.mlflow.registry import RunfolioRegistry

    return RunfolioRegistry(store_uri or tracking_uri or "", tracking_uri)


def _leave() -> None:
    writers = sys.modules.get("runfolio.compat.mlflow.writers")
    if writers is not None:
        writers.leave_all()


# MLflow ends its active run at exit. It imports this before it says so, and what is said first is
# done last.
atexit.register(_leave)
