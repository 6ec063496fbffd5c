"""Models are saved whole, with all that MLflow needs to load them with equal answers."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import runfolio
from runfolio.errors import InvalidPath, InvalidValue, ModelUnreadable, ModelUnsaved, ModelUntrusted
from runfolio.models.card_data import find_task
from runfolio.models.description import ModelDescription, digest_files, read_description
from runfolio.models.flavors.flavor import Loading
from runfolio.models.flavors.kinds import FLAVOR_NAMES, find_flavor, flavor_named
from runfolio.models.signature import Column, Parameter, Signature, Tensor
from tests.models.theirs import asking_mlflow, mlflow

IRIS = load_iris(return_X_y=True, as_frame=True)
DIABETES = load_diabetes(return_X_y=True, as_frame=True)


def fit_pipeline() -> Any:
    """A scaler and a classifier of the iris table."""
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*IRIS)


def loading_of(folder: Path, **trust: Any) -> tuple[Any, Loading]:
    """The flavour of a saved model, and what it needs to load it."""
    said = read_description(folder)
    pyfunc = said.flavors.get("python_function", {})
    return flavor_named(said.flavor), Loading(folder, said.flavors[said.flavor], pyfunc, **trust)


class Doubling(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """An estimator of ours, which skops doesn't know."""

    def fit(self, x: Any, y: Any = None) -> Doubling:
        self.n_features_in_ = x.shape[1]
        return self

    def predict(self, x: Any) -> Any:
        return np.asarray(x)[:, 0] * 2


def add_scale(data: Any, params: dict[str, Any] | None = None) -> Any:
    """A function as a model."""
    return np.asarray(data).sum(axis=1) * (params or {}).get("scale", 1.0)


class Shifting:
    """An object with predict."""

    def __init__(self, by: float) -> None:
        self.by = by

    def predict(self, data: pd.DataFrame) -> pd.DataFrame:
        return data[["bmi"]] + self.by


class Stubborn:
    """An object that raises whatever it likes when it is pickled."""

    def predict(self, data: Any) -> Any:
        return data

    def __reduce__(self) -> Any:
        raise KeyError("not me")


FOREST = RandomForestClassifier(5, random_state=0).fit(*IRIS)
SEARCH = GridSearchCV(LogisticRegression(max_iter=500), {"C": [1, 2]}, cv=2).fit(*IRIS)


@pytest.mark.parametrize(
    ("model", "flavor"),
    [
        (fit_pipeline(), None),
        (fit_pipeline(), "sklearn-cloudpickle"),
        (FOREST, "sklearn"),
        (FOREST, "sklearn-joblib"),
        (SEARCH, None),
        (SEARCH, "sklearn-joblib"),
    ],
)
def test_mlflow_answers_as_the_estimator_does(
    tmp_path: Path, model: Any, flavor: str | None
) -> None:
    folder = tmp_path / "made" / "modèle"
    runfolio.save_model(model, folder, input_example=IRIS[0], flavor=flavor)
    expected = model.predict(IRIS[0])
    with asking_mlflow():
        loaded = mlflow.pyfunc.load_model(str(folder))
        np.testing.assert_array_equal(loaded.predict(IRIS[0]), expected)
        if flavor != "sklearn-joblib":
            native = mlflow.sklearn.load_model(str(folder))
            np.testing.assert_array_equal(native.predict(IRIS[0]), expected)
    found, loading = loading_of(folder, trust=True)
    ours = found.load(loading)
    assert type(ours) is type(model)
    np.testing.assert_array_equal(found.predict(ours, IRIS[0], {}), expected)


def test_an_estimator_is_kept_as_mlflow_keeps_it(tmp_path: Path) -> None:
    model = fit_pipeline()
    runfolio.save_model(model, tmp_path / "ours", input_example=IRIS[0].head(3), metadata={"a": 1})
    with asking_mlflow():
        mlflow.sklearn.save_model(
            model,
            str(tmp_path / "theirs"),
            input_example=IRIS[0].head(3),
            metadata={"a": 1},
            pip_requirements=["scikit-learn"],
        )
    ours, theirs = (
        yaml.safe_load((tmp_path / one / "MLmodel").read_text()) for one in ("ours", "theirs")
    )
    assert set(theirs) - set(ours) == {"model_id", "prompts"}
    assert set(ours) <= set(theirs)
    same = ("flavors", "saved_input_example_info", "mlflow_version", "is_signature_from_type_hint")
    assert {key: ours[key] for key in same} == {key: theirs[key] for key in same}
    assert Signature.parse(ours["signature"]) == Signature.parse(theirs["signature"])
    for name in ("python_env.yaml", "input_example.json", "serving_input_example.json"):
        ours_text, theirs_text = ((tmp_path / one / name).read_text() for one in ("ours", "theirs"))
        assert yaml.safe_load(ours_text) == yaml.safe_load(theirs_text)
    conda = [
        yaml.safe_load((tmp_path / one / "conda.yaml").read_text()) for one in ("ours", "theirs")
    ]
    assert conda[0]["dependencies"][:2] == conda[1]["dependencies"][:2]
    assert {*conda[0]} == {*conda[1]}


