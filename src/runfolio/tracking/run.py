"""A run: one execution that is logged, from `start_run` to `finish`."""

from __future__ import annotations

import os
import threading
import time as clock
import traceback
from collections.abc import Callable, Iterable, Mapping
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
    as_text,
    check_name,
    new_run_id,
)
from runfolio.store import journal as records
from runfolio.store.artifacts import check_artifact_path, write_artifact
from runfolio.store.journal import SUFFIX, JournalWriter
from runfolio.store.keeping import Keeper
from runfolio.store.layout import (
    create_store,
    is_address,
    locate_store,
    new_run_folder,
    run_folder,
    show_run_folder,
)
from runfolio.store.liveness import describe_writer
from runfolio.store.packs import PackIndex
from runfolio.store.removal import remove_empty_store, remove_run
from runfolio.store.sealing import seal_run
from runfolio.tracking.capture.process import next_place
from runfolio.tracking.capture.source import find_source
from runfolio.tracking.context import Gathered, Gathering, choose_captures
from runfolio.tracking.decoration import check_function, decorate
from runfolio.tracking.endings import status_after
from runfolio.tracking.facts import FactLog
from runfolio.tracking.joining import Joined, join_run
from runfolio.tracking.journals import (
    ClosedJournal,
    Journaling,
    OneFailure,
    TolerantJournal,
    told_later,
    warn_of,
)
from runfolio.tracking.launch import NOTHING, Launch, give_back, take_launch
from runfolio.tracking.options import RunOptions
from runfolio.tracking.values import check_sync, now

