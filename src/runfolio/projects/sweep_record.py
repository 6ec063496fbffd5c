"""What the parent run of a sweep records of it, so that it can be gone on with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from runfolio.errors import InvalidValue, ProjectInvalid
from runfolio.projects.space import Space, Values
from runfolio.query.record import get_run
from runfolio.schema import RUNNING
from runfolio.store import read_overview
from runfolio.tracking.capture.credentials import REDACTED

KEY: Final = "sweep"
"""The key of a parent run's context."""


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """A sweep as it was begun; `order` is a digest of its trials in their order."""

    project: str
    entry_point: str
    version: str | None
    env: str
    space: Space
    order: str
    trials: int
    parameters: Mapping[str, str] = field(default_factory=dict)

    def as_facts(self) -> dict[str, Any]:
        """The record as a parent run's context keeps it."""
        space = self.space
        return {
            "project": self.project,
            "entry_point": self.entry_point,
            "version": self.version,
            "env": self.env,
            "grid": {name: list(values) for name, values in space.grid.items()},
            "random": dict(space.random),
            "draws": space.trials,
            "seed": space.seed,
            "parameters": dict(self.parameters),
            "trials": self.trials,
            "order": self.order,
        }

    def parameters_with(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The fixed parameters; those that were not recorded, being secret, have to be given."""
        found: dict[str, Any] = dict(self.parameters)
        for name, value in given.items():
            if found.get(name) not in (REDACTED, str(value)):
                raise InvalidValue(
                    f"The sweep was begun without {name}={value}. Leave it out to resume it, or "
                    "begin another sweep."
                )
            found[name] = value
        if left := [name for name, value in found.items() if value == REDACTED]:
            raise InvalidValue(
                f"The parameter {left[0]!r} was not recorded, because it looks like a secret. "
                f"Give it again: -P {left[0]}=…"
            )
        return found


def digest_order(trials: Sequence[Values]) -> str:
    """A digest of trials and their order."""
    listed = json.dumps([list(trial.items()) for trial in trials], ensure_ascii=False)
    return hashlib.sha256(listed.encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A trial that was run before: its run's id, status and metrics."""

    run_id: str
    status: str
    parameters: Mapping[str, str]
    metrics: Mapping[str, float]
    seconds: float | None


def read_sweep(parent: str, store: str) -> tuple[str, SweepRecord, list[Earlier]]:
    """A sweep by the id of its parent run or its beginning: that id, what it is, its trials."""
    run = get_run(parent, store=store)
    facts = run.context.get(KEY)
    if not isinstance(facts, dict):
        raise ProjectInvalid(
            f"The run {run.id!r} is no sweep, so there is nothing to resume. Name the run that "
            "`runfolio sweep` has said."
        )
    try:
        record = _parse(facts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProjectInvalid(
            f"What the run {run.id!r} says of its sweep can't be read: {error}. Begin another one."
        ) from None
    return run.id, record, _read_trials(run.id, store)


def _parse(facts: Mapping[str, Any]) -> SweepRecord:
    draws = facts["draws"]
    space = Space(
        grid={str(name): tuple(map(str, one)) for name, one in facts["grid"].items()},
        random={str(name): str(one) for name, one in facts["random"].items()},
        trials=None if draws is None else int(draws),
        seed=int(facts["seed"]),
    )
    version = facts.get("version")
    return SweepRecord(
        project=str(facts["project"]),
        entry_point=str(facts["entry_point"]),
        version=None if version is None else str(version),
        env=str(facts["env"]),
        space=space,
        order=str(facts["order"]),
        trials=int(facts["trials"]),
        parameters={str(name): str(one) for name, one in facts["parameters"].items()},
    )


def _read_trials(parent: str, store: str) -> list[Earlier]:
    """The children of a sweep, the older first, each with the parameters it was given."""
    runs = read_overview(store).runs.select(["run_id", "parent_id"]).to_pylist()
    found = [get_run(one["run_id"], store=store) for one in runs if one["parent_id"] == parent]
    trials = []
    for run in sorted(found, key=lambda one: one.start_time):
        said = run.context.get("project")
        parameters = said.get("parameters") if isinstance(said, dict) else None
        if isinstance(parameters, dict):
            texts = {str(name): str(value) for name, value in parameters.items()}
            trials.append(Earlier(run.id, run.status, texts, run.metrics, run.duration))
    return trials


def is_taken(trial: Earlier) -> bool:
    """Whether a trial needs no other run: it is done, or still going."""
    return trial.status in ("FINISHED", RUNNING)