def test_a_model_says_what_it_is(tmp_path: Path) -> None:
    described = runfolio.save_model(
        fit_pipeline(), tmp_path / "model", input_example=IRIS[0], metadata={"team": "ü"}
    )
    files = {
        path.relative_to(tmp_path / "model").as_posix(): path.stat().st_size
        for path in (tmp_path / "model").rglob("*")
    }
    assert set(files) == {
        *("MLmodel", "model.skops", "estimator.html", "requirements.txt", "python_env.yaml"),
        *("conda.yaml", "input_example.json", "serving_input_example.json"),
    }
    assert described == read_description(tmp_path / "model")
    assert described.size == sum(files.values()) - files["MLmodel"]
    assert dict(described.metadata) == {"team": "ü"}
    assert described.digest == digest_files(described.ours["files"])
    assert set(described.ours["files"]) == set(files) - {"MLmodel"}
    assert described.flavor == "sklearn"
    assert described.risk is None
    pins = (tmp_path / "model" / "requirements.txt").read_text().splitlines()
    names = [one.partition("==")[0] for one in pins]
    assert names == ["numpy", "pandas", "scikit-learn", "scipy", "skops"]
    assert "sk-container-id-1" in (tmp_path / "model" / "estimator.html").read_text()


class Silent:
    """No estimator, but with the methods of one."""

    def fit(self, data: Any, target: Any = None) -> Silent:
        return self


@pytest.mark.parametrize(
    ("model", "task"),
    [
        (LogisticRegression(max_iter=500), "tabular-classification"),
        (make_pipeline(StandardScaler(), LinearRegression()), "tabular-regression"),
        (
            GridSearchCV(LogisticRegression(max_iter=500), {"C": [1]}, cv=2),
            "tabular-classification",
        ),
        (KMeans(2, n_init=1), None),
        (StandardScaler(), None),
    ],
)
def test_what_an_estimator_does_is_noted(tmp_path: Path, model: Any, task: str | None) -> None:
    described = runfolio.save_model(model.fit(*IRIS), tmp_path / "model")
    assert described.ours.get("task") == find_task(described) == task


def test_what_takes_texts_has_no_task_with_tables(tmp_path: Path) -> None:
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    model.fit(["red wine", "white wine"], [0, 1])
    described = runfolio.save_model(model, tmp_path / "model", flavor="sklearn-cloudpickle")
    assert find_task(described) is None
    assert described.risk == "'model.pkl' is a pickle"


def test_what_only_looks_like_an_estimator_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnsaved, match=r"'FrozenEstimator': .*Silent.* Let all in it be") as no:
        runfolio.save_model(FrozenEstimator(Silent()), tmp_path / "model")
    assert "\n" not in str(no.value)


def test_skops_holds_no_pickle(tmp_path: Path) -> None:
    runfolio.save_model(RandomForestClassifier(3).fit(*IRIS), tmp_path / "model")
    with zipfile.ZipFile(tmp_path / "model" / "model.skops") as file:
        for name in file.namelist():
            content = file.read(name)
            if name == "schema.json":
                assert json.loads(content)["__class__"] == "RandomForestClassifier"
            else:
                np.load(io.BytesIO(content), allow_pickle=False)
    texts = [path for path in (tmp_path / "model").rglob("*") if path.name != "model.skops"]
    assert all(path.read_text(encoding="utf-8") for path in texts)


