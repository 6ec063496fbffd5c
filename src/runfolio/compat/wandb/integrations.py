"""Modules of W&B that hold its callbacks: importing one says what takes its place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

_PACKAGE: Final = "runfolio.compat.wandb."

INTEGRATIONS: Final = {
    "apis": "Read runs with runfolio.search_runs() and runfolio.get_run().",
    "integration": "Use runfolio.keras, runfolio.lightning, runfolio.transformers, "
    "runfolio.xgboost, runfolio.lightgbm, runfolio.optuna or runfolio.sklearn.",
    "keras": "Use RunfolioCallback of runfolio.keras.",
    "lightgbm": "Use runfolio_callback of runfolio.lightgbm.",
    "sdk": "What Runfolio has of W&B is in runfolio.compat.wandb itself.",
    "sklearn": "Use autolog of runfolio.sklearn.",
    "tensorboard": "Import the event files with `runfolio import`.",
    "xgboost": "Use RunfolioCallback of runfolio.xgboost.",
}
"""Modules by their name below W&B's, and what to use instead."""


class IntegrationFinder(MetaPathFinder):
    """Is asked when no module was found, and refuses those of W&B with a sentence."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find nothing; raises ImportError for a module that W&B has and Runfolio has not."""
        name = fullname.removeprefix(_PACKAGE)
        if fullname.startswith(_PACKAGE) and name in INTEGRATIONS:
            raise ImportError(f"{fullname} doesn't exist. {INTEGRATIONS[name]}", name=fullname)
        return None


def install() -> None:
    """Let Python ask the finder, once, after all others."""
    if not any(isinstance(one, IntegrationFinder) for one in sys.meta_path):
        sys.meta_path.append(IntegrationFinder())
