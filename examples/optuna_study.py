"""Log an Optuna study: each trial is a run, those pruned on the way included.

python examples/optuna_study.py
build-report --open
"""

from __future__ import annotations

import argparse

import optuna

from runfolio.optuna import RunfolioCallback


def descend(trial: optuna.Trial) -> float:
    """Walk down a parabola with the trial's settings, and stop where others were further down."""
    rate = trial.suggest_float("rate", 1e-3, 1.2, log=True)
    momentum = trial.suggest_float("momentum", 0.0, 0.95)
    if trial.number == 3:
        raise ArithmeticError("a trial may fail")
    place, speed = 5.0, 0.0
    for step in range(10):
        speed = momentum * speed - rate * 2 * place
        place += speed
        trial.report(place**2, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return place**2


def main() -> None:
    """Search for the settings that get down fastest."""
    parser = argparse.ArgumentParser(description="Tune gradient descent.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="try fewer settings")
    options = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(
        study_name="descent",
        sampler=optuna.samplers.TPESampler(seed=7),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4),
    )
    study.optimize(
        descend,
        n_trials=12 if options.quick else 60,
        catch=(ArithmeticError,),
        callbacks=[RunfolioCallback(metric_name="height", store=options.store)],
    )
    print(f"trial {study.best_trial.number} got to {study.best_value:.2g}")


if __name__ == "__main__":
    main()
