"""MLflow's registry of models: imported, imported again, and read where it lies."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import MlflowUnreadable
from runfolio.models.registry import (
    delete_alias,
    delete_model,
    get_model,
    list_models,
    note_model,
    set_alias,
    tag_model,
)
from runfolio.schema import derive_run_id
from runfolio.sources import import_runs, open_foreign, read_foreign
from runfolio.sources.mlflow.stores import SOURCE
from runfolio.sources.reading import Reading
from runfolio.store import read_store
from runfolio.store.registry import ModelVersion, RegisteredModel, read_registry
from tests.samples import sample
from tests.sources.mlflow_registering import (
    close_mlflow,
    open_client,
    read_registry_of,
    stage,
    uri_of,
    write_model,
    write_registry,
)
from tests.sources.mlflow_writing import RUN, START, write, write_experiment, write_run
from tests.sources.reads import read_models
from tests.store.snapshots import list_tree

MIGRATIONS = (
    "import runpy; runpy.run_module('tests.sources.mlflow_migrations', run_name='__main__')"
)

KINDS = ("folder", "database")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A folder for a store of MLflow's, which forgets it in the end."""
    folder = tmp_path / "project"
    folder.mkdir()
    yield folder
    close_mlflow()


def version_of(store: Path, name: str, number: int) -> ModelVersion:
    [found] = [one for one in get_model(name, store=store).versions if one.number == number]
    return found


