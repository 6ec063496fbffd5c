"""Hugging Face Transformers: a callback for its `Trainer`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from runfolio.tracking.adapting import Held, find_numbers, log_new_params, missing
from runfolio.tracking.run import Run

try:
    from transformers import TrainerCallback
except ImportError as error:
    raise missing("transformers", error) from error

_TOTALS: Final = (
    *("train_runtime", "train_samples_per_second", "train_steps_per_second"),
    *("train_loss", "total_flos"),
)
"""What the trainer logs once at the end keeps its name, and stays apart from the curves."""


_TRAINING: Final = ("train", "evaluate", "predict")
"""The trainer's functions that log."""


class RunfolioCallback(TrainerCallback):  # type: ignore[misc]
    """Logs a trainer's arguments, the model's configuration and all that the trainer logs.

        Trainer(…, args=TrainingArguments(report_to="none", …), callbacks=[RunfolioCallback()])

    Metrics are named ``train/…`` and ``eval/…`` and stand at the trainer's step. It logs to `run`,
    else to the active run, else to one of its own that `options` (those of `start_run`) describe
    and that ends with the training; an evaluation afterwards goes on with it. Of several processes
    only the first logs.
    """

    def __init__(self, run: Run | None = None, **options: Any) -> None:
        super().__init__()
        self._held = Held("transformers", run, functions=_TRAINING, **options)
        self._training = False

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Log the arguments and the model's configuration."""
        if not state.is_world_process_zero:
            return
        self._training = True
        name = getattr(args, "run_name", None)
        # Older versions name a run after its output folder by default.
        run = self._held.begin(**({"name": name} if name and name != args.output_dir else {}))
        params = {key: value for key, value in args.to_dict().items() if value is not None}
        log_new_params(run, params | _describe(kwargs.get("model")))

    def on_log(
        self,
        args: Any,  # noqa: ARG002
        state: Any,
        control: Any,  # noqa: ARG002
        logs: Mapping[str, Any] | None = None,
        **_kwargs: Any,
    ) -> None:
        """Log what the trainer logs, at its step."""
        if state.is_world_process_zero and logs:
            numbers = find_numbers(logs)
            named = {_rename(key): value for key, value in numbers.items()}
            self._held.go_on().log_metrics(named, step=state.global_step)

    def on_evaluate(self, args: Any, state: Any, control: Any, **_kwargs: Any) -> None:  # noqa: ARG002
        """End the run that an evaluation outside of a training has gone on with."""
        if not self._training:
            self._held.end()

    def on_train_end(self, args: Any, state: Any, control: Any, **_kwargs: Any) -> None:  # noqa: ARG002
        """Say where the best checkpoint is, and end the run if it was started here."""
        if not state.is_world_process_zero:
            return
        self._training = False
        best = getattr(state, "best_model_checkpoint", None)
        if best and self._held.run is not None:
            self._held.run.set_tag("best_model_checkpoint", best)
        self._held.end()


def _describe(model: Any) -> dict[str, Any]:
    """The model's configuration and size, each under ``model/``."""
    config: Any = getattr(model, "config", None)
    known = config.to_dict() if hasattr(config, "to_dict") else {}
    found = {key: value for key, value in known.items() if value is not None}
    if hasattr(model, "num_parameters"):
        found["num_parameters"] = model.num_parameters()
    return {f"model/{key}": value for key, value in found.items()}


def _rename(key: str) -> str:
    if key in _TOTALS:
        return key
    for prefix in ("eval", "test"):
        if key.startswith(f"{prefix}_"):
            return f"{prefix}/{key.removeprefix(f'{prefix}_')}"
    return f"train/{key}"