if TYPE_CHECKING:
    from runfolio.store.remote_run import RemoteRun
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
        told = options
        options, self._launch = take_launch(options)
        self._place = locate_store(options.store)
        joined = join_run(self._place, options)
        captures = choose_captures(options.capture, rank=joined.rank)
        source = options.source or find_source()
        given = self._launch or NOTHING
        self.id = joined.run_id or given.run_id or new_run_id()
        self.rank = joined.rank
        self.experiment = joined.experiment or _choose_name(
            options.experiment, source.name, "experiment"
        )
        self.name = joined.name or _choose_name(options.name, f"{_NAMELESS} {self.id[:6]}", "run")
        self.status = RUNNING
        self.parent_id = joined.parent_id if joined.known else parent_id or given.parent
        self._options = told
        self._start = start
        self._params = dict(joined.params)
        self._next_steps = dict(joined.next_steps)
        self._series_steps = dict(joined.series_steps)
        self._models = dict(joined.models)
        self._resumed = joined.known
        self._on_end: list[Callable[[Run], None]] = []
        self._monitor: SystemMonitor | None = None
        self._keeper: Keeper | None = None
        self._remote: RemoteRun | None = None
        self._ending: dict[str, Any] | None = None
        self._unsynced: StoreWriteFailed | None = None
        self._unwritten: StoreWriteFailed | None = None
        self._detached = self._sealed = False
        self._tolerant = options.on_error == "warn"
        self._started = clock.monotonic()
        self._open(options, joined)
        self._gathering = Gathering(captures, source, self._take_context, next_place())

    def _open(self, options: RunOptions, joined: Joined) -> None:
        """Begin the journal and only then let readers see it; leave nothing if that fails."""
        sync = check_sync(options.sync)
        store = self._choose_folder()
        self._store_is_new = create_store(store)
        self._store = store
        self._folder = new_run_folder(store, self.id)
        self._journal: Journaling = ClosedJournal(f"The run {self.name!r} hasn't started.")
        try:
            writer = self._begin_journal(joined, sync_each=sync == 0)
            self._records, self._writer = writer, writer.path.name
            self._journal = TolerantJournal(writer) if self._tolerant else writer
            self._log_options(options)
            self._folder = show_run_folder(self._folder, store, self.id)
        except BaseException:
            self._remove()
            raise
        writer.path = self._folder.journals / self._writer
        self._keeper = Keeper(writer, interval=sync, report=self._report)
        self._keeper.start()
        if self._remote is not None:
            self._begin_upload(self._remote, writer)

    def _choose_folder(self) -> Path:
        """The store's folder, or the one that stands for it here while it is on object storage."""
        if not is_address(self._place):
            return Path(self._place)
        from runfolio.store.remote_run import RemoteRun

        self._remote = RemoteRun(self._place)
        return self._remote.open_spool()

    def _begin_upload(self, remote: RemoteRun, writer: JournalWriter) -> None:
        def warn(failure: StoreWriteFailed) -> None:
            warn_of(failure, "The run goes on, and is uploaded when that can be done.")

        try:
            remote.start(self._folder, writer, tolerant=self._tolerant, warn=warn)
        except BaseException:
            self._remove()
            raise

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
        with self._lock:
            journal = self._journal

            def restore() -> None:
                self._journal = journal

            if isinstance(journal, TolerantJournal):
                journal.pending = failure
            elif self.live and not isinstance(journal, OneFailure):
                self._journal = OneFailure(journal, failure, restore)

    def _log_options(self, options: RunOptions) -> None:
        if self._launch is not None:
            self._log_launch(self._launch)
        if options.params:
            self.log_params(options.params)
        if options.tags:
            self.set_tags(options.tags)
        if options.note:
            self.set_note(options.note)
        if options.system_metrics:
            interval = 10.0 if options.system_metrics is True else options.system_metrics
            self.log_system_metrics(interval=interval)

    def describe(self, facts: Mapping[str, Any]) -> None:
        """Add to what is recorded of the run's surroundings."""
        self._journal.append(records.CONTEXT, dict(facts))

    def _log_launch(self, launch: Launch) -> None:
        """Log what was given with the launch; what the program says of a parameter counts."""
        self.log_params({key: launch.params[key] for key in launch.params.keys() - self._params})
        self._given = set(launch.params)
        if launch.tags:
            self.set_tags(launch.tags)
        if launch.context:
            self._journal.append(records.CONTEXT, dict(launch.context))

    def _take_context(self, gathered: Gathered) -> None:
        journal = self._journal
        journal.append(records.CONTEXT, gathered.facts)
        for path, content in gathered.files:
            with suppress(InvalidPath):
                listed = write_artifact(self._folder, check_artifact_path(path), content)
                if self._keeper is not None:
                    self._keeper.add(self._folder.artifacts / path)
                journal.append(records.ARTIFACT, {**listed, "kind": "code", "time": now()})

    @property
    def live(self) -> bool:
        """Whether this process can log to the run."""
        return self.status == RUNNING and not self._detached

    @property
    def folder(self) -> Path:
        """The folder that holds the run; on object storage, what is still to be uploaded."""
        return self._folder.path

    @property
    def store(self) -> Path | str:
        """The store that keeps the run: a folder, or an address on object storage."""
        return self._place

    @property
    def url(self) -> str:
        """The address of the run's folder, ``file:`` or on object storage."""
        if is_address(self._place):
            return f"{self._place}/runs/{self.id}"
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
            try:
                if not self._sealed:
                    self._seal()
                if self._unsynced is not None:
                    failure, self._unsynced = self._unsynced, None
                    raise failure
            except StoreWriteFailed as failure:
                if not self._tolerant:
                    raise
                warn_of(failure, "The run has ended; `runfolio recover` tries again.")

    def _seal(self) -> None:
        if self._remote is not None:
            self._remote.finish(self.id, self._ending, resumed=self._resumed)
            self._sealed = True
            return
        packs = PackIndex(self._store) if self._resumed else None
        done = seal_run(self._folder, self._ending, writer=self._writer, packs=packs)
        if not done and self._unwritten is not None:
            raise self._unwritten
        self._sealed = True

    def _stop_helpers(self, *, patience: float) -> None:
        if self._monitor is not None:
            self._monitor.stop()
        self._gathering.wait(patience)

    def _end(self, status: str) -> None:
        duration = clock.monotonic() - self._started
        self._ending = {"status": status, "end_time": now(), "duration": duration}
        self._unsynced = told_later(self._journal)
        try:
            self._stop_keeping()
            # Sealing writes the ending too, and says why when that can't be done either.
            try:
                self._records.append(records.END, self._ending)
            except StoreWriteFailed as failure:
                self._unwritten = failure
            with suppress(StoreWriteFailed):
                self._records.sync()
        finally:
            self._records.close()
            self._leave(status, f"The run {self.name!r} has ended. Start another one to log more.")

    def _stop_keeping(self) -> None:
        try:
            if self._keeper is not None:
                self._keeper.stop()
        except StoreWriteFailed as failure:
            self._unsynced = failure

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
            self._keeper = self._remote = None
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
        if self._launch is not None:
            give_back(self._launch)
        self._leave(KILLED, f"The run {self.name!r} was never started: it decorates a function.")
        check_function(function)
        return decorate(function, lambda: start(options))

    def _remove(self) -> None:
        """Leave nothing of a run that could not start, or only decorates a function."""
        if self._monitor is not None:
            self._monitor.stop()
        self._stop_keeping()
        self._journal.close()
        self._sealed = True
        with suppress(StoreWriteFailed):
            remove_run(self._folder)
        if self._remote is not None:
            self._remote.discard(self.id, resumed=self._resumed)
        elif self._store_is_new:
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

        folder = self._folder
        if is_address(self._place) and not folder.path.exists():
            from runfolio.store.mirror import mirror_run

            folder = run_folder(mirror_run(self._place, self.id)[0], self.id)
        return show_run(folder, name=self.name, experiment=self.experiment, status=self.status)


def _choose_name(said: str | None, default: str, what: str) -> str:
    return check_name(as_text(default)[:MAX_NAME_LENGTH] if said is None else said, what)


def names_of(runs: Iterable[Run]) -> str:
    """The names of runs for a message."""
    return ", ".join(repr(run.name) for run in runs)
