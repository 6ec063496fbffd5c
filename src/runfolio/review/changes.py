"""What two groups of runs were told, and what they ran on: the facts in which they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from runfolio.analysis.regressions import SEEDS
from runfolio.query import RunRecord
from runfolio.review.runs import Group

_SHORT_COMMIT: Final = 8


@dataclass(frozen=True, slots=True)
class Change:
    """A fact and the different values the runs of each side have; none where they lack it."""

    name: str
    base: tuple[str, ...]
    head: tuple[str, ...]


def find_changed_params(base: Group, head: Group) -> tuple[Change, ...]:
    """The parameters whose values differ between the sides, by name."""
    return _by_name(_changes(base, head, lambda run: run.param_texts))


def find_varied_params(group: Group) -> tuple[str, ...]:
    """The parameters but for seeds in which the runs of one side differ, by name."""
    names = sorted({name for run in group.runs for name in run.record.param_texts} - SEEDS)
    return tuple(
        name for name in names if len({run.record.param_texts.get(name) for run in group.runs}) > 1
    )


def find_changed_environment(base: Group, head: Group) -> tuple[Change, ...]:
    """The code, machine and data in which the sides differ."""
    return _changes(base, head, lambda run: dict(_read_environment(run)))


def find_changed_packages(base: Group, head: Group) -> tuple[Change, ...]:
    """The installed packages whose versions differ, by name."""
    return _by_name(_changes(base, head, _packages))


def _changes(
    base: Group, head: Group, facts: Callable[[RunRecord], Mapping[str, str]]
) -> tuple[Change, ...]:
    before = _gather(facts(run.record) for run in base.runs)
    after = _gather(facts(run.record) for run in head.runs)
    names = list(dict.fromkeys([*before, *after]))
    changes = (Change(name, before.get(name, ()), after.get(name, ())) for name in names)
    return tuple(one for one in changes if set(one.base) != set(one.head))


def _by_name(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda one: one.name))


def _gather(many: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """The different values of each fact, in the order in which they come up."""
    found: dict[str, dict[str, None]] = {}
    for facts in many:
        for name, value in facts.items():
            found.setdefault(name, {})[value] = None
    return {name: tuple(values) for name, values in found.items()}


def _read_environment(run: RunRecord) -> Iterator[tuple[str, str]]:
    git = _object(run.context.get("git"))
    if git.get("commit"):
        changed = " with uncommitted changes" if git.get("dirty") else ""
        yield "commit", str(git["commit"])[:_SHORT_COMMIT] + changed
    if git.get("branch"):
        yield "branch", str(git["branch"])
    for name, value in sorted(_object(run.context.get("environment")).items()):
        if name != "packages" and value not in (None, ""):
            yield name.replace("_", " "), value if isinstance(value, str) else json.dumps(value)
    if run.context.get("host"):
        yield "host", str(run.context["host"])
    for one in run.inputs:
        yield f"data {one.name}", one.digest


def _packages(run: RunRecord) -> dict[str, str]:
    listed = _object(run.context.get("environment")).get("packages")
    parts = (str(one).partition("==") for one in listed) if isinstance(listed, list) else ()
    return {name.strip(): version.strip() for name, _, version in parts}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
