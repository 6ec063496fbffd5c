"""``runfolio models``: registering, naming, tagging, deleting, and cards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main
from tests.models.kept_models import digest_of, log_model_run

EVIL = "red\x1b[31m wine"


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def output(*words: str) -> str:
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.output


def parse(*words: str) -> Any:
    return json.loads(output("models", *words, "--json"))


def test_a_model_is_registered_and_listed(store: Path) -> None:
    first, second = log_model_run(store, "a"), log_model_run(store, "b")
    assert output("models", "ls") == "No models.\n"
    assert output("models", "register", first[:9], "wine") == "Registered wine, version 1.\n"
    words = ["--alias", "champion", "--alias", "best", "--tag", "seed=3", "--note", "Better."]
    found = parse("register", f"runs:/{second}", "wine", "--path", "model", *words)
    assert (found["number"], found["run_id"], found["digest"]) == (2, second, digest_of("b"))
    assert (found["aliases"], found["tags"], found["note"]) == (
        ["best", "champion"],
        {"seed": "3"},
        "Better.",
    )
    header, row = output("models", "ls").splitlines()
    assert header.split() == ["name", "versions", "latest", "aliases", "registered", "tags"]
    assert row.split()[:3] == ["wine", "2", "2"]
    assert "best = 2, champion = 2" in row
    (listed,) = parse("ls")
    assert [one["number"] for one in listed["versions"]] == [1, 2]


def test_a_model_and_a_version_are_shown(store: Path) -> None:
    run_id = log_model_run(store, name="the run")
    runfolio.register_model(run_id, EVIL, aliases=["champion"], note="One\nTwo", store=store)
    runfolio.tag_model(EVIL, {"task": "regression"}, store=store)
    runfolio.note_model(EVIL, "About \x1b it.", store=store)
    lines = output("models", "show", EVIL).splitlines()
    assert lines[:3] == [
        "red\\x1b[31m wine, 1 version",
        "tags: task=regression",
        "About \\x1b it.",
    ]
    assert lines[4].split() == ["version", "aliases", "run", "model", "registered", "by", "note"]
    assert lines[5].split()[:4] == ["1", "champion", run_id[:8], "model"]
    assert lines[5].endswith("One")
    for target in ("1", "latest"):
        assert output("models", "show", f"{EVIL}/{target}") == output(
            "models", "show", f"{EVIL}@champion"
        )
    text = output("models", "show", f"{EVIL}/1")
    for line in (
        "red\\x1b[31m wine, version 1, champion",
        f"run: the run ({run_id}) of wine",
        "flavour: sklearn",
        f"digest: {digest_of('weights')}",
        "Two",
        "rmse    0.7",
    ):
        assert line in text.splitlines()
    assert parse("show", f"{EVIL}@champion")["number"] == 1
    assert parse("show", EVIL)["tags"] == {"task": "regression"}


def test_an_alias_is_set_moved_and_removed(store: Path) -> None:
    for text in ("a", "b"):
        runfolio.register_model(log_model_run(store, text), "wine", store=store)
    assert (
        output("models", "alias", "wine", "champion", "1") == "champion is version 1 of wine now.\n"
    )
    assert parse("alias", "wine", "champion", "latest") == {"changed": ["wine"]}
    assert runfolio.get_model("wine", store=store).aliases["champion"].number == 2
    removed = output("models", "alias", "wine", "champion", "--remove")
    assert removed == "wine has no alias champion any more.\n"
    for words in (["wine", "champion"], ["wine", "champion", "1", "--remove"]):
        result = call("models", "alias", *words)
        assert result.exit_code == 2
        assert "Name the version that the alias points to, or give --remove." in result.stderr


def test_tags_and_notes_of_models_and_versions(store: Path) -> None:
    runfolio.register_model(log_model_run(store), "wine", aliases=["champion"], store=store)
    assert output("models", "tag", "wine", "a=1", "b=x=y") == "Tagged wine.\n"
    assert parse("tag", "wine", "--remove", "a") == {"changed": ["wine"]}
    assert output("models", "tag", "wine@champion", "c=3") == "Tagged wine@champion.\n"
    assert parse("note", "wine/1", "The version.") == {"changed": ["wine/1"]}
    assert output("models", "note", "wine", "The model.") == "Noted wine.\n"
    model = runfolio.get_model("wine", store=store)
    assert (dict(model.tags), model.note) == ({"b": "x=y"}, "The model.")
    assert (dict(model.versions[0].tags), model.versions[0].note) == ({"c": "3"}, "The version.")


def test_versions_and_models_are_deleted_and_restored(store: Path) -> None:
    for text in ("a", "b"):
        runfolio.register_model(log_model_run(store, text), "wine", store=store)
    assert output("models", "delete", "wine/2") == "Deleted wine/2.\n"
    assert [one.number for one in runfolio.get_model("wine", store=store).versions] == [1]
    assert parse("restore", "wine/2") == {"changed": ["wine/2"]}
    assert parse("delete", "wine") == {"changed": ["wine"]}
    assert output("models", "ls") == "No models.\n"
    assert "wine (deleted)" in output("models", "ls", "--deleted")
    assert [one["name"] for one in parse("ls", "--all")] == ["wine"]
    assert output("models", "restore", "wine") == "Restored wine.\n"
    assert len(runfolio.get_model("wine", store=store).versions) == 2


def test_a_card_is_printed_or_written(store: Path, tmp_path: Path) -> None:
    runfolio.register_model(log_model_run(store), "wine", aliases=["champion"], store=store)
    card = runfolio.model_card("wine", store=store)
    for target in ("wine", "wine/1", "wine@champion", "wine/latest"):
        assert output("models", "card", target) == card
    file = tmp_path / "out" / "README.md"
    assert output("models", "card", "wine", "--output", str(file)) == f"Wrote {file}.\n"
    assert file.read_text(encoding="utf-8") == card
    found = parse("card", "wine")
    assert found["card"] == card
    assert found["data"]["model-index"][0]["name"] == "wine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["register", "zz", "wine"], "No run 'zz' in"),
        (["register", "RUN", "a/b"], "A model name has no '/'"),
        (["register", "RUN", "wine", "--path", "x"], "has no model in 'x'"),
        (["register", "RUN", "wine", "--alias", "latest"], "would look like a version"),
        (["register", "RUN", "wine", "--tag", "x"], "A tag is KEY=VALUE, not 'x'"),
        (["show", "wines"], "Did you mean 'wine'?"),
        (["show", "wine/9"], "has no version 9. It has version 1."),
        (["show", "wine@x"], "has no version or alias 'x'"),
        (["alias", "wine", "v1", "1"], "would look like a version"),
        (["alias", "wine", "x", "--remove"], "has no alias 'x'"),
        (["tag", "wine"], "No tag to set"),
        (["note", "beer", "x"], "No model 'beer'"),
        (["delete", "wine/2"], "has no version 2"),
        (["restore", "beer"], "No model 'beer'"),
        (["card", "beer"], "No model 'beer'"),
        (["ls", "--store", "none"], "No run store at"),
        (["register", "--store", "none", "a", "b"], "No run store at"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(
    store: Path, words: list[str], said: str
) -> None:
    run_id = log_model_run(store)
    runfolio.register_model(run_id, "wine", store=store)
    before = runfolio.list_models(store=store, view="all")
    result = call("models", *(run_id if word == "RUN" else word for word in words))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert runfolio.list_models(store=store, view="all") == before
    assert not Path("none").exists()


def test_deleting_runs_says_which_models_need_them(store: Path) -> None:
    first, second, third = (log_model_run(store, text) for text in "abc")
    for run_id in (first, second):
        runfolio.register_model(run_id, "wine", store=store)
    assert output("delete", third) == "Deleted 1 run.\n"
    assert output("delete", first).splitlines() == [
        "Deleted 1 run.",
        "1 model version points to them: wine/1; gc leaves runs that models need.",
    ]
    assert output("delete", "--experiment", "wine").splitlines() == [
        "Deleted 1 run.",
        "1 model version points to them: wine/2; gc leaves runs that models need.",
    ]
    lines = output("gc", "--older-than", "0s").splitlines()
    assert lines[-2:] == [
        "Removed 1 run.",
        "Left 2 deleted runs that registered models need: wine/1, wine/2.",
    ]
    held = json.loads(output("gc", "--older-than", "0s", "--json"))["held"]
    assert {one["run_id"] for one in held} == {first, second}


def test_verify_names_versions_that_are_gone(store: Path) -> None:
    import shutil

    run_id = log_model_run(store)
    runfolio.register_model(run_id, "wine", store=store)
    shutil.rmtree(store / "runs" / run_id)
    result = call("verify")
    assert result.exit_code == 1
    assert result.stderr == (
        f"run {run_id}: {store / 'runs' / run_id / 'artifacts' / 'model'}: "
        "version 1 of the model 'wine' is a model of this run, which is gone\n"
    )
