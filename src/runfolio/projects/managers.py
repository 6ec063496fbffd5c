"""uv and pip: making an empty environment, and installing packages into it."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final, Literal, Protocol

from runfolio.errors import EnvironmentFailed
from runfolio.tracking.capture.credentials import redact_text

Manager = Literal["uv", "pip"]

MANAGERS: Final[tuple[Manager, ...]] = ("uv", "pip")

_OF_OTHER_ENVIRONMENTS: Final = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP")
"""Variables by which packages elsewhere would seem to be in a new environment."""

_DRAWN: Final = re.compile(r"^ *[×╰├│][─▶› ]*|^ {6}")
_CAUSE: Final = re.compile(r"^ +cause: ")
_ERROR: Final = re.compile(r"^error: *", re.IGNORECASE)
_MAX_SAID: Final = 400


class Tool(Protocol):
    """What makes environments."""

    def create(self, place: Path, python: str | None, folder: Path | None) -> None:
        """Make an empty environment for a version of Python, None for this one's."""

    def install(
        self,
        python: Path,
        packages: Sequence[str],
        *,
        constraints: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        """Install packages, given as lines of a requirements file, with all they depend on."""

    def install_local(self, python: Path, paths: Sequence[Path], *, folder: Path | None) -> None:
        """Install wheels, and folders so that they stay where they are, and nothing else."""


def choose_manager() -> Manager:
    """uv where it is found, else pip."""
    return "uv" if _find_uv() else "pip"


def find_manager(name: Manager) -> Tool:
    """The tool of that name; raise `EnvironmentFailed` where it is not installed."""
    if name == "pip":
        return _Pip()
    if (uv := _find_uv()) is None:
        raise EnvironmentFailed(
            "uv is not installed, which is to make the environment. "
            "pip install 'runfolio[environments]', or take --env pip."
        )
    return _Uv(uv)


def _find_uv() -> str | None:
    found = shutil.which("uv")
    if found is None:
        try:
            found = importlib.import_module("uv").find_uv_bin()
        except (ImportError, FileNotFoundError, AttributeError):
            return None
    return found


def python_in(environment: Path) -> Path:
    """The Python of an environment, there or not."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@dataclass(frozen=True, slots=True)
class _Uv:
    uv: str

    def create(self, place: Path, python: str | None, folder: Path | None) -> None:
        wanted = python or sys.executable
        _run([self.uv, "venv", "--no-project", "--python", wanted, str(place)], folder)

    def install(
        self,
        python: Path,
        packages: Sequence[str],
        *,
        constraints: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        pip = [self.uv, "pip", "install", "--python", str(python)]
        _install(pip, packages, constraints, folder)

    def install_local(self, python: Path, paths: Sequence[Path], *, folder: Path | None) -> None:
        pip = [self.uv, "pip", "install", "--python", str(python), "--no-deps"]
        _install_local(pip, paths, folder)


@dataclass(frozen=True, slots=True)
class _Pip:
    def create(self, place: Path, python: str | None, folder: Path | None) -> None:
        without = [] if _own_pip() is None else ["--without-pip"]
        _run([_find_python(python), "-m", "venv", *without, str(place)], folder)

    def install(
        self,
        python: Path,
        packages: Sequence[str],
        *,
        constraints: Sequence[str] = (),
        folder: Path | None = None,
    ) -> None:
        _install(self._command(python), packages, constraints, folder)

    def install_local(self, python: Path, paths: Sequence[Path], *, folder: Path | None) -> None:
        _install_local([*self._command(python), "--no-deps"], paths, folder)

    @staticmethod
    def _command(python: Path) -> list[str]:
        quiet = ("--no-input", "--disable-pip-version-check", "--quiet")
        if (own := _own_pip()) is not None:
            return [own, "-m", "pip", "--python", str(python), "install", *quiet]
        return [str(python), "-m", "pip", "install", *quiet]


def _own_pip() -> str | None:
    """This Python, where its pip can install for others: making one for each takes seconds."""
    try:
        major, minor = metadata.version("pip").split(".")[:2]
        return sys.executable if (int(major), int(minor)) >= (22, 3) else None
    except (metadata.PackageNotFoundError, ValueError):
        return None


def _find_python(version: str | None) -> str:
    """The Python of a version, on this machine: pip installs none."""
    if version is None or _is_version(version, sys.version_info):
        return sys.executable
    name = "python" + ".".join(version.split(".")[:2])
    found = shutil.which(name)
    if found is None or not _works(found):
        raise EnvironmentFailed(
            f"There is no {name!r} on the PATH for an environment with Python {version}. "
            "Install it, or take --env uv, which fetches it."
        )
    return found


def _works(python: str) -> bool:
    """Whether a Python starts, which one of a version manager may not."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def _is_version(text: str, version: Sequence[object]) -> bool:
    """Whether a version of Python is the one of `text` as far as major and minor."""
    return text.split(".")[:2] == [str(one) for one in version[:2]]


def _install(
    pip: Sequence[str], packages: Sequence[str], constraints: Sequence[str], folder: Path | None
) -> None:
    if not packages:
        return
    with tempfile.TemporaryDirectory(prefix="runfolio-") as beside:
        words = [*pip, "--requirement", _write_lines(Path(beside, "requirements.txt"), packages)]
        if constraints:
            words += ["--constraint", _write_lines(Path(beside, "constraints.txt"), constraints)]
        _run(words, folder)


def _write_lines(path: Path, lines: Sequence[str]) -> str:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(path)


def _install_local(pip: Sequence[str], paths: Sequence[Path], folder: Path | None) -> None:
    if paths:
        words = [
            word
            for path in paths
            for word in (("--editable", str(path)) if path.is_dir() else (str(path),))
        ]
        _run([*pip, *words], folder)


def _run(words: Sequence[str], folder: Path | None) -> None:
    """Run a tool to its end; raise `EnvironmentFailed` with the line that tells why it failed."""
    kept = {key: value for key, value in os.environ.items() if key not in _OF_OTHER_ENVIRONMENTS}
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env=kept | {"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "PIP_NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        raise EnvironmentFailed(
            f"The environment can't be made: {words[0]!r} doesn't start, {error.strerror}. "
            "Install it again."
        ) from error
    if done.returncode != 0:
        said = find_reason(done.stdout.decode(errors="replace"))
        raise EnvironmentFailed(
            f"The environment can't be made: {said.rstrip('.')}. Correct what the project asks "
            "for, or take --env none to run without one."
        )


def find_reason(output: str) -> str:
    """Why uv or pip failed, in one line and without credentials."""
    lines = [line for line in output.splitlines() if line.strip()]
    errors, causes, drawn = (
        [pattern.sub("", line) for line in lines if pattern.match(line)]
        for pattern in (_ERROR, _CAUSE, _DRAWN)
    )
    said = ": ".join(errors[-1:] + causes[-1:]) or " ".join(drawn) or "".join(lines[-1:])
    return redact_text(" ".join(said.split()))[:_MAX_SAID] or "it said nothing"
