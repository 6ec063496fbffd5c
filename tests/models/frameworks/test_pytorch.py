"""PyTorch's modules and programs."""

from __future__ import annotations

from pathlib import Path

from tests.models.frameworks.programs import ask_mlflow, run_frameworks

MODELS = """
import shutil, sys, warnings
from pathlib import Path
import numpy as np, pandas as pd, torch
from runfolio.models.loading import load_model
from runfolio.models.saving import save_model
from tests.models.frameworks.keeping import (
    Evil, damage, find_pickles, forget_checksums, keep, refused
)

to = Path(sys.argv[1])
torch.manual_seed(7)
array = np.random.default_rng(7).normal(size=(40, 3)).astype("float32")
table = pd.DataFrame(array, columns=list("abc"), index=range(3, 43))
nn = torch.nn
net = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Linear(4, 2))

def told(model, data):
    modes = [one.training for one in model.modules()]
    model.eval()
    with torch.no_grad():
        answer = model(torch.tensor(data)).numpy()
    for one, mode in zip(model.modules(), modes):
        one.training = mode
    return answer
"""

TRIP = (
    MODELS
    + """
net[1].eval()  # a part that is not trained any more
modes = [one.training for one in net.modules()]
loaded = keep(net, to / "array", array, array[:1], table, input_example=array[:1], trust=True)
assert modes == [one.training for one in net.modules()] and set(modes) == {True, False}
assert np.allclose(loaded.predict(array), told(net, array), atol=1e-6)
(given,), (taken,) = loaded.signature.inputs, loaded.signature.outputs
assert (given.shape, taken.shape, taken.dtype) == ((-1, 3), (-1, 2), "float32")
keep(net, to / "tensor", array, input_example=torch.tensor(array), trust=True)
keep(net, to / "table", table, table.head(1), input_example=table.head(3), trust=True)
assert load_model(to / "table", trust=True).predict(table).index.equals(table.index)

class Named(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense, self.embedding = nn.Linear(3, 2), nn.Embedding(5, 2)

    def forward(self, x, ids):
        dense = self.dense(x)
        return {"sum": dense + self.embedding(ids), "dense": dense}

data = {"x": array, "ids": np.arange(40) % 5}
few = {name: one[:7] for name, one in data.items()}
loaded = keep(Named(), to / "named", data, few, input_example=few, trust=True)
assert loaded.predict(data)["sum"].shape == (40, 2)
assert [one.name for one in loaded.signature.outputs] == ["sum", "dense"]

net.eval()
free = ({0: torch.export.Dim.AUTO},)
program = torch.export.export(net, (torch.tensor(array),), dynamic_shapes=free)
keep(program, to / "program", array, few["x"], trust=True)
assert len(program.example_inputs[0][0]) == 40

import zipfile
with zipfile.ZipFile(to / "program/data/model.pt2") as archive:
    assert not any(b".py" in archive.read(one) for one in archive.namelist())  # no source
assert {one.partition("/")[2] for one in find_pickles(to)} == {
    "data/state_dict.pth:state_dict/data.pkl"
}
"""
)


def test_it_comes_back_and_mlflow_gives_the_same_answers(tmp_path: Path) -> None:
    run_frameworks(TRIP, tmp_path)
    names = ("array", "tensor", "table", "named", "program")
    assert set(ask_mlflow(*(tmp_path / one for one in names))) == set(names)


STATE = (
    MODELS
    + """
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    save_model(net, to / "state")
print(caught[0].message, caught[0].filename)
weights = load_model(to / "state", native=True)
other = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Linear(4, 2))
other.load_state_dict(weights)
assert (told(other, array) == told(net, array)).all()
print(refused(lambda: load_model(to / "state").predict(array)))
assert "python_function" not in (to / "state/MLmodel").read_text()
import mlflow.pytorch
read = mlflow.pytorch.load_state_dict(str(to / "state/data"))
assert all((read[name] == one).all() for name, one in weights.items())

class Untraceable(nn.Module):
    def forward(self, x):
        return x if x.sum().item() > 0 else -x

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    save_model(Untraceable(), to / "untraceable", input_example=array)
print([str(one.message) for one in caught if "torch.export" in str(one.message)][0])
print(refused(lambda: save_model(nn.LazyLinear(3), to / "lazy", input_example=array)))
assert not (to / "lazy").exists()
"""
)


