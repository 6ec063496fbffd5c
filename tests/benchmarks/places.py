"""Where the benchmarks run: the peers' own environment, and processes kept offline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.environment import apart
from tests.environment.apart import OFFLINE, python_of

ROOT = Path(__file__).resolve().parents[2]
OURS = "runfolio"
PEER_NAMES = ("tensorboardX", "trackio", "wandb", "mlflow")

NOT_INHERITED = (*apart.NOT_INHERITED, "RUNFOLIO_CAPTURE")


def interpreter(tool: str) -> Path:
    """The Python that has `tool`."""
    if tool == OURS:
        return Path(sys.executable)
    return python_of("peers")


def environment(tool: str, folder: Path) -> dict[str, str]:
    """Variables of a process that measures `tool`: offline, and writing to `folder` only."""
    search = [str(ROOT), str(ROOT / "src")] if tool == OURS else [str(ROOT)]
    inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
    return (
        inherited
        | OFFLINE
        | {
            "PYTHONPATH": os.pathsep.join(search),
            "TRACKIO_DIR": str(folder / "trackio"),
            "WANDB_DIR": str(folder),
            "WANDB_CACHE_DIR": str(folder / "cache"),
            "WANDB_CONFIG_DIR": str(folder / "config"),
            "WANDB_DATA_DIR": str(folder / "staging"),
        }
    )


def measure_apart(module: str, tool: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a module of this package in a fresh process; return the JSON it prints last."""
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(interpreter(tool)), "-m", f"tests.benchmarks.{module}", tool, *arguments],
        cwd=folder,
        env=environment(tool, folder),
        check=False,
        capture_output=True,
        text=True,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{module} of {tool} failed:\n{done.stdout[-500:]}{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(lines[-1])
    return result
