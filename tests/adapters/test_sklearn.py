"""scikit-learn's autolog: what becomes a run, what it logs, and that nobody else notices."""

from __future__ import annotations

import inspect
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import sklearn.experimental.enable_halving_search_cv  # noqa: F401
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.cluster import DBSCAN, KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score, log_loss, roc_auc_score
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.discovery import all_estimators

import runfolio
from runfolio.errors import InvalidValue
from runfolio.models.description import read_description
from runfolio.models.signature import Column
from runfolio.query import find_runs
from runfolio.schema.results import ConfusionMatrix, ResultCurve, read_result
from runfolio.sklearn import METHODS, autolog
from runfolio.store import read_store
from runfolio.store.opening import open_run
from tests.adapters.programs import Logged, read_logged

IRIS = load_iris(return_X_y=True)
DIABETES = load_diabetes(return_X_y=True)


@pytest.fixture(autouse=True)
def _logging(store: Path) -> Iterator[None]:
    autolog(experiment="fits", store=store)
    yield
    autolog(disable=True)


def only_run(store: Path) -> Logged:
    """The one run in the store."""
    [run] = read_logged(store).values()
    return run


def test_a_fit_is_a_run(store: Path) -> None:
    x, y = IRIS
    model = LogisticRegression(C=0.5, max_iter=500)
    assert model.fit(x, y) is model
    assert runfolio.active_run() is None
    fit = only_run(store)
    assert (fit.run["experiment"], fit.run["name"]) == ("fits", "LogisticRegression")
    assert fit.run["status"] == "FINISHED"
    assert (fit.params["C"], fit.params["max_iter"], fit.params["solver"]) == (0.5, 500, "lbfgs")
    assert fit.tags["estimator_class"] == "sklearn.linear_model._logistic.LogisticRegression"
    assert {"estimator.html", "results/training_confusion_matrix.json"} <= fit.files
    [given] = read_store(store).inputs.to_pylist()
    assert (given["context"], len(given["digest"])) == ("training", 16)


def test_a_classifier_is_measured_on_its_training_data(store: Path) -> None:
    x, y = IRIS
    model = LogisticRegression(max_iter=500).fit(x, y)
    chances = model.predict_proba(x)
    last = only_run(store).last
    assert last["training_score"] == last["training_accuracy_score"] == model.score(x, y)
    assert last["training_recall_score"] == pytest.approx(model.score(x, y))
    assert last["training_precision_score"] > 0.9
    f1 = f1_score(y, model.predict(x), average="weighted")
    assert last["training_f1_score"] == pytest.approx(f1)
    assert last["training_log_loss"] == pytest.approx(log_loss(y, chances))
    auc = roc_auc_score(y, chances, multi_class="ovo", average="weighted")
    assert last["training_roc_auc"] == pytest.approx(auc)


def test_two_classes_of_text_and_weights(store: Path) -> None:
    x, y = IRIS[0][:100], np.array(["no", "yes"])[IRIS[1][:100]]
    weight = np.where(y == "yes", 3.0, 1.0)
    model = DecisionTreeClassifier(max_depth=1, max_features=1, random_state=3)
    model.fit(x, y, sample_weight=weight)
    last = only_run(store).last
    assert last["training_score"] == pytest.approx(model.score(x, y, weight))
    auc = roc_auc_score(y, model.predict_proba(x)[:, 1], sample_weight=weight)
    assert last["training_roc_auc"] == pytest.approx(auc)


def test_a_confusion_matrix_counts_what_was_taken_for_what(store: Path) -> None:
    x, y = IRIS
    guessed = KNeighborsClassifier(20).fit(x, y).predict(x)
    found = read_result_of(store, "training_confusion_matrix")
    assert isinstance(found, ConfusionMatrix)
    assert found.labels == ("0", "1", "2")
    assert found.counts[1][2] == ((y == 1) & (guessed == 2)).sum() > 0
    assert sum(map(sum, found.counts)) == len(y)


def test_two_classes_have_curves(store: Path) -> None:
    x, y = IRIS[0][50:], np.array(["versicolor", "virginica"])[IRIS[1][50:] - 1]
    chances = LogisticRegression(max_iter=500).fit(x, y).predict_proba(x)[:, 1]
    roc = read_result_of(store, "training_roc")
    pr = read_result_of(store, "training_precision_recall")
    assert isinstance(roc, ResultCurve)
    assert isinstance(pr, ResultCurve)
    assert roc.scores["auc"] == pytest.approx(roc_auc_score(y, chances))
    assert (roc.kind, pr.kind, pr.scores["base_rate"]) == ("roc", "pr", 0.5)


def read_result_of(store: Path, name: str) -> ConfusionMatrix | ResultCurve:
    """A result that a run of the store keeps."""
    return read_result(find_artifact(store, f"results/{name}.json").read_bytes())