def test_without_a_program_the_weights_are_kept(tmp_path: Path) -> None:
    warning, asked, untraceable, lazy = run_frameworks(STATE, tmp_path)[-4:]
    assert warning == (
        "The model's weights are kept, but not its program. "
        "Give an input_example=… to keep what predicts as well. <string>"
    )
    assert asked.startswith("ModelUnreadable: Couldn't ask the model: it was saved without an")
    assert "torch.export can't make a program of the model: " in untraceable
    assert untraceable.endswith("Only its weights are kept.")
    assert lazy.endswith("some of its layers have no shape yet. Call it with data first.")


EVIL = (
    MODELS
    + """
import io, json, re, zipfile

def rewrite(folder, change):
    shutil.copytree(to / "model", folder)
    forget_checksums(folder)
    with zipfile.ZipFile(to / "model/data/model.pt2") as old:
        with zipfile.ZipFile(folder / "data/model.pt2", "w") as new:
            for name in old.namelist():
                new.writestr(name, change(name.partition("/")[2], old.read(name)))

def call(name, content):
    if name != "models/model.json":
        return content
    code = json.dumps(f"__import__('pathlib').Path('{to}/evaluated').touch()")
    pattern = rb'"expr_str": "[^"]*"'
    assert re.search(pattern, content)
    return re.sub(pattern, f'"expr_str": {code}'.encode(), content)

def unpickle(name, content):
    if name == "data/weights/weight_0":
        out = io.BytesIO()
        torch.save(Evil(to / "unpickled"), out)
        return out.getvalue()
    if name == "data/weights/model_weights_config.json":
        config = json.loads(content)
        for one in config["config"].values():
            one["use_pickle"] = one["path_name"] == "weight_0"
        return json.dumps(config)
    return content

save_model(net, to / "model", input_example=array)
for name, change in (("call", call), ("pickle", unpickle)):
    rewrite(to / name, change)
    print(refused(lambda: load_model(to / name)))
assert not (to / "evaluated").exists() and not (to / "unpickled").exists()
for name in ("call", "pickle"):  # that it is no idle warning
    try:
        load_model(to / name, trust=True)
    except Exception as error:
        print(type(error).__name__)
print((to / "evaluated").exists(), (to / "unpickled").exists())

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    save_model(net, to / "state")
forget_checksums(to / "state")
torch.save({"weight": Evil(to / "ran")}, to / "state/data/state_dict.pth")
print(refused(lambda: load_model(to / "state", native=True)))
(to / "state/data/state_dict.pth").unlink()
torch.save(Evil(to / "ran"), to / "state/data/model.pth")
print(refused(lambda: load_model(to / "state", native=True)))
assert not (to / "ran").exists()
"""
)


def test_a_program_can_run_code_and_is_refused_without_trust(tmp_path: Path) -> None:
    lines = run_frameworks(EVIL, tmp_path)
    for one in lines[:2]:
        assert one.startswith("ModelUntrusted: ")
        assert "'data/model.pt2' is a program, which PyTorch reads with pickle and eval" in one
    assert "True True" in lines
    weights, pickled = lines[-2:]
    assert weights.startswith("ModelUnreadable: ")
    assert pickled.startswith("ModelUntrusted: ")
    assert "its module is a pickle" in pickled


DAMAGE = (
    MODELS
    + """
save_model(net, to / "program", input_example=array)
for said in damage(to / "program", "data/model.pt2"):
    print(said)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    save_model(net, to / "state")
for said in damage(to / "state", "data/state_dict.pth"):
    print(said)
"""
)


def test_what_is_damaged_is_refused_in_one_line(tmp_path: Path) -> None:
    lines = run_frameworks(DAMAGE, tmp_path)
    assert len(lines) == 8
    assert all(one.startswith("ModelUnreadable: Couldn't read the model") for one in lines)


THEIRS = (
    MODELS
    + """
import logging, mlflow.pytorch
from mlflow.models import infer_signature
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
net.eval()
signature = infer_signature(array, told(net, array))
for form in ("pt2", "pickle"):
    options = {"serialization_format": form, "signature": signature, "pip_requirements": []}
    mlflow.pytorch.save_model(net, str(to / form), input_example=array[:2], **options)
    print(refused(lambda: load_model(to / form)))
    loaded = load_model(to / form, trust=True)
    assert np.allclose(loaded.predict(array), told(net, array), atol=1e-6)
"""
)


def test_it_loads_what_mlflow_saved(tmp_path: Path) -> None:
    program, pickled = run_frameworks(THEIRS, tmp_path)[-2:]
    assert "'data/model.pt2' is a program" in program
    assert "its module is a pickle" in pickled
