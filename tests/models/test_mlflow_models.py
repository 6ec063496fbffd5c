"""Models that MLflow saved, loaded here: the answers are those of MLflow itself."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import runfolio
from runfolio.errors import ModelNotFound, ModelUntrusted, SignatureMismatch
from runfolio.models.loading import LoadedModel
from tests.models.theirs import asking_mlflow, mlflow
from tests.samples import sample

DATA = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [1, 2, 3, 5]})
CLASSES = [0, 0, 1, 1]
QUICKLY: dict[str, Any] = {"pip_requirements": ["mlflow"]}
"""Else MLflow looks for packages by loading each model in a process of its own."""


@contextmanager
def quietly() -> Iterator[None]:
    """No warning of MLflow is shown, not even those that it always shows."""
    with asking_mlflow(), warnings.catch_warnings(record=True):
        yield


def save(folder: Path, model: Any, **options: Any) -> Path:
    """A scikit-learn model in a folder, as MLflow saves it."""
    with quietly():
        mlflow.sklearn.save_model(model, str(folder), **QUICKLY, **options)
    return folder


def save_python(folder: Path, model: Any, **options: Any) -> Path:
    """A Python model in a folder, as MLflow saves it."""
    with quietly():
        mlflow.pyfunc.save_model(str(folder), python_model=model, **QUICKLY, **options)
    return folder


def infer(data: Any, answers: Any = None, **options: Any) -> Any:
    with quietly():
        return mlflow.models.infer_signature(data, answers, **options)


def load(folder: Path) -> LoadedModel:
    """What Runfolio loads; MLflow's own modules warn when they are imported."""
    with quietly():
        return runfolio.load_model(folder, trust=True)


def ask(model: Any, data: Any, *params: Any) -> Any:
    with quietly():
        return model.predict(data, *params)


def check_same(folder: Path, *questions: Any, params: tuple[Any, ...] = ()) -> LoadedModel:
    """Compare the answers with those of MLflow, exactly."""
    ours = load(folder)
    with quietly():
        theirs = mlflow.pyfunc.load_model(str(folder))
    for data in questions:
        found, expected = ask(ours, data, *params), ask(theirs, data, *params)
        assert type(found) is type(expected)
        if isinstance(found, (pd.DataFrame, pd.Series, np.ndarray)):
            assert pd.DataFrame(found).equals(pd.DataFrame(expected))
        else:
            assert found == expected
    return ours


@pytest.mark.parametrize("form", ["skops", "pickle", "cloudpickle"])
@pytest.mark.parametrize("signed", [True, False])
def test_an_estimator_answers_as_in_mlflow(tmp_path: Path, form: str, signed: bool) -> None:
    model = LogisticRegression().fit(DATA, CLASSES)
    signature = infer(DATA, model.predict(DATA)) if signed else None
    options = {"serialization_format": form, "signature": signature}
    folder = save(tmp_path / "model", model, **options)
    found = check_same(folder, DATA, DATA[:1])
    assert isinstance(found.native, LogisticRegression)
    assert (found.signature is not None) == signed
    assert found.predict({"a": [1, 4], "b": [1, 5]}).tolist() == [0, 1]
    if form == "skops":
        assert runfolio.load_model(folder).predict(DATA).tolist() == CLASSES
    else:
        with pytest.raises(ModelUntrusted, match=r"'model.pkl' is a pickle"):
            runfolio.load_model(folder)


def test_an_estimator_may_be_asked_for_probabilities(tmp_path: Path) -> None:
    model = LogisticRegression().fit(DATA, CLASSES)
    folder = save(tmp_path / "model", model, pyfunc_predict_fn="predict_proba")
    found = check_same(folder, DATA)
    assert found.predict(DATA).shape == (4, 2)


def test_texts_arrays_and_an_example(tmp_path: Path) -> None:
    data = pd.DataFrame({"colour": ["red", "blue", "red"], "n": [1.0, 2.0, 3.0]})
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LinearRegression())
    model.fit(data, [1, 2, 3])
    check_same(save(tmp_path / "texts", model, input_example=data), data, data[["n", "colour"]])
    array = DATA.to_numpy()
    plain = LinearRegression().fit(array, CLASSES)
    check_same(save(tmp_path / "array", plain, signature=infer(array)), array, array[:1])


with quietly():

    class Scaled(mlflow.pyfunc.PythonModel):  # type: ignore[misc, name-defined]
        """A model with a file beside it, which takes parameters."""

        def load_context(self, context: Any) -> None:
            self.factor = float(Path(context.artifacts["factor"]).read_text())

        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            offset = context.model_config["offset"]
            return model_input["a"] * self.factor + (params or {}).get("more", 0) + offset


@pytest.mark.parametrize("given", [(), ({"more": 3},), ({"more": 0.5},)])
def test_a_python_model_answers_as_in_mlflow(tmp_path: Path, given: tuple[Any, ...]) -> None:
    (tmp_path / "factor.txt").write_text("2.5")
    folder = save_python(
        tmp_path / "model",
        Scaled(),
        artifacts={"factor": str(tmp_path / "factor.txt")},
        signature=infer(DATA, DATA["a"], params={"more": 1.0}),
        model_config={"offset": 100},
    )
    found = check_same(folder, DATA, DATA[["b", "a"]], params=given)
    with quietly():
        original = runfolio.load_model(folder, native=True, trust=True)
    assert type(original).__name__ == type(found.native).__name__ == "Scaled"
    with pytest.raises(SignatureMismatch, match="parameter 'mroe' is unknown; is it 'more'"):
        found.predict(DATA, {"mroe": 1})
    with pytest.raises(ModelUntrusted, match=r"module 'mlflow.pyfunc.model' is imported to load"):
        runfolio.load_model(folder)


