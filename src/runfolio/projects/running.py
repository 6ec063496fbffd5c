"""Running a project as a tracked run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runfolio.errors import CommandFailed
from runfolio.projects.console import Console, Echo
from runfolio.projects.entry_points import MAIN
from runfolio.projects.fetching import fetched_project
from runfolio.projects.jobs import Job, run_job
from runfolio.projects.keeping import Outcome
from runfolio.projects.preparing import Prepared, Say, find_place, prepare, silent
from runfolio.projects.stopping import Counter, noted_signals
from runfolio.schema import KILLED
from runfolio.store.layout import StorePath


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """What running a project would do: which command, where, in what environment, as which run."""

    project: str
    version: str | None
    entry_point: str
    command: str
    folder: Path
    environment: Mapping[str, Any]
    parameters: Mapping[str, Any]
    experiment: str
    name: str | None
    store: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectRun:
    """A project that was run: its run's id and status, and the exit code of its program."""

    run_id: str
    experiment: str
    status: str
    exit_code: int
    command: str
    seconds: float
    store: str


def run_project(
    project: str | Path = ".",
    entry_point: str = MAIN,
    parameters: Mapping[str, Any] | None = None,
    *,
    version: str | None = None,
    env: str | None = None,
    experiment: str | None = None,
    name: str | None = None,
    store: StorePath | None = None,
    echo: Echo | None = None,
    say: Say = silent,
) -> ProjectRun:
    """Run an entry point of a project, in an environment of its own, as a run.

    `project` is a folder or the address of a git repository, with ``#subfolder`` behind it where it
    lies deeper; `version` is a branch, tag or commit. `env` is "uv", "pip" or "none" (this Python);
    by default the environment that the project asks for is made with uv, else pip. The program's
    first run becomes this run, with `parameters`; one that logs nothing is a run all the same.
    `experiment` and `name` count before what the program says.

    `echo` is given what the program prints and `say` what is done beside. Raises `CommandFailed`
    where the program fails, and `ProjectInvalid` or `EnvironmentFailed` before it is started.
    """
    with fetched_project(str(project), version) as fetched:
        prepared = prepare(fetched, entry_point, env)
        wanted = _Wanted(parameters or {}, experiment, name, find_place(store))
        wanted.make_job(prepared)  # what is wrong is said before an environment is made
        job = wanted.make_job(prepared.with_environment(say))
        signals = Counter()
        with noted_signals(signals.note):
            outcome = run_job(job, Console(echo), asked=signals.asked)
    if outcome.code:
        raise _failure(entry_point, outcome)
    return ProjectRun(
        run_id=outcome.run_id,
        experiment=outcome.experiment,
        status=outcome.status,
        exit_code=outcome.code,
        command=job.recorded,
        seconds=outcome.seconds,
        store=job.launch.store,
    )


def plan_project(
    project: str | Path = ".",
    entry_point: str = MAIN,
    parameters: Mapping[str, Any] | None = None,
    *,
    version: str | None = None,
    env: str | None = None,
    experiment: str | None = None,
    name: str | None = None,
    store: StorePath | None = None,
) -> ProjectPlan:
    """What `run_project` would do; a repository that is to be cloned is cloned, and removed."""
    with fetched_project(str(project), version) as fetched:
        prepared = prepare(fetched, entry_point, env)
        job = _Wanted(parameters or {}, experiment, name, find_place(store)).make_job(prepared)
        declared = prepared.project.environment
        return ProjectPlan(
            project=fetched.uri,
            version=version,
            entry_point=entry_point,
            command=job.recorded,
            folder=job.folder,
            environment=prepared.describe()["environment"],
            parameters=job.launch.params,
            experiment=job.launch.experiment or "",
            name=name,
            store=job.launch.store,
            warnings=() if declared is None else declared.warnings,
        )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the caller says of the run."""

    parameters: Mapping[str, Any]
    experiment: str | None
    name: str | None
    store: str

    def make_job(self, prepared: Prepared) -> Job:
        said = {"experiment": self.experiment, "name": self.name}
        return prepared.make_job(
            self.parameters,
            store=self.store,
            experiment=self.experiment,
            name=self.name,
            insist=tuple(word for word, text in said.items() if text is not None),
        )


def _failure(entry_point: str, outcome: Outcome) -> CommandFailed:
    how = "was ended" if outcome.status == KILLED else "failed"
    last = outcome.said[:200] or "it printed nothing"
    return CommandFailed(
        f"The entry point {entry_point!r} {how} with exit code {outcome.code}: "
        f"{last.rstrip('.')}. Its run {outcome.run_id} is kept as {outcome.status}.",
        code=outcome.code,
        run_id=outcome.run_id,
        lines=outcome.lines,
    )