def test_equal_models_have_one_digest(tmp_path: Path) -> None:
    first = runfolio.save_model(fit_pipeline(), tmp_path / "a", input_example=IRIS[0])
    script = tmp_path / "script.py"
    script.write_text(
        "import json\n"
        "import runfolio\n"
        "from sklearn.datasets import load_iris\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.pipeline import make_pipeline\n"
        "from sklearn.preprocessing import StandardScaler\n"
        "x, y = load_iris(return_X_y=True, as_frame=True)\n"
        "model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)\n"
        "print(json.dumps(runfolio.save_model(model, 'b', input_example=x).ours))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    assert json.loads(done.stdout) == first.ours
    other = LogisticRegression(C=2).fit(*IRIS)
    assert runfolio.save_model(other, tmp_path / "c").digest != first.digest


def test_what_skops_does_not_know_is_listed_and_needs_trust(tmp_path: Path) -> None:
    model = GradientBoostingRegressor(n_estimators=3, random_state=0).fit(*DIABETES)
    runfolio.save_model(model, tmp_path / "model")
    flavor, loading = loading_of(tmp_path / "model")
    types = loading.entry["skops_trusted_types"]
    assert "sklearn.tree._tree.Tree" in types
    assert flavor.risk(loading).startswith("'model.skops' has types that need trust: ")
    with pytest.raises(ModelUntrusted, match=r"sklearn.tree._tree.Tree.*trust=True"):
        flavor.load(loading)
    for trust in ({"trust": True}, {"trusted": tuple(types)}):
        _, trusting = loading_of(tmp_path / "model", **trust)
        loaded = flavor.load(trusting)
        np.testing.assert_array_equal(loaded.predict(DIABETES[0]), model.predict(DIABETES[0]))


def test_own_estimators_are_kept_by_every_format(tmp_path: Path) -> None:
    model = make_pipeline(StandardScaler(), Doubling()).fit(*DIABETES)
    expected = model.predict(DIABETES[0])
    for flavor in ("sklearn", "sklearn-joblib", "sklearn-cloudpickle"):
        runfolio.save_model(model, tmp_path / flavor, flavor=flavor)
        found, loading = loading_of(tmp_path / flavor, trust=True)
        assert found.risk(loading) is not None
        np.testing.assert_array_equal(found.load(loading).predict(DIABETES[0]), expected)


def test_only_cloudpickle_keeps_the_code_of_a_script(tmp_path: Path) -> None:
    text = """
import numpy as np, runfolio
from sklearn.base import BaseEstimator
from runfolio.errors import ModelUnsaved

class Own(BaseEstimator):
    def fit(self, x, y=None):
        return self
    def predict(self, x):
        return np.asarray(x)[:, 0] * 2

for flavor in (None, "sklearn-joblib"):
    try:
        runfolio.save_model(Own().fit([[1.0]]), "refused", flavor=flavor)
    except ModelUnsaved as error:
        print(error)
runfolio.save_model(Own().fit([[1.0]]), "model", flavor="sklearn-cloudpickle")
"""
    (tmp_path / "script.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "script.py"], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    first, second = done.stdout.splitlines()
    assert "skops can't keep '__main__.Own', which is of a script" in first
    assert "joblib does not keep classes of a script" in second
    assert all("Use flavor='sklearn-cloudpickle'" in one for one in (first, second))
    assert not (tmp_path / "refused").exists()
    with asking_mlflow():
        loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    assert loaded.predict(np.array([[2.0, 1.0]])).tolist() == [4.0]


def test_texts_are_asked_as_texts(tmp_path: Path) -> None:
    texts = ["good wine", "bad wine", "good beer", "bad beer"]
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0, 1, 0])
    described = runfolio.save_model(model, tmp_path / "model", input_example=texts)
    assert described.signature == Signature((Column(None, "string"),), (Column(None, "long"),))


def test_what_only_transforms_has_no_predict(tmp_path: Path) -> None:
    scaler = StandardScaler().fit(IRIS[0])
    described = runfolio.save_model(scaler, tmp_path / "model", input_example=IRIS[0])
    assert set(described.flavors) == {"sklearn"}
    assert described.signature is not None
    assert described.signature.outputs is None
    with asking_mlflow():
        loaded = mlflow.sklearn.load_model(str(tmp_path / "model"))
    np.testing.assert_array_equal(loaded.transform(IRIS[0]), scaler.transform(IRIS[0]))


ASK = """
import importlib.util, json, logging, sys, warnings
warnings.simplefilter("ignore")
sys.path = [one for one in sys.path if not one.endswith("/src")]
sys.meta_path = [one for one in sys.meta_path if "editable" not in str(one).lower()]
assert importlib.util.find_spec("runfolio") is None
import mlflow.pyfunc, pandas as pd
logging.getLogger("mlflow").setLevel(logging.ERROR)
data = pd.DataFrame({"bmi": [1.0, 2.0], "age": [3.0, 4.0]})
for path, *params in json.loads(sys.argv[1]):
    found = mlflow.pyfunc.load_model(path).predict(data, *params)
    print(json.dumps(found.to_numpy().ravel().tolist() if hasattr(found, "loc") else list(found)))
"""


