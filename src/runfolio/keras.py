"""Keras: a callback that logs what `fit` trains, and how."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from runfolio.tracking.adapting import Held, find_numbers, log_new_params, missing
from runfolio.tracking.run import Run

try:
    import keras
except ImportError as error:
    raise missing("keras", error) from error


class RunfolioCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Logs a model's training: optimizer, epochs, batch size, metrics by epoch, the summary.

        model.fit(x, y, epochs=5, callbacks=[RunfolioCallback(experiment="digits")])

    It logs to `run`, else to the active run, else to one of its own that `options` (those of
    `start_run`) describe and that ends with the training. With `log_batches` every that many
    batches are logged too, as ``batch/…`` by the number of the batch. What `evaluate` measures
    outside of `fit` is logged as ``test_…``.
    """

    def __init__(
        self, run: Run | None = None, *, log_batches: int | None = None, **options: Any
    ) -> None:
        super().__init__()
        self._held = Held("keras", run, functions=("fit",), **options)
        self._log_batches = log_batches
        self._batch = 0
        self._training = self._summarised = False

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Log how the model is trained."""
        run = self._held.begin()
        self._batch, self._training, self._summarised = 0, True, False
        size = {"batch_size": _find_batch_size(self.model)}
        sizes = {key: self.params.get(key) for key in ("epochs", "steps")} | size
        params = {key: value for key, value in sizes.items() if value is not None}
        log_new_params(run, params | _describe(self.model))
        run.set_tag("keras_version", keras.__version__)
        if self.model.built:
            self._summarise(run)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Log the metrics so far in the epoch, every `log_batches` batches."""
        run = self._held.run
        if self._log_batches and run is not None and self._batch % self._log_batches == 0:
            metrics = find_numbers(logs or {})
            run.log_metrics({f"batch/{key}": metrics[key] for key in metrics}, step=self._batch)
        self._batch += 1

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Log the metrics of an epoch."""
        run = self._held.go_on()
        run.log_metrics(find_numbers(logs or {}), step=epoch)
        if not self._summarised:
            self._summarise(run)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """End the run if it was started here."""
        self._training = False
        self._held.end()

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Log what `evaluate` measured; a validation within `fit` is in the epoch's metrics."""
        if not self._training:
            metrics = find_numbers(logs or {})
            self._held.go_on().log_metrics({f"test_{key}": metrics[key] for key in metrics})
            self._held.end()

    def _summarise(self, run: Run) -> None:
        lines: list[str] = []
        self.model.summary(print_fn=lambda line, **_: lines.append(str(line)))
        run.log_text("\n".join(lines) + "\n", "model_summary.txt")
        self._summarised = True


def _describe(model: Any) -> dict[str, Any]:
    """The model's size, its loss, and its optimizer with all that it was set to."""
    found: dict[str, Any] = {}
    if model.built:
        found["parameters"] = model.count_params()
    if getattr(model, "loss", None) is not None:
        found["loss"] = model.loss
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        config = optimizer.get_config()
        found |= {f"optimizer_{key}": one for key, one in config.items() if one is not None}
        # Keras numbers the names of optimizers, as in adam_1.
        found["optimizer_name"] = type(optimizer).__name__
        rate = found.get("optimizer_learning_rate")
        if isinstance(rate, Mapping):
            found["optimizer_learning_rate"] = rate.get("class_name")
            schedule = rate.get("config", {})
            found |= {f"optimizer_learning_rate_{key}": schedule[key] for key in schedule}
    return found


def _find_batch_size(model: Any) -> int | None:
    """The batch size of the `fit` that calls, which Keras tells no callback."""
    frame = sys._getframe()
    while (caller := frame.f_back) is not None:
        frame = caller
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            adapter = getattr(frame.f_locals.get("epoch_iterator"), "data_adapter", None)
            size = getattr(adapter, "batch_size", None) or frame.f_locals.get("batch_size")
            return size if isinstance(size, int) else None
    return None
