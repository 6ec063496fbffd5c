"""Runs that kept a model, made of a few small files by hand."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import runfolio
from runfolio.store.layout import run_folder
from runfolio.store.manifest import describe_file, encode_manifest, read_manifest
from runfolio.store.parquet import encode_table, read_parquet
from runfolio.tracking.run import Run

MLMODEL = """
flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.11.7}
  sklearn: {pickled_model: model.pkl}
signature:
  inputs: '[{"type": "double", "name": "alcohol", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
"""


def keep_model(run: Run, content: str = "weights", *, path: str = "model") -> None:
    """Log the files of a model that is no real one."""
    run.log_text(MLMODEL, f"{path}/MLmodel")
    run.log_text(content, f"{path}/model.pkl")
    run.log_text("scikit-learn==1.5.0\n", f"{path}/requirements.txt")
    run.log_text('{"columns": ["alcohol"], "data": [[9.4]]}', f"{path}/input_example.json")


def log_model_run(store: Path | str, content: str = "weights", **options: Any) -> str:
    """A run that kept such a model; its id."""
    with runfolio.start_run(store=store, experiment="wine", capture=False, **options) as run:
        run.log_params({"alpha": 0.5})
        run.log_metric("rmse", 0.7)
        keep_model(run, content)
    return run.id


def list_elsewhere(store: Path, run_id: str, path: str) -> None:
    """Let the tables of a run say that its model's files lie in the folder `path`."""
    tables = run_folder(store, run_id).tables
    listed = read_parquet(tables / "artifacts.parquet")
    paths = [one.replace("model/", f"{path}/", 1) for one in listed["path"].to_pylist()]
    place = listed.schema.get_field_index("path")
    content = encode_table(listed.set_column(place, listed.schema.field(place), [paths]))
    (tables / "artifacts.parquet").write_bytes(content)
    manifest = read_manifest(tables / "manifest.json")
    manifest.files["artifacts.parquet"] = describe_file(content)
    (tables / "manifest.json").write_bytes(encode_manifest(manifest))


def digest_of(content: str) -> str:
    """The digest of its files, as anybody can work it out."""
    files = {
        "model.pkl": content,
        "requirements.txt": "scikit-learn==1.5.0\n",
        "input_example.json": '{"columns": ["alcohol"], "data": [[9.4]]}',
    }
    lines = sorted(f"{hashlib.sha256(t.encode()).hexdigest()}  {n}\n" for n, t in files.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()