def shout(model_input: list[str]) -> list[str]:
    return [one.upper() for one in model_input]


def add(model_input: Any) -> Any:
    return model_input.sum(axis=1)


def test_functions_answer_as_in_mlflow(tmp_path: Path) -> None:
    texts = save_python(tmp_path / "texts", shout, input_example=["a"])
    hinted = check_same(texts, ["a", "b"], pd.DataFrame({"text": ["a", "b"]}))
    assert hinted.description.hinted
    plain = save_python(tmp_path / "plain", add, signature=infer(DATA))
    check_same(plain, DATA)
    check_same(save_python(tmp_path / "unsigned", add), DATA, DATA.to_numpy())


FROM_CODE = """
import mlflow

class Model(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input["a"] * 3

mlflow.models.set_model(Model())
"""


def test_a_model_from_code_answers_as_in_mlflow(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(FROM_CODE)
    check_same(save_python(tmp_path / "model", str(tmp_path / "script.py")), DATA)


@pytest.fixture
def own_path() -> Iterator[None]:
    """Take back what loading adds to ``sys.path``, and the modules found there."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("loader_for_"):
            del sys.modules[name]


LOADER = """
class Model:
    def __init__(self, path):
        self.factor = float(open(path).read())
    def predict(self, data):
        return data["a"] * self.factor

def _load_pyfunc(path):
    return Model(path)
"""


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_a_loader_module_with_code_of_its_own(tmp_path: Path, own_path: None) -> None:
    (tmp_path / "loader_for_files.py").write_text(LOADER)
    (tmp_path / "factor.txt").write_text("7")
    with quietly():
        mlflow.pyfunc.save_model(
            str(tmp_path / "model"),
            loader_module="loader_for_files",
            data_path=str(tmp_path / "factor.txt"),
            code_paths=[str(tmp_path / "loader_for_files.py")],
            **QUICKLY,
        )
    before = sorted(tmp_path.rglob("*"))
    assert load(tmp_path / "model").predict(DATA).tolist() == [7, 14, 21, 28]
    assert sorted(tmp_path.rglob("*")) == before
    check_same(tmp_path / "model", DATA)


@pytest.fixture
def plugin(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """MLflow that logs to the test's store."""
    import runfolio.compat.mlflow.writers as writers

    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"runfolio://{store}")
    mlflow.set_tracking_uri(f"runfolio://{store}")
    monkeypatch.setattr(mlflow.tracking.fluent, "_active_experiment_id", None)
    yield mlflow
    mlflow.set_tracking_uri(None)  # type: ignore[arg-type]
    writers.leave_all()


def test_a_model_that_mlflow_code_logged_to_a_store(store: Path, plugin: Any) -> None:
    model = LogisticRegression().fit(DATA, CLASSES)
    with quietly(), plugin.start_run() as run:
        options = {"serialization_format": "skops", "signature": infer(DATA), **QUICKLY}
        other = LogisticRegression().fit(DATA, [1, 1, 0, 0])
        first = plugin.sklearn.log_model(model, name="clf", **options)
        second = plugin.sklearn.log_model(other, name="clf", **options)
    assert first.model_uri.startswith("models:/m-")
    loaded = runfolio.load_model(first.model_uri, store=store)
    assert loaded.predict(DATA).tolist() == CLASSES
    assert loaded.description.model_id == first.model_id
    mlflow_id = run.info.run_id
    by_path = f"runs:/{mlflow_id}/models/{first.model_id}"
    assert runfolio.load_model(by_path, store=store).predict(DATA).tolist() == CLASSES
    # Of several models of one name MLflow means the last.
    by_name = runfolio.load_model(f"runs:/{mlflow_id[:8]}/clf", store=store)
    assert by_name.description.model_id == second.model_id
    with quietly():
        plugin.MlflowClient().delete_logged_model(first.model_id)
    with pytest.raises(ModelNotFound, match=f"was deleted through MLflow.*{first.model_id}'"):
        runfolio.load_model(first.model_uri, store=store)


@pytest.mark.parametrize("kind", ["mlflow_sqlite", "mlflow_file"])
def test_an_imported_store_has_its_models_at_their_addresses(store: Path, kind: str) -> None:
    runfolio.import_runs(sample(kind, "made"), store=store)
    (model,) = runfolio.list_models(store=store)
    (version,) = model.versions
    for address in (
        f"models:/{model.name}/1",
        f"models:/{model.name}/latest",
        f"runs:/{version.run_id}/{version.path}",
    ):
        loaded = runfolio.load_model(address, store=store)
        assert loaded.signature is not None
        assert loaded.description.flavor == "sklearn"
    assert loaded.predict(np.ones((3, 2))).shape == (3,)
