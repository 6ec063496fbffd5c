"""The newest Python that uv has or can get, with the project's pinned packages: .venvs/newest.

``make tools`` makes it, once for each set of pins; what can't be had has its reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.environment.pins import select_pins
from tests.environment.tools import ROOT, VENV_BIN, Tool, reason_for

NAME: Final = "newest Python"
FOLDER: Final = ROOT / ".venvs" / "newest"
GROUPS: Final = ("build", "dev")
SECONDS: Final = 900

_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class NoNewer(Exception):  # noqa: N818
    """There is no environment of a newer Python; the message is the reason."""


def find_newest() -> Tool:
    """The Python of the environment, when it holds what the pins say."""
    python = FOLDER / "bin" / "python"
    if python.exists() and _stamp_path().is_file() and _stamp_path().read_text() == _pins():
        return Tool(NAME, python)
    return Tool(NAME, None, reason_for(NAME, f"{FOLDER} does not hold what the pins say"))


def install_newest() -> None:
    """Make the environment; raises `NoNewer`."""
    python = newest_python()
    print(f"Installing the packages for {python} into {FOLDER} …", flush=True)
    _do(str(python), "-m", "venv", "--clear", str(FOLDER))
    listed = FOLDER / "listed.txt"
    listed.write_text(_pins(), encoding="utf-8")
    pip = (str(FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile")
    _do(*pip, "--require-hashes", "-r", str(listed))
    listed.rename(_stamp_path())


def newest_python() -> Path:
    """The newest released CPython that is newer than this one, fetched by uv where it can be."""
    variables = os.environ | {"PATH": _search_path(), "UV_HTTP_TIMEOUT": "20"}
    uv = shutil.which("uv", path=str(VENV_BIN)) or shutil.which("uv")
    if uv is None:
        raise NoNewer("there is no uv")
    # Without a network nothing comes of this, and what the machine has must do.
    subprocess.run(
        [uv, "python", "install", "--no-bin"],
        env=variables,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    words = [uv, "python", "list", "--only-installed", "--output-format", "json"]
    done = subprocess.run(words, env=variables, capture_output=True, timeout=SECONDS, check=False)
    found = newer_ones(done.stdout.decode(), sys.version_info[:2])
    if not found:
        raise NoNewer(f"uv has no Python newer than {sys.version.split()[0]} and can get none")
    return found[-1]


def newer_ones(listed: str, than: tuple[int, int]) -> list[Path]:
    """The Pythons of uv's list with a later minor version than `than`, the newest last."""
    found = {}
    for one in json.loads(listed or "[]"):
        parts = _VERSION.fullmatch(one["version"])
        usual = one["implementation"] == "cpython" and one.get("variant", "default") == "default"
        if parts and usual and one["path"]:
            version = tuple(map(int, parts.groups()))
            if version[:2] > than:
                found[version] = Path(one["path"])
    return [found[version] for version in sorted(found)]


def _search_path() -> str:
    """Where uv looks for Pythons: those that pyenv has built, and the PATH without its shims."""
    root = Path(os.environ.get("PYENV_ROOT") or Path("~/.pyenv").expanduser())
    built = sorted(str(path) for path in root.glob("versions/*/bin"))
    usual = os.environ.get("PATH", "").split(os.pathsep)
    return os.pathsep.join((*built, *(one for one in usual if Path(one).name != "shims")))


def _pins() -> str:
    return select_pins((ROOT / "constraints.txt").read_text(encoding="utf-8"), GROUPS)


def _stamp_path() -> Path:
    return FOLDER / "pins.txt"


def _do(*command: str) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise NoNewer(f"{' '.join(command[1:4])} failed: {(said or ['?'])[-1]}")
