"""Runfolio: an experiment tracker without a server.

Log runs with `start_run` and the ``log_*`` verbs, find them with `search_runs` and `get_run`, build
the report with ``build-report``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runfolio.archive import archive_store, import_archive, verify_archive
    from runfolio.errors import RunfolioError
    from runfolio.exports.exporting import export_runs
    from runfolio.models.inference import infer_signature
    from runfolio.models.loading import LoadedModel, load_model
    from runfolio.models.registering import register_model
    from runfolio.models.registry import (
        delete_alias,
        delete_model,
        get_model,
        get_model_version,
        list_models,
        note_model,
        restore_model,
        set_alias,
        tag_model,
    )
    from runfolio.models.saving import save_model
    from runfolio.privacy import Disclosure, find_secrets
    from runfolio.projects.running import run_project
    from runfolio.projects.sweeping import sweep
    from runfolio.publishing.publishing import publish, take_down
    from runfolio.query.cards import model_card
    from runfolio.query.experiments import search_experiments
    from runfolio.query.record import RunRead, get_run
    from runfolio.query.search import search_runs
    from runfolio.reproduction.reproducing import check_reproduction, reproduce_run
    from runfolio.review.badge import make_badge
    from runfolio.review.checking import check_runs
    from runfolio.review.comparing import compare_runs
    from runfolio.site.single_file import write_single_file
    from runfolio.sources.importing import import_runs
    from runfolio.store.registry import ModelVersion, RegisteredModel
    from runfolio.tracking.active import (
        active_run,
        finish,
        log_artifact,
        log_artifacts,
        log_calibration_curve,
        log_code,
        log_confusion_matrix,
        log_curve,
        log_dict,
        log_figure,
        log_histogram,
        log_image,
        log_input,
        log_metric,
        log_metrics,
        log_model,
        log_param,
        log_params,
        log_pr_curve,
        log_roc_curve,
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
    from runfolio.upkeep.changes import (
        delete_experiment,
        delete_runs,
        note_run,
        rename_experiment,
        rename_run,
        restore_experiment,
        restore_runs,
        tag_runs,
    )
    from runfolio.upkeep.garbage import gc
    from runfolio.upkeep.packing import pack
    from runfolio.upkeep.recovery import recover
    from runfolio.upkeep.usage import du
    from runfolio.upkeep.verification import verify
    from runfolio.version import __version__

__all__ = [
    "Disclosure",
    "Experiment",
    "LoadedModel",
    "ModelVersion",
    "RegisteredModel",
    "Run",
    "RunRead",
    "RunfolioError",
    "__version__",
    "active_run",
    "archive_store",
    "check_reproduction",
    "check_runs",
    "compare_runs",
    "delete_alias",
    "delete_experiment",
    "delete_model",
    "delete_runs",
    "describe_experiment",
    "du",
    "export_runs",
    "find_secrets",
    "finish",
    "gc",
    "get_experiment",
    "get_model",
    "get_model_version",
    "get_run",
    "import_archive",
    "import_runs",
    "infer_signature",
    "list_models",
    "load_model",
    "log_artifact",
    "log_artifacts",
    "log_calibration_curve",
    "log_code",
    "log_confusion_matrix",
    "log_curve",
    "log_dict",
    "log_figure",
    "log_histogram",
    "log_image",
    "log_input",
    "log_metric",
    "log_metrics",
    "log_model",
    "log_param",
    "log_params",
    "log_pr_curve",
    "log_roc_curve",
    "log_system_metrics",
    "log_table",
    "log_text",
    "make_badge",
    "model_card",
    "note_model",
    "note_run",
    "pack",
    "publish",
    "recover",
    "register_model",
    "rename_experiment",
    "rename_run",
    "reproduce_run",
    "restore_experiment",
    "restore_model",
    "restore_runs",
    "run_project",
    "save_model",
    "search_experiments",
    "search_runs",
    "set_alias",
    "set_note",
    "set_tag",
    "set_tags",
    "start_run",
    "sweep",
    "tag_model",
    "tag_runs",
    "take_down",
    "verify",
    "verify_archive",
    "write_single_file",
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
    "RunRead": "runfolio.query.record",
    "get_run": "runfolio.query.record",
    "search_runs": "runfolio.query.search",
    "search_experiments": "runfolio.query.experiments",
    "run_project": "runfolio.projects.running",
    "sweep": "runfolio.projects.sweeping",
    "import_runs": "runfolio.sources.importing",
    "infer_signature": "runfolio.models.inference",
    **dict.fromkeys(("LoadedModel", "load_model"), "runfolio.models.loading"),
    "save_model": "runfolio.models.saving",
    "export_runs": "runfolio.exports.exporting",
    "Disclosure": "runfolio.privacy",
    "find_secrets": "runfolio.privacy",
    "check_runs": "runfolio.review.checking",
    "compare_runs": "runfolio.review.comparing",
    "check_reproduction": "runfolio.reproduction.reproducing",
    "reproduce_run": "runfolio.reproduction.reproducing",
    "gc": "runfolio.upkeep.garbage",
    "pack": "runfolio.upkeep.packing",
    "publish": "runfolio.publishing.publishing",
    "take_down": "runfolio.publishing.publishing",
    "recover": "runfolio.upkeep.recovery",
    "du": "runfolio.upkeep.usage",
    "verify": "runfolio.upkeep.verification",
    "make_badge": "runfolio.review.badge",
    "register_model": "runfolio.models.registering",
    "model_card": "runfolio.query.cards",
    **dict.fromkeys(("ModelVersion", "RegisteredModel"), "runfolio.store.registry"),
    **dict.fromkeys(
        (
            *("list_models", "get_model", "get_model_version", "set_alias", "delete_alias"),
            *("tag_model", "note_model", "delete_model", "restore_model"),
        ),
        "runfolio.models.registry",
    ),
    **dict.fromkeys(("archive_store", "import_archive", "verify_archive"), "runfolio.archive"),
    "write_single_file": "runfolio.site.single_file",
    **dict.fromkeys(
        (
            *("delete_runs", "restore_runs", "tag_runs", "note_run", "rename_run"),
            *("delete_experiment", "restore_experiment", "rename_experiment"),
        ),
        "runfolio.upkeep.changes",
    ),
}

_ADAPTERS = ("keras", "lightgbm", "lightning", "optuna", "sklearn", "transformers", "xgboost")
"""Modules that go with a library; each is imported, and its library with it, when it is used."""


def __getattr__(name: str) -> Any:
    if name in _ADAPTERS:
        return import_module(f"runfolio.{name}")
    if name not in __all__:
        raise AttributeError(f"module 'runfolio' has no attribute {name!r}")
    value = getattr(import_module(_ELSEWHERE.get(name, "runfolio.tracking.active")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
