"""Predict the quality of white wine, from alcohol alone to a sweep of models, and log every run.

    python examples/wine_quality.py winequality-white.csv
    build-report --open

The table is the UCI white-wine data (Cortez et al., 2009), a path or an address, with commas or
semicolons. Without one, the diabetes table that scikit-learn ships tells the same story.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import Lasso, LinearRegression, Ridge
from sklearn.metrics import r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runfolio

SEED = 42
ALL = "all features"
LINEAR = {"linear": LinearRegression, "ridge": Ridge, "lasso": Lasso}


@dataclass(frozen=True)
class Task:
    """A table to learn from: `target` is predicted, from the column `first` and then from all."""

    name: str
    table: pd.DataFrame
    target: str
    first: str
    source: str
    note: str


@dataclass(frozen=True)
class Trial:
    """One run: a kind of model, its parameters, and the columns it may use."""

    model: str
    columns: list[str]
    label: str = ALL
    params: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How a trial did, and the run that has it."""

    trial: Trial
    rmse: float
    run_id: str
    name: str


def load_task(source: str | None) -> Task:
    """Read the wine table at `source`, or take the diabetes table without one."""
    if source is None:
        table = load_diabetes(as_frame=True, scaled=False).frame
        table = table.rename(columns={"target": "progression"})
        note = "Progression of diabetes after a year: from the body-mass index, then from all."
        return Task("diabetes", table, "progression", "bmi", "sklearn.datasets", note)
    table = pd.read_csv(source, sep=None, engine="python")  # finds out what separates the columns
    note = "Quality of *vinho verde*, rated 0 to 10: from alcohol alone, then from all columns."
    return Task("wine-quality", table, "quality", "alcohol", source, note)


