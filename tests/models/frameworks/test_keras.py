"""Keras' models, on PyTorch."""

from __future__ import annotations

from pathlib import Path

from tests.models.frameworks.programs import ask_mlflow, run_frameworks

TRIP = """
import sys
from pathlib import Path
import keras, numpy as np, pandas as pd
from runfolio.models.loading import load_model
from tests.models.frameworks.keeping import find_pickles, keep

to = Path(sys.argv[1])
keras.utils.set_random_seed(7)
x = pd.DataFrame(np.random.default_rng(7).normal(size=(40, 3)), columns=list("abc"))
x = x.astype("float32")
array = x.to_numpy()
layers = keras.layers

plain = keras.Sequential([layers.Input((3,)), layers.Dropout(0.5), layers.Dense(2, "softmax")])
plain.compile("adam", "mse")
plain.fit(array, array[:, :2], epochs=1, verbose=0)
loaded = keep(plain, to / "plain", array, x, input_example=array[:1])
assert (loaded.predict(array) == plain.predict(array, verbose=0)).all()
native = load_model(to / "plain", native=True)
assert type(native) is keras.Sequential
assert native.optimizer.iterations == plain.optimizer.iterations == 2
(output,) = loaded.signature.outputs
assert (output.dtype, output.shape) == ("float32", (-1, 2))

one, two = keras.Input((3,), name="one"), keras.Input((2,), name="two")
joined = keras.Model([one, two], layers.Dense(1)(layers.Concatenate()([one, two])))
loaded = keep(joined, to / "joined", {"one": array, "two": array[:, :2]})
assert loaded.predict({"one": array, "two": array[:, :2]}).shape == (40, 1)
assert find_pickles(to) == []
print((to / "plain/requirements.txt").read_text())
"""


def test_it_comes_back_and_mlflow_gives_the_same_answers(tmp_path: Path) -> None:
    requirements = run_frameworks(TRIP, tmp_path)
    assert {one.partition("==")[0] for one in requirements} >= {"keras", "torch", "numpy"}
    assert ask_mlflow(tmp_path / "plain", tmp_path / "joined") == {"plain": 2, "joined": 1}


LOAD = """
import sys, numpy as np
from runfolio.models.loading import load_model
print(load_model(sys.argv[1]).predict(np.ones((1, 3), "float32")).shape)
import os
assert "KERAS_BACKEND" not in os.environ or not os.environ["KERAS_BACKEND"]
"""


def test_it_is_loaded_with_the_backend_that_it_was_made_with(tmp_path: Path) -> None:
    run_frameworks(TRIP, tmp_path)
    code = "import os; del os.environ['KERAS_BACKEND']\n" + LOAD
    assert run_frameworks(code, tmp_path / "plain")[-1] == "(1, 2)"


REFUSALS = """
import json, shutil, sys, zipfile
from pathlib import Path
import keras, numpy as np
from runfolio.models.loading import load_model
from runfolio.models.saving import save_model
from tests.models.frameworks.keeping import damage, forget_checksums, refused

to = Path(sys.argv[1])
layers = keras.layers
x = np.ones((2, 3), "float32")
print(refused(lambda: save_model(keras.Sequential([layers.Dense(1)]), to / "empty")))
assert not (to / "empty").exists()

save_model(keras.Sequential([layers.Input((3,)), layers.Lambda(lambda x: x * 2)]), to / "code")
print(refused(lambda: load_model(to / "code")))
assert (load_model(to / "code", trust=True).predict(x) == 2).all()

@keras.saving.register_keras_serializable("own")
class Half(layers.Layer):
    def call(self, x):
        return x / 2

save_model(keras.Sequential([layers.Input((3,)), Half()]), to / "own")
assert (load_model(to / "own").predict(x) == 0.5).all()
keras.saving.get_custom_objects().clear()
print(refused(lambda: load_model(to / "own")))

save_model(keras.Sequential([layers.Input((3,)), layers.Dense(1)]), to / "model")
shutil.copytree(to / "model", to / "foreign")
forget_checksums(to / "foreign")
with zipfile.ZipFile(to / "model/data/model.keras") as old:
    config = json.loads(old.read("config.json"))
    config["config"]["layers"][1] |= {"module": "subprocess", "class_name": "Popen"}
    with zipfile.ZipFile(to / "foreign/data/model.keras", "w") as new:
        for name in old.namelist():
            new.writestr(name, json.dumps(config) if name == "config.json" else old.read(name))
print(refused(lambda: load_model(to / "foreign")))
for said in damage(to / "model", "data/model.keras"):
    print(said)
"""


def test_code_and_what_is_empty_or_damaged_is_refused_in_one_line(tmp_path: Path) -> None:
    empty, code, own, foreign, *damaged = run_frameworks(REFUSALS, tmp_path)
    assert empty == (
        "ModelUnsaved: Couldn't save the model 'Sequential': it has no weights yet. "
        "Give it an Input, or train it."
    )
    assert code.startswith("ModelUntrusted: ")
    assert "'model.keras' has code in it: Lambda, __lambda__" in code
    assert own.startswith("ModelUnreadable: ")
    assert "it needs own>Half, which register_keras_serializable makes known" in own
    assert foreign.startswith("ModelUntrusted: ")
    assert "'model.keras' has code in it: subprocess.Popen" in foreign
    assert len(damaged) == 4
    assert all(one.startswith("ModelUnreadable: Couldn't read the model") for one in damaged)


THEIRS = """
import logging, sys, warnings
from pathlib import Path
import keras, mlflow, mlflow.keras, numpy as np
from runfolio.models.loading import load_model

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
to = Path(sys.argv[1])
x = np.random.default_rng(7).normal(size=(8, 3)).astype("float32")
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
mlflow.keras.save_model(model, str(to / "model"), pip_requirements=[])
assert (load_model(to / "model").predict(x) == model.predict(x, verbose=0)).all()
print("equal")
"""


def test_it_loads_what_mlflow_saved(tmp_path: Path) -> None:
    assert run_frameworks(THEIRS, tmp_path)[-1] == "equal"
