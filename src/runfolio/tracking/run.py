"""A run: one execution that is logged, from `start_run` to `finish`."""

from __future__ import annotations

import os
import struct
import threading
import time as clock
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Self, TypeVar

from runfolio.errors import (
    InvalidPath,
    InvalidValue,
    ParameterConflict,
    RunFinished,
    RunfolioError,
    StoreWriteFailed,
)
from runfolio.schema import (
    END_STATUSES,
    FAILED,
    FINISHED,
    FORMAT_VERSION,
    KILLED,
    MAX_NAME_LENGTH,
    RUNNING,
    check_name,
    new_run_id,
)
from runfolio.store import journal as records
from runfolio.store.artifacts import check_artifact_path, write_artifact
from runfolio.store.journal import SUFFIX, JournalWriter
from runfolio.store.layout import (
    choose_store,
    create_store,
    new_run_folder,
    show_run_folder,
)
from runfolio.store.liveness import describe_writer
from runfolio.store.removal import remove_empty_store, remove_run
from runfolio.store.sealing import seal_run
from runfolio.tracking.artifacts import ArtifactLog
from runfolio.tracking.capture.source import find_source
from runfolio.tracking.context import Gathered, Gathering, choose_captures
from runfolio.tracking.decoration import check_function, decorate
from runfolio.tracking.endings import status_after
from runfolio.tracking.journals import ClosedJournal, Journaling
from runfolio.tracking.options import RunOptions
from runfolio.tracking.values import (
    Param,
    as_text,
    check_mapping,
    check_metrics,
    check_step,
    check_time,
    encode_param,
    now,
)

if TYPE_CHECKING:
    from runfolio.tracking.system import SystemMonitor

P = ParamSpec("P")
R = TypeVar("R")

_NAMELESS = "run"


