"""The trackers that are measured, each as the same three calls: start, log, finish.

Everything is written below the working folder, and nothing leaves the machine.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Protocol


class Tool(Protocol):
    """One tracker: a run is started, logged to and finished; `kept` is the folder it fills."""

    kept: str

    def start(self) -> None: ...

    def log(self, metrics: dict[str, float], step: int) -> None: ...

    def finish(self) -> None: ...


class Runfolio:
    """A run without git; each call is safe from ``kill -9`` when it returns."""

    kept = "store"

    def __init__(self) -> None:
        self._module: Any = importlib.import_module("runfolio")

    def start(self) -> None:
        self._run: Any = self._module.start_run(
            experiment="bench", store="store", capture=("code", "environment", "host")
        )

    def log(self, metrics: dict[str, float], step: int) -> None:
        self._run.log_metrics(metrics, step=step)

    def finish(self) -> None:
        self._run.finish()


class TensorBoardX:
    """TensorBoard's format; a thread of its own writes the events."""

    kept = "store"

    def __init__(self) -> None:
        self._module: Any = importlib.import_module("tensorboardX")
        self._count = 0

    def start(self) -> None:
        self._count += 1
        self._writer: Any = self._module.SummaryWriter(logdir=f"store/{self._count}")

    def log(self, metrics: dict[str, float], step: int) -> None:
        for name, value in metrics.items():
            self._writer.add_scalar(name, value, step)

    def finish(self) -> None:
        self._writer.close()


class Trackio:
    """Its local mode: a thread of its own gathers the points into SQLite."""

    kept = "trackio"

    def __init__(self) -> None:
        self._module: Any = importlib.import_module("trackio")

    def start(self) -> None:
        self._run: Any = self._module.init(
            project="bench", embed=False, auto_log_gpu=False, auto_log_cpu=False
        )

    def log(self, metrics: dict[str, float], step: int) -> None:
        self._run.log(metrics, step=step)

    def finish(self) -> None:
        self._run.finish()


class Wandb:
    """Its offline mode: a process of its own writes the log."""

    kept = "wandb"

    def __init__(self) -> None:
        self._module: Any = importlib.import_module("wandb")

    def start(self) -> None:
        settings = self._module.Settings(silent=True, x_disable_stats=True, disable_git=True)
        self._run: Any = self._module.init(project="bench", mode="offline", settings=settings)

    def log(self, metrics: dict[str, float], step: int) -> None:
        self._run.log(metrics, step=step)

    def finish(self) -> None:
        self._run.finish()


class Mlflow:
    """MLflow with SQLite, logging synchronously as it does by default."""

    kept = "store"

    def __init__(self) -> None:
        self._module: Any = importlib.import_module("mlflow")
        Path("store").mkdir(exist_ok=True)
        self._module.set_tracking_uri("sqlite:///store/mlflow.db")
        self._module.set_experiment("bench")

    def start(self) -> None:
        self._module.start_run()

    def log(self, metrics: dict[str, float], step: int) -> None:
        self._module.log_metrics(metrics, step=step)

    def finish(self) -> None:
        self._module.end_run()


TOOLS: dict[str, type[Runfolio | TensorBoardX | Trackio | Wandb | Mlflow]] = {
    "runfolio": Runfolio,
    "tensorboardX": TensorBoardX,
    "trackio": Trackio,
    "wandb": Wandb,
    "mlflow": Mlflow,
}


def create_tool(name: str) -> Tool:
    """The tracker called `name`, imported and ready to start a run."""
    return TOOLS[name]()