def numbers(model: RegisteredModel) -> dict[str, int]:
    return {alias: one.number for alias, one in model.aliases.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_what_mlflow_says_of_its_models_is_kept(project: Path, store: Path, kind: str) -> None:
    client = open_client(uri_of(kind, project))
    write_registry(client, project)
    theirs = read_registry_of(client)
    summary = import_runs(project, store=store, strict=True)
    assert (summary.added, summary.models, summary.versions) == (2, 3, 6)
    ours = {one.name: one for one in list_models(store=store)}
    assert set(ours) == set(theirs) == {"wine quality", "empty", "copied"}
    for name, told in theirs.items():
        found = ours[name]
        assert (found.note, found.tags) == (told["note"], told["tags"])
        assert found.time == told["time"] * 1000
        assert {one.number for one in found.versions} == set(told["versions"])
        for one in found.versions:
            said = told["versions"][one.number]
            assert (one.note, one.time) == (said["note"], said["time"] * 1000)
            assert {k: v for k, v in one.tags.items() if k != "stage"} == said["tags"]
            if said["run"] is not None:
                assert one.run_id == derive_run_id("mlflow", said["run"])
    assert numbers(ours["wine quality"]) == {
        "archived": 1,
        "champion": 4,
        "production": 3,
        "staging": 1,
    }
    stages = {one.number: one.tags.get("stage") for one in ours["wine quality"].versions}
    assert stages == {1: "Archived", 2: "Production", 3: None, 4: None, 5: "Staging"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_files_of_each_version_are_known_in_the_run(
    project: Path, store: Path, kind: str
) -> None:
    client = open_client(uri_of(kind, project))
    write_registry(client, project)
    import_runs(project.rename(project.with_name("moved")), store=store, strict=True)
    artifacts = read_store(store).artifacts.to_pylist()
    digests = {(row["run_id"], row["path"]): row["sha256"] for row in artifacts}
    for model in list_models(store=store):
        for one in (one for one in model.versions if one.run_id is not None):
            sha256 = digests[one.run_id or "", f"{one.path}/weights.txt"]
            line = f"{sha256}  weights.txt\n".encode()
            assert one.digest == hashlib.sha256(line).hexdigest()
            assert (one.run_id, f"{one.path}/MLmodel") in digests
    paths = {one.number: one.path for one in get_model("wine quality", store=store).versions}
    assert paths == {n: f"my models/v{n}" for n in (1, 2, 3)} | {4: "net", 5: ""}
    assert version_of(store, "copied", 1).path == "my models/v2"
    elsewhere = version_of(store, "wine quality", 5)
    assert (elsewhere.run_id, elsewhere.source) == (None, str(project / "new-net"))
    assert runfolio.verify(store=store).problems == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_import_adds_only_what_is_new(project: Path, store: Path, kind: str) -> None:
    client = open_client(uri_of(kind, project))
    runs = write_registry(client, project)
    import_runs(project, store=store)
    before = list_tree(store)
    summary = import_runs(project, store=store)
    assert (summary.models, summary.versions) == (3, 0)
    assert list_tree(store) == before
    uri = client.get_run(runs["first"]).info.artifact_uri
    client.create_model_version("wine quality", f"{uri}/my models/v3", runs["first"])
    client.set_registered_model_alias("wine quality", "champion", 7)
    client.set_registered_model_tag("wine quality", "new", "1")
    client.delete_registered_model_alias("wine quality", "staging")
    client.delete_model_version("wine quality", 4)
    stage(client, "wine quality", 2, "None")
    summary = import_runs(project, store=store)
    assert (summary.models, summary.versions) == (3, 1)
    model = get_model("wine quality", store=store)
    assert numbers(model) == {"archived": 1, "champion": 7, "production": 3, "staging": 5}
    assert [one.number for one in model.versions] == [1, 2, 3, 5, 7]
    assert model.tags == {"task": "rate", "new": "1"}
    assert [one.tags.get("stage") for one in model.versions[:2]] == [None, None]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_said_in_the_store_stays(project: Path, store: Path, kind: str) -> None:
    client = open_client(uri_of(kind, project))
    write_registry(client, project)
    import_runs(project, store=store)
    set_alias("wine quality", "champion", 1, store=store)
    delete_alias("wine quality", "production", store=store)
    note_model("wine quality", "ours", store=store)
    note_model("wine quality", "", 1, store=store)
    tag_model("wine quality", {"task": "mine"}, store=store)
    tag_model("wine quality", {"size": None}, 1, store=store)
    delete_model("wine quality", 2, store=store)
    delete_model("copied", store=store)
    client.set_registered_model_alias("wine quality", "champion", 3)
    client.update_registered_model("wine quality", "theirs")
    client.set_registered_model_tag("wine quality", "task", "theirs")
    client.update_model_version("wine quality", 2, "theirs")
    client.copy_model_version("models:/wine quality/3", "copied")
    import_runs(project, store=store)
    model = get_model("wine quality", store=store)
    assert numbers(model) == {"archived": 1, "champion": 1, "staging": 1}
    assert (model.note, model.tags) == ("ours", {"task": "mine"})
    first = model.versions[0]
    assert (first.note, first.tags) == (None, {"ünï": "日本", "stage": "Archived"})
    assert [one.number for one in model.versions] == [1, 3, 4, 5]
    assert [one.name for one in list_models(store=store)] == ["empty", "wine quality"]


def test_two_stores_of_one_name_become_one_model(project: Path, store: Path) -> None:
    for kind in KINDS:
        folder = project / kind
        folder.mkdir()
        client = open_client(uri_of(kind, folder))
        write_registry(client, folder)
        import_runs(folder, store=store)
    before = list_tree(store)
    for kind in KINDS:
        import_runs(project / kind, store=store)
    assert list_tree(store) == before
    model = get_model("wine quality", store=store)
    assert [one.number for one in model.versions] == list(range(1, 11))
    assert numbers(model) == {"archived": 1, "champion": 4, "production": 3, "staging": 1}


def test_imports_on_two_machines_merge(project: Path, tmp_path: Path) -> None:
    write_registry(open_client(uri_of("folder", project)), project)
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        import_runs(project, store=place)
    apart = read_registry(places[0])
    shutil.copytree(places[1] / "edits", places[0] / "edits", dirs_exist_ok=True)
    assert read_registry(places[0]) == apart


@pytest.mark.parametrize("kind", KINDS)
def test_models_are_read_where_they_lie(project: Path, store: Path, kind: str) -> None:
    write_registry(open_client(uri_of(kind, project)), project)
    before = list_tree(project)
    with read_foreign(open_foreign(project)) as tables:
        models = tables.models
    import_runs(project, store=store)
    assert models == read_store(store).models
    assert list_tree(project) == before


@pytest.mark.parametrize("kind", ["mlflow_file", "mlflow_sqlite"])
def test_a_store_of_others_tells_its_model(store: Path, kind: str) -> None:
    summary = import_runs(sample(kind, "made"), store=store, strict=True)
    assert (summary.models, summary.versions) == (1, 1)
    [model] = list_models(store=store)
    assert (model.name, numbers(model)) == ("toy-model", {"champion": 1})
    [version] = model.versions
    assert (version.path, version.digest is None) == ("model", False)
    assert runfolio.get_run(version.run_id or "", store=store).status == "FINISHED"


def write_version(
    store: Path, number: int, *, name: str = "net", more: str = "", source: str = "models:/x/1"
) -> Path:
    """A version's folder in a registry, written as MLflow writes it."""
    model = store / "models" / name
    if not (model / "meta.yaml").exists():
        write(model / "meta.yaml", f"creation_timestamp: {START}\nname: {name}\n")
    text = f"creation_timestamp: {START + number}\ncurrent_stage: None\n{more}name: {name}\n"
    folder = model / f"version-{number}"
    write(folder / "meta.yaml", f"{text}source: {source}\nversion: {number}\n")
    return folder


def test_folders_like_those_of_models_are_none(tmp_path: Path) -> None:
    run = write_run(write_experiment(tmp_path))
    write_version(run / "artifacts", 1)
    logged = tmp_path / "7" / "models" / f"m-{'0' * 32}"
    write(logged / "meta.yaml", "model_id: x\nname: net\n")
    assert read_models(SOURCE, tmp_path, Reading(SOURCE.error, strict=True)) == []


def test_a_part_of_a_registry_may_be_the_place(tmp_path: Path) -> None:
    write_version(tmp_path / "mlruns", 3, more="run_id: gone\n")
    for place in ("mlruns", "mlruns/models", "mlruns/models/net"):
        [model] = read_models(SOURCE, tmp_path / place, Reading(SOURCE.error, strict=True))
        assert (model.name, [one.number for one in model.versions]) == ("net", [3])


def test_what_cannot_be_read_of_a_registry_is_skipped_and_named(
    tmp_path: Path, store: Path
) -> None:
    place = tmp_path / "mlruns"
    write_run(write_experiment(place))
    for number in (1, 2, 3):
        write_version(place, number, source=f"runs:/{RUN}/plots")
    models = place / "models" / "net"
    write(models / "version-2" / "meta.yaml", "current_stage: None\ncreat")
    write(models / "version-3" / "tags" / ("k" * 251), "long")
    write(models / "meta.yaml", "- no keys\n")
    for alias, told in {"a b": "1", "lost": "9", "none": "x", "latest": "1", "good": "1"}.items():
        write(models / "aliases" / alias, told)
    summary = import_runs(place, store=store)
    reasons = " ".join(f"{one.path}: {one.reason}" for one in summary.skipped)
    for wanted in (
        "version-2/meta.yaml: its last line is cut off, so this version of a model may not",
        "net/meta.yaml: it doesn't hold keys with values, so the model's note",
        "'x' is no number of a version",
        "the alias 'lost' leads to a version that isn't here",
        "not 'a b'",
        "'latest' would look like a version",
        "version 3: A tag name has at most 250 characters",
    ):
        assert wanted in reasons
    assert len(summary.skipped) == 7
    model = get_model("net", store=store)
    assert ([one.number for one in model.versions], numbers(model)) == ([1, 3], {"good": 1})
    with pytest.raises(MlflowUnreadable, match="Leave out --strict to skip it"):
        import_runs(place, store=tmp_path / "strict", strict=True)
    assert not (tmp_path / "strict").exists()


@pytest.mark.parametrize(
    ("source", "skips"),
    [
        (f"runs:/{RUN}/../../secret", 1),
        (f"file:///x/{RUN}/artifacts/../..", 1),
        (f"file:///x/{RUN}/artifacts/a%2F..%2F..%2Fb", 0),
        (f"file:///x/{RUN}/artifacts/a\\..\\..\\b", 1),
        ("models:/../../x", 0),
        ("file:///etc/passwd", 0),
        ("'" + "x/artifacts/" * 2000 + "'", 0),
        ("[1, 2]", 0),
    ],
)
def test_a_hostile_source_leads_nowhere(
    tmp_path: Path, store: Path, source: str, skips: int
) -> None:
    place = tmp_path / "mlruns"
    write_run(write_experiment(place))
    write_version(place, 1, source=source)
    summary = import_runs(place, store=store)
    assert len(summary.skipped) == skips
    [version] = get_model("net", store=store).versions
    assert ".." not in version.path.split("/")
    assert version.digest is None


@pytest.mark.parametrize(
    "name", ["..", "a@b", "x" * 400, "<script>", '"a: b/c"', "'  '", '"\\ud800x"', "'\\'"]
)
def test_names_are_fitted(tmp_path: Path, store: Path, name: str) -> None:
    place = tmp_path / "mlruns"
    write_run(write_experiment(place))
    folder = write_version(place, 1)
    write(folder.parent / "meta.yaml", f"creation_timestamp: {START}\nname: {name}\n")
    import_runs(place, store=store)
    [model] = list_models(store=store)
    assert len(model.name) <= 250
    assert not set("/:@") & set(model.name)
    assert [one.number for one in model.versions] == [1]


def test_names_that_are_fitted_stay_apart(tmp_path: Path, store: Path) -> None:
    place = tmp_path / "mlruns"
    write_run(write_experiment(place))
    for name in ("a@b", "a-b"):
        write_version(place, 1, name=name)
    import_runs(place, store=store)
    names = [one.name for one in list_models(store=store)]
    assert names == ["a-b", "a-b…7508d8b5"]


def test_prompts_and_links_are_no_models(tmp_path: Path, store: Path) -> None:
    place = tmp_path / "mlruns"
    write_run(write_experiment(place))
    write(write_version(place, 1).parent / "tags" / "mlflow.prompt.is_prompt", "true")
    outside = write_version(tmp_path / "outside", 1, name="linked").parent
    (place / "models" / "linked").symlink_to(outside)
    summary = import_runs(place, store=store)
    assert (summary.models, summary.skipped) == (0, ())
    assert list_models(store=store) == []


def test_models_of_other_workspaces_stay_apart(project: Path, store: Path) -> None:
    client = open_client(uri_of("database", project))
    write_registry(client, project)
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(project / "ml.db")) as database, database:
        for table in ("registered_models", "registered_model_tags"):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            names = ", ".join(columns)
            chosen = ", ".join("'team'" if one == "workspace" else one for one in columns)
            database.execute(f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table}")
    import_runs(project, store=store)
    models = {one.name: len(one.versions) for one in list_models(store=store)}
    assert models["wine quality"] == 5
    assert models["team.wine quality"] == 0
    assert get_model("team.wine quality", store=store).tags == {"task": "rate"}


def test_a_run_that_was_deleted_keeps_its_version(project: Path, store: Path) -> None:
    client = open_client(uri_of("folder", project))
    runs = write_registry(client, project)
    client.delete_run(runs["second"])
    import_runs(project, store=store)
    assert version_of(store, "wine quality", 4).run_id == derive_run_id("mlflow", runs["second"])


def test_the_registry_may_lie_beside_the_runs_in_a_database(project: Path, store: Path) -> None:
    client = open_client(uri_of("database", project))
    experiment = client.create_experiment("wine", (project / "files").as_uri())
    run = client.create_run(experiment).info
    client.log_artifacts(run.run_id, str(write_model(project / "new", "1")), "model")
    registry: Any = open_client(uri_of("folder", project))
    registry.create_registered_model("net")
    registry.create_model_version("net", f"{run.artifact_uri}/model", run.run_id)
    import_runs(project, store=store, strict=True)
    version = version_of(store, "net", 1)
    assert (version.run_id, version.path) == (derive_run_id("mlflow", run.run_id), "model")