def read_artifact(store: Path, path: str) -> Any:
    """A table that a run of the store keeps."""
    import pyarrow.parquet as pq

    return pq.read_table(find_artifact(store, path))


def find_artifact(store: Path, path: str) -> Path:
    """Where a file lies that the one run without a parent keeps."""
    [run_id] = {row["run_id"] for row in read_store(store).runs.to_pylist() if not row["parent_id"]}
    root, _ = open_run(store, run_id)
    return root / "runs" / str(run_id) / "artifacts" / path


def test_a_regressor_is_measured_in_its_units(store: Path) -> None:
    x, y = DIABETES
    model = TransformedTargetRegressor(LinearRegression(), func=np.log, inverse_func=np.exp)
    error = model.fit(x, y).predict(x) - y
    last = only_run(store).last
    assert last["training_mean_squared_error"] == pytest.approx((error**2).mean())
    assert last["training_root_mean_squared_error"] == pytest.approx((error**2).mean() ** 0.5)
    assert last["training_mean_absolute_error"] == pytest.approx(abs(error).mean())
    assert last["training_r2_score"] == last["training_score"] == model.score(x, y)


def test_training_metrics_can_be_left_out(store: Path) -> None:
    autolog(store=store, training_metrics=False)
    LogisticRegression(max_iter=500).fit(*IRIS)
    fit = only_run(store)
    assert fit.curves == {}
    assert fit.run["experiment"] != "fits"


def test_a_pipeline_is_one_run_that_names_its_steps(store: Path) -> None:
    make_pipeline(StandardScaler(), SVC(C=3)).fit(*IRIS)
    fit = only_run(store)
    assert fit.params["steps"] == '[["standardscaler", "StandardScaler"], ["svc", "SVC"]]'
    assert (fit.params["svc"], fit.params["svc__C"]) == ("SVC", 3)
    assert fit.tags["estimator_name"] == "Pipeline"
    assert fit.last["training_accuracy_score"] > 0.9


@pytest.mark.parametrize("threads", [False, True])
def test_fits_within_a_fit_are_not_logged(store: Path, threads: bool) -> None:
    x, y = IRIS
    inner = LogisticRegression(max_iter=500)
    with joblib.parallel_config("threading" if threads else "loky", n_jobs=2 if threads else 1):
        BaggingClassifier(inner, 4, random_state=7).fit(x, y)
    assert only_run(store).tags["estimator_name"] == "BaggingClassifier"


def test_what_only_prepares_data_is_not_logged(store: Path) -> None:
    x, y = IRIS
    StandardScaler().fit_transform(x)
    SelectFromModel(LogisticRegression(max_iter=500)).fit(x, y)
    assert not store.exists()


def test_fit_transform_and_fit_predict_are_logged_once_each(store: Path) -> None:
    x, _ = IRIS
    expected = KMeans(3, n_init=1, random_state=7).fit(x).labels_
    assert (KMeans(3, n_init=1, random_state=7).fit_predict(x) == expected).all()
    assert PCA(2).fit_transform(x).shape == (150, 2)
    assert make_pipeline(StandardScaler(), PCA(2)).fit_transform(x).shape == (150, 2)
    assert make_pipeline(StandardScaler(), DBSCAN()).fit_predict(x).shape == (150,)
    names = [run.name for run in find_runs(read_store(store))]
    assert sorted(names) == ["KMeans", "KMeans", "PCA", "Pipeline", "Pipeline"]


def test_a_method_that_is_not_there_is_still_not_there() -> None:
    assert not hasattr(Pipeline([("classify", SVC())]), "fit_transform")
    assert hasattr(Pipeline([("reduce", PCA())]), "fit_transform")
    signature = inspect.signature(Pipeline([("reduce", PCA())]).fit_transform)
    assert list(signature.parameters) == ["X", "y", "params"]
    assert "sample_weight" in inspect.signature(LogisticRegression.fit).parameters


def test_the_active_run_is_logged_to_and_goes_on(store: Path) -> None:
    with runfolio.start_run(store=store, name="mine") as run:
        LogisticRegression(max_iter=500).fit(*IRIS)
        assert run.live
        with pytest.warns(UserWarning, match="other values already for the parameters 'max_iter'"):
            LogisticRegression(max_iter=400).fit(*IRIS)
    mine = only_run(store)
    assert mine.params["max_iter"] == 500
    assert [step for step, _ in mine.curves["training_score"]] == [0, 1]


def test_a_fit_in_another_thread_is_a_run_of_its_own(store: Path) -> None:
    class Waits(BaseEstimator):  # type: ignore[misc]
        """Fits another model in a thread while it is fitted itself."""

        def transform(self, x: Any) -> Any:
            return x

        def fit(self, x: Any, y: Any = None) -> Any:
            thread = threading.Thread(target=LinearRegression().fit, args=DIABETES)
            thread.start()
            thread.join()
            return self

    make_pipeline(Waits(), SVC()).fit(*IRIS)
    assert set(read_logged(store)) == {"Pipeline", "LinearRegression"}


