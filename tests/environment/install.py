"""Make the project's virtual environment: ``python tests/environment/install.py build dev``.

Runs on a bare Python 3.11 or newer, before anything is installed. The arguments are dependency
groups of pyproject.toml. A stamp in the environment holds a digest of all that decides its
content, so that a second call returns at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
DECIDING_FILES = ("constraints.txt", "pyproject.toml", "src/runfolio/version.py")


def main(groups: Sequence[str]) -> int:
    """Bring `.venv` to hold the project and `groups`; return an exit code."""
    place, content, have = place_key(), content_key(), read_stamp()
    wanted = sorted(set(groups) | set(have.get("groups", [])))
    stamp = {"place": place, "content": content, "groups": wanted}
    if have == stamp:
        return 0
    try:
        if have.get("place") != place:
            create_environment()
        STAMP.write_text(json.dumps({"place": place}))
        install_pins(wanted)
        install_project()
    except subprocess.CalledProcessError as error:
        print(f"Couldn't set up {VENV}: the command above ended with code {error.returncode}.")
        return 1
    STAMP.write_text(json.dumps(stamp))
    return 0


def place_key() -> str:
    """The Python and the folder an environment is bound to."""
    return f"Python {sys.version.split()[0]} from {sys.base_prefix} in {VENV}"


def content_key() -> str:
    """A digest of the files that decide what is installed."""
    digest = hashlib.sha256()
    for name in DECIDING_FILES:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read_stamp() -> dict[str, Any]:
    """What the last finished installation noted, empty when there was none."""
    try:
        stamp: dict[str, Any] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def create_environment() -> None:
    """A fresh virtual environment with pip in it."""
    print(f"Setting up {VENV} with Python {sys.version.split()[0]} …", flush=True)
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        install_venv_package()
    run(sys.executable, "-m", "venv", "--clear", str(VENV))


def install_venv_package() -> None:
    """Debian keeps ``venv`` in a package of its own: get it as root, else say how."""
    package = f"python3.{sys.version_info.minor}-venv"
    if hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/usr/bin/apt-get").exists():
        run("apt-get", "-qq", "update")
        run("apt-get", "-qq", "install", "--yes", "--no-install-recommends", package)
        return
    print(f"This Python has no venv module. On Debian or Ubuntu: sudo apt install {package}")
    raise SystemExit(1)


def install_pins(groups: Sequence[str]) -> None:
    """Install the pinned packages of `groups` and of the project, every file checked by hash."""
    sys.path.insert(0, str(ROOT))
    from tests.environment.pins import select_pins

    pins = VENV / "pins.txt"
    pins.write_text(select_pins((ROOT / "constraints.txt").read_text(), groups))
    pip("install", "--no-compile", "--require-hashes", "-r", str(pins))


def install_project() -> None:
    """Install the checkout itself, editable, with its commands."""
    pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT))


def pip(*arguments: str) -> None:
    run(str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
