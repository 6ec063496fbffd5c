"""Nothing of a model runs unless it is trusted, whatever its files say of themselves."""

from __future__ import annotations

import json
import pickle
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import runfolio
from runfolio.errors import InvalidValue, ModelUnreadable, ModelUntrusted, RunfolioError
from runfolio.models.flavors.kinds import FLAVOR_NAMES, flavor_named
from tests.environment.apart import run_apart
from tests.models.hostile import LIES, describe, make_hostile

DATA = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0]})
CLASSES = [0, 0, 1, 1]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """What must not come to be."""
    return tmp_path / "made-by-the-model"


@pytest.fixture
def folder(tmp_path: Path, target: Path) -> Path:
    """A folder full of files that run code when they are opened as pickles."""
    return make_hostile(tmp_path / "hostile", target)


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("trust", [False, ["posix.mkdir", "os.mkdir"]], ids=["untrusted", "types"])
@pytest.mark.filterwarnings("ignore:The model .* was saved with")
def test_no_lie_in_an_mlmodel_file_runs_a_pickle_or_imports_code(
    lie: str, trust: Any, folder: Path, target: Path
) -> None:
    before, path = set(sys.modules), list(sys.path)
    describe(folder, **LIES[lie])
    with pytest.raises(RunfolioError) as caught:
        runfolio.load_model(folder, trust=trust)
    assert not target.exists()
    assert "\n" not in str(caught.value)
    assert sys.path == path
    assert not {"evil_loader", "outside"} & (set(sys.modules) - before)


FRAMEWORKS = """
import json, sys, warnings
from pathlib import Path
import runfolio
from tests.models.hostile import LIES, describe, make_hostile

warnings.simplefilter("ignore")
folder, target, said = Path(sys.argv[1]) / "hostile", Path(sys.argv[1]) / "made", {}
make_hostile(folder, target)
for lie, flavors in LIES.items():
    try:
        runfolio.load_model(describe(folder, **flavors))
    except runfolio.RunfolioError as error:
        said[lie] = [type(error).__name__, str(error)]
    assert not target.exists(), lie
print(json.dumps(said))
"""


def test_no_lie_runs_anything_where_all_libraries_are_installed(tmp_path: Path) -> None:
    printed = run_apart("frameworks", FRAMEWORKS, str(tmp_path))
    said = json.loads(printed.splitlines()[-1])
    assert set(said) == set(LIES)
    assert {kind for kind, _ in said.values()} <= {"ModelUntrusted", "ModelUnreadable"}
    assert all("\n" not in text for _, text in said.values())


def test_the_lies_cover_every_flavour() -> None:
    told = {name for lie in LIES.values() for name in lie}
    assert told >= {flavor_named(name).name for name in FLAVOR_NAMES}


def test_the_bomb_goes_off_where_it_is_trusted(folder: Path, target: Path) -> None:
    """The attack is a real one, or the tests above would say nothing."""
    describe(folder, sklearn={"pickled_model": "model.pkl"})
    runfolio.load_model(folder, trust=True, native=True)
    assert target.is_dir()


def test_a_model_with_a_bomb_is_refused_at_any_address(
    store: Path, folder: Path, target: Path
) -> None:
    describe(folder, sklearn={"pickled_model": "model.pkl"})
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_artifacts(folder, "model")
    runfolio.register_model(run, "bomb", aliases=["champion"], store=store)
    kept = store / "runs" / run.id / "artifacts" / "model"
    addresses: list[Any] = [f"runs:/{run.id}/model", kept, kept.as_uri()]
    for address in [*addresses, "models:/bomb/1", "models:/bomb@champion", "models:/bomb/latest"]:
        said = f"The model {str(address)!r} is not loaded: 'model.pkl' is a pickle, and whoever"
        with pytest.raises(ModelUntrusted, match=re.escape(said)) as caught:
            runfolio.load_model(address, store=store)
        assert "pass trust=True" in str(caught.value)
    assert not target.exists()


@pytest.mark.parametrize(
    "lie", ["far outside", "code outside", "a module outside", "artifacts outside", "outside"]
)
def test_what_lies_outside_of_the_folder_is_refused_with_trust_too(
    lie: str, folder: Path, target: Path
) -> None:
    describe(folder, **LIES[lie])
    with pytest.raises(ModelUnreadable, match="is no file in it"):
        runfolio.load_model(folder, trust=True)
    assert not target.exists()


def test_a_loader_that_is_none_is_told(folder: Path) -> None:
    describe(folder, python_function={"loader_module": "os"})
    with pytest.raises(
        ModelUnreadable, match="the module 'os' that should load it has no _load_py"
    ):
        runfolio.load_model(folder, trust=True)
    describe(folder, python_function={"data": "model.pkl"})
    with pytest.raises(ModelUnreadable, match="it names no loader_module"):
        runfolio.load_model(folder, trust=True)


