"""Where a run comes from: its code, its environment, and the steps that do it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from runfolio.reproduction.plan import NO_COMMAND, list_steps, plan_reproduction
from runfolio.site.addresses import content_hash
from runfolio.site.library import RunEntry

MAX_VALUE: Final = 400
OPENING: Final = 120
"""Values longer than that are folded behind their beginning."""

_LABELS: Final = {"local": "from no index"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A named fact, such as the Python version."""

    PRINTED: ClassVar = ("name", "value")

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How a run is done again: one command, or shell lines in a clone of `remote`.

    `command` and `lines` are None where it can't be done. `hint` says why, or else what makes
    another result likely.
    """

    PRINTED: ClassVar = ("command", "lines", "remote", "hint")

    command: str | None
    lines: str | None
    remote: str | None
    hint: str


def read_git(run: RunEntry) -> Mapping[str, Any]:
    """What was recorded of the run's commit; empty when nothing was."""
    git = run.record.context.get("git")
    return git if isinstance(git, dict) else {}


def git_facts(run: RunEntry) -> tuple[Fact, ...]:
    """The commit, where it is, and whether the code had changed since."""
    git = read_git(run)
    if not git:
        return ()
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
    if not context:
        return ()
    environment = context.get("environment")
    known = environment if isinstance(environment, dict) else {}
    facts = [
        Fact("command", _shell(context.get("command")), code=True),
        Fact("host", str(context.get("host") or "")),
        Fact("user", str(context.get("user") or "")),
        Fact("imported from", _origin(context.get("imported"))),
        *(
            Fact(
                _LABELS.get(name, name.replace("_", " ")),
                value if isinstance(value, str) else _show_value(value),
            )
            for name, value in sorted(known.items())
            if name != "packages" and value not in (None, "")
        ),
    ]
    return tuple(fact for fact in facts if fact.value)


def _show_value(value: object) -> str:
    """A value that is no text, as one: a list by its members."""
    return ", ".join(map(str, value)) if isinstance(value, list) else json.dumps(value)


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
    """How to do the run again, as `runfolio reproduce` would, as far as its record tells."""
    if not (run.record.context or run.record.artifacts):
        return Reproduction(None, None, None, NO_COMMAND)
    plan = plan_reproduction(run.record)
    lines = list_steps(plan)
    if not lines:  # then nothing else matters
        return Reproduction(None, None, None, " ".join(plan.refusals[:1]))
    command = None if plan.refusals else f"runfolio reproduce {run.id}"
    remote = plan.recorded.remote if plan.way == "git" else None
    hint = " ".join((*plan.refusals, *plan.warnings))
    return Reproduction(command, "\n".join(lines), remote, hint)


def _origin(imported: object) -> str:
    """Which tool a run came from, and what names it there."""
    if not isinstance(imported, dict):
        return ""
    parts = str(imported.get("identity") or "").split("\0")
    named = " · ".join(part for part in (str(imported.get("kind")), *parts) if part)
    return named if len(named) <= MAX_VALUE else f"{named[:OPENING]}…"


def _shell(command: object) -> str:
    return shlex.join(str(part) for part in command) if isinstance(command, list) else ""
