"""Log XGBoost trainings with one callback, of its own interface and of the estimators.

python examples/xgboost_callback.py
build-report --open
"""

from __future__ import annotations

import argparse

import xgboost
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

import runfolio
from runfolio.xgboost import RunfolioCallback


def main() -> None:
    """Boost trees of two depths until they get no better, then fit an estimator."""
    parser = argparse.ArgumentParser(description="Predict the progression of diabetes.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="boost fewer rounds")
    options = parser.parse_args()
    rounds = 20 if options.quick else 200
    x, y = load_diabetes(return_X_y=True, as_frame=True)
    x_train, x_valid, y_train, y_valid = train_test_split(x, y, random_state=7)
    train, valid = xgboost.DMatrix(x_train, y_train), xgboost.DMatrix(x_valid, y_valid)
    told = {"experiment": "diabetes, boosted", "store": options.store}
    for depth in (2, 6):
        xgboost.train(
            {"max_depth": depth, "eta": 0.1, "seed": 7},
            train,
            rounds,
            evals=[(train, "train"), (valid, "valid")],
            early_stopping_rounds=10,
            callbacks=[RunfolioCallback(name=f"depth {depth}", **told)],
            verbose_eval=False,
        )
    with runfolio.start_run(name="estimator", **told) as run:
        estimator = xgboost.XGBRegressor(
            n_estimators=rounds, max_depth=3, callbacks=[RunfolioCallback(run)]
        )
        estimator.fit(x_train, y_train, eval_set=[(x_valid, y_valid)], verbose=False)
        run.log_model(estimator, input_example=x_valid)
    print(f"r² of the estimator: {estimator.score(x_valid, y_valid):.3f}")


if __name__ == "__main__":
    main()
