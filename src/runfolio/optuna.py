"""Optuna: a callback by which every trial of a study becomes a run."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from runfolio.errors import InvalidValue, RunfolioError
from runfolio.schema import (
    FAILED,
    FINISHED,
    KILLED,
    FileRecord,
    Series,
    WholeRun,
    as_text,
    check_name,
    derive_run_id,
    encode_param,
)
from runfolio.store.adding import Adder
from runfolio.store.layout import StorePath, choose_store
from runfolio.tracking.adapting import missing, outer_run, store_of, tidy_params
from runfolio.tracking.capture.source import find_source
from runfolio.tracking.context import Capture, Gathered, choose_captures, gather
from runfolio.tracking.experiment import describe_experiment
from runfolio.tracking.run import Run

try:
    from optuna.study import Study, StudyDirection
    from optuna.trial import FrozenTrial, TrialState
except ImportError as error:
    raise missing("optuna", error) from error

_STATUSES = {TrialState.FAIL: FAILED, TrialState.PRUNED: KILLED}


class RunfolioCallback:
    """Logs a study as an experiment and each of its trials as a run, with the trial's own times.

        study.optimize(objective, n_trials=20, callbacks=[RunfolioCallback()])

    A run has the trial's parameters, its value as the metric `metric_name` (of several objectives
    the study's names for them, else ``value_0`` and on; a list names each), what it reported by
    step as ``intermediate``, its user attributes as tags, and its state as the tag
    ``optuna.state``: a pruned trial is KILLED, a failed one FAILED. (Optuna tells callbacks of a
    failed trial only where ``catch`` lets the study go on.) Within an active run the trials are its
    children. The experiment is by default the active run's, else the study's name. `store` must be
    a folder. What can't be logged is one warning, and the study goes on.
    """

    def __init__(
        self,
        experiment: str | None = None,
        metric_name: str | Sequence[str] = "value",
        *,
        store: StorePath | None = None,
        capture: Capture | None = None,
    ) -> None:
        self._experiment = experiment
        self._metric_name = metric_name
        self._store = store
        self._captures = choose_captures(capture)
        self._gathered: Gathered | None = None
        self._described = self._warned = False
        self._lock = threading.Lock()
        self._choose_store(outer_run())  # better refused now than after the first trial

    def __call__(self, study: Study, trial: FrozenTrial) -> None:
        """Add a run for a trial that has ended; where that can't be done the study goes on."""
        names = self._names(study)
        with self._lock:
            try:
                self._add(study, trial, names)
            except (RunfolioError, OSError) as error:
                self._warn(error)

    def _add(self, study: Study, trial: FrozenTrial, names: Sequence[str]) -> None:
        parent = outer_run()
        store = self._choose_store(parent)
        experiment = self._experiment or (parent.experiment if parent else study.study_name)
        check_name(experiment, "experiment")
        for name in names:
            check_name(name, "metric")
        if self._gathered is None:
            self._gathered = gather(self._captures, find_source())
        if not self._described:
            self._describe(study, experiment, names[0], store)
        files = [FileRecord(path, text, "code") for path, text in self._gathered.files]
        record = WholeRun(
            id=derive_run_id("optuna", f"{study.study_name}\0{trial.number}\0{_start(trial)}"),
            experiment=experiment,
            name=f"trial {trial.number}",
            start_time=_start(trial),
            status=_STATUSES.get(trial.state, FINISHED),
            end_time=_end(trial),
            duration=(_end(trial) - _start(trial)) / 1e6,
            parent_id=parent.id if parent else None,
            params={key: encode_param(one) for key, one in tidy_params(trial.params).items()},
            tags=_tags(study, trial),
            metrics=_metrics(trial, names),
            files=files,
            context=self._gathered.facts,
        )
        Adder(store).add(record)

    def _warn(self, error: Exception) -> None:
        """Say once what keeps trials from being logged."""
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"runfolio: the study goes on, but a trial couldn't be logged: {error}",
                stacklevel=3,
            )

    def _choose_store(self, parent: Run | None) -> Path:
        beside = store_of(parent) if parent is not None and self._store is None else self._store
        return choose_store(beside)

    def _names(self, study: Study) -> list[str]:
        """A metric's name for each objective."""
        count = len(study.directions)
        if not isinstance(self._metric_name, str):
            names = list(self._metric_name)
            if len(names) != count or len(set(names)) != count:
                raise InvalidValue(
                    f"metric_name must name each objective of the study once, {count} in all, "
                    f"not {names!r}."
                )
            return names
        if study.metric_names is not None:
            return list(study.metric_names)
        return (
            [f"{self._metric_name}_{at}" for at in range(count)]
            if count > 1
            else [self._metric_name]
        )

    def _describe(self, study: Study, experiment: str, metric: str, store: Path) -> None:
        """Say which metric counts, and which way; within a run that is not for the study to say."""
        way = study.directions[0]
        if way != StudyDirection.NOT_SET and experiment in (self._experiment, study.study_name):
            direction = "up" if way == StudyDirection.MAXIMIZE else "down"
            describe_experiment(experiment, primary_metric=metric, direction=direction, store=store)
        self._described = True


def _start(trial: FrozenTrial) -> int:
    """When a trial started, in microseconds since 1970."""
    return _microseconds(trial.datetime_start or trial.datetime_complete)


def _end(trial: FrozenTrial) -> int:
    return max(_microseconds(trial.datetime_complete), _start(trial))


def _microseconds(moment: datetime | None) -> int:
    # Optuna's times have no zone and are local, which is how `timestamp` takes them.
    return 0 if moment is None else round(moment.timestamp() * 1e6)


def _tags(study: Study, trial: FrozenTrial) -> dict[str, str]:
    said: Mapping[str, Any] = tidy_params(trial.user_attrs)
    own = {
        "optuna.state": trial.state.name,
        "optuna.study": study.study_name,
        "optuna.trial": trial.number,
    }
    return {key: as_text(value) for key, value in {**said, **own}.items()}


def _metrics(trial: FrozenTrial, names: Sequence[str]) -> list[Series]:
    """The trial's values at step 0, and what it reported; when that was, Optuna doesn't keep."""
    end = _end(trial)
    values = zip(names, trial.values or (), strict=False)
    found = [Series(name, [0], [end], [float(value)]) for name, value in values]
    reported = sorted(trial.intermediate_values.items())
    if reported:
        steps = [step for step, _ in reported]
        curve = [float(value) for _, value in reported]
        key = "intermediate"
        while key in names:
            key += "_"
        found.append(Series(key, steps, [end] * len(steps), curve))
    return found
