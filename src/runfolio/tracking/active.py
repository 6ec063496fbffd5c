"""The active run, and the verbs of `Run` as functions that act on it.

Each thread or task has its own active runs. A thread that started none uses the process's only
active run, so that workers of one training loop just log.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any

from runfolio.errors import InvalidValue, NoActiveRun, RunAlreadyActive
from runfolio.schema import FINISHED, is_run_id
from runfolio.store.layout import StorePath
from runfolio.tracking.context import Capture
from runfolio.tracking.lifecycle import Watch, end_leftovers, trainings
from runfolio.tracking.models import LoggedModel
from runfolio.tracking.options import OnError, RunOptions
from runfolio.tracking.results import CurveKind
from runfolio.tracking.run import Run, names_of
from runfolio.tracking.snapshot import SOURCES

_here: ContextVar[tuple[Run, ...]] = ContextVar("runfolio_runs", default=())
_all: list[Run] = []


def _live(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.live]


_watch = Watch(lambda: _live(_all))


def start_run(
    *,
    experiment: str | None = None,
    name: str | None = None,
    tags: Mapping[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
    note: str | None = None,
    parent: Run | str | None = None,
    nested: bool = False,
    store: StorePath | None = None,
    capture: Capture | None = None,
    system_metrics: bool | float = False,
    run_id: str | None = None,
    rank: int | None = None,
    sync: float | None = 1.0,
    on_error: OnError = "raise",
) -> Run:
    """Start a run and make it the active one.

    Use it in a ``with`` statement, as a decorator (each call is a run), or by hand with
    `Run.finish`. Without `experiment` a child takes its parent's, any other run the script's or
    notebook's name. The store is `store`, else ``$RUNFOLIO_STORE``, else ``./runs``: a folder or
    an address such as ``s3://bucket/runs``, to which what is logged goes every few seconds. With
    `nested=True` or `parent` (a run or its id) the run becomes a child. `capture` chooses what is
    recorded without asking: True (all), False, or any of "git", "diff", "code", "environment" and
    "host". `system_metrics` is True or an interval in seconds.

    `run_id` goes on with a run that has ended or crashed: its parameters stay, its metrics go on.
    With `rank` several processes log to one run side by side, each through a journal of its own;
    the first to come begins it, and rank 0 speaks for it. `sync` is how many seconds may pass until
    what was logged is safe from a power cut too: 0 for none, None for only at the end. With
    `on_error="warn"` a full disk or the like is a warning and training goes on.
    """
    return start_with(
        RunOptions(
            experiment=experiment,
            name=name,
            tags=tags,
            params=params,
            note=note,
            parent=parent,
            nested=nested,
            store=store,
            capture=capture,
            system_metrics=system_metrics,
            run_id=run_id,
            rank=rank,
            sync=sync,
            on_error=on_error,
        )
    )


def start_with(options: RunOptions) -> Run:
    """Start a run as `options` say and make it the active one."""
    outer = _live(_here.get())
    if outer and not options.nested and options.parent is None:
        raise RunAlreadyActive(
            f"The run {outer[-1].name!r} is active already. Finish it first, or start this one "
            "inside it with nested=True."
        )
    parent = _parent(options)
    if isinstance(parent, Run) and options.experiment is None:
        options = replace(options, experiment=parent.experiment)
    parent_id = parent.id if isinstance(parent, Run) else parent
    run = Run(options, parent_id=parent_id, start=start_with)
    _here.set((*outer, run))
    _all.append(run)
    run.on_end(_forget)
    _watch.install()
    return run


def _parent(options: RunOptions) -> Run | str | None:
    parent = options.parent
    if parent is None:
        parent = active_run() if options.nested else None
    if parent is None or isinstance(parent, Run):
        return parent
    if isinstance(parent, str) and is_run_id(parent):
        return parent
    raise InvalidValue(f"A parent is a run or its id of 16 hexadecimal digits, not {parent!r}.")


def _forget(run: Run) -> None:
    if run in _all:
        _all.remove(run)
    _here.set(tuple(one for one in _here.get() if one is not run))


def active_run() -> Run | None:
    """The active run of this thread, else the process's only active run, else None."""
    mine = _live(_here.get())
    if mine:
        return mine[-1]
    if trainings:  # runs that adapters have started
        end_leftovers()
        here = threading.get_ident()
        own = [one.run for one in trainings.values() if one.thread == here and one.run.live]
        if own:
            return own[-1]
    return _all[0] if len(_all) == 1 else None


def _required() -> Run:
    run = active_run()
    if run is not None:
        return run
    if _all:
        raise NoActiveRun(
            f"Several runs are active ({names_of(_all)}) and none was started in this thread. "
            "Call the verb on the run itself."
        )
    raise NoActiveRun("No run is active. Start one with runfolio.start_run().")


def finish(status: str = FINISHED) -> None:
    """End the active run; see `Run.finish`."""
    _required().finish(status)


def log_param(key: str, value: object) -> None:
    """Log one parameter to the active run; see `Run.log_param`."""
    _required().log_param(key, value)


def log_params(params: Mapping[str, Any]) -> None:
    """Log parameters to the active run; see `Run.log_params`."""
    _required().log_params(params)


def log_metric(
    key: str, value: float, *, step: int | None = None, time: float | datetime | None = None
) -> None:
    """Log one value of one metric to the active run; see `Run.log_metric`."""
    _required().log_metric(key, value, step=step, time=time)


def log_metrics(
    metrics: Mapping[str, Any], *, step: int | None = None, time: float | datetime | None = None
) -> None:
    """Log one value for each metric to the active run; see `Run.log_metrics`."""
    _required().log_metrics(metrics, step=step, time=time)


