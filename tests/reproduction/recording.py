"""Programs that log runs in folders and git repositories, as users have them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import runfolio
from runfolio.errors import StoreNotFound
from runfolio.query.runs import RunRecord, find_runs
from runfolio.store.single import read_run

GIT = (
    *("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"),
    *("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"),
)

TRAIN = """
import sys
import runfolio

RATE = 0.5

with runfolio.start_run(experiment="train", params={"rate": RATE}) as run:
    for step in range(5):
        run.log_metric("loss", RATE ** step, step=step)
    run.log_text(repr(sys.argv[1:]), "arguments.txt")
"""


def git(folder: Path, *words: str) -> str:
    """What a git command prints."""
    done = subprocess.run([*GIT, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write(folder: Path, **files: str) -> None:
    """Write files by name, in which ``__`` stands for a slash and ``_`` before ``py`` for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py").replace("_csv", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make_repository(folder: Path, *options: str, **files: str) -> Path:
    """A repository with some files in one commit."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", *options)
    write(folder, **files)
    commit(folder)
    return folder


def commit(folder: Path) -> str:
    """Commit all there is, and return the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "work")
    return git(folder, "rev-parse", "HEAD")


def run(
    folder: Path, store: Path | str, *words: str, variables: dict[str, str] | None = None
) -> RunRecord:
    """Run Python in a folder, and the first run that it has logged to the store."""
    known = set(run_ids(store))
    subprocess.run(
        [sys.executable, *(words or ("train.py",))],
        cwd=folder,
        env=os.environ | {"RUNFOLIO_STORE": str(store)} | (variables or {}),
        check=True,
        capture_output=True,
    )
    found = [one for one in run_ids(store) if one not in known]
    return read(store, found[0])


def run_ids(store: Path | str) -> list[str]:
    """The runs of a store by their start."""
    try:
        found = runfolio.search_runs(store=store, order_by="start_time")
    except StoreNotFound:
        return []
    return [str(one) for one in found["run_id"]] if len(found) else []


def read(store: Path | str, run_id: str) -> RunRecord:
    """A run of a store."""
    (record,) = find_runs(read_run(run_id, store=store).tables)
    return record


def reproduce(record: RunRecord, store: Path | str, **options: Any) -> Any:
    """Do a run again with this Python, in the working directory's repository."""
    return runfolio.reproduce_run(record.id, store=store, **{"env": "none", **options})


def verdicts(done: Any) -> dict[str, str]:
    """The verdict on each value by name."""
    return {row.name: row.verdict for row in done.comparison.rows}
