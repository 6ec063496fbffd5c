"""XGBoost: a callback for `train`, `cv` and the estimators."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from runfolio.schema import read_param
from runfolio.tracking.adapting import Held, find_numbers, log_new_params, missing
from runfolio.tracking.run import Run

try:
    import numpy as np
    from xgboost import collective
    from xgboost.callback import TrainingCallback
except ImportError as error:
    raise missing("xgboost", error) from error

_STATE: Final = ("name", "updater_seq", "num_trees")
"""What a configuration says beside settings."""


class RunfolioCallback(TrainingCallback):  # type: ignore[misc]
    """Logs a booster's parameters, its metrics by iteration and the importance of its features.

        xgboost.train(params, data, evals=[(data, "train")], callbacks=[RunfolioCallback()])
        xgboost.XGBClassifier(callbacks=[RunfolioCallback()]).fit(x, y, eval_set=[(x, y)])

    A metric is named by its data and what it measures, such as ``train/rmse``; of `cv` its mean
    and its deviation, such as ``test/rmse`` and ``test/rmse_std``. It logs to `run`, else to the
    active run, else to one of its own that `options` (those of `start_run`) describe and that ends
    with the training. Of several workers only the first logs.
    """

    def __init__(self, run: Run | None = None, **options: Any) -> None:
        super().__init__()
        self._held = Held("xgboost", run, functions=("train", "cv"), **options)

    def before_training(self, model: Any) -> Any:
        """Log the parameters."""
        if collective.get_rank() == 0:
            boosters = [fold.bst for fold in getattr(model, "cvfolds", [])] or [model]
            config = json.loads(boosters[0].save_config())
            log_new_params(self._held.begin(), dict(_find_params(config["learner"])))
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:  # noqa: ARG002
        """Log the newest value of each metric."""
        if self._held.run is not None:
            found = {
                f"{data}/{name}": history[-1]
                for data, metrics in evals_log.items()
                for name, history in metrics.items()
            }
            means = {key: one[0] if isinstance(one, tuple) else one for key, one in found.items()}
            spread = {f"{key}_std": one[1] for key, one in found.items() if isinstance(one, tuple)}
            self._held.run.log_metrics(find_numbers(means | spread), step=epoch)
        return False

    def after_training(self, model: Any) -> Any:
        """Log the best iteration and what the features are worth; end the run if started here."""
        run = self._held.run
        if run is not None:
            best = {key: model.attr(key) for key in ("best_iteration", "best_score")}
            run.log_metrics({key: float(text) for key, text in best.items() if text is not None})
            _log_importance(run, model)
            self._held.end()
            self._held.run = None
        return model


def _find_params(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The settings in a booster's configuration, a tree of objects whose values are all text."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _find_params(value)
        elif isinstance(value, str) and value and key not in _STATE:
            yield key, _read(value)


def _read(text: str) -> Any:
    """A setting as the shortest number that it is in XGBoost's 32 bits, else as text."""
    param = read_param(text)
    if param.kind == "float":
        return float(str(np.float32(text)))
    return int(text) if param.kind == "int" else text


def _log_importance(run: Run, model: Any) -> None:
    if not hasattr(model, "get_score"):
        return
    gains = model.get_score(importance_type="gain")
    rows = [{"feature": key, "gain": value} for key, value in gains.items()]
    if rows and find_numbers(gains).keys() == gains.keys():
        run.log_table(sorted(rows, key=lambda row: -row["gain"]), "feature_importance")