def test_functions_answer_in_mlflow_where_runfolio_is_not_installed(tmp_path: Path) -> None:
    data = pd.DataFrame({"bmi": [1.0, 2.0], "age": [3.0, 4.0]})
    told = runfolio.save_model(add_scale, tmp_path / "f", input_example=(data, {"scale": 10.0}))
    assert told.flavor == "function"
    assert told.signature == Signature(
        (Column("bmi", "double"), Column("age", "double")),
        (Column(None, "double"),),
        (Parameter("scale", "double", 10.0),),
    )
    runfolio.save_model(Shifting(0.5), tmp_path / "o", input_example=data)
    by = 3
    runfolio.save_model(lambda data: data["age"] * by, tmp_path / "l")
    asked = [("f",), ("f", {"scale": 2.0}), ("o",), ("l",)]
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(asked)],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers == [[40.0, 60.0], [8.0, 12.0], [1.5, 2.5], [9.0, 12.0]]


def test_functions_need_trust(tmp_path: Path) -> None:
    runfolio.save_model(add_scale, tmp_path / "f")
    flavor, loading = loading_of(tmp_path / "f")
    with pytest.raises(ModelUntrusted, match=r"'function.pkl' is a pickle.*trust=True"):
        flavor.load(loading)
    flavor, loading = loading_of(tmp_path / "f", trust=True)
    data = np.array([[1.0, 2.0]])
    assert flavor.predict(flavor.load(loading), data, {"scale": 3}).tolist() == [9.0]


@pytest.mark.parametrize("name", ["function.pkl", "model.skops", "model.joblib"])
def test_damaged_files_are_one_line(tmp_path: Path, name: str) -> None:
    flavor = "sklearn-joblib" if name == "model.joblib" else None
    model = add_scale if name == "function.pkl" else fit_pipeline()
    runfolio.save_model(model, tmp_path / "m", flavor=flavor)
    (tmp_path / "m" / name).write_bytes(b"PK\x03\x04 no such thing")
    found, loading = loading_of(tmp_path / "m", trust=True)
    with pytest.raises(ModelUnreadable, match=rf"^Couldn't read .*{name}[^\n]*$"):
        found.load(loading)


@pytest.mark.parametrize(
    ("data", "outputs"),
    [
        (IRIS[0].to_numpy(), (Tensor(None, "int64", (-1,)),)),
        (IRIS[0], (Column(None, "long"),)),
    ],
    ids=["array", "table"],
)
def test_the_signature_is_mlflows(tmp_path: Path, data: Any, outputs: Any) -> None:
    model = LogisticRegression(max_iter=500).fit(data, IRIS[1])
    told = runfolio.save_model(model, tmp_path / "ours", input_example=data)
    with asking_mlflow():
        mlflow.sklearn.save_model(
            model, str(tmp_path / "theirs"), input_example=data, pip_requirements=["scikit-learn"]
        )
    assert told.signature == read_description(tmp_path / "theirs").signature
    assert told.signature is not None
    assert told.signature.outputs == outputs


def test_signatures_may_be_given(tmp_path: Path) -> None:
    ours = Signature((Column("ü", "double"),), None, (Parameter("p", "long", 1),))
    for place, said in enumerate((ours, ours.document())):
        told = runfolio.save_model(add_scale, tmp_path / str(place), signature=said)
        assert told.signature == ours
    with asking_mlflow():
        theirs = mlflow.models.infer_signature(IRIS[0], IRIS[1])
        told = runfolio.save_model(
            add_scale, tmp_path / "theirs", signature=theirs, input_example=IRIS[0]
        )
        loaded = mlflow.models.Model.load(str(tmp_path / "theirs"))
    assert loaded.signature == theirs
    assert told.signature == Signature.parse(theirs.to_dict())
    for said in (object(), "long", {"inputs": "{"}):
        with pytest.raises(InvalidValue, match="signature"):
            runfolio.save_model(add_scale, tmp_path / "no", signature=said)


def test_a_model_that_fails_has_no_outputs(tmp_path: Path) -> None:
    def fail(data: Any) -> Any:
        raise KeyError("no such\ncolumn")

    with pytest.warns(UserWarning, match="what it takes, not what it gives.*no such") as caught:
        told = runfolio.save_model(fail, tmp_path / "m", input_example=[1.0])
    assert len(caught) == 1
    assert told.signature == Signature((Column(None, "double"),))


