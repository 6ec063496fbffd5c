"""Models of several frameworks that runs kept, loaded by their addresses."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import MissingDependency
from tests.models.frameworks.programs import run_frameworks

PROGRAM = """
import sys
import lightgbm, numpy as np, pandas as pd, torch, xgboost
import runfolio

store = sys.argv[1]
x = pd.DataFrame(np.random.default_rng(7).normal(size=(80, 3)), columns=list("abc"))
y = (x.a > 0).astype(int)
models = {
    "xgboost": xgboost.XGBClassifier(n_estimators=2).fit(x, y),
    "lightgbm": lightgbm.LGBMClassifier(n_estimators=2, verbosity=-1).fit(x, y),
    "pytorch": torch.nn.Linear(3, 1),
}
with runfolio.start_run(store=store, system_metrics=False) as run:
    for name, model in models.items():
        logged = run.log_model(model, name, input_example=x.astype("float32"))
        assert logged.flavor == name and logged.signature.outputs, logged
for name in models:
    loaded = runfolio.load_model(f"runs:/{run.id}/{name}", store=store, trust=name == "pytorch")
    asked = {one: x[one].to_numpy("float32") for one in ("c", "b", "a")}
    print(name, loaded.predict(asked).shape, loaded.predict(dict(a=1.0, b=2.0, c=3.0)).shape)
"""


def test_models_of_a_run_are_loaded_by_address(tmp_path: Path) -> None:
    lines = run_frameworks(PROGRAM, tmp_path / "store")
    assert lines[-3:] == [
        "xgboost (80,) (1,)",
        "lightgbm (80,) (1,)",
        "pytorch (80, 1) (1, 1)",
    ]
    for name, library in (("xgboost", "xgboost"), ("lightgbm", "lightgbm"), ("pytorch", "torch")):
        if find_spec(library) is None:
            (model,) = (tmp_path / "store/runs").glob(f"*/artifacts/{name}")
            with pytest.raises(MissingDependency, match=f"No module named .{library}.*pip install"):
                runfolio.load_model(model, trust=True)


LIGHT = """
import sys
from runfolio.models.flavors.kinds import FLAVOR_NAMES, flavor_named
class Own:
    def predict(self, data):
        return data
fits = [name for name in FLAVOR_NAMES if flavor_named(name).fits(Own())]
heavy = {"keras", "lightgbm", "onnx", "onnxruntime", "pandas", "sklearn", "torch", "transformers"}
print(fits, sorted((heavy | {"xgboost", "skops", "numpy"}) & set(sys.modules)))
"""


def test_asking_which_flavour_fits_imports_no_library() -> None:
    assert run_frameworks(LIGHT) == ["['function'] []"]


KINDS = """
import keras, torch, transformers
from runfolio.models.flavors.kinds import find_flavor
bert = transformers.BertModel(transformers.BertConfig(
    vocab_size=7, hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4
))
for model in (keras.Sequential([keras.layers.Input((1,))]), bert, torch.nn.Linear(1, 1)):
    assert isinstance(model, torch.nn.Module)
    print(find_flavor(model).name)
"""


def test_models_that_are_also_modules_of_pytorch_have_their_own_flavour() -> None:
    assert run_frameworks(KINDS)[-3:] == ["keras", "huggingface", "pytorch"]


@pytest.mark.parametrize("example", ["pytorch_loop.py", "xgboost_callback.py"])
def test_the_model_of_an_example_predicts(tmp_path: Path, example: str) -> None:
    code = """
import runpy, sys
path, store = sys.argv[1:]
sys.argv = [path, "--quick", "--store", store]
runpy.run_path(path, run_name="__main__")
import numpy as np, runfolio
runs = runfolio.search_runs(store=store)
run = runs[runs.name.isin(["32 units", "estimator"])].run_id.iloc[0]
model = runfolio.load_model(f"runs:/{run}/model", store=store, trust=True)
fields = model.signature.inputs
width = len(fields) if len(fields) > 1 else fields[0].shape[1]
print(np.isfinite(np.asarray(model.predict(np.ones((7, width), "float32")))).all())
"""
    path = Path(__file__).parents[3] / "examples" / example
    assert run_frameworks(code, path, tmp_path / "store")[-1] == "True"
