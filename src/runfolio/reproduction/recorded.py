"""What a run's record says of how it was started, with all that makes no sense there left out.

A store may be anybody's. What is not of the expected form counts as not recorded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from runfolio.query.runs import Artifact, RunRecord

DIFF: Final = "code/changes.diff"

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PACKAGE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9][\w.!+-]*")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VERSION: Final = re.compile(r"\d+\.\d+(?:\.\d+)?(?:[a-z]+\d+)?\+?")
_OWN: Final = "runfolio"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The kept source files by their path in it, and the working directory, if it was there.

    `path` is where among the artifacts it lies, and `script` the program, if that is in it.
    """

    path: str
    files: Mapping[str, Artifact]
    folder: str | None
    script: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a run was started: what is None or empty was not recorded.

    `is_hidden` says of the commit that it was, and is masked in this copy of the record.

    `folder` is the working directory and `script` the program, both within the repository.
    `packages` are all but Runfolio and the `local` ones, which came from no index. `resumed` says
    that the run went on later, and `ranks` how many more processes logged it than the first. `seed`
    is what a sweep drew its parameters by.
    """

    command: tuple[str, ...]
    kind: str
    commit: str | None
    is_hidden: bool
    dirty: bool
    remote: str | None
    diff: Artifact | None
    diff_cut: bool
    folder: str | None
    script: str | None
    source: Artifact | None
    snapshot: Snapshot | None
    variables: Mapping[str, str]
    unset: tuple[str, ...]
    withheld: tuple[str, ...]
    has_variables: bool
    python: str | None
    platform: str | None
    packages: tuple[str, ...]
    local: tuple[str, ...]
    resumed: bool
    ranks: int
    seed: int | None


def read_recorded(run: RunRecord) -> Recorded:
    """What the record of a run says of its start."""
    context = run.context
    git, environment = _mapping(context.get("git")), _mapping(context.get("environment"))
    variables = _mapping(context.get("variables"))
    values = {
        name: value
        for name, value in _mapping(variables.get("values")).items()
        if _is_set(name, value)
    }
    files = {one.path: one for one in run.artifacts}
    script = _inside(context.get("source_path"))
    local = tuple(_texts(environment.get("local")))
    told, seed = context.get("writers"), _mapping(context.get("sweep")).get("seed")
    writers = [_mapping(one) for one in told] if isinstance(told, list) else []
    return Recorded(
        command=tuple(_texts(context.get("command"))),
        kind=str(context.get("source_kind") or "script"),
        commit=_matching(_COMMIT, git.get("commit")),
        is_hidden=_is_hidden(git),
        dirty=bool(git.get("dirty")),
        remote=_remote(git.get("remote")),
        diff=files.get(DIFF),
        diff_cut=bool(git.get("diff_cut")),
        folder=_inside(context.get("folder")),
        script=script,
        source=files.get(f"code/{PurePosixPath(script).name}") if script else None,
        snapshot=_read_snapshot(_mapping(context.get("snapshot")), files),
        variables=values,
        unset=tuple(one for one in _names(variables.get("names")) if one not in values),
        withheld=tuple(_names(variables.get("withheld"))),
        has_variables="variables" in context,
        python=_matching(_VERSION, environment.get("python")),
        platform=_text(environment.get("platform")),
        packages=tuple(_read_packages(environment, local)),
        local=tuple(one for one in local if one.lower() != _OWN),
        resumed=any(one.get("turn") != 1 for one in writers),
        ranks=len({str(one.get("rank")) for one in writers if one.get("rank") != 0}),
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
    )


def _read_snapshot(said: Mapping[str, Any], files: Mapping[str, Artifact]) -> Snapshot | None:
    path = _inside(said.get("path"))
    if path is None:
        return None
    prefix = f"{path}/"
    found = {
        name.removeprefix(prefix): one for name, one in files.items() if name.startswith(prefix)
    }
    script = _inside(said.get("script"))
    return Snapshot(path, found, _inside(said.get("folder")), script if script in found else None)


def _read_packages(environment: Mapping[str, Any], local: tuple[str, ...]) -> list[str]:
    apart = {name_of(one) for one in (*local, _OWN)}
    packages = (one for one in _texts(environment.get("packages")) if _PACKAGE.fullmatch(one))
    return [one for one in packages if name_of(one) not in apart]


def name_of(package: str) -> str:
    """The name of a package in the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", package.partition("==")[0].strip()).lower()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    """A list of texts that can be handed to a program."""
    listed = value if isinstance(value, list) else []
    return [one for one in listed if isinstance(one, str) and "\0" not in one]


def _names(value: object) -> list[str]:
    return [one for one in _texts(value) if _NAME.fullmatch(one)]


def _is_set(name: object, value: object) -> bool:
    named = isinstance(name, str) and _NAME.fullmatch(name) is not None
    return named and isinstance(value, str) and "\0" not in value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _remote(value: object) -> str | None:
    """An address that git may be given: none that is an option of it, or names a program."""
    text = _text(value)
    odd = text is None or text.startswith("-") or "::" in text or not text.isprintable()
    return None if odd else text


def _matching(pattern: re.Pattern[str], value: object) -> str | None:
    return value if isinstance(value, str) and pattern.fullmatch(value) else None


def _is_hidden(git: Mapping[str, Any]) -> bool:
    """Whether there was a commit: a copy of a store without names leaves it out, or masks it."""
    left_out = bool(git) and "commit" not in git
    return left_out or bool(_text(git.get("commit")) and not _matching(_COMMIT, git["commit"]))


def _inside(value: object) -> str | None:
    """A relative path that stays where it is, with forward slashes."""
    if not isinstance(value, str) or not value or "\0" in value or "\\" in value:
        return None
    path = PurePosixPath(value)
    return None if path.is_absolute() or ".." in path.parts else path.as_posix()
