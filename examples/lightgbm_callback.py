"""Log LightGBM trainings with one callback, with early stopping and with cross-validation.

python examples/lightgbm_callback.py
build-report --open
"""

from __future__ import annotations

import argparse

import lightgbm
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

from runfolio.lightgbm import runfolio_callback


def main() -> None:
    """Boost trees of two sizes until they get no better, then cross-validate one."""
    parser = argparse.ArgumentParser(description="Predict the progression of diabetes.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="boost fewer rounds")
    options = parser.parse_args()
    rounds = 20 if options.quick else 200
    x, y = load_diabetes(return_X_y=True, as_frame=True)
    x_train, x_valid, y_train, y_valid = train_test_split(x, y, random_state=7)
    told = {"experiment": "diabetes, boosted", "store": options.store}
    for leaves in (4, 31):
        train = lightgbm.Dataset(x_train, y_train)
        valid = lightgbm.Dataset(x_valid, y_valid, reference=train)
        booster = lightgbm.train(
            {"num_leaves": leaves, "verbosity": -1, "seed": 7},
            train,
            rounds,
            valid_sets=[train, valid],
            valid_names=["train", "valid"],
            callbacks=[
                runfolio_callback(name=f"{leaves} leaves", **told),
                lightgbm.early_stopping(10, verbose=False),
            ],
        )
        print(f"{leaves} leaves: best after {booster.best_iteration} rounds")
    lightgbm.cv(
        {"num_leaves": 4, "verbosity": -1, "seed": 7},
        lightgbm.Dataset(x, y),
        rounds,
        nfold=3,
        stratified=False,
        callbacks=[runfolio_callback(name="cross-validation", **told)],
    )


if __name__ == "__main__":
    main()