def set_tag(key: str, value: object) -> None:
    """Set one tag of the active run; see `Run.set_tag`."""
    _required().set_tag(key, value)


def set_tags(tags: Mapping[str, Any]) -> None:
    """Set tags of the active run; see `Run.set_tags`."""
    _required().set_tags(tags)


def set_note(note: str) -> None:
    """Set the note of the active run, in Markdown; see `Run.set_note`."""
    _required().set_note(note)


def log_artifact(path: str | os.PathLike[str], artifact_path: str | None = None) -> None:
    """Keep a file or folder with the active run; see `Run.log_artifact`."""
    _required().log_artifact(path, artifact_path)


def log_artifacts(folder: str | os.PathLike[str], artifact_path: str | None = None) -> None:
    """Keep all files of a folder with the active run; see `Run.log_artifacts`."""
    _required().log_artifacts(folder, artifact_path)


def log_code(
    folder: str | os.PathLike[str] = ".",
    *,
    include: Sequence[str] = SOURCES,
    exclude: Sequence[str] = (),
) -> None:
    """Keep the source files of a folder with the active run; see `Run.log_code`."""
    _required().log_code(folder, include=include, exclude=exclude)


def log_model(
    model: Any,
    name: str = "model",
    *,
    signature: Any = None,
    input_example: Any = None,
    flavor: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> LoggedModel:
    """Keep a model with the active run, in the format of MLflow; see `Run.log_model`."""
    return _required().log_model(
        model,
        name,
        signature=signature,
        input_example=input_example,
        flavor=flavor,
        metadata=metadata,
    )


def log_text(text: str, path: str) -> None:
    """Keep text as a file of the active run; see `Run.log_text`."""
    _required().log_text(text, path)


def log_dict(dictionary: Any, path: str) -> None:
    """Keep a dictionary as a JSON file of the active run; see `Run.log_dict`."""
    _required().log_dict(dictionary, path)


def log_table(table: Any, path: str) -> None:
    """Keep a table as a Parquet file of the active run; see `Run.log_table`."""
    _required().log_table(table, path)


def log_image(
    image: Any, path: str | None = None, *, key: str | None = None, step: int | None = None
) -> None:
    """Keep a picture with the active run; see `Run.log_image`."""
    _required().log_image(image, path, key=key, step=step)


def log_figure(figure: Any, path: str) -> None:
    """Keep a figure with the active run; see `Run.log_figure`."""
    _required().log_figure(figure, path)


def log_histogram(
    values: Any, key: str, *, step: int | None = None, bins: int | Sequence[float] = 64
) -> None:
    """Keep a distribution with the active run; see `Run.log_histogram`."""
    _required().log_histogram(values, key, step=step, bins=bins)


def log_confusion_matrix(
    y_true: Any = None,
    y_pred: Any = None,
    *,
    matrix: Any = None,
    labels: Sequence[Any] | None = None,
    path: str = "confusion_matrix",
    step: int | None = None,
) -> None:
    """Keep a confusion matrix with the active run; see `Run.log_confusion_matrix`."""
    _required().log_confusion_matrix(
        y_true, y_pred, matrix=matrix, labels=labels, path=path, step=step
    )


def log_curve(
    name: str,
    x: Any,
    y: Any,
    *,
    x_title: str | None = None,
    y_title: str | None = None,
    kind: CurveKind | None = None,
    label: str | None = None,
    step: int | None = None,
) -> None:
    """Keep a curve that is no metric by step with the active run; see `Run.log_curve`."""
    _required().log_curve(
        name, x, y, x_title=x_title, y_title=y_title, kind=kind, label=label, step=step
    )


def log_roc_curve(
    y_true: Any,
    y_score: Any,
    *,
    name: str = "roc",
    label: str | None = None,
    labels: Sequence[Any] | None = None,
    pos_label: Any = None,
    step: int | None = None,
) -> None:
    """Keep ROC curves with the active run; see `Run.log_roc_curve`."""
    _required().log_roc_curve(
        y_true, y_score, name=name, label=label, labels=labels, pos_label=pos_label, step=step
    )


def log_pr_curve(
    y_true: Any,
    y_score: Any,
    *,
    name: str = "precision-recall",
    label: str | None = None,
    labels: Sequence[Any] | None = None,
    pos_label: Any = None,
    step: int | None = None,
) -> None:
    """Keep curves of precision by recall with the active run; see `Run.log_pr_curve`."""
    _required().log_pr_curve(
        y_true, y_score, name=name, label=label, labels=labels, pos_label=pos_label, step=step
    )


def log_calibration_curve(
    y_true: Any,
    y_prob: Any,
    *,
    bins: int = 10,
    name: str = "calibration",
    label: str | None = None,
    labels: Sequence[Any] | None = None,
    pos_label: Any = None,
    step: int | None = None,
) -> None:
    """Keep calibration curves with the active run; see `Run.log_calibration_curve`."""
    _required().log_calibration_curve(
        y_true,
        y_prob,
        bins=bins,
        name=name,
        label=label,
        labels=labels,
        pos_label=pos_label,
        step=step,
    )


def log_input(
    data: Any,
    *,
    name: str | None = None,
    source: str | None = None,
    context: str | None = None,
    digest: str | None = None,
) -> None:
    """Log which data the active run used; see `Run.log_input`."""
    _required().log_input(data, name=name, source=source, context=context, digest=digest)


def log_system_metrics(*, interval: float = 10.0) -> None:
    """Log the machine's use while the active run lasts; see `Run.log_system_metrics`."""
    _required().log_system_metrics(interval=interval)
