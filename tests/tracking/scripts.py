"""Running a small training script as a user would: in a Python process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import runfolio
from runfolio.store import StoreTables, read_store

HEADER = "import os, signal, sys, threading, time\nimport runfolio\n"


def script_command(folder: Path, code: str) -> list[str]:
    """Write a script ``train.py`` that logs to ``runs`` beside it, and the command to run it."""
    path = folder / "train.py"
    path.write_text(HEADER + textwrap.dedent(code), encoding="utf-8")
    return [sys.executable, "-W", "error", str(path)]


def script_environment(**changes: str) -> dict[str, str]:
    """This process's environment, with our own package on the path and capture switched off."""
    path = os.pathsep.join(
        [str(Path(runfolio.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    )
    return os.environ | {"PYTHONPATH": path, "RUNFOLIO_CAPTURE": "none"} | changes


def run_script(folder: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script to its end in `folder`."""
    return subprocess.run(
        script_command(folder, code),
        cwd=folder,
        env=script_environment(**environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def only_run(tables: StoreTables) -> dict[str, Any]:
    """The row of a store's only run."""
    (row,) = tables.runs.to_pylist()
    assert isinstance(row, dict)
    return row


def read_runs(folder: Path) -> dict[str, dict[str, Any]]:
    """The rows of all runs that scripts in `folder` have logged, by name; nothing is damaged."""
    tables = read_store(folder / "runs")
    assert tables.damage == ()
    return {row["name"]: row for row in tables.runs.to_pylist()}
