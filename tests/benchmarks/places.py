"""Where the benchmarks run: the peers' own environment, and processes kept offline."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venvs" / "peers"
PINS = Path(__file__).with_name("peers.txt")

OURS = "runfolio"
PEER_NAMES = ("tensorboardX", "trackio", "wandb", "mlflow")

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

NOT_INHERITED = ("RUNFOLIO_STORE", "RUNFOLIO_CAPTURE", "PYTHONDONTWRITEBYTECODE")


class PeersMissingError(Exception):
    """The peers' environment can't be made; ours is measured alone."""


def provide_peers() -> None:
    """Make the peers' environment where it is missing or its pins have changed."""
    stamp = PEERS / "peers.txt"
    if stamp.is_file() and stamp.read_text() == PINS.read_text():
        return
    print(f"Installing the peers into {PEERS} …", flush=True)
    commands = (
        [sys.executable, "-m", "venv", "--clear", str(PEERS)],
        [str(interpreter("mlflow")), "-m", "pip", "install", "--quiet", "-r", str(PINS)],
    )
    for command in commands:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise PeersMissingError(f"{' '.join(command[1:4])} failed: {''.join(reason)}")
    stamp.write_text(PINS.read_text())


def interpreter(tool: str) -> Path:
    """The Python that has `tool`."""
    if tool == OURS:
        return Path(sys.executable)
    return PEERS / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


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
