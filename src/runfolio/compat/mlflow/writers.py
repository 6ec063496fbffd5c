"""The runs that this process logs to for MLflow, one registry for each store.

A run that was created or resumed here stays open until MLflow ends it. One that another process is
logging to is joined as a guest with a rank of its own, so that both lose nothing. One that has
ended is opened for a single call and ends again as it was.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from runfolio.compat.mlflow.live import LiveRun
from runfolio.errors import (
    InvalidValue,
    RunAlreadyActive,
    RunFinished,
    RunfolioError,
    RunNotFound,
)
from runfolio.schema import END_STATUSES, KILLED, Param, derive_run_id, is_run_id
from runfolio.store import journal as records
from runfolio.store.journal import read_journal
from runfolio.store.layout import run_folder
from runfolio.store.replay import list_journals
from runfolio.store.single import SingleRun, read_run
from runfolio.tracking.options import RunOptions

_RANKS = range(1, 2**31)


class Writers:
    """The runs of one store that are open here."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: dict[str, LiveRun] = {}
        self._deleted: set[str] = set()
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.RLock()

    def create(
        self, options: RunOptions, *, parent_id: str | None = None, start_time: int | None = None
    ) -> LiveRun:
        """Start a run and keep it open; `start_time` is in microseconds since 1970."""
        run = LiveRun(options, parent_id=parent_id, start_time=start_time)
        with self._lock:
            self._held[run.id] = run
        return run

    def own_id(self, run_id: str) -> str:
        """A run's id here, also by the one that MLflow knew it by before it was imported."""
        return run_id if is_run_id(run_id) else derive_run_id("mlflow", run_id)

    def read(self, run_id: str) -> SingleRun:
        """Read one run by its whole id; raise `RunNotFound` if it isn't there."""
        try:
            return read_run(self.own_id(run_id), store=self._root)
        except RunNotFound:
            raise RunNotFound(f"Run with id={run_id} not found") from None

    def held(self, run_id: str) -> LiveRun | None:
        """The run where it is open here."""
        run = self._held.get(run_id)
        return run if run is not None and run.live else None

    def ready(self, run_id: str) -> LiveRun | None:
        """The run where it is open here and was not deleted here, or was restored elsewhere."""
        run = self.held(run_id)
        if run is not None and run_id in self._deleted:
            self.check_active(run_id)
            self._deleted.discard(run_id)
        return run

    def write(self, run_id: str, action: Callable[[LiveRun], None]) -> None:
        """Let `action` log to a run; raise `InvalidValue` while it is deleted."""
        run = self.ready(run_id)
        if run is not None:
            # Another thread may end it meanwhile: MLflow logs pictures in one of its own.
            with suppress(RunFinished):
                action(run)
                return
        with self._lock:
            read = self.check_active(run_id)
            ended = self._has_ended(read, run_id)
            run = self.ready(run_id) or self._join(run_id, read)
            if not ended:
                self._held[run_id] = run
                action(run)
                return
            try:
                action(run)
            finally:
                run.end(*_ending(read), duration=0.0)

    def _has_ended(self, read: SingleRun, run_id: str) -> bool:
        """Whether somebody said how a run ended. One whose process only died can be gone on with.

        A run that has been sealed since has no journals, and stays as it is.
        """
        status = read.tables.runs["status"][0].as_py()
        if status != KILLED:
            return status in END_STATUSES
        journals = map(read_journal, list_journals(run_folder(self._root, run_id)))
        return all(one.has_ended for one in journals)

    def check_active(self, run_id: str) -> SingleRun:
        """Read a run; raise `InvalidValue` if it is deleted."""
        read = self.read(run_id)
        if read.deleted is not None:
            raise InvalidValue(f"The run {run_id} must be in 'active' lifecycle_stage.")
        return read

    def resume(self, run_id: str) -> None:
        """Go on with a run until MLflow ends it."""
        with self._lock:
            if self.ready(run_id) is None:
                self._held[run_id] = self._join(run_id, self.check_active(run_id))

    def end(self, run_id: str, status: str, time: int | None) -> None:
        """End a run, whoever began it; `time` is in microseconds since 1970."""
        with self._lock:
            run = self.ready(run_id) or self._join(run_id, self.check_active(run_id))
            self._held.pop(run_id, None)
            run.end(status, time)

    def _join(self, run_id: str, read: SingleRun) -> LiveRun:
        options = RunOptions(store=self._root, run_id=run_id, capture=False)
        try:
            run = LiveRun(options)
        except RunAlreadyActive:
            # Any rank that nobody else has will do, and nobody can be asked.
            rank = random.choice(_RANKS)
            run = LiveRun(
                RunOptions(store=self._root, run_id=run_id, capture=False, rank=rank),
            )
        params = {
            row["key"]: Param(row["kind"], row["text"], row["number"])
            for row in read.tables.params.to_pylist()
        }
        run.know(params, read.tables.inputs.select(["name", "digest"]).to_pylist())
        return run

    def note_deleted(self, run_ids: list[str], *, deleted: bool) -> None:
        """Remember that runs were deleted or restored, so that those open here refuse to log."""
        (self._deleted.update if deleted else self._deleted.difference_update)(run_ids)

    def at_end(self, callback: Callable[[], None]) -> None:
        """Call `callback` before the process ends."""
        self._callbacks.append(callback)

    def leave(self) -> None:
        """At the end of the process, close what nobody ended.

        Without an end a run counts as killed, unless another process has said how it ended.
        """
        for callback in self._callbacks:
            callback()
        for run in list(self._held.values()):
            if run.live:
                status = KILLED if run.guest else self._said_elsewhere(run.id)
                if status is not None:
                    _end(run, status)

    def _said_elsewhere(self, run_id: str) -> str | None:
        """How guests said that a run ended; those that only left said that they were killed."""
        journals = map(read_journal, list_journals(run_folder(self._root, run_id)))
        ends = [one for found in journals for kind, one in found.documents if kind == records.END]
        said = [one for one in ends if one["status"] != KILLED]
        return str(max(said, key=lambda one: one["end_time"])["status"]) if said else None

    def detach(self) -> None:
        """Leave all runs to the parent of a process that was forked."""
        self._lock = threading.RLock()
        for run in self._held.values():
            run.detach()
        self._held.clear()


def _ending(read: SingleRun) -> tuple[str, int | None]:
    import pyarrow as pa

    runs = read.tables.runs
    return runs["status"][0].as_py(), runs["end_time"].cast(pa.int64())[0].as_py()


def _end(run: LiveRun, status: str) -> None:
    with suppress(RunfolioError):
        run.end(status)


_all: list[Writers] = []


@cache
def writers_of(root: Path) -> Writers:
    """The registry of the store in a folder, one for the whole process."""
    writers = Writers(root)
    _all.append(writers)
    return writers


def leave_all() -> None:
    """Close what is open in all stores, at the end of the process."""
    for writers in _all:
        writers.leave()


def _detach_all() -> None:
    for writers in _all:
        writers.detach()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_detach_all)
