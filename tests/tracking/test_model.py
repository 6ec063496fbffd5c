"""`log_model` keeps a whole model as artifacts of its run, or nothing of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runfolio
from runfolio.errors import (
    InvalidName,
    InvalidPath,
    InvalidValue,
    ModelConflict,
    ModelUnsaved,
    NoActiveRun,
    RunFinished,
)
from runfolio.models.description import find_model_folders, read_description
from runfolio.models.signature import Column, Signature
from runfolio.store import read_store
from runfolio.tracking.models import LoggedModel

DATA = pd.DataFrame({"größe": [1.0, 2.0, 3.0], "\U0001f377": ["a", "b", "c"]})


def ask(data: pd.DataFrame) -> Any:
    """The model of these tests."""
    return data["größe"] * 2


def ask_otherwise(data: pd.DataFrame) -> Any:
    """Another one."""
    return data["größe"] * 3


@pytest.fixture
def run(store: Path) -> Any:
    with runfolio.start_run(store=store, capture=False) as run:
        yield run


def list_artifacts(run: runfolio.Run) -> dict[str, dict[str, Any]]:
    """What the store lists of the run, which is what lies there."""
    rows = read_store(run.folder.parents[1]).artifacts.to_pylist()
    folder = run.folder / "artifacts"
    for row in rows:
        content = (folder / row["path"]).read_bytes()
        assert (row["size"], row["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    on_disk = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}
    assert on_disk == {row["path"] for row in rows}
    return {row["path"]: row for row in rows}


def test_a_model_is_kept_with_its_files(run: runfolio.Run) -> None:
    logged = run.log_model(ask, input_example=DATA, metadata={"team": "wine"})
    listed = list_artifacts(run)
    assert {row["kind"] for row in listed.values()} == {"model"}
    assert find_model_folders(listed) == ["model"]
    described = read_description(run.folder / "artifacts" / "model")
    assert logged == LoggedModel(
        run_id=run.id,
        path="model",
        uri=f"runs:/{run.id}/model",
        flavor="function",
        size=sum(row["size"] for path, row in listed.items() if path != "model/MLmodel"),
        digest=described.digest or "",
        signature=Signature(
            (Column("größe", "double"), Column("\U0001f377", "string")),
            (Column("größe", "double"),),
        ),
    )
    assert (described.run_id, dict(described.metadata)) == (run.id, {"team": "wine"})
    assert described.signature == logged.signature
    run.finish()
    assert list_artifacts(run) == listed


def test_the_active_run_keeps_a_model(store: Path) -> None:
    with pytest.raises(NoActiveRun, match="No run is active"):
        runfolio.log_model(ask)
    with runfolio.start_run(store=store, capture=False) as run:
        assert runfolio.log_model(ask, "fünf").uri == f"runs:/{run.id}/fünf"
        with pytest.raises(InvalidValue, match="no flavour 'x'"):
            runfolio.log_model(ask, flavor="x")
    with pytest.raises(RunFinished, match="has ended"):
        run.log_model(ask)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        *(("a/b", InvalidName), ("/a", InvalidPath), ("..", InvalidPath), (".", InvalidPath)),
        *(("", InvalidName), ("a\\b", InvalidPath), ("x" * 300, InvalidName), (None, InvalidName)),
    ],
)
def test_a_name_is_that_of_a_folder(run: runfolio.Run, name: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        run.log_model(ask, name)
    assert list_artifacts(run) == {}


def test_a_name_is_taken_once(run: runfolio.Run) -> None:
    first = run.log_model(ask)
    listed = list_artifacts(run)
    assert run.log_model(ask) == first
    assert list_artifacts(run) == listed
    with pytest.raises(ModelConflict, match=r"another model 'model' already.*name='model-2'"):
        run.log_model(ask_otherwise)
    assert list_artifacts(run) == listed
    assert run.log_model(ask_otherwise, run.free_model_name()).path == "model-2"
    assert run.free_model_name() == "model-3"


def test_a_resumed_run_knows_its_models(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_model(ask)
    with runfolio.start_run(store=store, capture=False, run_id=run.id) as again:
        assert again.log_model(ask).path == "model"
        with pytest.raises(ModelConflict, match="another model 'model' already"):
            again.log_model(ask_otherwise)


def test_what_cannot_be_saved_leaves_nothing(run: runfolio.Run) -> None:
    with pytest.raises(ModelUnsaved, match="A dict can't be saved as a model"):
        run.log_model({})
    with pytest.raises(InvalidValue, match="An input example"):
        run.log_model(ask, input_example=object())
    with pytest.raises(InvalidValue, match="Metadata of a model"):
        run.log_model(ask, metadata={"a": object()})
    assert list_artifacts(run) == {}
    assert run.log_model(ask).path == "model"


def test_a_model_is_kept_whole_or_not_at_all(run: runfolio.Run) -> None:
    run.log_text("in the way", "model/function.pkl/x")
    listed = list_artifacts(run)
    with pytest.raises(InvalidPath, match=r"'model/function\.pkl' is a folder where"):
        run.log_model(ask)
    assert list_artifacts(run) == listed
    run.log_model(ask, "other")


def test_an_example_is_never_the_whole_data_set(run: runfolio.Run) -> None:
    values = np.arange(1000.0)
    run.log_model(lambda data: data["x"], input_example=pd.DataFrame({"x": values}))
    for path in (run.folder / "artifacts").rglob("*"):
        assert path.is_dir() or b"777.0" not in path.read_bytes()
