"""MLflow's calls about registered models, beside what MLflow's own database answers to them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio
from runfolio.compat.mlflow.entry import open_registry
from runfolio.models.registry import get_model, list_models, set_alias
from runfolio.sources import import_runs
from runfolio.store.registry import read_registry
from tests.samples import sample
from tests.sources.mlflow_registering import uri_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*transition_model_version_stage.* is deprecated"),
    pytest.mark.filterwarnings("ignore:.*get_latest_versions.* is deprecated"),
    pytest.mark.filterwarnings("ignore:Starting with pandas version 4.0"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

QUICK: dict[str, Any] = {"serialization_format": "cloudpickle", "pip_requirements": []}
STAGE_ALIASES = ("production", "staging", "archived")


@pytest.fixture
def theirs(mlflow: Any, tmp_path: Path) -> Iterator[Any]:
    """A client of a registry of MLflow's own."""
    here = mlflow.get_tracking_uri()
    uri = uri_of("database", tmp_path)
    mlflow.set_tracking_uri(here)
    client = mlflow.MlflowClient(uri, uri)
    yield client
    client._get_registry_client().store._dispose_engine()


def show_version(one: Any) -> dict[str, Any]:
    return {
        "name": one.name,
        "version": int(one.version),
        "note": one.description or None,
        "stage": one.current_stage,
        "source": one.source,
        "run": one.run_id,
        "status": one.status,
        "tags": {key: value for key, value in one.tags.items() if key != "stage"},
        "aliases": sorted(set(one.aliases) - set(STAGE_ALIASES)),
    }


def show_model(one: Any) -> dict[str, Any]:
    aliases = {key: int(version) for key, version in one.aliases.items()}
    return {
        "name": one.name,
        "note": one.description or None,
        "tags": one.tags,
        "aliases": {key: aliases[key] for key in aliases if key not in STAGE_ALIASES},
        "latest": {two.current_stage: int(two.version) for two in one.latest_versions},
    }


def show(answer: Any) -> Any:
    """An answer of MLflow's as plain values without times."""
    if isinstance(answer, list):  # where MLflow's database tells no aliases of versions
        return [{**show(one), "aliases": None} for one in answer]
    if hasattr(answer, "latest_versions"):
        return show_model(answer)
    return show_version(answer) if hasattr(answer, "current_stage") else answer


def ask(client: Any, name: str, *arguments: Any, **options: Any) -> Any:
    """What a call answers, or the code of the error it raises."""
    from mlflow.exceptions import MlflowException

    try:
        return show(getattr(client, name)(*arguments, **options))
    except MlflowException as error:
        return error.error_code


def check_same(client: Any, theirs: Any, name: str, *arguments: Any, **options: Any) -> Any:
    """Ask both, and return what they agree on."""
    ours = ask(client, name, *arguments, **options)
    assert ours == ask(theirs, name, *arguments, **options), (name, arguments, options)
    return ours


@pytest.fixture
def same(client: Any, theirs: Any) -> Callable[..., Any]:
    """A call to both registries, whose answers have to be the same."""
    return lambda name, *arguments, **options: check_same(
        client, theirs, name, *arguments, **options
    )


def fill(same: Callable[..., Any]) -> None:
    """Two models, one of them with four versions."""
    same("create_registered_model", "wine", {"task": "rate"}, "Of *wine*.")
    same("create_registered_model", "ünï 日本")
    for number in range(4):
        tags = {"size": str(number)} if number else {}
        same("create_model_version", "wine", f"/models/{number}", tags=tags, description="x")


def test_models_are_made_and_changed_as_in_mlflow(same: Callable[..., Any]) -> None:
    fill(same)
    assert same("create_registered_model", "wine") == "RESOURCE_ALREADY_EXISTS"
    for name in ("", "  ", "a/b", "a:b", "..", None):
        assert same("create_registered_model", name) == "INVALID_PARAMETER_VALUE"
    assert same("get_registered_model", "beer") == "RESOURCE_DOES_NOT_EXIST"
    same("update_registered_model", "wine", "new")
    same("update_registered_model", "wine", None)
    same("update_registered_model", "beer", "new")
    same("set_registered_model_tag", "wine", "a b", 5)
    same("set_registered_model_tag", "wine", "task", "")
    same("set_registered_model_tag", "beer", "a", "b")
    same("set_registered_model_tag", "wine", "a\nb", "b")
    same("delete_registered_model_tag", "wine", "task")
    same("delete_registered_model_tag", "wine", "no such")
    same("get_registered_model", "wine")
    same("rename_registered_model", "wine", "ünï 日本")
    same("rename_registered_model", "wine", "a/b")
    same("rename_registered_model", "beer", "bread")
    same("rename_registered_model", "wine", "red wine")
    for name in ("wine", "red wine"):
        same("get_registered_model", name)
        same("search_model_versions", f"name = '{name}'")
    same("delete_registered_model", "red wine")
    same("delete_registered_model", "red wine")
    same("search_registered_models")
    assert same("search_model_versions") == []


