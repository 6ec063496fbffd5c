"""Runfolio: an experiment tracker without a server.

Log runs with `start_run` and the ``log_*`` verbs; build the report with ``build-report``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runfolio.errors import RunfolioError
    from runfolio.tracking.active import (
        active_run,
        finish,
        log_artifact,
        log_artifacts,
        log_dict,
        log_figure,
        log_histogram,
        log_image,
        log_input,
        log_metric,
        log_metrics,
        log_param,
        log_params,
        log_system_metrics,
        log_table,
        log_text,
        set_note,
        set_tag,
        set_tags,
        start_run,
    )
    from runfolio.tracking.experiment import Experiment, describe_experiment, get_experiment
    from runfolio.tracking.run import Run
    from runfolio.version import __version__

__all__ = [
    "Experiment",
    "Run",
    "RunfolioError",
    "__version__",
    "active_run",
    "describe_experiment",
    "finish",
    "get_experiment",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_histogram",
    "log_image",
    "log_input",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "log_system_metrics",
    "log_table",
    "log_text",
    "set_note",
    "set_tag",
    "set_tags",
    "start_run",
]

# A name is imported when it is first used, so that importing runfolio costs a training script next
# to nothing. The verbs live in one module; these live elsewhere.
_ELSEWHERE = {
    "Experiment": "runfolio.tracking.experiment",
    "Run": "runfolio.tracking.run",
    "RunfolioError": "runfolio.errors",
    "__version__": "runfolio.version",
    "describe_experiment": "runfolio.tracking.experiment",
    "get_experiment": "runfolio.tracking.experiment",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'runfolio' has no attribute {name!r}")
    value = getattr(import_module(_ELSEWHERE.get(name, "runfolio.tracking.active")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
