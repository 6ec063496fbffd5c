"""A run: one execution that is logged, from `start_run` to `finish`."""

from __future__ import annotations

import functools
import struct
import time as clock
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

from runfolio.errors import InvalidValue, ParameterConflict
from runfolio.schema import (
    END_STATUSES,
    FAILED,
    FINISHED,
    FORMAT_VERSION,
    KILLED,
    RUNNING,
    check_name,
    new_run_id,
)
from runfolio.store import journal as records
from runfolio.store.artifacts import write_artifact
from runfolio.store.journal import SUFFIX, JournalWriter
from runfolio.store.layout import StorePath, choose_store, create_store, new_run_folder
from runfolio.store.liveness import describe_writer
from runfolio.store.removal import remove_run
from runfolio.store.sealing import seal_run
from runfolio.tracking.artifacts import ArtifactLog
from runfolio.tracking.capture.source import Source, find_source
from runfolio.tracking.context import Capture, Gathered, Gathering, choose_captures
from runfolio.tracking.journals import ClosedJournal, Journaling
from runfolio.tracking.values import (
    Param,
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


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Everything `start_run` was told, so that a decorated function can start run after run."""

    experiment: str | None = None
    name: str | None = None
    tags: Mapping[str, str] | None = None
    params: Mapping[str, Any] | None = None
    note: str | None = None
    parent: Run | str | None = None
    nested: bool = False
    store: StorePath | None = None
    capture: Capture | None = None
    system_metrics: bool | float = False


class Run(ArtifactLog):
    """A live run; create one with `runfolio.start_run`.

    `id` is unique for ever, `name` and `experiment` are for people, `folder` is where it is kept.
    """

    def __init__(self, options: RunOptions, *, parent_id: str | None = None) -> None:
        super().__init__()
        captures = choose_captures(options.capture)
        source = find_source()
        self.id = new_run_id()
        self.experiment = check_name(options.experiment or source.name, "experiment")
        self.name = check_name(options.name or f"{_NAMELESS} {self.id[:6]}", "run")
        self.status = RUNNING
        self.parent_id = parent_id
        self._options = options
        self._params: dict[str, Param] = {}
        self._next_steps: dict[str, int] = {}
        self._checked: set[tuple[str, ...]] = set()
        self._on_end: list[Callable[[Run], None]] = []
        self._monitor: SystemMonitor | None = None
        self._started = clock.monotonic()
        self._open(choose_store(options.store), now())
        self._log_options(options)
        self._gathering = self._gather(captures, source)

    def _open(self, store: Path, start_time: int) -> None:
        create_store(store)
        self._folder = new_run_folder(store, self.id)
        header = {
            "format": FORMAT_VERSION,
            "run_id": self.id,
            "experiment": self.experiment,
            "name": self.name,
            "parent_id": self.parent_id,
            "start_time": start_time,
            "writer": describe_writer(),
        }
        path = self._folder.journals / f"{uuid.uuid4().hex}{SUFFIX}"
        self._journal: Journaling = JournalWriter(path, header)

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

    def _gather(self, captures: frozenset[str], source: Source) -> Gathering:
        return Gathering(captures, source, self._take_context)

    def _take_context(self, gathered: Gathered) -> None:
        journal = self._journal
        journal.append(records.CONTEXT, gathered.facts)
        for path, content in gathered.files:
            listed = write_artifact(self._folder, path, content)
            journal.append(records.ARTIFACT, {**listed, "kind": "code", "time": now()})

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
        encoded = {check_name(key, "parameter"): encode_param(params[key]) for key in params}
        for key, param in encoded.items():
            earlier = self._params.get(key)
            if earlier is not None and not earlier.same_as(param):
                raise ParameterConflict(
                    f"The parameter {key!r} of this run is {earlier.text!r} already and can't "
                    f"become {param.text!r}. Log it under another name or start another run."
                )
        new = {key: param for key, param in encoded.items() if key not in self._params}
        if new:
            self._journal.append(records.PARAMS, new)
            self._params |= new
        else:
            self._journal.check_open()

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
        if not metrics:
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
        check_metrics(metrics)
        together: dict[int, dict[str, Any]] = {}
        for name, value in metrics.items():
            together.setdefault(self._next_steps.get(name, 0), {})[name] = value
        for step, part in together.items():
            names = tuple(part)
            self._next_steps.update(dict.fromkeys(names, step + 1))
            self._append(names, step, moment, part)

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
        encoded = {check_name(key, "tag"): _text(value) for key, value in tags.items()}
        self._journal.append(records.TAGS, encoded)

    def set_note(self, note: str) -> None:
        """Set the run's note, in Markdown; it replaces an earlier one."""
        self._journal.append(records.NOTE, _text(note))

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
        """End the run as FINISHED, FAILED or KILLED and seal it; ending it twice does nothing."""
        if status not in END_STATUSES:
            raise InvalidValue(
                f"A run can't end as {status!r}. Choose one of {', '.join(END_STATUSES)}."
            )
        if self.status != RUNNING:
            return
        if self._monitor is not None:
            self._monitor.stop()
        self._gathering.wait()
        duration = clock.monotonic() - self._started
        ending = {"status": status, "end_time": now(), "duration": duration}
        journal = self._journal
        try:
            journal.append(records.END, ending)
            journal.sync()
        finally:
            journal.close()
            self._leave(status, f"The run {self.name!r} has ended. Start another one to log more.")
        seal_run(self._folder)

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
        if self.status == RUNNING:
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
        self.finish_by(error)

    def finish_by(self, error: BaseException | None) -> None:
        """End the run by how its block or process ended; a failure's traceback is kept."""
        status = status_after(error)
        if status == FAILED and error is not None and self.status == RUNNING:
            self.log_text("".join(traceback.format_exception(error)), "traceback.txt")
        self.finish(status)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate `function` so that each call is a run of its own."""
        from runfolio.tracking.active import start_with

        options = self._options
        self._discard()

        @functools.wraps(function)
        def logged(*args: P.args, **kwargs: P.kwargs) -> R:
            with start_with(options):
                return function(*args, **kwargs)

        return logged

    def _discard(self) -> None:
        """Remove a run that was started only to decorate a function."""
        self._gathering.wait()
        if self._monitor is not None:
            self._monitor.stop()
        self._journal.close()
        self._leave(KILLED, f"The run {self.name!r} was never started: it decorates a function.")
        remove_run(self._folder)

    def __repr__(self) -> str:
        return f"<Run {self.name!r} of {self.experiment!r}, {self.status.lower()}, id {self.id}>"

    def _repr_html_(self) -> str:
        from runfolio.tracking.notebook import show_run

        return show_run(self)


def _text(value: object) -> str:
    return str(value).encode(errors="replace").decode()


def status_after(error: BaseException | None) -> str:
    """The status of a run whose code ended with `error`, or without one."""
    if error is None:
        return FINISHED
    if isinstance(error, KeyboardInterrupt):
        return KILLED
    if isinstance(error, SystemExit):
        return status_after_exit(error.code)
    return FINISHED if isinstance(error, GeneratorExit) else FAILED


def status_after_exit(code: object) -> str:
    """The status of a run whose process ended with exit code `code`; 130 and 143 are signals."""
    if code in (None, 0):
        return FINISHED
    return KILLED if code in (130, 143) else FAILED


def names_of(runs: Iterable[Run]) -> str:
    """The names of runs for a message."""
    return ", ".join(repr(run.name) for run in runs)
