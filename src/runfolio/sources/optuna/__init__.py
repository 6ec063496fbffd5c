"""Optuna's storages: a study is an experiment, a trial a run."""

from runfolio.sources.optuna.runs import SOURCE

__all__ = ["SOURCE"]
