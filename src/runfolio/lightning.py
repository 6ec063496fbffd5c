"""Lightning: a logger for its `Trainer`, of ``lightning`` or ``pytorch_lightning``."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.schema import FAILED, FINISHED, KILLED
from runfolio.tracking.adapting import Held, find_numbers, flatten, log_new_params, missing
from runfolio.tracking.run import Run

try:
    # Whichever the program has imported is the one whose trainer it uses.
    if "lightning" not in sys.modules and "pytorch_lightning" in sys.modules:
        raise ModuleNotFoundError
    from lightning.pytorch.loggers.logger import Logger, rank_zero_experiment
    from lightning.pytorch.utilities import rank_zero_only
except ImportError:
    try:
        from pytorch_lightning.loggers.logger import Logger, rank_zero_experiment
        from pytorch_lightning.utilities import rank_zero_only
    except ImportError as error:
        raise missing("lightning", error) from error

if TYPE_CHECKING:
    from lightning.pytorch.callbacks import ModelCheckpoint


class RunfolioLogger(Logger):  # type: ignore[misc]
    """Logs what modules log, and their hyperparameters, in the process of rank zero.

        Trainer(logger=RunfolioLogger("digits"), …)

    It logs to `run`, else to the active run, else to one of its own in `experiment` that `options`
    (those of `start_run`) describe. That one ends with the fit and goes on when the same trainer
    tests. With `log_checkpoints` the best checkpoint becomes an artifact when the fit ends.
    """

    def __init__(
        self,
        experiment: str | None = None,
        *,
        run: Run | None = None,
        prefix: str = "",
        log_checkpoints: bool = False,
        **options: Any,
    ) -> None:
        super().__init__()
        # A trainer says when it fails; what is left over was logged to by hand.
        self._held = Held("lightning", run, abandoned=FINISHED, experiment=experiment, **options)
        self._name = experiment
        self._prefix = prefix
        self._log_checkpoints = log_checkpoints
        self._checkpoints: ModelCheckpoint | None = None

    @property
    @rank_zero_experiment  # type: ignore[untyped-decorator]
    def experiment(self) -> Run:
        """The run, which is started when it is first needed."""
        return self._held.go_on()

    @property
    def name(self) -> str | None:
        """The name of the experiment."""
        return self._name if self._held.run is None else self._held.run.experiment

    @property
    def version(self) -> str | None:
        """The run's id, None before it is started and in processes of other ranks."""
        return None if self._held.run is None else self._held.run.id

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_hyperparams(
        self,
        params: Mapping[str, Any] | Namespace,
        *_args: Any,
        **_kwargs: Any,
    ) -> None:
        """Log hyperparameters; the names of nested ones are joined by slashes."""
        log_new_params(self.experiment, flatten(_as_mapping(params)))

    @rank_zero_only  # type: ignore[untyped-decorator]
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log metrics at the trainer's step."""
        numbers = find_numbers(metrics)
        named = {f"{self._prefix}{key}": value for key, value in numbers.items()}
        self.experiment.log_metrics(named, step=step)

    def after_save_checkpoint(self, checkpoint_callback: ModelCheckpoint) -> None:
        """Remember who keeps the checkpoints."""
        self._checkpoints = checkpoint_callback

    @rank_zero_only  # type: ignore[untyped-decorator]
    def finalize(self, status: str) -> None:
        """End the run if it was started here: with the error that stopped the trainer, if any."""
        run = self._held.run
        if run is None or not run.live:
            return
        self._keep_checkpoint(run)
        error = sys.exc_info()[1]
        if status in ("success", "finished"):
            self._held.end(FINISHED)
        elif error is not None:
            self._held.end_by(error)
        else:
            self._held.end(FAILED if status == "failed" else KILLED)

    def _keep_checkpoint(self, run: Run) -> None:
        best = getattr(self._checkpoints, "best_model_path", "")
        if self._log_checkpoints and best and Path(best).exists():
            run.log_artifact(best, "checkpoints")
            self._checkpoints = None


def _as_mapping(params: Any) -> Mapping[str, Any]:
    """Hyperparameters with every namespace in them as a mapping."""
    if isinstance(params, Namespace):
        params = vars(params)
    return {
        str(key): _as_mapping(value) if isinstance(value, Namespace | Mapping) else value
        for key, value in params.items()
    }
