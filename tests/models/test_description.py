"""MLmodel files are read as MLflow writes them, and refused in one line where they are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import ModelUnreadable
from runfolio.models.description import files_below, find_model_folders, read_description
from runfolio.models.signature import Column, Parameter, Signature, Tensor, describe_type

MLMODEL = """
artifact_path: model
flavors:
  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl}
  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}
mlflow_version: 3.17.2
model_size_bytes: 1234
run_id: 5f3a
saved_input_example_info: {artifact_path: input_example.json, type: dataframe}
signature:
  inputs: '[{"type": "double", "name": "x", "required": true},
    {"type": "array", "items": {"type": "string"}, "name": "words", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]'
  params: '[{"name": "beta", "type": "double", "default": 0.5, "shape": null},
    {"name": "stops", "type": "string", "default": ["a"], "shape": [-1]}]'
utc_time_created: '2026-05-31 18:00:00.123456'
metadata: {team: vision, runfolio: {flavor: sklearn, digest: abc}}
"""


def test_an_mlmodel_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(MLMODEL)
    said = read_description(tmp_path)
    assert said.flavor == "sklearn"
    assert (said.size, said.run_id, said.example) == (1234, "5f3a", "input_example.json")
    assert said.created == 1_780_250_400_123_456
    assert (said.digest, dict(said.metadata)) == ("abc", {"team": "vision"})
    assert said.signature == Signature(
        (
            Column("x", "double"),
            Column("words", {"type": "array", "items": {"type": "string"}}, required=False),
        ),
        (Tensor(None, "float64", (-1, 2)),),
        (Parameter("beta", "double", 0.5), Parameter("stops", "string", ["a"], (-1,))),
    )
    assert Signature.parse(said.signature.document()) == said.signature
    fields = [*(said.signature.inputs or ()), *(said.signature.outputs or ())]
    words = [describe_type(one) for one in [*fields, *(said.signature.params or ())]]
    assert words == ["double", "list of string", "float64 (-1, 2)", "double", "list of string"]


TENSOR = '{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, %s]}}'
NESTED = '{"type": "array", "items": ' * 99 + '{"type": "long"}' + "}" * 99


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "No such file"),
        ("[]", "names no flavors"),
        ("flavors: {a: {}}\nsignature: {inputs: '{'}", "Expecting"),
        ('flavors: {a: {}}\nsignature: {inputs: \'[{"type": "tensor"}]\'}', "no tensor-spec"),
        ("flavors: [", "line"),
        (f"flavors: {{a: {{}}}}\nsignature: {{inputs: '{'[' * 100_000}'}}", "nested too deeply"),
        (f"flavors: {{a: {{}}}}\nsignature: {{inputs: '[{NESTED}]'}}", "nested too deeply"),
        (f"flavors: {{a: {{}}}}\nsignature: {{inputs: '[{TENSOR % 2**63}]'}}", "has the shape"),
        (f"flavors: {{a: {{}}}}\nsignature: {{inputs: '[{TENSOR % -2}]'}}", "has the shape"),
    ],
)
def test_what_is_none_is_refused(tmp_path: Path, text: str | None, reason: str) -> None:
    if text is not None:
        (tmp_path / "MLmodel").write_text(text)
    with pytest.raises(ModelUnreadable, match=reason):
        read_description(tmp_path)


def test_folders_with_a_model_are_found() -> None:
    paths = ["model/MLmodel", "models/m-1/MLmodel", "MLmodel", "MLmodel/x", "a/b.txt"]
    assert find_model_folders(paths) == ["", "model", "models/m-1"]


def test_files_are_those_below_a_folder() -> None:
    listed = {"model/MLmodel": 1, "model/code/a.py": 2, "model-2/MLmodel": 3, "model": 4}
    assert files_below(listed, "model") == {"MLmodel": 1, "code/a.py": 2}
    assert files_below(listed, "") == listed
    assert files_below(listed, "mod") == {}
