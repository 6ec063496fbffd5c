"""A job: one command to run as one run, described so that another process can do it."""

from __future__ import annotations

import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from runfolio.projects.commands import (
    PATIENCE,
    Ended,
    program_variables,
    run_command,
    shell_words,
)
from runfolio.projects.console import Console
from runfolio.projects.keeping import Outcome, keep_run
from runfolio.projects.stopping import Asked, never
from runfolio.projects.witness import Witness
from runfolio.store.layout import STORE_VARIABLE, is_address
from runfolio.tracking.launch import Launch


@dataclass(frozen=True, slots=True)
class Job:
    """A command line for a shell and the run that it is.

    `recorded` is the command without secrets, `isolated` says whether `python` is that of an
    environment of its own, and `file` is one in `folder` that tells where the code lies.
    """

    command: str
    recorded: str
    folder: Path
    python: Path
    isolated: bool
    file: Path
    launch: Launch


def run_job(
    job: Job, console: Console, *, asked: Asked = never, patience: float = PATIENCE
) -> Outcome:
    """Run a job to its end and see to it that its run is kept, whoever logged it."""
    with _claimable(job.launch) as launch:
        witness = Witness(job.folder, job.file, recorded_words(job.recorded), job.python)
        started, clock = time.time_ns() // 1000, time.monotonic()
        ended: Ended = run_command(
            shell_words(job.command),
            folder=job.folder,
            variables=_variables(job, launch),
            console=console,
            asked=asked,
            patience=patience,
        )
        seconds = time.monotonic() - clock
        return keep_run(launch, ended, console, witness, started=started, seconds=seconds)


@contextmanager
def _claimable(launch: Launch) -> Iterator[Launch]:
    """The launch with a file that the program's first run takes away."""
    folder = Path(tempfile.mkdtemp(prefix="runfolio-launch-"))
    try:
        ready = replace(launch, claim=str(folder / "claim"))
        ready.put_claim()
        yield ready
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _variables(job: Job, launch: Launch) -> dict[str, str]:
    """The program's environment variables; code that logs with MLflow's calls logs here, too."""
    found = program_variables(job.python, isolated=job.isolated)
    found |= launch.variables() | {STORE_VARIABLE: launch.store}
    if not is_address(launch.store):
        found.setdefault(
            "MLFLOW_TRACKING_URI", f"runfolio://{quote(Path(launch.store).as_posix())}"
        )
        found.setdefault("MLFLOW_EXPERIMENT_NAME", launch.experiment or "Default")
    return found


def recorded_words(command: str) -> tuple[str, ...]:
    """The words of a command line, or the shell that runs it where it says more than words."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if words and not set(command) & set("|&;<>()$`*?[]#~!{}\n") and "=" not in words[0]:
        return tuple(words)
    shell, *rest = shell_words(command)
    return (Path(shell).name, *rest)
