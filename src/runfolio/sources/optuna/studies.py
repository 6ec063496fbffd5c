"""Optuna's studies and trials, and the experiments and runs that they are for Runfolio."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.documents import parse_json
from runfolio.schema import FAILED, FINISHED, KILLED, RUNNING, STEPS, Series, as_text
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignExperiment, ForeignRun

COMPLETE: Final = "COMPLETE"
WAITING: Final = "WAITING"
STATES: Final = ("RUNNING", COMPLETE, "PRUNED", "FAIL", WAITING)
"""The states of a trial, in the order of their numbers in journals."""

DIRECTIONS: Final = ("NOT_SET", "MINIMIZE", "MAXIMIZE")
METRIC_NAMES: Final = "study:metric_names"
INTERMEDIATE: Final = "intermediate_value"

_STATUSES: Final = {"RUNNING": RUNNING, "FAIL": FAILED, "PRUNED": KILLED}
_WAYS: Final = {"MINIMIZE": "down", "MAXIMIZE": "up"}
_NOTE = re.compile(r"(?P<owner>dashboard:([0-9]+:)?)note_str:(?P<number>[0-9]{1,9})")


@dataclass(slots=True)
class Trial:
    """A trial as it is stored; `params` are numbers with the JSON of their distributions."""

    id: int
    number: int
    state: str = "RUNNING"
    started: int | None = None
    completed: int | None = None
    params: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    values: dict[int, Any] = field(default_factory=dict)
    intermediate: dict[int, Any] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=dict)
    system: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Study:
    """A study as it is stored, with its trials by their ids."""

    id: int
    name: str
    directions: dict[int, str] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=dict)
    system: dict[str, Any] = field(default_factory=dict)
    trials: dict[int, Trial] = field(default_factory=dict)

    def metric(self, objective: int) -> str:
        """What the value of an objective is called: as the study says, else ``value``."""
        names = self.system.get(METRIC_NAMES)
        if isinstance(names, list) and objective < len(names) and isinstance(names[objective], str):
            return str(names[objective])
        many = max(self.directions, default=0) > 0
        return f"value_{objective}" if many else "value"


class Decoder:
    """Makes parameters of stored numbers; a distribution is parsed once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, list[Any]]] = {}

    def decode(self, number: Any, distribution: Any) -> Any:
        """The parameter that a number stands for; raises `ValueError`."""
        kind, choices = self._parse(distribution)
        if not isinstance(number, int | float) or not math.isfinite(number):
            raise ValueError(f"{number!r} is no stored parameter")
        if kind == "CategoricalDistribution":
            if not 0 <= number < len(choices):
                raise ValueError(f"there is no choice {number!r} of {len(choices)}")
            return choices[int(number)]
        return int(number) if kind.startswith("Int") else float(number)

    def _parse(self, distribution: Any) -> tuple[str, list[Any]]:
        if not isinstance(distribution, str):
            raise ValueError("it has no distribution")
        if distribution not in self._known:
            self._known[distribution] = _parse_distribution(distribution)
        return self._known[distribution]


def _parse_distribution(text: str) -> tuple[str, list[Any]]:
    found = parse_json(text)
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        raise ValueError("its distribution has no name")
    attributes = found.get("attributes")
    choices = attributes.get("choices") if isinstance(attributes, dict) else None
    return found["name"], choices if isinstance(choices, list) else []


class RunMaker:
    """Makes experiments and runs of the studies in one storage, whose file is at `path`."""

    def __init__(self, path: Path, reading: Reading) -> None:
        self._path = path
        self._reading = reading
        self._mtime = int(path.stat().st_mtime * 1e6)
        self._decoder = Decoder()

    def make(self, study: Study) -> Iterator[ForeignExperiment | ForeignRun]:
        """The experiment that a study is, and its trials by number; those that wait are no runs."""
        notes = _read_notes(study.system)
        yield _describe(study, notes.get("dashboard:"))
        for trial in sorted(study.trials.values(), key=lambda one: (one.number, one.id)):
            if trial.state != WAITING:
                yield self._make_run(study, trial, notes.get(f"dashboard:{trial.id}:"))

    def _make_run(self, study: Study, trial: Trial, note: str | None) -> ForeignRun:
        time = trial.completed or trial.started or self._mtime
        return ForeignRun(
            identity="\0".join((study.name, str(trial.number), str(trial.started or ""))),
            experiment=study.name,
            name=f"trial {trial.number}",
            status=_STATUSES.get(trial.state, FINISHED),
            start_time=trial.started,
            end_time=trial.completed,
            note=note,
            params=dict(self._params(study, trial)),
            tags={"optuna.state": trial.state} | _reasons(trial) | _tags(trial.user),
            metrics=list(_metrics(study, trial, time)),
            timed=False,
        )

    def _params(self, study: Study, trial: Trial) -> Iterator[tuple[str, Any]]:
        for name, (number, distribution) in trial.params.items():
            try:
                yield name, self._decoder.decode(number, distribution)
            except ValueError as error:
                at = f"study {study.name!r}, trial {trial.number}, parameter {name!r}"
                self._reading.skip(self._path, f"{at}: {error}")


def _describe(study: Study, note: str | None) -> ForeignExperiment:
    objectives = sorted(study.directions)
    directions = [study.directions[one].lower() for one in objectives]
    tags = {"optuna.directions": ", ".join(directions)} if directions else {}
    if study.system.get(METRIC_NAMES):
        tags["optuna.metric_names"] = ", ".join(study.metric(one) for one in objectives)
    way = _WAYS.get(study.directions.get(0, ""))
    return ForeignExperiment(
        study.name,
        note=note,
        primary_metric=study.metric(0) if way else None,
        direction=way,
        tags=tags | _tags(study.user),
    )


def _metrics(study: Study, trial: Trial, time: int) -> Iterator[Series]:
    told = trial.intermediate.items()
    points = {step: one for step, one in told if _is_number(one) and step in STEPS}
    if points:
        yield Series(
            INTERMEDIATE,
            list(points),
            [time] * len(points),
            [float(one) for one in points.values()],
        )
    for objective, value in sorted(trial.values.items()):
        if _is_number(value):
            yield Series(study.metric(objective), [0], [time], [float(value)])


def _is_number(value: Any) -> bool:
    # An int that is too large for a float is no value that Optuna wrote.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) < 2**1023


def _reasons(trial: Trial) -> dict[str, str]:
    """What Optuna notes of a trial that a reader wants to know."""
    told = {key: trial.system.get(key) for key in ("fail_reason", "constraints")}
    return {f"optuna.{key}": _text(one) for key, one in told.items() if one is not None}


def _tags(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {key: _text(value) for key, value in attributes.items()}


def _text(value: Any) -> str:
    try:
        return as_text(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"


def _read_notes(attributes: Mapping[str, Any]) -> dict[str, str]:
    """The notes of the dashboard by whose they are; it keeps them in numbered pieces."""
    pieces: dict[str, list[tuple[int, str]]] = {}
    for key, value in attributes.items():
        found = _NOTE.fullmatch(key)
        if found and isinstance(value, str):
            pieces.setdefault(found["owner"], []).append((int(found["number"]), value))
    return {owner: "".join(text for _, text in sorted(found)) for owner, found in pieces.items()}
