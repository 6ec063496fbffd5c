"""Models are logged to object storage as they are to a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

import runfolio
from runfolio.errors import ModelConflict
from runfolio.models.description import read_description
from runfolio.store import read_store
from tests.remote.processes import remote


def test_a_model_is_kept_there(url: str, spool: Path) -> None:
    data = pd.DataFrame({"größe": [1.0, 2.0, 3.0]})
    model = LinearRegression().fit(data, [2.0, 4.0, 6.0])
    with runfolio.start_run(store=url, capture=False) as run:
        logged = run.log_model(model, input_example=data)
    assert not list(spool.glob("*"))
    tables = read_store(url)
    rows = tables.artifacts.to_pylist()
    assert {row["kind"] for row in rows} == {"model"}
    names = {one.removeprefix(f"runs/{run.id}/artifacts/") for one in remote(url).list()}
    assert {row["path"] for row in rows} <= names
    described = read_description(tables.root / "runs" / run.id / "artifacts" / "model")
    assert described.digest == logged.digest
    assert json.dumps(described.ours["files"]).count("model.skops") == 1
    with runfolio.start_run(store=url, capture=False, run_id=run.id) as again:
        assert again.log_model(model, input_example=data).digest == logged.digest
        with pytest.raises(ModelConflict, match="another model 'model' already"):
            again.log_model(LinearRegression().fit(data, [1.0, 1.0, 1.0]))
