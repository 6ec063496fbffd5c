"""LightGBM: a callback for `train`, `cv` and the estimators."""

from __future__ import annotations

import weakref
from typing import Any, Final

from runfolio.schema import FAILED, FINISHED
from runfolio.tracking.adapting import Held, find_numbers, log_new_params, missing
from runfolio.tracking.run import Run

try:
    import lightgbm  # noqa: F401
except ImportError as error:
    raise missing("lightgbm", error) from error

_MARK: Final = "runfolio"


def runfolio_callback(run: Run | None = None, **options: Any) -> _Callback:
    """A callback that logs a booster's parameters, metrics by iteration and feature importance.

        lightgbm.train(params, data, valid_sets=[valid], callbacks=[runfolio_callback()])
        lightgbm.LGBMClassifier().fit(x, y, eval_set=[(x, y)], callbacks=[runfolio_callback()])

    A metric is named by its data and what it measures, such as ``valid_0/l2``; of `cv` its mean
    and its deviation, such as ``valid/l2`` and ``valid/l2_std``. It logs to `run`, else to the
    active run, else to one of its own that `options` (those of `start_run`) describe and that ends
    with the training.
    """
    return _Callback(Held("lightgbm", run, **options))


class _Callback:
    """Called by LightGBM after each iteration, before early stopping has its say."""

    def __init__(self, held: Held) -> None:
        self.order = 25
        self.before_iteration = False
        self._held = held

    def __call__(self, env: Any) -> None:
        if env.iteration == env.begin_iteration:
            log_new_params(self._held.begin(), env.params)
            # Nobody tells a callback that training has ended, early or by an error, but the
            # parameters that it is shown are let go of then.
            env.params[_MARK] = mark = _Mark(env.end_iteration - 1)
            end = weakref.finalize(mark, _end, self._held, mark.progress, weakref.ref(env.model))
            end.atexit = False
        run, mark = self._held.run, env.params.get(_MARK)
        if run is not None and isinstance(mark, _Mark):
            run.log_metrics(_read(env.evaluation_result_list), step=env.iteration)
            mark.progress["at"] = env.iteration


class _Mark:
    """Something whose end can be seen, with the last iteration and the one that training is at."""

    def __init__(self, last: int) -> None:
        self.progress = {"at": -1, "last": last}

    def __deepcopy__(self, memo: object) -> None:
        """Copies of the parameters may live longer."""


def _read(results: Any) -> dict[str, float]:
    """Metrics by name from tuples of data, metric, value, direction and, of `cv`, deviation."""
    found: dict[str, Any] = {}
    for data, name, value, _, *spread in results or ():
        found[f"{data}/{name}"] = value
        if spread:
            found[f"{data}/{name}_std"] = spread[0]
    return find_numbers(found)


def _end(held: Held, progress: dict[str, int], model: weakref.ref[Any]) -> None:
    """Log what is known at the end, and end the run if it was started here."""
    run, booster = held.run, model()
    if run is None or not run.live:
        return
    best = getattr(booster, "best_iteration", 0)
    if best > 0:
        run.log_metrics({"best_iteration": best})
    if hasattr(booster, "feature_importance") and best >= 0:
        _log_importance(run, booster)
    held.end(FINISHED if best > 0 or progress["at"] == progress["last"] else FAILED)


def _log_importance(run: Run, booster: Any) -> None:
    gains = booster.feature_importance(importance_type="gain").tolist()
    rows = [
        {"feature": feature, "gain": gain}
        for feature, gain in zip(booster.feature_name(), gains, strict=True)
    ]
    run.log_table(sorted(rows, key=lambda row: -row["gain"]), "feature_importance")