def children_of(logged: dict[str, Logged], name: str) -> dict[str, Logged]:
    """The runs below the one called `name`."""
    run_id = logged[name].run["run_id"]
    return {key: one for key, one in logged.items() if one.run["parent_id"] == run_id}


def test_a_search_logs_its_best_candidates_as_children(store: Path) -> None:
    autolog(store=store, max_children=3)
    grid = {"C": [0.001, 1, 10], "kernel": ["rbf", "linear"]}
    search = GridSearchCV(SVC(), grid, cv=3).fit(*IRIS)
    logged = read_logged(store)
    found = logged["GridSearchCV"]
    assert found.last["best_cv_score"] == search.best_score_
    assert found.params["best_kernel"] == search.best_params_["kernel"]
    assert found.params["best_C"] == search.best_params_["C"]
    assert found.params["estimator"] == "SVC"
    children = children_of(logged, "GridSearchCV")
    best = np.sort(search.cv_results_["mean_test_score"])[::-1][:3]
    assert sorted((one.last["mean_test_score"] for one in children.values()), reverse=True) == list(
        best
    )
    winner = children[f"SVC C={search.best_params_['C']}, kernel={search.best_params_['kernel']}"]
    assert winner.last["rank_test_score"] == 1
    assert winner.last["std_test_score"] == search.cv_results_["std_test_score"][search.best_index_]
    assert winner.run["experiment"] == found.run["experiment"]


def test_a_search_keeps_all_its_results_as_a_table(store: Path) -> None:
    grid = [{"svc__C": [1, 10]}, {"svc": [LogisticRegression(max_iter=500)]}]
    search = GridSearchCV(Pipeline([("svc", SVC())]), grid, cv=3).fit(*IRIS)
    table = read_artifact(store, "cv_results.parquet")
    assert table.num_rows == 3
    assert table["mean_test_score"].to_pylist() == list(search.cv_results_["mean_test_score"])
    assert table["params"].to_pylist()[2] == '{"svc": "LogisticRegression"}'
    assert table["param_svc__C"].to_pylist() == [1, 10, None]


def test_other_searches_and_several_scores(store: Path) -> None:
    x, y = IRIS
    grid = {"C": [1, 5, 10, 50]}
    HalvingGridSearchCV(SVC(), grid, cv=3, random_state=7).fit(x, y)
    scores = ["accuracy", "f1_macro"]
    RandomizedSearchCV(SVC(), grid, n_iter=2, scoring=scores, refit="f1_macro", cv=3).fit(x, y)
    GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [3]}, refit=False, cv=3).fit(x, y)
    runs = find_runs(read_store(store))
    parents = {run.id: run.name for run in runs if run.parent_id is None}
    counts = [parents[run.parent_id] for run in runs if run.parent_id is not None]
    assert counts.count("RandomizedSearchCV") == 2
    assert counts.count("GridSearchCV") == 1
    assert counts.count("HalvingGridSearchCV") >= 4


def test_candidates_in_threads_are_not_logged_by_themselves(store: Path) -> None:
    with joblib.parallel_config("threading", n_jobs=2):
        GridSearchCV(SVC(), {"C": [1, 10]}, cv=3).fit(*IRIS)
    assert len(find_runs(read_store(store))) == 3


def test_a_fit_that_fails_is_a_failed_run_and_the_error_is_the_same(store: Path) -> None:
    with pytest.raises(ValueError, match="contains NaN") as caught:
        LogisticRegression().fit([[np.nan], [1.0]], [0, 1])
    assert not hasattr(caught.value, "__notes__")
    failed = only_run(store)
    assert failed.run["status"] == "FAILED"
    assert "traceback.txt" in failed.files
    LogisticRegression().fit([[0.0], [1.0]], [0, 1])
    assert len(find_runs(read_store(store))) == 2


def test_what_can_not_be_logged_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    autolog(store=tmp_path / "file")
    with pytest.warns(UserWarning, match="fit of LogisticRegression went on, but couldn't") as said:
        model = LogisticRegression(max_iter=500).fit(*IRIS)
    assert len(said) == 1
    assert model.score(*IRIS) > 0.9


class Broken(LogisticRegression):  # type: ignore[misc]
    """Can be fitted, and nothing else."""

    def predict(self, X: Any) -> Any:  # noqa: N803
        raise ArithmeticError("on purpose")


def test_an_estimator_that_can_not_be_measured_is_one_warning(store: Path) -> None:
    with pytest.warns(UserWarning, match="couldn't measure it: on purpose") as said:
        Broken(max_iter=500).fit(*IRIS)
    assert len(said) == 1
    fit = only_run(store)
    assert fit.run["status"] == "FINISHED"
    assert "estimator.html" in fit.files