def test_versions_are_made_and_changed_as_in_mlflow(same: Callable[..., Any]) -> None:
    fill(same)
    assert same("create_model_version", "beer", "/x") == "RESOURCE_DOES_NOT_EXIST"
    for version in (1, "2", 9, "x", 0, -1):
        same("get_model_version", "wine", version)
        same("update_model_version", "wine", version, "changed")
        same("set_model_version_tag", "wine", version, "best", "yes")
        same("delete_model_version_tag", "wine", version, "size")
        same("get_model_version_download_uri", "wine", version)
    same("update_model_version", "wine", 2, None)
    same("delete_model_version", "wine", 4)
    same("delete_model_version", "wine", 4)
    same("get_model_version", "wine", 4)
    assert same("create_model_version", "wine", "/again")["version"] == 5
    same("search_model_versions", order_by=["version_number ASC"])


def test_aliases_are_those_of_mlflow(same: Callable[..., Any]) -> None:
    fill(same)
    for alias in ("champion", "Champion", "a-b_c", "ünï", "latest", "v3", "a b", "", "x" * 256):
        same("set_registered_model_alias", "wine", alias, 2)
    same("set_registered_model_alias", "wine", "champion", "3")
    same("set_registered_model_alias", "wine", "champion", 9)
    same("set_registered_model_alias", "beer", "champion", 1)
    for alias in ("champion", "Champion", "none", "latest", "LATEST", "a b"):
        same("get_model_version_by_alias", "wine", alias)
        same("get_model_version_by_alias", "ünï 日本", alias)
    same("delete_registered_model_alias", "wine", "Champion")
    same("delete_registered_model_alias", "wine", "none")
    same("delete_registered_model_alias", "beer", "champion")
    same("get_registered_model", "wine")
    same("delete_model_version", "wine", 3)
    assert same("get_model_version_by_alias", "wine", "champion") == "INVALID_PARAMETER_VALUE"
    same("get_registered_model", "wine")


def test_stages_are_those_of_mlflow(same: Callable[..., Any], store: Path) -> None:
    fill(same)
    for version, stage in ((1, "Production"), (2, "production"), (3, "Staging"), (4, "STAGING")):
        same("transition_model_version_stage", "wine", version, stage)
    same("transition_model_version_stage", "wine", 3, "Best")
    same("transition_model_version_stage", "wine", 9, "Production")
    same("transition_model_version_stage", "wine", 1, "Archived", True)
    same("get_latest_versions", "wine", ["Production"])
    same("get_latest_versions", "wine", ["None"])
    pointing = {alias: one.number for alias, one in get_model("wine", store=store).aliases.items()}
    assert pointing == {"production": 2, "staging": 4}
    assert get_model("wine", store=store).versions[0].tags["stage"] == "Production"
    same("transition_model_version_stage", "wine", 3, "Production", True)
    same("search_model_versions", order_by=["version_number ASC"])
    same("get_registered_model", "wine")
    same("delete_model_version", "wine", 3)
    same("transition_model_version_stage", "wine", 4, "None")
    same("search_model_versions", order_by=["version_number ASC"])
    pointing = {alias: one.number for alias, one in get_model("wine", store=store).aliases.items()}
    assert pointing == {"archived": 2}


def test_a_tag_called_stage_stays_as_it_is(client: Any, store: Path) -> None:
    client.create_registered_model("wine")
    for number in (1, 2):
        client.create_model_version("wine", "/x", tags={"stage": "of grief"})
        client.transition_model_version_stage("wine", number, "Production")
    versions = get_model("wine", store=store).versions
    assert [one.tags for one in versions] == [{"stage": "of grief"}] * 2


@pytest.mark.parametrize(
    "filter_string",
    [
        "name = 'wine'",
        "name LIKE 'w%'",
        "name ILIKE 'ÜNÏ%' AND tags.task = 'rate'",
        "tags.task = 'rate'",
        "name > 'a'",
        "colour = 'red'",
        "name = wine",
    ],
)
def test_models_are_searched_as_in_mlflow(same: Callable[..., Any], filter_string: str) -> None:
    fill(same)
    same("search_registered_models", filter_string)
    same("search_model_versions", filter_string)


