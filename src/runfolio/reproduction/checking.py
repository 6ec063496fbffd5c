"""What a repetition needs and this machine has, or has not: the commit, the data, the versions."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.query.runs import RunRecord
from runfolio.reproduction.command import quote
from runfolio.reproduction.data import NOTHING_NEEDED, Brought, Surroundings, find_needs
from runfolio.reproduction.kept import KeptCode
from runfolio.reproduction.plan import (
    Env,
    Plan,
    applies_diff,
    plan_reproduction,
    with_reasons,
)
from runfolio.reproduction.recorded import name_of
from runfolio.reproduction.repository import Repository, find_added, find_repository
from runfolio.tracking.capture.environment import read_packages, read_platform

_LISTED: Final = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan with all that keeps it from being done here, and with what it is done."""

    plan: Plan
    env: Env
    repository: Repository | None
    brought: tuple[Brought, ...]


def check_here(
    run: RunRecord,
    code: KeptCode,
    *,
    env: Env,
    places: Sequence[Path],
    links: Sequence[str] = (),
) -> Checked:
    """Plan to do a run again here, with the repository that holds one of `places`.

    Where the commit can't be had, the source snapshot is taken, if there is one.
    """
    plan = plan_reproduction(run)
    repositories = _find_repositories(places)
    commit = plan.recorded.commit
    repository = next((one for one in repositories if commit and one.has_commit(commit)), None)
    refusals: list[str] = []
    if plan.way == "git" and repository is None:
        reason = _say_missing(plan, repositories)
        if plan.recorded.snapshot is not None and plan.recorded.snapshot.files:
            plan = plan_reproduction(run, way="snapshot")
            plan = with_reasons(plan, warnings=(f"{reason} The source snapshot is used.",))
        else:
            refusals.append(reason)
    needs = NOTHING_NEEDED
    if not refusals:  # else nobody can tell what the code itself has
        around = _look_around(plan, code, repository, places)
        needs = find_needs(run.inputs, plan.command, around, links=links)
    warnings = [
        *_warn_of_submodules(plan, repository),
        *_warn_of_versions(plan, env),
        *needs.warnings,
    ]
    whole = with_reasons(plan, refusals=(*refusals, *needs.refusals), warnings=tuple(warnings))
    return Checked(whole, env, repository, needs.brought)


def _find_repositories(places: Sequence[Path]) -> list[Repository]:
    found: dict[Path, Repository] = {}
    for place in places:
        one = find_repository(place)
        if one is not None:
            found.setdefault(one.root, one)
    return list(found.values())


def _say_missing(plan: Plan, repositories: Sequence[Repository]) -> str:
    recorded = plan.recorded
    commit = str(recorded.commit)
    if not repositories:
        origin = f", such as a clone of {recorded.remote}" if recorded.remote else ""
        return (
            "There is no git repository here: run this in the one that has the code, or name it "
            f"with --repository{origin}."
        )
    root = str(repositories[0].root)
    if recorded.remote:
        hint = f"Fetch it: git fetch {quote(recorded.remote)} {commit}"
    else:
        hint = "Name the repository that has it with --repository."
    return f"The commit {commit[:12]} is not in {root!r}. {hint}"


def _look_around(
    plan: Plan, code: KeptCode, repository: Repository | None, places: Sequence[Path]
) -> Surroundings:
    """Where data is looked for: in the work tree, or where the user is for code outside git."""
    recorded = plan.recorded
    if plan.way == "git" and repository is not None and recorded.commit is not None:
        return Surroundings(
            repository.root, plan.folder, _in_commit(plan, code, repository, recorded.commit)
        )
    files = set(recorded.snapshot.files) if recorded.snapshot is not None else set()
    held = files | {folder for name in files for folder in _above(name)}
    root = places[0] if plan.folder == "." and places else None
    return Surroundings(root, plan.folder, lambda path: path in held)


def _in_commit(
    plan: Plan, code: KeptCode, repository: Repository, commit: str
) -> Callable[[str], bool]:
    recorded = plan.recorded
    added: set[str] = {recorded.script} if recorded.script and recorded.source else set()
    if applies_diff(plan) and recorded.diff is not None:
        added |= set(find_added(code.read(recorded.diff)))
    return lambda path: path in added or repository.has_file(commit, path)


def _above(name: str) -> Iterator[str]:
    parts = name.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def _warn_of_submodules(plan: Plan, repository: Repository | None) -> Iterator[str]:
    if plan.way == "git" and repository is not None and plan.recorded.commit is not None:
        paths = repository.list_submodules(plan.recorded.commit)
        if paths:
            yield (
                f"The repository has submodules, which stay empty: {_some(paths)}. "
                "Bring one with --link, if its work tree is as it was."
            )


def _warn_of_versions(plan: Plan, env: Env) -> Iterator[str]:
    recorded = plan.recorded
    here = platform.python_version()
    if recorded.python and recorded.python != here and env != "uv":
        same = recorded.python.split(".")[:2] == here.split(".")[:2]
        if env == "none" or same:
            yield f"Python is {here} here and was {recorded.python}."
    if recorded.platform and _kind(recorded.platform) != _kind(read_platform()):
        yield f"The machine is {read_platform()!r} and was {recorded.platform!r}."
    if env == "none" and recorded.packages and (differing := list(_differing(recorded.packages))):
        yield f"Packages differ here: {_some(differing)}."


def _kind(name: str) -> tuple[str, str]:
    """The system and the processor of a platform, whose release counts little."""
    words = name.split()
    return words[0], words[-1]


def _differing(packages: Sequence[str]) -> Iterator[str]:
    here = {name_of(one): one.partition("==")[2] for one in read_packages()}
    for one in packages:
        name, version = name_of(one), one.partition("==")[2]
        if name not in here:
            yield f"{name} {version} is missing"
        elif here[name] != version:
            yield f"{name} {version} is {here[name]}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
