"""Tiny stores to compare the runs of."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import runfolio

Metrics = Mapping[str, float | Sequence[float]]


def log_run(
    store: Path,
    metrics: Metrics,
    *,
    experiment: str = "wine",
    failed: bool = False,
    run_id: str | None = None,
    **options: Any,
) -> str:
    """Log a run with curves, or single values, of metrics; returns its id."""
    chosen: dict[str, Any] = {"capture": False, "name": "run"} | options
    if run_id is not None:
        chosen |= {"run_id": run_id, "rank": 0}
    run = runfolio.start_run(
        store=store,
        experiment=experiment,
        **chosen,
    )
    for key, values in metrics.items():
        for step, value in enumerate(values if isinstance(values, Sequence) else [values]):
            run.log_metric(key, value, step=step)
    run.finish("FAILED" if failed else "FINISHED")
    return run.id


def log_seeds(store: Path, metric: str, values: Sequence[float], **options: Any) -> list[str]:
    """Log a run for each value, with seeds as their only difference."""
    params = options.pop("params", {})
    return [
        log_run(store, {metric: value}, params={**params, "seed": seed}, **options)
        for seed, value in enumerate(values)
    ]


def run_git(folder: Path, *command: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    plain = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *identity, *plain, *command], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path, text: str, *, at: int) -> str:
    """Commit a file with this text at a moment of one's choice; returns the commit."""
    (folder / "train.py").write_text(text)
    run_git(folder, "add", "train.py")
    moment = f"{1_700_000_000 + at} +0000"
    run_git(folder, "commit", "-q", "-m", text, "--date", moment)
    return run_git(folder, "rev-parse", "HEAD")


def make_repository(folder: Path) -> Path:
    folder.mkdir()
    run_git(folder, "init", "-q")
    return folder