def test_pages_and_orders_are_those_of_mlflow(same: Callable[..., Any], client: Any) -> None:
    fill(same)
    for order in (["name DESC"], ["name"], ["colour"]):
        same("search_registered_models", order_by=order)
    for order in (["version_number DESC"], ["name ASC", "version_number ASC"], ["colour"]):
        same("search_model_versions", order_by=order)
    same("search_model_versions", "tags.size = '2'")
    same("search_model_versions", "version_number > 2")
    same("search_model_versions", "source_path = '/models/1'")
    for count in (0, -1, 200_001):
        same("search_model_versions", max_results=count)
    same("search_registered_models", max_results=200_001)
    first = client.search_model_versions(max_results=3, order_by=["version_number ASC"])
    token = {"page_token": first.token}
    rest = client.search_model_versions(max_results=3, order_by=["version_number ASC"], **token)
    assert [int(one.version) for one in (*first, *rest)] == [1, 2, 3, 4]
    assert rest.token is None


@pytest.mark.parametrize("seed", range(6))
def test_any_calls_answer_as_in_mlflow(same: Callable[..., Any], seed: int) -> None:
    chance = random.Random(seed)
    names: list[str] = ["none"]

    def name() -> str:
        return chance.choice(names)

    def fresh() -> str:
        names.append(f"model {len(names)}")
        return names[-1]

    def version() -> int:
        return chance.randint(1, 5)

    def alias() -> str:
        return chance.choice(["champion", "candidate", "old"])

    def stage() -> str:
        return chance.choice(["Production", "Staging", "Archived", "None"])

    calls: tuple[tuple[str, Callable[[], tuple[Any, ...]]], ...] = (
        ("create_registered_model", lambda: (fresh(), {"a": "b"}, "note")),
        ("create_model_version", lambda: (name(), f"/x/{chance.random()}")),
        ("create_model_version", lambda: (name(), "/y", None, {"c": "d"})),
        ("set_registered_model_alias", lambda: (name(), alias(), version())),
        ("delete_registered_model_alias", lambda: (name(), alias())),
        ("get_model_version_by_alias", lambda: (name(), alias())),
        ("transition_model_version_stage", lambda: (name(), version(), stage())),
        (
            "transition_model_version_stage",
            lambda: (name(), version(), chance.choice(["Production", "Staging"]), True),
        ),
        ("set_model_version_tag", lambda: (name(), version(), "e", "f")),
        ("update_model_version", lambda: (name(), version(), chance.choice(["g", None]))),
        ("delete_model_version", lambda: (name(), version())),
        ("rename_registered_model", lambda: (name(), fresh())),
        ("delete_registered_model", lambda: (name(),)),
        ("get_latest_versions", lambda: (name(), [stage()])),
    )
    weights = [3, 8, 4, 4, 1, 2, 4, 3, 2, 2, 1, 1, 1, 2]
    for call, arguments in chance.choices(calls, weights, k=80):
        given = arguments()
        answer = same(call, *given)
        if call == "get_latest_versions" and isinstance(answer, list):
            assert len(answer) <= 1
    same("search_registered_models")
    same("search_model_versions", order_by=["name ASC", "version_number ASC"])


def fit() -> Any:
    from sklearn.linear_model import LinearRegression

    features = np.arange(8.0).reshape(4, 2)
    return LinearRegression().fit(features, features.sum(axis=1)), features


def test_a_model_is_logged_registered_and_loaded(mlflow: Any, client: Any, store: Path) -> None:
    model, features = fit()
    with mlflow.start_run() as run:
        mlflow.sklearn.log_model(model, name="net", registered_model_name="best", **QUICK)
    second = mlflow.register_model(f"runs:/{run.info.run_id}/net", "best", tags={"a": 1})
    client.set_registered_model_alias("best", "champion", second.version)
    client.transition_model_version_stage("best", 1, "Production")
    for address in ("best/1", "best@champion", "best/latest", "best/Production"):
        loaded = mlflow.pyfunc.load_model(f"models:/{address}")
        assert (loaded.predict(features) == model.predict(features)).all()
    [first, again] = get_model("best", store=store).versions
    assert (
        (first.run_id, first.digest)
        == (again.run_id, again.digest)
        == (run.info.run_id, again.digest)
    )
    assert first.digest is not None
    assert (again.tags, again.aliases) == ({"a": "1"}, ("champion",))
    copied = client.copy_model_version("models:/best/2", "copied")
    assert (copied.run_id, int(copied.version)) == (run.info.run_id, 1)
    assert read_registry(store)["copied"].versions[0].digest == first.digest
    assert mlflow.pyfunc.load_model("models:/copied/1").metadata.run_id == run.info.run_id
    assert client.search_model_versions(f"run_id = '{run.info.run_id}'")[0].name == "copied"
    assert runfolio.verify(store=store).problems == ()