def list_trials(task: Task, *, quick: bool) -> list[Trial]:
    """Two baselines, then a sweep: four kinds of models and the parameters that matter to each."""
    columns = [name for name in task.table.columns if name != task.target]
    few, many = (20, 60) if quick else (100, 300)
    grids: dict[str, dict[str, list[Any]]] = {
        "ridge": {"alpha": [1.0, 100.0, 10_000.0]},
        "lasso": {"alpha": [0.01, 0.1]},
        "random forest": {"max_depth": [6, 16], "n_estimators": [few // 2, few]},
        "gradient boosting": {"learning_rate": [0.05, 0.2], "n_estimators": [few, many]},
    }
    trees = "The step is the number of trees; `importances` says which columns they use."
    notes = {"random forest": trees, "gradient boosting": trees}
    aim = f"Linear regression on **{task.first}** and nothing else: the bar to clear."
    baselines = [
        Trial("linear", [task.first], f"{task.first} only", note=aim),
        Trial("linear", columns, note="Linear regression on:\n\n- " + "\n- ".join(columns)),
    ]
    return baselines + [
        Trial(
            model,
            columns,
            params=dict(zip(grid, values, strict=True)),
            tags={"sweep": model},
            note=notes.get(model),
        )
        for model, grid in grids.items()
        for values in itertools.product(*grid.values())
    ]


def create_model(trial: Trial) -> Any:
    """A scikit-learn estimator for one trial."""
    if trial.model == "random forest":
        return RandomForestRegressor(warm_start=True, n_jobs=-1, random_state=SEED, **trial.params)
    if trial.model == "gradient boosting":
        fixed = {"max_depth": 8, "subsample": 0.7, "max_features": 0.3}
        return GradientBoostingRegressor(random_state=SEED, **fixed, **trial.params)
    return make_pipeline(StandardScaler(), LINEAR[trial.model](**trial.params))


def learn(model: Any, x_train: Any, y_train: Any, x_test: Any) -> Iterator[tuple[int, Any, Any]]:
    """Fit `model` bit by bit; yield a step and the predictions for both parts.

    The step is the number of trees, and for linear models the percentage of rows learnt from.
    """
    if isinstance(model, GradientBoostingRegressor):
        model.fit(x_train, y_train)
        stages = zip(model.staged_predict(x_train), model.staged_predict(x_test), strict=True)
        for trees, (on_train, on_test) in enumerate(stages, start=1):
            if trees % 5 == 0:
                yield trees, on_train, on_test
    elif isinstance(model, RandomForestRegressor):
        for trees in range(5, model.n_estimators + 1, 5):
            model.set_params(n_estimators=trees).fit(x_train, y_train)
            yield trees, model.predict(x_train), model.predict(x_test)
    else:
        for percent in range(10, 101, 10):
            rows = len(x_train) * percent // 100
            model.fit(x_train[:rows], y_train[:rows])
            yield percent, model.predict(x_train), model.predict(x_test)


def run_trial(run: runfolio.Run, task: Task, trial: Trial) -> float:
    """Fit one model, log its learning curves and what it learnt, and return its RMSE."""
    train, test = train_test_split(task.table, test_size=0.25, random_state=SEED)
    y_train, y_test = train[task.target], test[task.target]
    model, rmse = create_model(trial), np.nan
    for step, on_train, on_test in learn(model, train[trial.columns], y_train, test[trial.columns]):
        rmse = root_mean_squared_error(y_test, on_test)
        train_rmse = root_mean_squared_error(y_train, on_train)
        r2 = r2_score(y_test, on_test)
        run.log_metrics({"rmse": rmse, "r2": r2, "train/rmse": train_rmse}, step=step)
    if hasattr(model, "feature_importances_"):  # the trees themselves would be many megabytes
        shares = {"feature": trial.columns, "importance": model.feature_importances_}
        run.log_table(pd.DataFrame(shares).sort_values("importance"), "importances")
    else:
        run.log_model(model, input_example=test[trial.columns])
    return float(rmse)


def log_histogram(run: runfolio.Run, values: pd.Series[Any]) -> None:
    """Log a picture of how `values` are spread, where matplotlib is installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        print("matplotlib is not installed: this run goes without its histogram")
        return
    edges = [rating - 0.5 for rating in range(int(values.min()), int(values.max()) + 2)]
    figure = Figure(figsize=(6, 3.5), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.hist(values, bins=edges if len(edges) < 20 else 20, color="#3b6ea8", rwidth=0.92)
    axes.set_title(f"{str(values.name).capitalize()} in {len(values):,} rows", loc="left")
    axes.set_xlabel(str(values.name))
    axes.set_ylabel("rows")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.8)
    axes.set(axisbelow=True)
    axes.tick_params(length=0)
    run.log_figure(figure, f"{values.name}.png")


def log_trial(task: Task, trial: Trial, store: str | None) -> Outcome:
    """Log one run with all that belongs to it."""
    values = " × ".join(f"{value:g}" for value in trial.params.values())
    with runfolio.start_run(
        experiment=task.name,
        name=f"{trial.model} {values}" if values else trial.label,
        tags={"label": trial.label, **trial.tags},
        params={"model": trial.model, "label": trial.label, "seed": SEED, **trial.params},
        note=trial.note,
        store=store,
    ) as run:
        data = task.table[[*trial.columns, task.target]]
        run.log_input(data, name=task.name, source=task.source, context="training")
        if trial.model == "linear":
            log_histogram(run, task.table[task.target])
        return Outcome(trial, run_trial(run, task, trial), run.id, run.name)


def register_models(task: Task, outcomes: list[Outcome], store: str | None) -> None:
    """Register the best model of each kind that was kept; the best of all is the champion."""
    best: dict[tuple[str, str], Outcome] = {}
    for one in sorted(outcomes, key=lambda one: one.rmse):
        if one.trial.model in LINEAR:
            best.setdefault((one.trial.model, one.trial.label), one)
    for one in [one for one in outcomes if one in best.values()]:
        aliases = ["baseline"] if one is outcomes[0] else []
        aliases += ["champion"] if one is next(iter(best.values())) else []
        runfolio.register_model(one.run_id, task.name, aliases=aliases, store=store)
    note = f"Predicts **{task.target}** by a line; the trees of the sweep err less, but are large."
    runfolio.note_model(task.name, note, store=store)


def main() -> None:
    """Log the two baselines and the sweep, register the best, and list how each did."""
    parser = argparse.ArgumentParser(description="Predict the quality of white wine.")
    parser.add_argument("data", nargs="?", help="path or address of the white-wine CSV")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="grow fewer trees")
    options = parser.parse_args()
    task = load_task(options.data)
    runfolio.describe_experiment(
        task.name, primary_metric="rmse", direction="down", note=task.note, store=options.store
    )
    trials = list_trials(task, quick=options.quick)
    outcomes = [log_trial(task, trial, options.store) for trial in trials]
    register_models(task, outcomes, options.store)
    for one in sorted(outcomes, key=lambda one: one.rmse):
        print(f"rmse {one.rmse:8.4f}  {one.name}")


if __name__ == "__main__":
    main()
