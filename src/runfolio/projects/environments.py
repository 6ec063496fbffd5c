"""Python environments for programs that are run: made once from a list of packages, and kept.

An environment is built in a folder of its own, and a file beside it names that folder once it is
whole. So two processes may build the same one at the same time, and one that is killed leaves
nothing that counts.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from runfolio.errors import EnvironmentFailed
from runfolio.projects.managers import Manager, choose_manager, find_manager, python_in
from runfolio.projects.own_package import OwnPackage, find_own_package
from runfolio.projects.requirements import names_package
from runfolio.store.files import cache_folder, digest_file, write_atomically
from runfolio.store.liveness import describe_writer, is_gone

__all__ = ["EnvironmentSpec", "choose_manager", "make_environment"]

_BUILDER: Final = "building.json"

_Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class EnvironmentSpec:
    """What is to be in an environment.

    `python` is a version such as "3.11" or "3.11.7", by default this one's. `packages` are lines as
    in a requirements file, options such as ``--index-url`` included, whose paths are absolute;
    `constraints` only narrow them, and `build_packages` are installed before. `local` are wheels,
    or folders that stay where they are (editable), installed last and without what they depend on.

    Runfolio is there to import, too: with what logging needs ("logging"), or without anything,
    where `packages` name that already ("bare").
    """

    python: str | None = None
    packages: tuple[str, ...] = ()
    build_packages: tuple[str, ...] = ()
    local: tuple[Path, ...] = ()
    constraints: tuple[str, ...] = ()
    runfolio: Literal["logging", "bare"] = "logging"


def make_environment(
    spec: EnvironmentSpec,
    manager: Manager = "uv",
    *,
    cache: Path | None = None,
    folder: Path | None = None,
    say: _Say | None = None,
) -> Path:
    """Make an environment, unless it is there already, and return the path of its Python.

    It is kept in `cache`, by default ``environments`` in Runfolio's cache folder. uv and pip run in
    `folder`, where they may find settings. `say` is told before something slow is done. Raises
    `EnvironmentFailed` with what uv or pip said.
    """
    tool = find_manager(manager)
    own = find_own_package()
    listed = _Listed.of(spec, own)
    place = cache or cache_folder() / "environments"
    name = _digest(manager, spec, listed, own)
    if (python := _find(place, name)) is not None:
        return python
    with _reported(place):
        place.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(place)
        home = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=place))
        try:
            (home / _BUILDER).write_text(json.dumps(describe_writer()))
            if say is not None:
                say(_describe(spec, manager))
            tool.create(home / "env", spec.python, folder)
            python = python_in(home / "env")
            tool.install(python, spec.build_packages, folder=folder)
            for together in listed.steps():
                tool.install(python, together, constraints=spec.constraints, folder=folder)
            tool.install_local(python, spec.local, folder=folder)
            if listed.copied:
                own.copy_into(python)
            return _publish(place, name, home)
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a project asks for, what Runfolio needs, and whether that is copied from here."""

    packages: tuple[str, ...]
    needed: tuple[str, ...]
    copied: bool

    def steps(self) -> list[tuple[str, ...]]:
        """What is resolved together: all, but hashes have to be there for everything or nothing."""
        hashed = any("--hash" in line or "--require-hashes" in line for line in self.packages)
        return [self.packages, self.needed] if hashed else [self.packages + self.needed]

    @classmethod
    def of(cls, spec: EnvironmentSpec, own: OwnPackage) -> _Listed:
        named = [line for line in spec.packages if names_package(line, "runfolio")]
        if (named and own.released) or not _may_import(spec.python):
            return cls(spec.packages, (), copied=False)
        packages = tuple(line for line in spec.packages if line not in named)
        if spec.runfolio == "bare":
            return cls(packages, (), copied=True)
        return cls(packages, own.needed if named else own.needed_to_log, copied=True)


def _may_import(python: str | None) -> bool:
    """Whether Runfolio runs on a version of Python, as far as its text tells."""
    numbers = [int(part) for part in (python or "").split(".")[:2] if part.isdecimal()]
    return len(numbers) < 2 or tuple(numbers) >= (3, 11)


def _digest(manager: Manager, spec: EnvironmentSpec, listed: _Listed, own: OwnPackage) -> str:
    facts: dict[str, Any] = {
        "manager": manager,
        "machine": [platform.system(), platform.machine(), platform.libc_ver()],
        "python": spec.python or [platform.python_version(), sys.base_prefix],
        "spec": asdict(spec) | {"local": [_identify(path) for path in spec.local]},
        "packages": listed.steps(),
        "own": own.identity if listed.copied else None,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _identify(path: Path) -> str:
    """A wheel by its content; a folder, which stays where it is, by what says how to build it."""
    if path.is_file():
        return digest_file(path)
    stated = path / "pyproject.toml"
    return f"{path.absolute()} {digest_file(stated) if stated.is_file() else ''}"


def _describe(spec: EnvironmentSpec, manager: Manager) -> str:
    count = len(spec.packages)
    python = spec.python or platform.python_version()
    return f"Making an environment with {manager}: Python {python}, {count} packages listed."


def _find(place: Path, name: str) -> Path | None:
    """The Python of an environment that was made before and is still there."""
    try:
        python = python_in(place / (place / name).read_text().strip() / "env")
    except (OSError, ValueError):
        return None
    return python if python.is_file() else None


def _publish(place: Path, name: str, home: Path) -> Path:
    """Name an environment that is whole; one that another process has made meanwhile counts."""
    (home / _BUILDER).unlink()
    if (other := _find(place, name)) is not None:
        shutil.rmtree(home, ignore_errors=True)
        return other
    write_atomically(place / name, f"{home.name}\n".encode())
    return python_in(home / "env")


def _remove_leftovers(place: Path) -> None:
    """Remove what processes have left that were killed while they built."""
    for builder in place.glob(f"*/{_BUILDER}"):
        with suppress(OSError, ValueError):
            if is_gone(json.loads(builder.read_text())):
                shutil.rmtree(builder.parent, ignore_errors=True)


@contextmanager
def _reported(place: Path) -> Iterator[None]:
    """Turn an `OSError` of the cache folder into one line."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFailed(
            f"No environment can be made in {str(place)!r}: {error.strerror or error}. "
            "Set $XDG_CACHE_HOME to another folder."
        ) from error