def test_a_models_artifacts_in_a_run_can_be_registered(
    mlflow: Any, client: Any, tmp_path: Path, store: Path
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "MLmodel").write_text("flavors: {}\n")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(folder), "nets/a b")
        version = mlflow.register_model(f"runs:/{run.info.run_id}/nets/a b", "best")
    assert version.run_id == run.info.run_id
    assert get_model("best", store=store).versions[0].path == "nets/a b"
    uri = client.get_model_version_download_uri("best", "1")
    assert [one.path for one in mlflow.artifacts.list_artifacts(uri)] == ["a b/MLmodel"]
    downloaded = mlflow.artifacts.download_artifacts("models:/best/1", dst_path=str(tmp_path))
    assert Path(downloaded, "MLmodel").read_text() == "flavors: {}\n"
    outside = mlflow.register_model(str(folder), "best")
    assert (outside.run_id, outside.source) == (None, str(folder))


@pytest.mark.parametrize(
    "source",
    [
        "runs:/0123456789abcdef/model",
        "runfolio:///elsewhere/runs/0123456789abcdef/artifacts/model",
        "runs:/",
        "s3://bucket/model",
        "../model",
    ],
)
def test_what_lies_elsewhere_is_an_address(client: Any, store: Path, source: str) -> None:
    client.create_registered_model("best")
    version = client.create_model_version("best", source)
    assert (version.source, version.run_id) == (source, None)
    assert client.get_model_version_download_uri("best", 1) == source


def test_a_source_that_is_not_there_is_refused(mlflow: Any, client: Any) -> None:
    client.create_registered_model("best")
    for source in ("models:/m-0", "models:/best/3", "models:/other/1", "models:/best@champion"):
        with pytest.raises(mlflow.MlflowException, match=r"not found|has no|No model"):
            client.create_model_version("best", source)
    assert client.search_model_versions("name = 'best'") == []


def test_a_name_that_was_deleted_can_be_used_again(client: Any, store: Path) -> None:
    client.create_registered_model("best", {"a": "b"}, "old")
    client.create_model_version("best", "/x")
    client.set_registered_model_alias("best", "champion", 1)
    client.delete_registered_model("best")
    again = client.create_registered_model("best")
    assert (again.tags, again.description, again.aliases) == ({}, None, {})
    assert client.search_model_versions("name = 'best'") == []
    # Unlike in MLflow a number is never given again, so that what was said of 1 stays true.
    assert int(client.create_model_version("best", "/y").version) == 2
    assert [one.name for one in list_models(store=store)] == ["best"]


def test_what_runfolio_cannot_keep_is_refused(mlflow: Any, client: Any) -> None:
    prompt = [mlflow.entities.model_registry.RegisteredModelTag("mlflow.prompt.is_prompt", "true")]
    with pytest.raises(mlflow.MlflowException, match="A model name has no '@'"):
        client.create_registered_model("a@b")
    registry = client._get_registry_client().store
    for call in (registry.create_prompt, partial(registry.create_registered_model, tags=prompt)):
        with pytest.raises(mlflow.MlflowException, match=r"keeps no prompts.*set_registry_uri"):
            call("greeting")
    assert client.search_registered_models() == []


def test_what_was_said_elsewhere_is_seen(client: Any, store: Path) -> None:
    client.create_registered_model("best")
    for source in ("/x", "/y"):
        client.create_model_version("best", source)
    set_alias("best", "champion", 1, store=store)
    assert int(client.get_model_version_by_alias("best", "champion").version) == 1
    runfolio.start_run(name="a", store=store).finish()
    assert read_registry(store)["best"].versions[1].source == "/y"


def test_models_that_were_imported_are_there(client: Any, mlflow: Any, store: Path) -> None:
    import_runs(sample("mlflow_file", "made"), store=store)
    version = client.get_model_version_by_alias("toy-model", "champion")
    run = mlflow.get_run("1680c63112e64e4e8dd0830580fb7d23").info
    assert (int(version.version), version.run_id) == (1, run.run_id)
    assert version.creation_timestamp == 1795432957962
    listed = {one.path for one in mlflow.artifacts.list_artifacts(version.source)}
    assert {"model/MLmodel", "model/model.skops"} <= listed


def test_the_registry_is_found_beside_any_runs(mlflow: Any, store: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    client = mlflow.MlflowClient(f"runfolio://{store}", f"runfolio://{other}")
    client.create_registered_model("best")
    assert [one.name for one in list_models(store=other)] == ["best"]
    assert list_models(store=store) == []
    assert open_registry(None, f"runfolio://{other}").get_registered_model("best").name == "best"
