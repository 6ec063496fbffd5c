"""Making ready to run a project: its files read, its environment made, its commands filled in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from runfolio.errors import InvalidValue
from runfolio.projects.entry_points import EntryPoint
from runfolio.projects.environments import EnvironmentSpec, make_environment
from runfolio.projects.fetching import Fetched
from runfolio.projects.jobs import Job, recorded_words
from runfolio.projects.managers import MANAGERS, choose_manager
from runfolio.projects.parameters import bind_parameters
from runfolio.projects.project import Declared, Project
from runfolio.projects.reading import read_project
from runfolio.schema import new_run_id
from runfolio.store.layout import StorePath, locate_store
from runfolio.tracking.capture.credentials import redact_text
from runfolio.tracking.context import choose_captures
from runfolio.tracking.launch import Launch, launched_store

Env = Literal["uv", "pip", "none"]

ENVS: Final[tuple[Env, ...]] = (*MANAGERS, "none")

Say = Callable[[str], None]


def silent(text: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A project and the Python to run it with; `env` says how that was made."""

    fetched: Fetched
    project: Project
    entry: EntryPoint
    env: Env
    python: Path = Path(sys.executable)

    def with_environment(self, say: Say = silent) -> Prepared:
        """The same with its environment made; what can't be had of it is said."""
        declared = self.project.environment or Declared(EnvironmentSpec(), "")
        for warning in declared.warnings:
            say(warning)
        if self.env == "none":
            return self
        python = make_environment(declared.spec, self.env, folder=self.project.folder, say=say)
        return Prepared(self.fetched, self.project, self.entry, self.env, python)

    def make_job(
        self,
        parameters: Mapping[str, Any],
        *,
        store: str,
        experiment: str | None = None,
        name: str | None = None,
        insist: tuple[str, ...] = (),
        parent: str | None = None,
        tags: Mapping[str, str] | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> Job:
        """What to run for some parameters; raise `ProjectInvalid` where they don't fit."""
        bound = bind_parameters(self.entry.parameters, parameters, entry_point=self.entry.name)
        recorded = bound.redacted()
        facts = self.describe() | {"parameters": {**recorded.texts, **recorded.extra}}
        command = self.entry.fill(recorded)
        told: dict[str, Any] = {"project": facts | dict(context or {})}
        if "code" in choose_captures(None):
            told["command"] = list(recorded_words(command))
        return Job(
            command=self.entry.fill(bound),
            recorded=command,
            folder=self.project.folder,
            python=self.python,
            isolated=self.env != "none",
            file=self.project.file or self.project.folder / self.entry.name,
            launch=Launch(
                store=store,
                run_id=new_run_id(),
                experiment=experiment or self.project.name,
                name=name,
                parent=parent,
                params=recorded.typed,
                tags=dict(tags or {}),
                context=told,
                insist=insist,
            ),
        )

    def describe(self) -> dict[str, Any]:
        """What is recorded of the project with each of its runs."""
        declared = self.project.environment
        environment: dict[str, Any] = {"manager": self.env}
        if declared is not None:
            environment |= {
                "file": declared.file,
                "python": declared.spec.python,
                "packages": [redact_text(line) for line in declared.spec.packages],
            }
        return {
            "name": self.project.name,
            "entry_point": self.entry.name,
            "uri": self.fetched.uri,
            "version": self.fetched.version,
            "environment": environment,
        }


def prepare(fetched: Fetched, entry_point: str, env: str | None) -> Prepared:
    """Read a project and choose its environment, which isn't made yet.

    Without `env` it is made with uv where that is found, else pip; a project that asks for no
    environment runs with this Python.
    """
    project = read_project(fetched.folder)
    entry = project.entry_point(entry_point)
    return Prepared(fetched, project, entry, _choose_env(env, project))


def _choose_env(env: str | None, project: Project) -> Env:
    if env is None:
        return "none" if project.environment is None else choose_manager()
    for known in ENVS:
        if env == known:
            return known
    raise InvalidValue(f"There is no env {env!r}. Choose from {', '.join(ENVS)}.")


def find_place(store: StorePath | None) -> str:
    """The store to log to as text; in a process that was launched, that of the launch."""
    return str(locate_store(launched_store(store)))