def test_odd_targets_are_measured_as_far_as_they_can_be(store: Path) -> None:
    x, y = IRIS
    several = np.stack([y == 0, y == 1], axis=1).astype(int)
    RandomForestClassifier(5, random_state=7).fit(x, several)
    DecisionTreeClassifier().fit(x, np.zeros(len(x)))
    logged = read_logged(store)
    assert logged["RandomForestClassifier"].last["training_accuracy_score"] > 0.9
    files = logged["RandomForestClassifier"].files
    assert not any(path.startswith("results/") for path in files)
    assert logged["DecisionTreeClassifier"].last["training_score"] == 1
    assert "training_roc_auc" not in logged["DecisionTreeClassifier"].last


def test_too_many_classes_get_no_confusion_matrix(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runfolio.sklearn, "MAX_CLASSES", 2)
    DecisionTreeClassifier().fit(*IRIS)
    assert not any(path.startswith("results/") for path in only_run(store).files)


def methods() -> dict[tuple[type, str], Any]:
    """Every method that could be replaced, as its class holds it."""
    classes = {base for _, cls in all_estimators() for base in cls.__mro__}
    found = {(cls, name): vars(cls).get(name) for cls in classes for name in METHODS}
    return {key: method for key, method in found.items() if method is not None}


def test_disabling_undoes_everything(store: Path) -> None:
    autolog(disable=True)
    before = methods()
    subclassing = BaseEstimator.__init_subclass__
    autolog(store=store)
    autolog(store=store, max_children=1)
    during = methods()
    assert during[LogisticRegression, "fit"] is not before[LogisticRegression, "fit"]
    autolog(disable=True)
    autolog(disable=True)
    after = methods()
    assert before.keys() == after.keys()
    assert all(after[key] is method for key, method in before.items())
    assert BaseEstimator.__init_subclass__ == subclassing
    LogisticRegression(max_iter=500).fit(*IRIS)
    assert not store.exists()


def test_a_wrapper_of_another_tool_survives_disabling(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = vars(LogisticRegression)["fit"]
    called: list[str] = []

    def theirs(self: Any, *args: Any, **kwargs: Any) -> Any:
        called.append("theirs")
        return ours(self, *args, **kwargs)

    monkeypatch.setattr(LogisticRegression, "fit", theirs)
    autolog(disable=True)
    LogisticRegression(max_iter=500).fit(*IRIS)
    assert called == ["theirs"]
    assert not store.exists()
    # The other tool would put back what it found, which is ours; leave scikit-learn's own.
    monkeypatch.undo()
    LogisticRegression.fit = ours.__wrapped__


def test_estimators_of_others_are_left_alone(store: Path) -> None:
    class Mine(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        def fit(self, x: Any, y: Any) -> Any:
            return self

    Mine().fit(*IRIS)
    clone(Mine())
    assert not store.exists()


def test_max_children_is_checked() -> None:
    with pytest.raises(InvalidValue, match="max_children is a number from 0, not -1"):
        autolog(max_children=-1)


def test_importing_runfolio_imports_no_framework() -> None:
    import subprocess

    code = "import runfolio, sys; runfolio.start_run; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_models_are_kept_on_request(store: Path) -> None:
    x, y = load_iris(return_X_y=True, as_frame=True)
    autolog(experiment="fits", store=store, log_models=True)
    with runfolio.start_run(store=store, capture=False) as run:
        LogisticRegression(max_iter=500).fit(x, y)
        DecisionTreeClassifier().fit(x, y)
        StandardScaler().fit(x)
    models = [row for row in read_store(store).artifacts.to_pylist() if row["kind"] == "model"]
    assert {row["path"].partition("/")[0] for row in models} == {"model", "model-2"}
    for name in ("model", "model-2"):
        described = read_description(run.folder / "artifacts" / name)
        assert described.flavor == "sklearn"
        assert described.signature is not None
        assert [one.name for one in described.signature.inputs or ()] == list(x.columns)
        assert described.signature.outputs == (Column(None, "long"),)
        example = (run.folder / "artifacts" / name / "input_example.json").read_text()
        assert len(json.loads(example)["data"]) == 5


def test_a_model_that_cannot_be_kept_is_a_warning(store: Path) -> None:
    autolog(experiment="fits", store=store, log_models=True)
    pipeline = make_pipeline(FunctionTransformer(lambda x: x), LogisticRegression(max_iter=500))
    with pytest.warns(UserWarning, match="went on, but couldn't keep the model: .*skops can't"):
        pipeline.fit(*IRIS)
    run = only_run(store)
    assert run.run["status"] == "FINISHED"
    assert "estimator.html" in run.files
    assert not any(path.startswith("model/") for path in run.files)
