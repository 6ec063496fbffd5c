"""Models are registered, named, changed and deleted by edits, and errors say what there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import runfolio
from runfolio.errors import (
    InvalidName,
    InvalidPath,
    InvalidValue,
    ModelConflict,
    ModelNotFound,
    ModelUnreadable,
    RunNotFound,
)
from runfolio.models.naming import check_alias
from runfolio.store import read_store
from runfolio.store.layout import run_folder
from tests.models.kept_models import digest_of, keep_model, log_model_run

register = runfolio.register_model


def test_versions_are_counted_and_tell_what_they_are(store: Path) -> None:
    first, second = log_model_run(store, "a"), log_model_run(store, "b")
    one = register(first, "wine", store=store)
    two = register(second, "wine", tags={"seed": 3}, note="Better.", store=store)
    assert [(v.number, v.run_id, v.path, v.digest) for v in (one, two)] == [
        (1, first, "model", digest_of("a")),
        (2, second, "model", digest_of("b")),
    ]
    assert (two.note, dict(two.tags)) == ("Better.", {"seed": "3"})
    model = runfolio.get_model("wine", store=store)
    assert model.versions == (one, two)
    assert model.latest == two
    assert read_store(store).models == (model,)


@pytest.mark.parametrize("form", ["id", "beginning", "address", "address of the only one"])
def test_a_run_is_named_in_several_ways(store: Path, form: str) -> None:
    run_id = log_model_run(store)
    named = {
        "id": run_id,
        "beginning": run_id[:9],
        "address": f"runs:/{run_id}/model",
        "address of the only one": f"runs:/{run_id[:9]}",
    }[form]
    assert register(named, "wine", store=store).run_id == run_id


def test_a_run_that_goes_on_registers_its_model_in_its_own_store(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        keep_model(run)
        one = register(run, "wine", aliases=["champion"])
    assert one.aliases == ("champion",)
    assert register(run, "wine") == one
    runfolio.pack(store=store)
    assert register(run.id, "other", store=store).digest == one.digest


def test_the_same_files_of_a_run_are_one_version(store: Path) -> None:
    run_id = log_model_run(store)
    one = register(run_id, "wine", store=store)
    edits = len(list((store / "edits").iterdir()))
    assert register(run_id, "wine", store=store) == one
    assert len(list((store / "edits").iterdir())) == edits
    again = register(run_id, "wine", tags={"a": 1}, note="Now.", aliases="best", store=store)
    assert (again.id, again.number) == (one.id, 1)
    assert (again.aliases, again.note, dict(again.tags)) == (("best",), "Now.", {"a": "1"})
    with runfolio.start_run(store=store, run_id=run_id, capture=False) as run:
        run.log_text("new", "model/model.pkl")
    assert register(run_id, "wine", store=store).number == 2


def test_of_several_models_one_has_to_be_named(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        keep_model(run, path="models/a")
        assert register(run, "wine").path == "models/a"
        keep_model(run, path="models/b")
        with pytest.raises(ModelNotFound, match=r"several models.*'models/a', 'models/b'"):
            register(run, "wine")
        with pytest.raises(ModelNotFound, match=r"no model in 'c'. It has 'models/a', 'models/b'"):
            register(run, "wine", path="c")
        assert register(run, "wine", path="models/b/").path == "models/b"
        keep_model(run)
        assert register(run, "wine").path == "model"
        with pytest.raises(InvalidPath, match=r"name two models. Leave path out"):
            register(f"runs:/{run.id}/model", "wine", path="models/a", store=store)


def test_a_run_without_a_model_says_how_to_log_one(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_text("x", "model/model.pkl")
    with pytest.raises(ModelNotFound, match=r"has no model. Log one with run.log_model\(model\)"):
        register(run, "wine")
    with pytest.raises(RunNotFound, match="No run 'zz'"):
        register("zz", "wine", store=store)
    with pytest.raises(ModelNotFound, match="names no run"):
        register("runs:/", "wine", store=store)
    assert runfolio.list_models(store=store) == []


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda file: file.write_text("flavors: {a: {}}"), "doesn't match its checksum"),
        (lambda file: file.unlink(), "No such file"),
        (
            lambda file: (file.rename(file.parent / "x"), file.symlink_to(file.parent / "x")),
            "it is a link",
        ),
    ],
)
def test_a_damaged_model_is_not_registered(store: Path, damage: object, reason: str) -> None:
    run_id = log_model_run(store)
    damage(run_folder(store, run_id).artifacts / "model" / "MLmodel")  # type: ignore[operator]
    with pytest.raises(ModelUnreadable, match=reason):
        register(run_id, "wine", store=store)
    assert runfolio.list_models(store=store) == []


@pytest.mark.parametrize("content", ["[]", "flavors: [", "flavors: {", "a: 1" * 400_000])
def test_what_is_no_mlmodel_file_is_not_registered(store: Path, content: str) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_text(content, "model/MLmodel")
    with pytest.raises(ModelUnreadable, match=r"Couldn't read .* of the run"):
        register(run, "wine")


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "a@b", "x" * 251, 5, "\ud800"])
def test_names_that_no_model_can_have(store: Path, name: object) -> None:
    run_id = log_model_run(store)
    with pytest.raises(InvalidName, match="A model name"):
        register(run_id, name, store=store)  # type: ignore[arg-type]
    assert not (store / "edits").exists()


@pytest.mark.parametrize(
    "alias",
    [
        *("champion", "a-b_c", "3", "v", "v2x", "Ä", "latest", "LATEST", "v3", "V10", ""),
        *("a b", "a/b", "a.b", "x" * 255, "x" * 256),
    ],
)
def test_aliases_are_those_of_mlflow(alias: str) -> None:
    from mlflow.exceptions import MlflowException
    from mlflow.utils import validation

    try:
        validation._validate_model_alias_name(alias)  # type: ignore[no-untyped-call]
        validation._validate_model_alias_name_reserved(alias)  # type: ignore[no-untyped-call]
    except MlflowException:
        with pytest.raises(InvalidName, match=r"alias .*'champion'"):
            check_alias(alias)
    else:
        assert check_alias(alias) == alias


def test_an_alias_points_to_one_version_and_moves(store: Path) -> None:
    one = register(log_model_run(store, "a"), "wine", aliases=["champion"], store=store)
    two = register(log_model_run(store, "b"), "wine", store=store)
    assert runfolio.get_model_version("wine", "champion", store=store).id == one.id
    assert runfolio.set_alias("wine", "champion", 2, store=store).aliases == ("champion",)
    runfolio.set_alias("wine", "3", one, store=store)
    runfolio.set_alias("wine", "old", "champion", store=store)
    for name in ("champion", "@champion", "old", "latest", "2", "02", 2, two):
        assert runfolio.get_model_version("wine", name, store=store).id == two.id
    for name in ("@3", 1, one):
        assert runfolio.get_model_version("wine", name, store=store).id == one.id
    model = runfolio.delete_alias("wine", "champion", store=store)
    assert list(model.aliases) == ["3", "old"]
    with pytest.raises(ModelNotFound, match=r"no alias 'champion'. Its aliases: '3', 'old'"):
        runfolio.delete_alias("wine", "champion", store=store)


def test_unknown_names_say_what_there_is(store: Path) -> None:
    run_id = log_model_run(store)
    with pytest.raises(ModelNotFound, match="There is no model yet; `runfolio models register`"):
        runfolio.get_model("wine", store=store)
    register(run_id, "wine", aliases=["champion"], store=store)
    register(run_id, "beer", store=store)
    with pytest.raises(ModelNotFound, match=r"No model 'wines' in .* Did you mean 'wine'\?"):
        runfolio.get_model("wines", store=store)
    with pytest.raises(ModelNotFound, match="There is 'beer', 'wine'"):
        runfolio.get_model("zzz", store=store)
    for version, said in ((7, "version 7"), ("x", "version or alias 'x'"), ("@1", "alias '1'")):
        with pytest.raises(ModelNotFound, match=f"has no .*{said}. It has version 1; 'champion'"):
            runfolio.set_alias("wine", "a", version, store=store)


def test_the_newest_of_many_versions_and_the_first_of_many_aliases_are_told(store: Path) -> None:
    for number in range(10):
        register(log_model_run(store, str(number)), "wine", aliases=[f"a{number}"], store=store)
    with pytest.raises(ModelNotFound) as caught:
        runfolio.get_model_version("wine", 11, store=store)
    assert str(caught.value).endswith(
        "has no version 11. It has versions 10, 9, 8, 7, 6, 5, 4, 3 and 2 more; 'a0' is 1, "
        "'a1' is 2, 'a2' is 3, 'a3' is 4, 'a4' is 5, 'a5' is 6, 'a6' is 7, 'a7' is 8 and 2 more."
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"run": 7}, "A run is named by its id, .* not 7. Use run.id."),
        ({"run": None}, "A run is named by its id, .* not None"),
        ({"path": 7}, "The folder of a model is text, such as 'model', not 7"),
        ({"aliases": None}, "An alias has 1 to 255 letters.* not None"),
        ({"aliases": [3]}, "An alias has 1 to 255 letters.* not 3"),
        ({"tags": ["a"]}, r"Tags are a dict of names and values, not \['a'\]"),
        ({"note": 3}, "A note is Markdown text, not 3"),
    ],
)
def test_what_is_of_a_wrong_type_is_told(store: Path, options: dict[str, Any], said: str) -> None:
    told: dict[str, Any] = {"run": log_model_run(store), "name": "wine", **options}
    with pytest.raises((InvalidName, InvalidPath, InvalidValue), match=said):
        register(**told, store=store)
    assert runfolio.list_models(store=store) == []


def test_tags_that_are_no_dict_are_told(store: Path) -> None:
    register(log_model_run(store), "wine", store=store)
    tags: Any = ["a"]
    with pytest.raises(InvalidValue, match="Tags are a dict of names and values"):
        runfolio.tag_model("wine", tags, store=store)


def test_models_and_versions_have_tags_and_notes(store: Path) -> None:
    register(log_model_run(store), "wine", tags={"seed": 1}, store=store)
    runfolio.tag_model("wine", {"task": "regression", "n": 5}, store=store)
    runfolio.tag_model("wine", {"n": None}, store=store)
    runfolio.tag_model("wine", {"seed": None, "ok": True}, 1, store=store)
    runfolio.note_model("wine", "The model.", store=store)
    model = runfolio.note_model("wine", "The version.", "latest", store=store)
    assert (model.note, dict(model.tags)) == ("The model.", {"task": "regression"})
    assert (model.versions[0].note, dict(model.versions[0].tags)) == (
        "The version.",
        {"ok": "True"},
    )
    assert runfolio.note_model("wine", "", store=store).note is None
    with pytest.raises(InvalidValue, match="No tag to set"):
        runfolio.tag_model("wine", {}, store=store)
    with pytest.raises(InvalidName, match="A tag name can't be empty"):
        runfolio.tag_model("wine", {"": 1}, store=store)
    for call in (
        lambda: runfolio.note_model("wine", 5, store=store),  # type: ignore[arg-type]
        lambda: register("x", "wine", note=5, store=store),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidValue, match="A note is Markdown text, not 5"):
            call()


def test_a_deleted_version_comes_back_with_its_aliases(store: Path) -> None:
    first, second = log_model_run(store, "a"), log_model_run(store, "b")
    register(first, "wine", store=store)
    register(second, "wine", aliases=["champion"], store=store)
    runfolio.delete_model("wine", "champion", store=store)
    model = runfolio.get_model("wine", store=store)
    assert ([one.number for one in model.versions], model.aliases) == ([1], {})
    assert runfolio.get_model_version("wine", store=store).number == 1
    with pytest.raises(ModelNotFound, match=r"2 .* was deleted.*runfolio models restore wine/2"):
        runfolio.get_model_version("wine", 2, store=store)
    with pytest.raises(ModelConflict, match=r"Version 2 .* is this model.*restore wine/2"):
        register(second, "wine", store=store)
    assert register(log_model_run(store, "c"), "wine", store=store).number == 3
    assert runfolio.restore_model("wine", 2, store=store).aliases["champion"].number == 2


def test_a_deleted_model_comes_back_as_it_was(store: Path) -> None:
    run_id = log_model_run(store)
    register(run_id, "red wine", aliases=["champion"], store=store)
    before = runfolio.get_model("red wine", store=store)
    assert runfolio.delete_model("red wine", store=store).deleted
    assert runfolio.list_models(store=store) == []
    assert [one.name for one in runfolio.list_models(store=store, view="deleted")] == ["red wine"]
    assert [one.name for one in runfolio.list_models(store=store, view="all")] == ["red wine"]
    refused = "deleted. Restore it first: runfolio models restore 'red wine'"
    with pytest.raises(ModelNotFound, match=refused):
        runfolio.get_model("red wine", store=store)
    with pytest.raises(ModelConflict, match=refused):
        register(run_id, "red wine", store=store)
    assert runfolio.restore_model("red wine", store=store) == before
    with pytest.raises(ModelNotFound, match="No model 'x'"):
        runfolio.restore_model("x", store=store)


def test_a_deleted_run_has_nothing_to_register(store: Path) -> None:
    run_id = log_model_run(store)
    runfolio.delete_runs(run_id, store=store)
    with pytest.raises(RunNotFound, match=f"was deleted.*runfolio restore {run_id}"):
        register(run_id, "wine", store=store)


def test_threads_register_side_by_side(store: Path) -> None:
    ids = [log_model_run(store, str(number)) for number in range(9)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: register(one, "wine", store=store), ids[:8]))
    versions = runfolio.get_model("wine", store=store).versions
    assert [one.number for one in versions] == list(range(1, 9))
    assert {one.run_id: one.id for one in versions} == {one.run_id: one.id for one in found}
    assert register(ids[8], "wine", store=store).number == 9
    assert runfolio.get_model("wine", store=store).versions[:8] == versions


def test_threads_that_register_the_same_make_one_version(store: Path) -> None:
    run_id = log_model_run(store)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: register(run_id, "wine", store=store), range(8)))
    (version,) = runfolio.get_model("wine", store=store).versions
    assert {one.id for one in found} == {version.id}


def test_gc_leaves_runs_that_models_need(store: Path) -> None:
    from runfolio.upkeep.garbage import find_held

    needed, free = log_model_run(store, "a"), log_model_run(store, "b")
    register(needed, "wine", store=store)
    register(free, "wine", store=store)
    runfolio.delete_model("wine", 2, store=store)
    runfolio.delete_runs([needed, free], store=store)
    assert [one.run_id for one in find_held(store=store, older_than=0)] == [needed]
    assert find_held(store=store) == []
    assert [one.id for one in runfolio.gc(store=store, older_than=0)] == [free]
    assert runfolio.gc(store=store, older_than=0) == []
    runfolio.delete_model("wine", store=store)
    assert find_held(store=store, older_than=0) == []
    assert [one.id for one in runfolio.gc(store=store, older_than=0)] == [needed]


@pytest.mark.parametrize("packed", [False, True])
def test_verify_checks_that_versions_are_what_was_registered(store: Path, packed: bool) -> None:
    fine, changed, gone, emptied, dropped = (log_model_run(store, name) for name in "abcde")
    for run_id in (fine, changed, gone, emptied, dropped):
        register(run_id, "wine", store=store)
    if packed:
        runfolio.pack(store=store)
    assert runfolio.verify(store=store).problems == ()
    with runfolio.start_run(store=store, run_id=changed, capture=False) as run:
        run.log_text("other", "model/model.pkl")
    from runfolio.store.edits import Edit, write_edit
    from runfolio.store.registry import VERSION

    versions = {one.run_id: one for one in runfolio.get_model("wine", store=store).versions}
    write_edit(store, Edit(1, VERSION, versions[gone].id, {"run_id": "0" * 16}))
    write_edit(store, Edit(1, VERSION, versions[emptied].id, {"path": "elsewhere"}))
    write_edit(store, Edit(1, VERSION, versions[dropped].id, {"run_id": "1" * 16}))
    runfolio.delete_model("wine", 5, store=store)
    problems = {one.run_id: one.reason for one in runfolio.verify(store=store).problems}
    assert problems == {
        changed: "version 2 of the model 'wine' was registered with other files",
        "0" * 16: "version 3 of the model 'wine' is a model of this run, which is gone",
        emptied: "version 4 of the model 'wine' was registered from here, "
        "and the run has no such model",
    }


def test_packing_keeps_what_was_said_of_models(store: Path) -> None:
    for number in range(5):
        one = register(log_model_run(store, str(number)), "wine", aliases=["new"], store=store)
        runfolio.tag_model("wine", {"n": number}, one, store=store)
    runfolio.delete_model("wine", 2, store=store)
    before = runfolio.list_models(store=store, view="all")
    assert runfolio.pack(store=store).edits == 16
    assert runfolio.list_models(store=store, view="all") == before
    assert register(log_model_run(store, "x"), "wine", store=store).number == 6
