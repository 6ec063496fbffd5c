"""Projects that tests run."""

from __future__ import annotations

import subprocess
from pathlib import Path

SHOW = "import json, sys\nprint(json.dumps(sys.argv[1:]))\n"
"""A program that prints its arguments."""

LOG = """\
import argparse
import runfolio

parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float, default=1.0)
parser.add_argument("--fail", action="store_true")
options, _ = parser.parse_known_args()
with runfolio.start_run(params={"alpha": options.alpha}) as run:
    run.log_metric("loss", (options.alpha - 0.5) ** 2)
    print("trained with", options.alpha)
    if options.fail or options.alpha < 0:
        raise ValueError("alpha is bad")
"""
"""A program that logs a run with its parameter `alpha`, of which 0.5 is best."""


def make_project(folder: Path, mlproject: str | None = None, **files: str) -> Path:
    """A project in a folder: an MLproject file, and scripts by name without their suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    if mlproject is not None:
        (folder / "MLproject").write_text(mlproject)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def commit(folder: Path, message: str = "x") -> str:
    """Commit everything in a folder, which becomes a repository; return the commit."""
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, *who, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def git(folder: Path, *words: str) -> str:
    """What a git command prints."""
    done = subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()
