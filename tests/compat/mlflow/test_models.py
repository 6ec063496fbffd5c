"""Models that MLflow code logs, by hand and by autologging."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import runfolio

pytestmark = [
    pytest.mark.filterwarnings("ignore:Starting with pandas version 4.0"),
    pytest.mark.filterwarnings("ignore:`y_pred` was renamed"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

# Without these MLflow starts a process to find out what the model imports, and needs skops.
QUICK: dict[str, Any] = {"serialization_format": "cloudpickle", "pip_requirements": []}


@pytest.fixture
def autolog(mlflow: Any) -> Iterator[Any]:
    """MLflow with scikit-learn's autologging on."""
    mlflow.sklearn.autolog(silent=True)
    yield mlflow
    mlflow.sklearn.autolog(disable=True, silent=True)


def fit() -> Any:
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    features, target = load_iris(return_X_y=True, as_frame=True)
    return LogisticRegression(max_iter=300, C=0.5).fit(features, target), features


def test_autologging_keeps_parameters_metrics_data_and_the_model(autolog: Any, store: Path) -> None:
    with autolog.start_run() as run:
        model, features = fit()
    read = autolog.get_run(run.info.run_id)
    assert read.data.params["C"] == "0.5"
    assert read.data.metrics["training_accuracy_score"] > 0.9
    assert read.inputs.dataset_inputs[0].dataset.profile == '{"num_rows": 150, "num_elements": 600}'
    (output,) = read.outputs.model_outputs
    loaded = autolog.sklearn.load_model(f"runs:/{run.info.run_id}/model")
    assert (loaded.predict(features) == model.predict(features)).all()
    again = autolog.sklearn.load_model(f"models:/{output.model_id}")
    assert again.C == 0.5
    assert runfolio.get_run(run.info.run_id, store=store).params["C"] == 0.5
    (found,) = autolog.search_logged_models(output_format="list")
    scores = {metric.key: metric.value for metric in found.metrics}
    assert scores["training_accuracy_score"] == read.data.metrics["training_accuracy_score"]
    assert runfolio.verify(store=store).problems == ()


def test_autologging_starts_and_ends_a_run_by_itself(autolog: Any, store: Path) -> None:
    autolog.sklearn.autolog(silent=True, log_models=False)
    fit()
    (row,) = runfolio.search_runs(store=store).to_dict("records")
    assert (row["status"], row["experiment"]) == ("FINISHED", "Default")


def test_a_model_is_logged_found_and_loaded(mlflow: Any, client: Any) -> None:
    model, _ = fit()
    with mlflow.start_run() as run:
        info = mlflow.sklearn.log_model(model, name="net", params={"depth": 3}, **QUICK)
        mlflow.log_metric("acc", 0.9, model_id=info.model_id, step=2)
    assert mlflow.sklearn.load_model(info.model_uri).C == 0.5
    assert mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/net") is not None
    logged = mlflow.get_logged_model(info.model_id)
    assert (logged.name, logged.status, logged.params) == ("net", "READY", {"depth": "3"})
    assert [(one.key, one.value, one.step) for one in logged.metrics] == [("acc", 0.9, 2)]
    client.set_logged_model_tags(info.model_id, {"stage": "best", "other": "x"})
    client.delete_logged_model_tag(info.model_id, "other")
    tags = mlflow.get_logged_model(info.model_id).tags
    assert (tags["stage"], "other" in tags) == ("best", False)
    with pytest.raises(mlflow.MlflowException, match="No tag with key 'other'"):
        client.delete_logged_model_tag(info.model_id, "other")


def test_a_model_without_a_run_gets_one_for_its_files(mlflow: Any, store: Path) -> None:
    logged = mlflow.create_external_model(name="far", params={"a": "1"}, tags={"b": "2"})
    assert logged.source_run_id is None
    model = mlflow.initialize_logged_model(name="near")
    mlflow.log_model_params({"late": "yes"}, model_id=model.model_id)
    mlflow.finalize_logged_model(model.model_id, "READY")
    assert mlflow.get_logged_model(model.model_id).params == {"late": "yes"}
    names = runfolio.search_runs(store=store)["name"].tolist()
    assert sorted(names) == ["far", "near"]


def test_models_are_searched_and_deleted(mlflow: Any, client: Any) -> None:
    with mlflow.start_run():
        made = [mlflow.initialize_logged_model(name=f"m{number}") for number in range(3)]
        for number, model in enumerate(made):
            mlflow.log_metric("acc", number / 2, model_id=model.model_id)

    def names(**options: Any) -> list[str]:
        return [one.name for one in client.search_logged_models(["0"], **options)]

    assert sorted(names()) == ["m0", "m1", "m2"]
    assert names(filter_string="name = 'm1'") == ["m1"]
    assert names(filter_string="metrics.acc > 0.7") == ["m2"]
    best = [{"field_name": "metrics.acc", "ascending": False}]
    assert names(order_by=best) == ["m2", "m1", "m0"]
    page = client.search_logged_models(["0"], max_results=2)
    assert (len(page), page.token is None) == (2, False)
    client.delete_logged_model(made[0].model_id)
    assert sorted(names()) == ["m1", "m2"]
    with pytest.raises(mlflow.MlflowException, match="not found"):
        mlflow.get_logged_model(made[0].model_id)