def test_asking_does_not_change_the_example(tmp_path: Path) -> None:
    def change(data: pd.DataFrame) -> Any:
        data["a"] = 0
        return data["a"]

    frame = pd.DataFrame({"a": [1, 2]})
    runfolio.save_model(change, tmp_path / "m", input_example=frame)
    assert frame["a"].tolist() == [1, 2]
    assert json.loads((tmp_path / "m" / "input_example.json").read_text())["data"] == [[1], [2]]


@pytest.mark.parametrize(
    ("model", "flavor", "message"),
    [
        ({"a": 1}, None, "A dict can't be saved as a model.*an object with predict"),
        (LogisticRegression, None, "A class can't be saved as a model"),
        (LogisticRegression(), None, "'LogisticRegression': it is not fitted. Call its fit first"),
        (add_scale, "sklearn", "'function': it is no estimator. Leave flavor out"),
        (3, "function", "'int': it can't be called and has no predict"),
        (Stubborn(), None, "'Stubborn': cloudpickle can't keep it: 'not me'. Make it within"),
        (lambda data: sys.stdin.read(), None, None),
        (
            make_pipeline(FunctionTransformer(lambda x: x), LinearRegression()).fit([[1.0]], [1]),
            None,
            "skops can't keep it: .*Use flavor='sklearn-cloudpickle'",
        ),
        (
            make_pipeline(FunctionTransformer(lambda x: x), LinearRegression()).fit([[1.0]], [1]),
            "sklearn-joblib",
            "joblib can't keep it: .*Use flavor='sklearn-cloudpickle'",
        ),
    ],
)
def test_what_cannot_be_saved_leaves_nothing(
    tmp_path: Path, model: Any, flavor: str | None, message: str | None
) -> None:
    if message is None:
        runfolio.save_model(model, tmp_path / "m", flavor=flavor)
        return
    with pytest.raises(ModelUnsaved, match=message):
        runfolio.save_model(model, tmp_path / "m", flavor=flavor)
    assert list(tmp_path.iterdir()) == []


def test_an_open_file_cannot_be_saved(tmp_path: Path) -> None:
    with (tmp_path / "data").open("w") as file:
        with pytest.raises(ModelUnsaved, match=r"cloudpickle can't keep it: .*Make it within"):
            runfolio.save_model(lambda data: file.write(data), tmp_path / "m")
        model = Doubling().fit(IRIS[0])
        model.file_ = file
        with pytest.raises(ModelUnsaved, match="cloudpickle can't keep it: "):
            runfolio.save_model(model, tmp_path / "m", flavor="sklearn-cloudpickle")
    assert [one.name for one in tmp_path.iterdir()] == ["data"]


def test_a_python_model_of_mlflow_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="type hints"):

        class Own(mlflow.pyfunc.PythonModel):  # type: ignore[misc, name-defined]
            def predict(self, context, model_input):  # type: ignore[no-untyped-def]
                return model_input

    with pytest.raises(ModelUnsaved, match=r"takes a context\. Give an object whose predict"):
        runfolio.save_model(Own(), tmp_path / "m")


@pytest.mark.parametrize("metadata", [[], {"runfolio": 1}, {"a": object()}, {"a": {1, 2}}])
def test_metadata_is_plain(tmp_path: Path, metadata: Any) -> None:
    with pytest.raises(InvalidValue, match="Metadata of a model"):
        runfolio.save_model(add_scale, tmp_path / "m", metadata=metadata)
    assert not (tmp_path / "m").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    runfolio.save_model(add_scale, tmp_path / "m")
    before = (tmp_path / "m" / "MLmodel").read_text()
    (tmp_path / "file").touch()
    for name in ("m", "file"):
        with pytest.raises(InvalidPath, match=f"something at .*{name}' already"):
            runfolio.save_model(add_scale, tmp_path / name)
    assert (tmp_path / "m" / "MLmodel").read_text() == before


def test_flavours_are_found_by_name_and_listed() -> None:
    for name in FLAVOR_NAMES:
        assert flavor_named(flavor_named(name).name) is flavor_named(name)
    assert find_flavor(fit_pipeline()).name == "sklearn"
    with pytest.raises(InvalidValue, match=r"no flavour 'sklern'. Choose one of xgboost.*-joblib"):
        flavor_named("sklern")
    with pytest.raises(InvalidValue, match="no flavour 'sklearn-zip'"):
        runfolio.save_model(fit_pipeline(), "m", flavor="sklearn-zip")


def test_the_description_is_typed(tmp_path: Path) -> None:
    assert isinstance(runfolio.save_model(add_scale, tmp_path / "m"), ModelDescription)
