"""Registered models written as an `mlruns` folder, as MLflow itself reads and loads them."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.exports import export_runs
from runfolio.models.registering import register_model
from runfolio.models.registry import delete_model, list_models, note_model, tag_model
from runfolio.sources import import_runs
from runfolio.store.edits import Edit, write_edit
from runfolio.store.registry import MODEL, VERSION
from tests.sources.mlflow_registering import (
    MLMODEL,
    close_mlflow,
    open_client,
    read_registry_of,
    uri_of,
    write_registry,
)


@pytest.fixture(autouse=True)
def _no_client_left() -> Iterator[None]:
    yield
    close_mlflow()


def log_model(store: Path, weights: str = "1") -> str:
    """A run that kept a model of no library's."""
    with runfolio.start_run(name=weights, store=store) as run:
        run.log_text(MLMODEL, "nets/a b/MLmodel")
        run.log_text(weights, "nets/a b/weights.txt")
    return run.id


def export(store: Path, target: Path, filter: str = "") -> tuple[Any, tuple[str, ...]]:  # noqa: A002
    """MLflow's client of what was exported, and the warnings."""
    done = export_runs("mlflow", target, store=store, filter=filter)
    return open_client(target.as_uri()), done.warnings


def test_mlflow_lists_models_and_finds_their_files(store: Path, tmp_path: Path) -> None:
    run_id = log_model(store)
    said: dict[str, Any] = {"aliases": ["champion", "production"], "note": "x"}
    said["tags"] = {"a b": "c", "stage": "z"}
    version = register_model(run_id, "red wine", store=store, **said)
    note_model("red wine", "Of *wine*.\nRed: #1", store=store)
    tag_model("red wine", {"task": "rate"}, store=store)
    client, warned = export(store, tmp_path / "mlruns")
    assert warned == ()
    [model] = client.search_registered_models()
    assert (model.name, model.description) == ("red wine", "Of *wine*.\nRed: #1")
    assert (model.tags, model.aliases) == ({"task": "rate"}, {"champion": "1", "production": "1"})
    [found] = client.search_model_versions("name = 'red wine'")
    assert (int(found.version), found.run_id, found.description) == (1, run_id, "x")
    assert (found.current_stage, found.tags) == ("Production", {"a b": "c", "stage": "z"})
    assert sorted(found.aliases) == ["champion", "production"]
    assert (found.creation_timestamp, found.user_id) == (version.time // 1000, version.user)
    mlflow: Any = import_module("mlflow")
    place = mlflow.artifacts.download_artifacts("models:/red wine@champion")
    assert Path(place, "weights.txt").read_text() == "1"


@pytest.mark.parametrize("kind", ["folder", "database"])
def test_what_came_from_mlflow_is_there_again(store: Path, tmp_path: Path, kind: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    client = open_client(uri_of(kind, project))
    write_registry(client, project)
    before = read_registry_of(client)
    import_runs(project, store=store, strict=True)
    shutil.rmtree(project)
    client, warned = export(store, tmp_path / "again")
    assert "wine quality/5" in warned[-1]
    after = read_registry_of(client)
    del before["empty"], before["wine quality"]["versions"][5]
    before["copied"]["aliases"] = {}
    before["wine quality"]["aliases"] |= {"archived": 1, "production": 3}
    for name, told in before.items():
        for number, version in told["versions"].items():
            kept = client.get_model_version(name, str(number))
            version["run"] = version["run"] or kept.run_id
    assert after == before
    for name in after:
        for number in after[name]["versions"]:
            where = client.get_model_version_download_uri(name, str(number))
            mlflow: Any = import_module("mlflow")
            listed = mlflow.artifacts.list_artifacts(where)
            assert {one.path.rpartition("/")[2] for one in listed} == {"MLmodel", "weights.txt"}
    again = tmp_path / "twice"
    import_runs(tmp_path / "again", store=again, strict=True)
    ids = [[one.id for one in model.versions] for model in list_models(store=again)]
    shown = {one.name: one for one in list_models(store=store)}
    assert ids == [
        [one.id for one in shown[name].versions if one.run_id]
        for name in ("copied", "wine quality")
    ]


def test_mlflow_loads_a_model_by_its_alias(store: Path, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow: Any = import_module("mlflow")
        import numpy as np
        from sklearn.linear_model import LinearRegression

        features = np.arange(8.0).reshape(4, 2)
        model = LinearRegression().fit(features, features.sum(axis=1))
        mlflow.sklearn.save_model(model, tmp_path / "net", pip_requirements=[])
        with runfolio.start_run(name="a", store=store) as run:
            run.log_artifacts(tmp_path / "net", "my model")
        register_model(run.id, "best", aliases=["champion", "staging"], store=store)
        export(store, tmp_path / "mlruns")
        for address in ("models:/best@champion", "models:/best/1", "models:/best/Staging"):
            loaded = mlflow.pyfunc.load_model(address)
            assert (loaded.predict(features) == model.predict(features)).all()


def test_only_versions_of_runs_that_are_written_are(store: Path, tmp_path: Path) -> None:
    first, second = log_model(store, "1"), log_model(store, "2")
    register_model(first, "both", store=store, aliases=["old"])
    register_model(second, "both", store=store, aliases=["new"])
    register_model(second, "second", store=store)
    register_model(first, "gone", store=store)
    delete_model("gone", store=store)
    client, warned = export(store, tmp_path / "mlruns", "name = '1'")
    assert warned == ()
    [model] = client.search_registered_models()
    assert (model.name, model.aliases) == ("both", {"old": "1"})
    assert [int(one.version) for one in client.search_model_versions()] == [1]


def test_names_that_mlflow_refuses_are_written_otherwise(store: Path, tmp_path: Path) -> None:
    run_id = log_model(store)
    names = ["50%", "a\\b", "..", "a\nb", "x" * 250, "日" * 250, "fine (really), so!", "con.", "~"]
    for name in names:
        register_model(run_id, name, store=store)
    tag_model("~", {"what?": "x"}, store=store)
    client, warned = export(store, tmp_path / "mlruns")
    found = client.search_registered_models()
    assert len(found) == len(names)
    assert {"fine (really), so!", "~", "con."} <= {one.name for one in found}
    assert all(name in warned[0] for name in ("'50%'", "'..'", "'what?'"))
    assert {len(client.search_model_versions(f'name = "{one.name}"')) for one in found} == {1}


def test_a_hostile_registry_writes_nothing_outside(store: Path, tmp_path: Path) -> None:
    run_id = log_model(store)
    said = {"number": 1, "run_id": run_id, "path": "nets/a b"}
    hostile = [
        Edit(1, VERSION, "0" * 16, {**said, "model": "../../up", "tags": {"../../tag": "x"}}),
        Edit(2, MODEL, "../../up", {"aliases": {"../../alias": "0" * 16, "ok": "0" * 16}}),
        Edit(3, VERSION, "1" * 16, {**said, "model": "away", "path": "../../../../etc"}),
        Edit(4, VERSION, "2" * 16, {**said, "model": "/abs:x@y"}),
        Edit(5, MODEL, "/abs:x@y", {"aliases": {"ü" * 200: "2" * 16}}),
    ]
    for edit in hostile:
        write_edit(store, edit)
    place = tmp_path / "inner" / "mlruns"
    client, warned = export(store, place)
    assert [one.name for one in (tmp_path / "inner").iterdir()] == ["mlruns"]
    written = {one.relative_to(place).parts[0] for one in place.rglob("*up*")}
    assert written == {"models"}
    assert not list(tmp_path.glob("alias")) + list(place.glob("models/alias"))
    assert "away/1" in warned[-1]
    assert len(client.search_registered_models()) == 2
