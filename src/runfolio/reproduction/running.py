"""Running the recorded command with the recorded variables, its output passed on as it comes."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from runfolio.errors import CommandFailed, NotReproducible, ProjectInvalid
from runfolio.projects.commands import Ended, program_variables, run_command
from runfolio.projects.console import Console
from runfolio.projects.keeping import keep_run
from runfolio.projects.stopping import Counter, noted_signals
from runfolio.projects.witness import Witness
from runfolio.query.runs import RunRecord
from runfolio.reproduction.command import PYTHON, find_script, is_installed
from runfolio.reproduction.plan import Plan, show_command
from runfolio.reproduction.workspace import Workspace
from runfolio.schema import new_run_id
from runfolio.store.layout import STORE_VARIABLE
from runfolio.tracking.launch import Launch

Output = Callable[[bytes], None]

_LAST_LINES: Final = 12
_MLFLOW: Final = "MLFLOW_TRACKING_URI"


@dataclass(frozen=True, slots=True)
class Repetition:
    """A command to run: for which run, by which plan, in which copy of the code, with what Python.

    `isolated` says that the Python is that of an environment of its own.
    """

    run: RunRecord
    plan: Plan
    workspace: Workspace
    python: Path
    isolated: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The command with the environment's own Python, and its own copy of a script there."""
        command = self.plan.command
        words = [str(self.python) if command[0] == PYTHON else command[0], *command[1:]]
        place = find_script(command)
        if place is not None and is_installed(command[place]):
            own = self.python.parent / PurePosixPath(command[place].replace("\\", "/")).name
            words[place] = str(own) if own.exists() else command[place]
        return tuple(words)

    @property
    def project(self) -> Mapping[str, Any] | None:
        """What the run says of the project that it was an entry point of."""
        told = self.run.context.get("project")
        return told if isinstance(told, dict) else None

    def launch(self) -> Launch:
        """Where the command logs, whatever store it names; of a project also as which run."""
        store = str(self.workspace.scratch)
        if self.project is None:
            return Launch(store)
        given = self.project.get("parameters")
        names = given if isinstance(given, dict) else {}
        return Launch(
            store,
            run_id=new_run_id(),
            experiment=self.run.experiment,
            name=self.run.name,
            params={name: one for name, one in self.run.params.items() if name in names},
            context={"project": self.project},
            claim=str(self.workspace.base / "claim"),
        )

    def variables(self, launch: Launch) -> dict[str, str]:
        """All environment variables: those of this process, and the recorded ones as they were."""
        recorded = self.plan.recorded
        found = program_variables(self.python, isolated=self.isolated)
        for name in recorded.unset:
            found.pop(name, None)
        found |= recorded.variables
        if self.workspace.search:
            paths = [*map(str, self.workspace.search), *filter(None, [found.get("PYTHONPATH")])]
            found["PYTHONPATH"] = os.pathsep.join(paths)
        if found.get(_MLFLOW, "runfolio:").startswith("runfolio:"):
            found[_MLFLOW] = f"runfolio://{quote(Path(launch.store).as_posix())}"
        return found | launch.variables() | {STORE_VARIABLE: launch.store}


def run_again(repetition: Repetition, *, output: Output | None = None) -> None:
    """Run the command to its end, and see to it that a project's run is kept in the scratch store.

    Raises `CommandFailed` with its last lines where it fails. Ctrl-C ends it first and then counts
    here too.
    """
    launch, folder = repetition.launch(), repetition.workspace.folder
    launch.put_claim()
    console = Console(None if output is None else lambda chunk, _: output(chunk))
    witness = None
    if repetition.project is not None:
        words = repetition.plan.command
        witness = Witness(folder, folder / "MLproject", words, repetition.python)
    started, clock, signals = time.time_ns() // 1000, time.monotonic(), Counter()
    with noted_signals(signals.note):
        try:
            ended = run_command(
                repetition.words,
                folder=folder,
                variables=repetition.variables(launch),
                console=console,
                asked=signals.asked,
            )
        except ProjectInvalid as error:
            raise NotReproducible(str(error)) from error
    _heed(signals)
    if ended.code:
        raise _failure(repetition, ended, console)
    if witness is not None:
        seconds = time.monotonic() - clock
        keep_run(launch, ended, console, witness, started=started, seconds=seconds)


def _heed(signals: Counter) -> None:
    """End as the signal that came meanwhile would have ended this process."""
    if signals.count and signals.last == signal.SIGINT:
        raise KeyboardInterrupt
    if signals.count:
        sys.exit(128 + signals.last)


def _failure(repetition: Repetition, ended: Ended, console: Console) -> CommandFailed:
    lines = tuple(console.last_lines(_LAST_LINES))
    last = console.last_word().strip()
    said = f"Last it said: {last}" if last else "It printed nothing."
    command = show_command(repetition.plan.command, {})
    return CommandFailed(
        f"{command!r} ended with exit code {ended.code}, so nothing is kept. {said}",
        code=ended.code,
        lines=lines,
    )