class Run(ArtifactLog):
    """A live run; create one with `runfolio.start_run`.

    `id` is unique for ever, `name` and `experiment` are for people, `folder` is where it is kept.
    """

    def __init__(
        self,
        options: RunOptions,
        *,
        start: Callable[[RunOptions], Run],
        parent_id: str | None = None,
    ) -> None:
        super().__init__()
        captures = choose_captures(options.capture)
        source = find_source()
        self.id = new_run_id()
        self.experiment = _choose_name(options.experiment, source.name, "experiment")
        self.name = _choose_name(options.name, f"{_NAMELESS} {self.id[:6]}", "run")
        self.status = RUNNING
        self.parent_id = parent_id
        self._options = options
        self._start = start
        self._params: dict[str, Param] = {}
        self._next_steps: dict[str, int] = {}
        self._checked: set[tuple[str, ...]] = set()
        self._on_end: list[Callable[[Run], None]] = []
        self._monitor: SystemMonitor | None = None
        self._ending: dict[str, Any] | None = None
        self._detached = self._sealed = False
        self._started = clock.monotonic()
        self._open(choose_store(options.store), options)
        self._gathering = Gathering(captures, source, self._take_context)

    def _open(self, store: Path, options: RunOptions) -> None:
        """Begin the journal and only then let readers see the run; leave nothing if that fails."""
        self._store_is_new = create_store(store)
        self._folder = new_run_folder(store, self.id)
        self._journal: Journaling = ClosedJournal(f"The run {self.name!r} hasn't started.")
        try:
            self._journal = self._begin_journal()
            self._log_options(options)
            self._folder = show_run_folder(store, self.id)
        except BaseException:
            self._remove()
            raise

    def _begin_journal(self) -> JournalWriter:
        header = {
            "format": FORMAT_VERSION,
            "run_id": self.id,
            "experiment": self.experiment,
            "name": self.name,
            "parent_id": self.parent_id,
            "start_time": now(),
            "writer": describe_writer(),
        }
        return JournalWriter(self._folder.journals / f"{os.urandom(16).hex()}{SUFFIX}", header)

    def _log_options(self, options: RunOptions) -> None:
        if options.params:
            self.log_params(options.params)
        if options.tags:
            self.set_tags(options.tags)
        if options.note:
            self.set_note(options.note)
        if options.system_metrics:
            interval = 10.0 if options.system_metrics is True else options.system_metrics
            self.log_system_metrics(interval=interval)

    def _take_context(self, gathered: Gathered) -> None:
        journal = self._journal
        journal.append(records.CONTEXT, gathered.facts)
        for path, content in gathered.files:
            with suppress(InvalidPath):
                listed = write_artifact(self._folder, check_artifact_path(path), content)
                journal.append(records.ARTIFACT, {**listed, "kind": "code", "time": now()})

    @property
    def live(self) -> bool:
        """Whether this process can log to the run."""
        return self.status == RUNNING and not self._detached

    @property
    def folder(self) -> Path:
        """The folder that holds the run."""
        return self._folder.path

    @property
    def url(self) -> str:
        """The ``file:`` address of the run's folder."""
        return self.folder.as_uri()

    def log_param(self, key: str, value: object) -> None:
        """Log one parameter; see `log_params`."""
        self.log_params({key: value})

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log parameters with their types: numbers, bools, text, and lists or dicts as JSON.

        The same value may be logged again; another one for the same name raises
        `ParameterConflict`, and then none of `params` is logged.
        """
        items = check_mapping(params, "parameters").items()
        encoded = {check_name(key, "parameter"): encode_param(value) for key, value in items}
        with self._lock:
            for key, param in encoded.items():
                self._check_conflict(key, param)
            new = {key: param for key, param in encoded.items() if key not in self._params}
            if new:
                self._journal.append(records.PARAMS, new)
                self._params |= new
            else:
                self._journal.check_open()

    def _check_conflict(self, key: str, param: Param) -> None:
        earlier = self._params.get(key)
        if earlier is not None and not earlier.same_as(param):
            raise ParameterConflict(
                f"The parameter {key!r} of this run is {earlier.text!r} already and can't "
                f"become {param.text!r}. Log it under another name or start another run."
            )

    def log_metric(
        self,
        key: str,
        value: float,
        *,
        step: int | None = None,
        time: float | datetime | None = None,
    ) -> None:
        """Log one value of one metric; see `log_metrics`."""
        self.log_metrics({key: value}, step=step, time=time)

    def log_metrics(
        self,
        metrics: Mapping[str, Any],
        *,
        step: int | None = None,
        time: float | datetime | None = None,
    ) -> None:
        """Log one value for each metric; when this returns, a killed process loses none of them.

        `step` is an integer of any sign and may repeat; without it each metric takes the step
        after its last one, from 0. `time` is seconds since 1970 or an aware datetime, by default
        now. NaN and infinities are kept. Raises `InvalidValue` for what is no real number.
        """
        if type(metrics) is not dict:
            check_mapping(metrics, "metrics")
        if not metrics:
            self._journal.check_open()
            return
        moment = now() if time is None else check_time(time)
        if step is None:
            self._append_next(metrics, moment)
            return
        if type(step) is not int:
            step = check_step(step)
        names = tuple(metrics)
        self._append(names, step, moment, metrics)
        self._next_steps.update(dict.fromkeys(names, step + 1))

    def _append_next(self, metrics: Mapping[str, Any], moment: int) -> None:
        """Log each metric at the step after its last, those with equal steps together."""
        with self._lock:
            together: dict[int, Mapping[str, Any]] = {}
            steps = [self._next_steps.get(name, 0) for name in metrics]
            if steps.count(steps[0]) == len(steps):
                together[steps[0]] = metrics
            else:
                values = zip(metrics, check_metrics(metrics), strict=True)
                for step, (name, value) in zip(steps, values, strict=True):
                    together[step] = {**together.get(step, {}), name: value}
            for step, part in together.items():
                names = tuple(part)
                self._append(names, step, moment, part)
                self._next_steps.update(dict.fromkeys(names, step + 1))

    def _append(
        self, names: tuple[str, ...], step: int, moment: int, metrics: Mapping[str, Any]
    ) -> None:
        if names not in self._checked:
            check_metrics(metrics)
            self._checked.add(names)
        try:
            self._journal.append_points(names, step, moment, metrics.values())  # type: ignore[arg-type]
        except (struct.error, TypeError, ValueError, OverflowError):
            self._journal.append_points(names, check_step(step), moment, check_metrics(metrics))

    def set_tag(self, key: str, value: object) -> None:
        """Set one tag; see `set_tags`."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags, texts to find and group runs by; a later value replaces an earlier one."""
        items = check_mapping(tags, "tags").items()
        encoded = {check_name(key, "tag"): as_text(value) for key, value in items}
        self._journal.append(records.TAGS, encoded)

    def set_note(self, note: str) -> None:
        """Set the run's note, in Markdown; it replaces an earlier one."""
        self._journal.append(records.NOTE, as_text(note))

    def log_input(
        self,
        data: Any,
        *,
        name: str | None = None,
        source: str | None = None,
        context: str | None = None,
        digest: str | None = None,
    ) -> None:
        """Log which data was used: its name, digest, source, schema and profile, not the data.

        `data` is a table (pandas, Arrow, Polars), an array, or the path or address of a file.
        `context` says what for, such as "training".
        """
        from runfolio.tracking.dataset import describe_dataset

        described = describe_dataset(data, name=name, source=source, context=context, digest=digest)
        self._journal.append(records.INPUT, described)

    def log_system_metrics(self, *, interval: float = 10.0) -> None:
        """Log CPU, memory, disk, network and GPU use every `interval` seconds until the run ends.

        Needs psutil: ``pip install runfolio[system]``.
        """
        from runfolio.tracking.system import SystemMonitor

        if self._monitor is None:
            self._monitor = SystemMonitor(self.log_metrics, interval)
            self._monitor.start()

    def finish(self, status: str = FINISHED) -> None:
        """End the run as FINISHED, FAILED or KILLED and seal it; ending it twice does nothing.

        Where sealing failed, as on a full disk, the run reads as ended all the same, and calling
        this again seals it.
        """
        if status not in END_STATUSES:
            raise InvalidValue(
                f"A run can't end as {status!r}. Choose one of {', '.join(END_STATUSES)}."
            )
        if self._detached:
            self._journal.check_open()
        if self.status == RUNNING:
            self._stop_helpers(patience=2.0 if status == KILLED else 10.0)
        with self._lock:
            if self.status == RUNNING:
                self._end(status)
            if not self._sealed:
                seal_run(self._folder, self._ending)
                self._sealed = True

    def _stop_helpers(self, *, patience: float) -> None:
        if self._monitor is not None:
            self._monitor.stop()
        self._gathering.wait(patience)

    def _end(self, status: str) -> None:
        duration = clock.monotonic() - self._started
        self._ending = {"status": status, "end_time": now(), "duration": duration}
        journal = self._journal
        try:
            # Sealing writes the ending too, and says why when that can't be done either.
            with suppress(StoreWriteFailed):
                journal.append(records.END, self._ending)
                journal.sync()
        finally:
            journal.close()
            self._leave(status, f"The run {self.name!r} has ended. Start another one to log more.")

    def _leave(self, status: str, reason: str) -> None:
        self.status = status
        self._journal = ClosedJournal(reason)
        for callback in self._on_end:
            callback(self)

    def on_end(self, callback: Callable[[Run], None]) -> None:
        """Call `callback` with the run once it can no longer be logged to."""
        self._on_end.append(callback)

    def detach(self) -> None:
        """Stop writing in a forked child, whose parent goes on with the run."""
        if self.live:
            self._detached = True
            self._lock = threading.RLock()
            self._journal.abandon()
            self._leave(
                RUNNING,
                f"The run {self.name!r} belongs to the process that started it. "
                "Log from there, or start a run of its own in the child process.",
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._detached:
            return
        try:
            self.finish_by(error)
        except Exception as failure:
            if error is None:
                raise
            error.add_note(f"runfolio: {failure}")

    def finish_by(self, error: BaseException | None) -> None:
        """End the run by how its block or process ended; a failure's traceback is kept."""
        status = status_after(error)
        if status == FAILED and error is not None and self.live:
            with suppress(RunfolioError):
                self.log_text("".join(traceback.format_exception(error)), "traceback.txt")
        self.finish(status)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate `function` so that each call is a run of its own."""
        if not self.live:
            raise RunFinished(f"The run {self.name!r} has ended. Decorate with @start_run(…).")
        options, start = self._options, self._start
        self._gathering.cancel()
        self._remove()
        self._leave(KILLED, f"The run {self.name!r} was never started: it decorates a function.")
        check_function(function)
        return decorate(function, lambda: start(options))

    def _remove(self) -> None:
        """Leave nothing of a run that could not start, or only decorates a function."""
        if self._monitor is not None:
            self._monitor.stop()
        self._journal.close()
        self._sealed = True
        with suppress(StoreWriteFailed):
            remove_run(self._folder)
        if self._store_is_new:
            remove_empty_store(self._folder.path.parent.parent)

    def __reduce__(self) -> NoReturn:
        raise RunFinished(
            f"The run {self.name!r} belongs to this process and can't be sent to another. "
            "Send its id, and log from there with start_run(parent=id)."
        )

    def __repr__(self) -> str:
        return f"<Run {self.name!r} of {self.experiment!r}, {self.status.lower()}, id {self.id}>"

    def _repr_html_(self) -> str:
        from runfolio.tracking.notebook import show_run

        return show_run(
            self._folder, name=self.name, experiment=self.experiment, status=self.status
        )


def _choose_name(said: str | None, default: str, what: str) -> str:
    return check_name(as_text(default)[:MAX_NAME_LENGTH] if said is None else said, what)


def names_of(runs: Iterable[Run]) -> str:
    """The names of runs for a message."""
    return ", ".join(repr(run.name) for run in runs)
