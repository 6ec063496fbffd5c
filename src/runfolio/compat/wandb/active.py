"""W&B's functions: they start a run and act on the one that was started last."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from contextvars import Context
from pathlib import Path
from typing import Any, Final, SupportsIndex

from runfolio.compat.wandb.earlier import read_earlier
from runfolio.compat.wandb.live import LiveRun
from runfolio.compat.wandb.options import choose_config, gather_options, tags_of
from runfolio.compat.wandb.refusals import refuse, warn_unsupported
from runfolio.errors import NoActiveRun, RunAlreadyActive, RunNotFound, StoreNotFound
from runfolio.schema import derive_run_id
from runfolio.store.layout import STORE_VARIABLE
from runfolio.store.opening import open_run
from runfolio.tracking.active import start_run
from runfolio.tracking.run import Run

_FINISHES: Final = (True, "finish_previous")
_FORKS: Final = ("fork_from", "resume_from")
_NEEDLESS: Final = ("anonymous", "save_code")
_KIND: Final = "runfolio.compat.wandb"

_runs: list[LiveRun] = []


def current() -> LiveRun | None:
    """The run that was started last of those that can be logged to."""
    _runs[:] = [run for run in _runs if run.tracked.live]
    return _runs[-1] if _runs else None


def required(call: str) -> LiveRun:
    """The current run; raises `NoActiveRun` where there is none."""
    run = current()
    if run is None:
        raise NoActiveRun(f"wandb.{call} needs a run. Start one with wandb.init().")
    return run


def init(
    entity: str | None = None,
    project: str | None = None,
    dir: Any = None,
    id: str | None = None,
    name: str | None = None,
    notes: str | None = None,
    tags: Any = None,
    config: Any = None,
    config_exclude_keys: list[str] | None = None,
    config_include_keys: list[str] | None = None,
    allow_val_change: bool | None = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: str | None = None,
    force: bool | None = None,
    reinit: bool | str | None = None,
    resume: bool | str | None = None,
    settings: Any = None,
    **others: Any,
) -> LiveRun:
    """Start a run of the experiment `project`, or go on with the one called `id`.

    It is kept in ``$RUNFOLIO_STORE``, or else in ``runs`` below `dir`. While a run is active it
    is returned again, unless `reinit` says to finish it or to create a new one. An `id` that is
    there already needs `resume`. With `mode="disabled"` nothing is kept.
    """
    told = {
        "entity": entity,
        "project": project,
        "dir": dir,
        "id": id,
        "name": name,
        "notes": notes,
        "tags": tags,
        "group": group,
        "job_type": job_type,
        "mode": mode,
        "reinit": reinit,
        "resume": resume,
        "allow_val_change": allow_val_change,
    }
    _check_others(others)
    options = gather_options(told, settings)
    before = current()
    if before is not None and options.get("reinit") in _FINISHES:
        before.finish()
    elif before is not None and options.get("reinit") != "create_new":
        before.config.update(choose_config(config, config_include_keys, config_exclude_keys))
        return before
    fresh = choose_config(config, config_include_keys, config_exclude_keys)
    return _start(options, fresh)


def _check_others(others: dict[str, Any]) -> None:
    for word, value in others.items():
        if value and word in _FORKS:
            raise refuse(f"init({word}=…)", "Start a new run, or go on with one by id and resume.")
        if value and word not in _NEEDLESS:
            warn_unsupported(f"init({word}=…)", "this option does nothing here.")


def _start(options: dict[str, Any], config: dict[str, Any]) -> LiveRun:
    disabled = options.get("mode") == "disabled"
    store = tempfile.mkdtemp(prefix="runfolio-disabled-") if disabled else _choose_store(options)
    # Another run may be active here; this one is not its child.
    tracked: Run = Context().run(_start_tracked, options, store, capture=not disabled)
    run = LiveRun(tracked, options, read_earlier(tracked) if tracked._resumed else None)
    _runs.append(run)
    atexit.register(_leave, run, store if disabled else None)
    run.config.update(config)
    return run


def _choose_store(options: dict[str, Any]) -> str | None:
    folder = options.get("dir")
    return None if folder is None or os.environ.get(STORE_VARIABLE) else f"{Path(folder) / 'runs'}"


def _start_tracked(options: dict[str, Any], store: str | None, *, capture: bool) -> Run:
    said: dict[str, Any] = {
        "tags": tags_of(options),
        "note": options.get("notes"),
        "store": store,
        "capture": None if capture else False,
    }
    fresh: dict[str, Any] = {"experiment": options.get("project"), "name": options.get("name")}
    if "id" not in options:
        if options.get("resume") == "must":
            raise RunNotFound("resume='must' needs the id of a run. Give id=….")
        if options.get("resume") in (True, "auto"):
            warn_unsupported("init(resume=…)", "without an id a new run is started. Give id=….")
        return start_run(**fresh, **said)
    known = str(options["id"])
    run_id = derive_run_id(_KIND, f"{options.get('project') or ''}/{known}")
    if not _is_there(store, run_id):
        if options.get("resume") == "must":
            raise RunNotFound(f"No run {known!r} to resume. Check id and project, or dir.")
        return start_run(run_id=run_id, rank=0, **fresh, **said)
    if options.get("resume") in (None, False, "never"):
        raise RunAlreadyActive(
            f"The run {known!r} is there already, and is not overwritten. Go on with it by "
            "resume='allow', or give another id."
        )
    return start_run(run_id=run_id, **said)


def _is_there(store: str | None, run_id: str) -> bool:
    try:
        open_run(store, run_id)
    except (RunNotFound, StoreNotFound):
        return False
    return True


def _leave(run: LiveRun, folder: str | None) -> None:
    """Save what changed when the process ends, and keep nothing of a disabled run."""
    if run.tracked.live:
        run._save_again()
    if folder is not None:
        run.finish()
        shutil.rmtree(folder, ignore_errors=True)


def log(
    data: Any, step: SupportsIndex | None = None, commit: bool | None = None, sync: Any = None
) -> None:
    """Log a row of values; see `LiveRun.log`."""
    required("log").log(data, step=step, commit=commit)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """End the current run, if there is one; see `LiveRun.finish`."""
    run = current()
    if run is not None:
        run.finish(exit_code)


def join(exit_code: int | None = None) -> None:
    """End the current run, as `finish` does."""
    finish(exit_code)


def define_metric(name: str, *arguments: Any, **options: Any) -> None:
    """Say what the summary holds of a metric; see `LiveRun.define_metric`."""
    required("define_metric").define_metric(name, *arguments, **options)


def save(glob_str: Any = None, base_path: Any = None, policy: str = "live") -> bool | list[str]:
    """Keep files; see `LiveRun.save`."""
    return required("save").save(glob_str, base_path, policy)


def log_artifact(artifact_or_path: Any, *arguments: Any, **options: Any) -> Any:
    """Keep an artifact; see `LiveRun.log_artifact`."""
    return required("log_artifact").log_artifact(artifact_or_path, *arguments, **options)


def log_model(path: Any, *arguments: Any, **options: Any) -> None:
    """Keep a model; see `LiveRun.log_model`."""
    required("log_model").log_model(path, *arguments, **options)


def log_code(*arguments: Any, **options: Any) -> None:
    """Keep source files; see `LiveRun.log_code`."""
    required("log_code").log_code(*arguments, **options)


def alert(title: str, text: str = "", level: Any = None, wait_duration: Any = None) -> None:
    """Keep a message; see `LiveRun.alert`."""
    required("alert").alert(title, text, level, wait_duration)


def watch(*models: Any, **options: Any) -> None:
    """Warn that gradients aren't recorded."""
    required("watch").watch(*models, **options)


def unwatch(*models: Any) -> None:
    """Nothing is watched."""


def mark_preempting() -> None:
    """Nothing to do: a run that is killed can be resumed."""


def login(*arguments: Any, **options: Any) -> bool:
    """There is nobody to log in to."""
    return True


def setup(*arguments: Any, **options: Any) -> None:
    """Nothing to set up."""


def teardown(exit_code: int | None = None) -> None:
    """End the current run, as `finish` does."""
    finish(exit_code)


def require(*arguments: Any, **options: Any) -> None:
    """Nothing of W&B's is required."""


def termlog(text: str = "", newline: bool = True, **options: Any) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"runfolio: {text}{os.linesep if newline else ''}")


def termwarn(text: str, newline: bool = True, **options: Any) -> None:
    """Write a warning to standard error."""
    termlog(f"warning: {text}", newline)


def termerror(text: str, newline: bool = True, **options: Any) -> None:
    """Write an error to standard error."""
    termlog(f"error: {text}", newline)
