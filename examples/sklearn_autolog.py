"""Let scikit-learn's fits log themselves: a pipeline, and a search over its settings.

    python examples/sklearn_autolog.py
    build-report --open

One line, `autolog`, makes each fit a run with its parameters, metrics and diagram. The search is a
run too, and its best candidates are its children.
"""

from __future__ import annotations

import argparse

from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import runfolio
import runfolio.sklearn

SEED = 7


def main() -> None:
    """Fit a pipeline and search for a better one; log the accuracy on held-out data as well."""
    parser = argparse.ArgumentParser(description="Tell malign from benign tumours.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="try fewer settings")
    options = parser.parse_args()
    runfolio.sklearn.autolog(experiment="tumours", store=options.store)

    x, y = load_breast_cancer(return_X_y=True, as_frame=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=SEED)
    make_pipeline(StandardScaler(), LogisticRegression()).fit(x_train, y_train)

    strengths = [0.1, 1, 10] if options.quick else [0.01, 0.1, 1, 10, 100, 1000]
    grid = {"svc__C": strengths, "svc__kernel": ["linear", "rbf"]}
    with runfolio.start_run(experiment="tumours", name="search", store=options.store) as run:
        search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), grid, cv=3)
        search.fit(x_train, y_train)  # logs to the active run
        run.log_metric("test_score", search.score(x_test, y_test))
    print(f"best {search.best_params_}: {search.best_score_:.3f} in cross-validation")


if __name__ == "__main__":
    main()
