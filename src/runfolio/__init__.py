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

# Where each name lives; it is imported when it is first used, so that importing runfolio costs a
# training script next to nothing.
_HOMES = {
    "runfolio.errors": ("RunfolioError",),
    "runfolio.tracking.active": (
        "active_run",
        "finish",
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
    ),
    "runfolio.tracking.experiment": ("Experiment", "describe_experiment", "get_experiment"),
    "runfolio.tracking.run": ("Run",),
    "runfolio.version": ("__version__",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'runfolio' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
