"""What becomes of a program's run when it is over: its console and its status are kept.

A program that logged with Runfolio has made its run itself, and a word is added to it. Of one that
did not, all there is to know is kept as a run.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from runfolio.errors import RunAlreadyActive, RunfolioError, RunNotFound, StoreNotFound
from runfolio.projects.commands import Ended
from runfolio.projects.console import Console
from runfolio.projects.witness import Witness
from runfolio.schema import FileRecord, WholeRun, encode_param, is_run_id
from runfolio.store.adders import open_adder
from runfolio.store.single import read_run
from runfolio.tracking.active import start_with
from runfolio.tracking.launch import Launch
from runfolio.tracking.options import RunOptions
from runfolio.tracking.run import Run

CONSOLE = "console.txt"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that is over: its status, the exit code of its program, and what that said last.

    `said` is the line that tells most of a failure, and `logged` whether the program logged the
    run itself.
    """

    run_id: str
    experiment: str
    status: str
    code: int
    seconds: float
    lines: tuple[str, ...]
    said: str
    logged: bool


def keep_run(
    launch: Launch,
    ended: Ended,
    console: Console,
    witness: Witness,
    *,
    started: int,
    seconds: float,
) -> Outcome:
    """Keep what there is to say of a program's run; `started` is in microseconds since 1970."""
    run_id = launch.run_id
    assert run_id is not None
    assert is_run_id(run_id)
    said = _read_left(launch.store, run_id)
    experiment, status = launch.experiment or "project", ended.status
    if said is None:
        _add(launch, run_id, ended, console, witness, started=started, seconds=seconds)
    else:
        experiment, left = said
        status = ended.status if ended.code else left
        _finish(launch.store, run_id, status, console)
    return Outcome(
        run_id=run_id,
        experiment=experiment,
        status=status,
        code=ended.code,
        seconds=seconds,
        lines=tuple(console.last_lines(10)),
        said=console.last_word(),
        logged=said is not None,
    )


def _read_left(store: str, run_id: str) -> tuple[str, str] | None:
    """Experiment and status of a run as its program has left it; None where it has made none."""
    try:
        (run,) = read_run(run_id, store=store).tables.runs.to_pylist()
    except (RunNotFound, StoreNotFound):
        return None
    return run["experiment"], run["status"]


def _finish(store: str, run_id: str, status: str, console: Console) -> None:
    """Add the console to a run and end it once more, for good."""
    try:
        run = Run(RunOptions(run_id=run_id, store=store, capture=False), start=start_with)
    except RunAlreadyActive:
        # A process that the program has left behind goes on with it.
        return
    try:
        if content := console.content():
            run.log_text(content.decode(errors="replace"), CONSOLE)
    except RunfolioError as error:
        warnings.warn(f"The console of the run {run_id!r} is not kept: {error}", stacklevel=2)
    finally:
        run.finish(status)


def _add(
    launch: Launch,
    run_id: str,
    ended: Ended,
    console: Console,
    witness: Witness,
    *,
    started: int,
    seconds: float,
) -> None:
    gathered = witness.tell()
    end = started + round(seconds * 1e6)
    files = [FileRecord(path, content, kind="code") for path, content in gathered.files]
    if content := console.content():
        files.append(FileRecord(CONSOLE, content, kind="text", time=end))
    open_adder(launch.store).add(
        WholeRun(
            id=run_id,
            experiment=launch.experiment or "project",
            name=launch.name or f"run {run_id[:6]}",
            start_time=started,
            status=ended.status,
            end_time=end,
            duration=seconds,
            parent_id=launch.parent,
            params={name: encode_param(value) for name, value in launch.params.items()},
            tags=dict(launch.tags),
            files=files,
            context={**gathered.facts, **launch.context},
        ),
    )
