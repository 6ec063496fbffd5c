"""A run: one execution that is logged, from `start_run` to `finish`."""

from __future__ import annotations

import os
import threading
import time as clock
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, Self, TypeVar

from runfolio.errors import (
    InvalidPath,
    InvalidValue,
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
from runfolio.store.keeping import Keeper
from runfolio.store.layout import (
    choose_store,
    create_store,
    new_run_folder,
    show_run_folder,
)
from runfolio.store.liveness import describe_writer
from runfolio.store.packs import PackIndex
from runfolio.store.removal import remove_empty_store, remove_run
from runfolio.store.sealing import seal_run
from runfolio.tracking.capture.source import find_source
from runfolio.tracking.context import Gathered, Gathering, choose_captures
from runfolio.tracking.decoration import check_function, decorate
from runfolio.tracking.endings import status_after
from runfolio.tracking.facts import FactLog
from runfolio.tracking.joining import Joined, join_run
from runfolio.tracking.journals import ClosedJournal, Journaling, OneFailure, TolerantJournal
from runfolio.tracking.options import RunOptions
from runfolio.tracking.values import as_text, check_sync, now

if TYPE_CHECKING:
    from runfolio.tracking.system import SystemMonitor

P = ParamSpec("P")
R = TypeVar("R")

_NAMELESS = "run"


class Run(FactLog):
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
        store = choose_store(options.store)
        joined = join_run(store, options)
        captures = choose_captures(options.capture, rank=joined.rank)
        source = find_source()
        self.id = joined.run_id or new_run_id()
        self.rank = joined.rank
        self.experiment = joined.experiment or _choose_name(
            options.experiment, source.name, "experiment"
        )
        self.name = joined.name or _choose_name(options.name, f"{_NAMELESS} {self.id[:6]}", "run")
        self.status = RUNNING
        self.parent_id = joined.parent_id if joined.known else parent_id
        self._options = options
        self._start = start
        self._params = dict(joined.params)
        self._next_steps = dict(joined.next_steps)
        self._series_steps = dict(joined.series_steps)
        self._resumed = joined.known
        self._on_end: list[Callable[[Run], None]] = []
        self._monitor: SystemMonitor | None = None
        self._keeper: Keeper | None = None
        self._ending: dict[str, Any] | None = None
        self._detached = self._sealed = False
        self._tolerant = options.on_error == "warn"
        self._started = clock.monotonic()
        self._open(store, options, joined)
        self._gathering = Gathering(captures, source, self._take_context)

    def _open(self, store: Path, options: RunOptions, joined: Joined) -> None:
        """Begin the journal and only then let readers see it; leave nothing if that fails."""
        sync = check_sync(options.sync)
        self._store_is_new = create_store(store)
        self._store = store
        self._folder = new_run_folder(store, self.id)
        self._journal: Journaling = ClosedJournal(f"The run {self.name!r} hasn't started.")
        try:
            writer = self._begin_journal(joined, sync_each=sync == 0)
            self._writer = writer.path.name
            self._journal = TolerantJournal(writer) if self._tolerant else writer
            self._log_options(options)
            self._folder = show_run_folder(self._folder, store, self.id)
        except BaseException:
            self._remove()
            raise
        writer.path = self._folder.journals / self._writer
        self._keeper = Keeper(writer, interval=sync, report=self._report)
        self._keeper.start()

    def _begin_journal(self, joined: Joined, *, sync_each: bool) -> JournalWriter:
        moment = now()
        header = {
            "format": FORMAT_VERSION,
            "run_id": self.id,
            "experiment": self.experiment,
            "name": self.name,
            "parent_id": self.parent_id,
            "start_time": joined.start_time or moment,
            "joined": moment,
            "turn": joined.turn,
            "rank": joined.rank,
            "writer": describe_writer(),
        }
        path = self._folder.journals / f"{os.urandom(16).hex()}{SUFFIX}"
        return JournalWriter(path, header, sync_each=sync_each)

    def _report(self, failure: StoreWriteFailed) -> None:
        """Let the next call that logs say that the journal could not be synced."""
        journal = self._journal

        def restore() -> None:
            self._journal = journal

        if self.live:
            failing = OneFailure(journal, failure, restore)
            self._journal = TolerantJournal(failing) if self._tolerant else failing

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
        this again seals it. While other ranks log to the run, the last one to finish seals it.
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
                with self._tolerating():
                    self._seal()

    def _seal(self) -> None:
        packs = PackIndex(self._store) if self._resumed else None
        seal_run(self._folder, self._ending, writer=self._writer, packs=packs)
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
                if self._keeper is not None:
                    self._keeper.stop()
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
            self._keeper = None
            self._journal.abandon()
            self._leave(
                RUNNING,
                f"The run {self.name!r} belongs to the process that started it. "
                f"Log from there, join it with start_run(run_id={self.id!r}, rank=1), "
                "or start a run of its own in the child process.",
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
        if self._options.run_id is not None:
            raise InvalidValue(
                f"A run that is resumed can't decorate {function!r}: each call is a new run. "
                "Leave run_id out, or use it in a with statement."
            )
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
        if self._keeper is not None:
            self._keeper.stop()
        self._journal.close()
        self._sealed = True
        with suppress(StoreWriteFailed):
            remove_run(self._folder)
        if self._store_is_new:
            remove_empty_store(self._store)

    def __reduce__(self) -> NoReturn:
        raise RunFinished(
            f"The run {self.name!r} belongs to this process and can't be sent to another. "
            "Send its id, and join it there with start_run(run_id=id, rank=1), 2 and so on, or log "
            "a child with start_run(parent=id)."
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
