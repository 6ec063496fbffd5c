"""ONNX graphs."""

from __future__ import annotations

from pathlib import Path

from tests.models.frameworks.programs import ask_mlflow, run_frameworks

MODELS = """
import sys
from pathlib import Path
import numpy as np, onnx, onnxruntime, pandas as pd
from onnx import TensorProto, helper, numpy_helper
from runfolio.models.loading import load_model
from runfolio.models.saving import save_model
from tests.models.frameworks.keeping import damage, find_pickles, forget_checksums, keep, refused

to = Path(sys.argv[1])
rng = np.random.default_rng(7)
array = rng.normal(size=(6, 3)).astype("float32")
table = pd.DataFrame(array, columns=list("abc"))
weights = rng.normal(size=(3, 200)).astype("float32")

def make_graph(*, two=False):
    kept = numpy_helper.from_array(weights, "w")
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["product" if two else "y"])]
    if two:
        inputs.append(helper.make_tensor_value_info("bias", TensorProto.FLOAT, [None, 200]))
        nodes.append(helper.make_node("Add", ["product", "bias"], ["y"]))
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 200])]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, [kept])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
"""

TRIP = (
    MODELS
    + """
graph = make_graph()
before = graph.SerializeToString()
loaded = keep(graph, to / "graph", array, {"x": array}, array.astype("float64"), table)
assert graph.SerializeToString() == before
assert np.allclose(loaded.predict(array)["y"], array @ weights, atol=1e-6)
assert list(loaded.predict(table).y) == list(loaded.predict(array)["y"].ravel())
native = load_model(to / "graph", native=True)
assert type(native) is onnxruntime.InferenceSession

onnx.save_model(graph, to / "graph.onnx")
loaded = keep(to / "graph.onnx", to / "path", array, input_example=array)
(output,) = loaded.signature.outputs
assert (output.name, output.dtype, output.shape) == ("y", "float32", (-1, 200))
outside = {"save_as_external_data": True, "location": "weights", "size_threshold": 0}
onnx.save_model(graph, to / "large.onnx", **outside)
assert (to / "weights").stat().st_size == weights.nbytes
keep(str(to / "large.onnx"), to / "large", array)

import runfolio.models.flavors.onnx as flavor
flavor.MAX_FILE = 10  # what is too large for one file
named = make_graph(two=True)
keep(named, to / "named", {"x": array, "bias": array[:, :1] @ weights[:1]})
assert (numpy_helper.to_array(named.graph.initializer[0]) == weights).all()
assert sorted(one.name for one in (to / "named").glob("model*")) == [
    "model.onnx", "model.onnx.data"
]
print(refused(lambda: load_model(to / "named").predict(array)))
assert find_pickles(to) == []
"""
)


def test_it_comes_back_and_mlflow_gives_the_same_answers(tmp_path: Path) -> None:
    (asked,) = run_frameworks(TRIP, tmp_path)
    assert asked == (
        "SignatureMismatch: Couldn't ask the model: it takes 'x', 'bias', and there is no "
        "'x', 'bias'. Pass a dict of arrays by name."
    )
    names = ("graph", "path", "large", "named")
    found = ask_mlflow(*(tmp_path / one for one in names))
    assert found == {"graph": 4, "path": 1, "large": 1, "named": 1}


REFUSALS = (
    MODELS
    + """
from runfolio.models.flavors.kinds import find_flavor
(to / "junk.onnx").write_text("junk")
for model in (to / "none.onnx", to / "junk.onnx", onnx.ModelProto()):
    print(refused(lambda: save_model(model, to / "empty")))
assert not (to / "empty").exists()
save_model(make_graph(), to / "model")
for said in damage(to / "model", "model.onnx"):
    print(said)

secret = to / "secret"
secret.write_bytes(weights.tobytes())
for place in ("../secret", str(secret)):
    graph = make_graph()
    tensor = graph.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", place
    (to / "model/model.onnx").write_bytes(graph.SerializeToString())
    print(refused(lambda: load_model(to / "model")))
"""
)


def test_what_is_invalid_or_damaged_is_refused_in_one_line(tmp_path: Path) -> None:
    lines = run_frameworks(REFUSALS, tmp_path)
    assert [one.partition(":")[0] for one in lines] == ["ModelUnsaved"] * 3 + [
        "ModelUnreadable"
    ] * 6
    assert "none.onnx'" in lines[0]
    assert all(one.endswith("Give it a valid ONNX graph.") for one in lines[:3])


THEIRS = (
    MODELS
    + """
import logging, mlflow.onnx
logging.disable(logging.WARNING)
for outside in (True, False):
    folder = to / f"model-{outside}"
    options = {"save_as_external_data": outside, "pip_requirements": []}
    mlflow.onnx.save_model(make_graph(), str(folder), **options)
    answer = load_model(folder).predict(array)
    assert np.allclose(answer["y"], array @ weights, atol=1e-6)
print("equal")
"""
)


def test_it_loads_what_mlflow_saved(tmp_path: Path) -> None:
    assert run_frameworks(THEIRS, tmp_path)[-1] == "equal"
