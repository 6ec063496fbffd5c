"""Where a run comes from: its code, its environment, and the steps that do it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from runfolio.site.addresses import content_hash
from runfolio.site.library import RunEntry

MAX_VALUE: Final = 400
OPENING: Final = 120
"""Values longer than that are folded behind their beginning."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A named fact, such as the Python version."""

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Shell lines that do a run again, if its command is known, and what they leave out."""

    lines: str | None
    hint: str


def read_git(run: RunEntry) -> Mapping[str, Any]:
    """What was recorded of the run's commit; empty when nothing was."""
    git = run.record.context.get("git")
    return git if isinstance(git, dict) else {}


def git_facts(run: RunEntry) -> tuple[Fact, ...]:
    """The commit, where it is, and whether the code had changed since."""
    git = read_git(run)
    dirty = "yes, see the changes below" if git.get("dirty") else "no"
    facts = [
        Fact("commit", str(git.get("commit") or ""), code=True),
        Fact("branch", str(git.get("branch") or "")),
        Fact("remote", str(git.get("remote") or ""), code=True),
        Fact("changed since", dirty if git.get("commit") else ""),
    ]
    return tuple(fact for fact in facts if fact.value)


def environment_facts(run: RunEntry) -> tuple[Fact, ...]:
    """The command, the machine, and the versions of what ran on it."""
    context = run.record.context
    environment = context.get("environment")
    known = environment if isinstance(environment, dict) else {}
    facts = [
        Fact("command", _shell(context.get("command")), code=True),
        Fact("host", str(context.get("host") or "")),
        Fact("user", str(context.get("user") or "")),
        Fact("imported from", _origin(context.get("imported"))),
        *(
            Fact(name.replace("_", " "), value if isinstance(value, str) else json.dumps(value))
            for name, value in sorted(known.items())
            if name != "packages" and value not in (None, "")
        ),
    ]
    return tuple(fact for fact in facts if fact.value)


def list_packages(run: RunEntry) -> tuple[str, ...]:
    """The packages that were installed when the run was logged, as "name==version"."""
    environment = run.record.context.get("environment")
    packages = environment.get("packages") if isinstance(environment, dict) else None
    return tuple(str(one) for one in packages) if isinstance(packages, list) else ()


def read_versions(run: RunEntry) -> dict[str, str]:
    """The version of each installed package, "" where none was recorded."""
    parts = (one.partition("==") for one in list_packages(run))
    return {name.strip(): version.strip() for name, _, version in parts}


def versions_shard(versions: Mapping[str, str]) -> str:
    """The name of the shard that holds these versions, one for all runs that had the same."""
    return f"compare/packages-{content_hash(json.dumps(versions).encode())}"


def reproduce(run: RunEntry) -> Reproduction:
    """How to do the run again."""
    git = read_git(run)
    command = _shell(run.record.context.get("command"))
    if not command:
        return Reproduction(None, "The command was not recorded, so there is nothing to run again.")
    lines = []
    if git.get("commit"):
        if git.get("remote"):
            lines += [f"git clone {_quote(git['remote'])} again", "cd again"]
        lines.append(f"git checkout {_quote(git['commit'])}")
        if git.get("dirty"):
            lines.append("git apply changes.diff")
    lines += ["pip install -r requirements.txt"] if list_packages(run) else []
    hint = _hint(bool(git.get("commit")), bool(git.get("dirty")))
    return Reproduction("\n".join([*lines, command]), hint)


def _hint(committed: bool, dirty: bool) -> str:
    if not committed:
        return "No commit was recorded: start from the source file kept with the run."
    if dirty:
        return "The code had changes that were not committed."
    return "The code was committed as it ran."


def _origin(imported: object) -> str:
    """Which tool a run came from, and what names it there."""
    if not isinstance(imported, dict):
        return ""
    parts = str(imported.get("identity") or "").split("\0")
    named = " · ".join(part for part in (str(imported.get("kind")), *parts) if part)
    return named if len(named) <= MAX_VALUE else f"{named[:OPENING]}…"


def _shell(command: object) -> str:
    return shlex.join(str(part) for part in command) if isinstance(command, list) else ""


def _quote(value: object) -> str:
    return shlex.quote(str(value))
