"""One trial of a sweep, run in whatever process joblib chooses."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import RunfolioError
from runfolio.projects.console import Console
from runfolio.projects.jobs import Job, run_job
from runfolio.projects.stopping import Asked, StopFile
from runfolio.schema import FAILED

_PARENT: Final = os.getppid()
"""The parent of this process when it began to run trials."""


@dataclass(frozen=True, slots=True)
class Task:
    """A trial to run: its number from 1, its job, and the file by which it is asked to end.

    `main` is the id of the process that has sent it.
    """

    number: int
    job: Job
    stop: Path
    main: int


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial of a sweep; `status` is None for one that was not started.

    `value` is that of the sweep's metric, and `said` the last line of a program that failed.
    """

    number: int
    parameters: Mapping[str, str]
    run_id: str | None = None
    status: str | None = None
    exit_code: int | None = None
    seconds: float | None = None
    value: float | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a task."""

    number: int
    run_id: str | None = None
    status: str | None = None
    exit_code: int | None = None
    seconds: float | None = None
    said: str = ""


def run_trial(task: Task) -> Finished:
    """Run a trial, unless the sweep is to stop; a trial that fails is no error."""
    _leave_interrupts_to_main(task)
    asked = _make_asked(task)
    if asked():
        return Finished(task.number)
    try:
        outcome = run_job(task.job, Console(), asked=asked)
    except RunfolioError as error:
        return Finished(task.number, status=FAILED, said=str(error))
    finally:
        if _is_orphan(task):
            os._exit(1)  # a pool's worker would wait for minutes for work that nobody sends
    said = outcome.said if outcome.code else ""
    return Finished(
        task.number, outcome.run_id, outcome.status, outcome.code, outcome.seconds, said
    )


def _make_asked(task: Task) -> Asked:
    """Asked by the file, and where the process that has sent the task is gone."""
    stop = StopFile(task.stop)
    return lambda: max(stop.asked(), int(_is_orphan(task)))


def _is_orphan(task: Task) -> bool:
    """Whether this is a child of the process that has sent the task, which is gone."""
    return _PARENT == task.main != os.getppid()


def _leave_interrupts_to_main(task: Task) -> None:
    """Ctrl-C reaches all processes of a terminal; the one that sent the task says what to do."""
    if os.getpid() != task.main and threading.current_thread() is threading.main_thread():
        # Not SIG_IGN, which the programs that are started would inherit.
        signal.signal(signal.SIGINT, lambda *_: None)