@pytest.fixture
def imports() -> Iterator[None]:
    """Take back what a test adds to ``sys.path`` and to the modules."""
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.endswith("_of_this_test"):
            del sys.modules[name]


def test_code_of_a_trusted_model_is_imported_from_a_copy(tmp_path: Path, imports: None) -> None:
    folder = tmp_path / "coded"
    (folder / "code").mkdir(parents=True)
    loader = (
        "class Model:\n"
        "    def predict(self, data, params=None):\n"
        "        return [one * 2 for one in data]\n"
        "def _load_pyfunc(path):\n"
        "    return Model()\n"
    )
    (folder / "code" / "loader_of_this_test.py").write_text(loader)
    describe(folder, python_function={"loader_module": "loader_of_this_test", "code": "code"})
    with pytest.raises(ModelUntrusted, match="the Python module 'loader_of_this_test' is imported"):
        runfolio.load_model(folder)
    assert runfolio.load_model(folder, trust=True).predict([1, 2]) == [2, 4]
    assert [one.name for one in (folder / "code").iterdir()] == ["loader_of_this_test.py"]


def double(data: Any) -> Any:
    return data * 2


@pytest.fixture
def own_types(tmp_path: Path) -> Path:
    """A model in skops' format with a function that skops does not know."""
    model = make_pipeline(FunctionTransformer(double), LogisticRegression())
    folder = tmp_path / "typed"
    with pytest.MonkeyPatch.context() as patch:
        # Without a module to import, a type can't be loaded by its name.
        patch.setitem(sys.modules, "functions_of_this_test", sys.modules[__name__])
        patch.setattr(double, "__module__", "functions_of_this_test")
        runfolio.save_model(model.fit(DATA.to_numpy(), CLASSES), folder)
    return folder


def test_types_that_skops_does_not_know_are_listed_and_can_be_allowed(
    own_types: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "functions_of_this_test.double"
    trust: Any
    for trust in (False, ["some.other.Type"]):
        with pytest.raises(ModelUntrusted) as caught:
            runfolio.load_model(own_types, trust=trust)
        assert str(caught.value) == (
            f"The model {str(own_types)!r} is not loaded: it holds types that are not known to be "
            f"harmless: {name}. If you trust whoever made it, pass trust=['{name}']."
        )
    monkeypatch.setitem(sys.modules, "functions_of_this_test", sys.modules[__name__])
    for trust in ([name], (name, "another.Type"), True):
        model = runfolio.load_model(own_types, trust=trust)
        assert model.predict(np.array([[1.0], [4.0]])).tolist() == [0, 1]
    with pytest.raises(InvalidValue, match=r"trust=\['my_package.MyTransformer'\]"):
        runfolio.load_model(own_types, trust=name)


def test_no_type_in_a_skops_file_moves_the_cursor_or_fills_the_screen(tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    runfolio.save_model(LogisticRegression().fit(DATA, CLASSES), folder)
    with zipfile.ZipFile(folder / "model.skops") as file:
        contents = {name: file.read(name) for name in file.namelist()}
    schema = json.loads(contents["schema.json"])
    odd = {**schema, "__class__": "Odd\x1b[31m\n" * 20, "__module__": "evil"}
    many = [{**odd, "__class__": f"Odd{number}", "__id__": 1000 + number} for number in range(100)]
    for content, count in ((odd, 1), ({**odd, "content": many, "__loader__": "ListNode"}, 100)):
        contents["schema.json"] = json.dumps(content).encode()
        with zipfile.ZipFile(folder / "model.skops", "w") as file:
            for name, text in contents.items():
                file.writestr(name, text)
        describe(folder, sklearn={"pickled_model": "model.skops", "serialization_format": "skops"})
        with pytest.raises(ModelUntrusted) as caught:
            runfolio.load_model(folder)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 1500
        assert ("and 9" in str(caught.value)) == str(caught.value).endswith("trust=True.")
        assert ("and 9" in str(caught.value)) == (count > 1)


@pytest.mark.parametrize("form", ["pickle", "cloudpickle", "joblib"])
def test_what_an_estimator_is_pickled_with_changes_nothing(tmp_path: Path, form: str) -> None:
    model = LogisticRegression().fit(DATA, CLASSES)
    write = {"pickle": pickle.dump, "cloudpickle": cloudpickle.dump, "joblib": joblib.dump}
    with (tmp_path / "model.bin").open("wb") as file:
        write[form](model, file)
    describe(tmp_path, sklearn={"pickled_model": "model.bin", "serialization_format": form})
    with pytest.raises(ModelUntrusted, match=r"'model.bin' is a pickle"):
        runfolio.load_model(tmp_path)
    assert runfolio.load_model(tmp_path, trust=True).predict(DATA).tolist() == CLASSES
