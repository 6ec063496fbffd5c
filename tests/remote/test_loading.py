"""Loading a model from a store on object storage: only its files come, and they are checked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LinearRegression

import runfolio
from runfolio.errors import ModelNotFound, ModelUnreadable, ModelUntrusted, RunNotFound
from runfolio.store.remote import RemoteStore, StoredObject
from tests.remote.processes import content, remote

DATA = [[1.0], [2.0], [3.0]]


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were downloaded."""
    paths: list[str] = []
    fetch = RemoteStore.fetch

    def note(self: RemoteStore, objects: Iterable[StoredObject], into: Path) -> set[str]:
        wanted = list(objects)
        paths.extend(one.path for one in wanted)
        return fetch(self, wanted, into)

    monkeypatch.setattr(RemoteStore, "fetch", note)
    return paths


def double(data: Any) -> Any:
    return data * 2


def log(url: str) -> str:
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_model(LinearRegression().fit(DATA, [2, 4, 6]))
        run.log_model(double, "function")
        run.log_text("much", "other/large.txt")
    runfolio.register_model(run.id, "line", path="model", aliases=["champion"], store=url)
    return run.id


def test_only_the_files_of_the_model_are_fetched(url: str, fetched: list[str]) -> None:
    run_id = log(url)
    artifacts = f"runs/{run_id}/artifacts/"
    for address in (f"runs:/{run_id[:8]}/model", "models:/line@champion", "models:/line/1"):
        model = runfolio.load_model(address, store=url)
        assert model.predict(DATA).round(6).tolist() == [2, 4, 6]
    there = {path for path in content(url) if path.startswith(f"{artifacts}model/")}
    got = [path for path in fetched if path.startswith(artifacts)]
    assert sorted(got) == sorted(there)
    assert "MLmodel" in {path.rpartition("/")[2] for path in got}


def test_errors_name_the_address_and_no_folder_of_a_copy(url: str) -> None:
    run_id = log(url)
    with pytest.raises(ModelUntrusted, match=r"The model 'runs:/.*/function' is not loaded"):
        runfolio.load_model(f"runs:/{run_id}/function", store=url)
    path = f"runs/{run_id}/artifacts/model/model.skops"
    remote(url).put(b"something else", path)
    with pytest.raises(ModelUnreadable, match=r"'model.skops' doesn't match its checksum"):
        runfolio.load_model("models:/line/1", store=url)
    remote(url).delete([path])
    with pytest.raises(ModelUnreadable, match=r"'model.skops' is gone"):
        runfolio.load_model("models:/line/1", store=url)
    with pytest.raises(ModelNotFound, match="'line' has no version 2"):
        runfolio.load_model("models:/line/2", store=url)
    with pytest.raises(RunNotFound, match=f"No run 'zz' in '{url}'"):
        runfolio.load_model("runs:/zz/model", store=url)


def test_a_file_that_its_library_refuses_is_named_by_its_address(url: str, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(
        "flavors: {sklearn: {pickled_model: model.skops, serialization_format: skops}}"
    )
    (tmp_path / "model.skops").write_text("nothing")
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_artifacts(tmp_path, "model")
    named = f"{url}/runs/{run.id}/artifacts/model/model.skops"
    with pytest.raises(ModelUnreadable, match=f"Couldn't read the model file '{named}'"):
        runfolio.load_model(f"runs:/{run.id}/model", store=url)
