"""Runfolio itself, made importable in an environment: its files, as they are installed here.

It is all Python, so copying needs neither an index nor a build, and the program that is run logs
with the very version that runs it. Of an editable installation the copy leads to the same source.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Final

from runfolio.errors import EnvironmentFailed

NAME: Final = "runfolio"

_TO_LOG: Final = ("numpy", "pyarrow")
"""What logging imports of what Runfolio depends on; the rest is for reports and commands."""

_REQUIREMENT: Final = re.compile(r"[A-Za-z0-9][\w.-]*")
_WHERE: Final = (
    "import sysconfig; print(sysconfig.get_path('purelib')); print(sysconfig.get_path('scripts'))"
)


@dataclass(frozen=True, slots=True)
class OwnPackage:
    """The installed Runfolio.

    `released` says whether it came from an index, `needed` is what it depends on, and `identity`
    changes with its files.
    """

    released: bool
    needed: tuple[str, ...]
    identity: str
    files: tuple[PurePosixPath, ...] = field(repr=False)
    root: Path = field(repr=False)
    scripts: tuple[tuple[str, str], ...] = field(repr=False)

    @property
    def needed_to_log(self) -> tuple[str, ...]:
        """What a program has to have to log with it."""
        return tuple(one for one in self.needed if _name_of(one) in _TO_LOG)

    def copy_into(self, python: Path) -> None:
        """Put it where the Python of an environment imports from."""
        library, scripts = _ask_places(python)
        try:
            for file in self.files:
                target = library / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.root / file, target)
            for name, entry in self.scripts:
                _write_script(scripts / name, python, entry)
        except OSError as error:
            raise EnvironmentFailed(
                f"Runfolio can't be copied from {str(self.root)!r} into the environment: "
                f"{error.strerror}. Install Runfolio again."
            ) from error


def find_own_package() -> OwnPackage:
    """Runfolio as it is installed here; raise `EnvironmentFailed` where it is only on the path."""
    try:
        installed = metadata.distribution(NAME)
    except metadata.PackageNotFoundError:
        raise EnvironmentFailed(
            "Runfolio is not installed but only on Python's path, so it can't be put into an "
            "environment. Install it with pip, or take --env none."
        ) from None
    listed = [PurePosixPath(str(file)) for file in installed.files or ()]
    files = tuple(one for one in listed if ".." not in one.parts and not _is_compiled(one))
    record = installed.read_text("RECORD") or installed.version
    needed = [one for one in installed.requires or () if "extra ==" not in one]
    scripts = installed.entry_points.select(group="console_scripts")
    return OwnPackage(
        released=installed.read_text("direct_url.json") is None,
        needed=tuple(needed),
        identity=hashlib.sha256(record.encode()).hexdigest(),
        files=files,
        root=Path(str(installed.locate_file(""))),
        scripts=tuple((one.name, one.value) for one in scripts),
    )


def _is_compiled(file: PurePosixPath) -> bool:
    return "__pycache__" in file.parts


def _name_of(requirement: str) -> str:
    found = _REQUIREMENT.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _ask_places(python: Path) -> tuple[Path, Path]:
    """Where an environment has its packages and its commands."""
    done = subprocess.run(
        [str(python), "-I", "-c", _WHERE], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    if done.returncode != 0 or len(lines) != 2:
        said = " ".join(done.stderr.split())[-200:]
        raise EnvironmentFailed(
            f"The Python of the environment doesn't start: {said}. Take another version."
        )
    return Path(lines[0]), Path(lines[1])


def _write_script(path: Path, python: Path, entry: str) -> None:
    """A command as pip would install it; Windows needs another kind of file, and has none."""
    if os.name == "nt":
        return
    module, _, function = entry.partition(":")
    path.write_text(
        f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n"
        f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
