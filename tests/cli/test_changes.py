"""``runfolio delete``, ``restore``, ``tag``, ``note``, ``rename`` and ``describe``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def output(*words: str) -> str:
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.output


def changed(*words: str) -> list[str]:
    document: dict[str, Any] = json.loads(output(*words, "--json"))
    assert set(document) == {"changed"}
    ids: list[str] = document["changed"]
    return ids


def log_run(store: Path, experiment: str = "wine") -> str:
    with runfolio.start_run(
        store=store, experiment=experiment, name="a", tags={"team": "red"}, capture=False
    ) as run:
        run.log_metric("loss", 1)
    return run.id


def active(store: Path) -> set[str]:
    return set(runfolio.search_runs(store=store)["run_id"])


def test_runs_are_deleted_and_restored(store: Path) -> None:
    first, second = log_run(store), log_run(store)
    assert output("delete", first[:9]) == "Deleted 1 run.\n"
    assert active(store) == {second}
    assert changed("delete", first[:9], second) == [first, second]
    assert active(store) == set()
    assert output("restore", first, second) == "Restored 2 runs.\n"
    assert active(store) == {first, second}
    assert changed("restore", first[:9]) == [first]


def test_experiments_are_deleted_and_restored_with_their_runs(store: Path) -> None:
    ids = {log_run(store), log_run(store)}
    other = log_run(store, "beer")
    assert output("delete", "--experiment", "wine") == "Deleted 2 runs.\n"
    assert active(store) == {other}
    assert output("restore", "--experiment", "wine") == "Restored 2 runs.\n"
    assert set(changed("delete", "--experiment", "wine", "beer")) == {*ids, other}
    assert set(changed("restore", "--experiment", "wine", "beer")) == {*ids, other}
    assert active(store) == {*ids, other}


def test_tags_are_set_and_removed(store: Path) -> None:
    run_id = log_run(store)
    assert output("tag", run_id[:9], "label=best", "eq=a=b", "empty=") == f"Tagged {run_id}.\n"
    tags = {"team": "red", "label": "best", "eq": "a=b", "empty": ""}
    assert runfolio.get_run(run_id, store=store).tags == tags
    assert changed("tag", run_id, "new=1", "--remove", "team", "--remove", "eq") == [run_id]
    tags = {"label": "best", "empty": "", "new": "1"}
    assert runfolio.get_run(run_id, store=store).tags == tags


def test_a_note_is_set_and_removed(store: Path) -> None:
    run_id = log_run(store)
    assert output("note", run_id[:9], "A *note*.") == f"Noted {run_id}.\n"
    assert runfolio.get_run(run_id, store=store).note == "A *note*."
    assert changed("note", run_id, "") == [run_id]
    assert not runfolio.get_run(run_id, store=store).note


def test_a_run_gets_another_name(store: Path) -> None:
    run_id = log_run(store)
    assert output("rename", run_id[:9], "b") == f"Renamed {run_id} to 'b'.\n"
    assert runfolio.get_run(run_id, store=store).name == "b"
    assert changed("rename", run_id[:9], "c") == [run_id]
    assert output("rename", run_id, "d\x1b[0m") == f"Renamed {run_id} to 'd\\x1b[0m'.\n"


def test_an_experiment_gets_another_name(store: Path) -> None:
    run_id = log_run(store)
    assert output("rename", "--experiment", "wine", "red") == "Renamed wine to 'red'.\n"
    assert runfolio.get_run(run_id, store=store).experiment == "red"
    assert changed("rename", "--experiment", "red", "rouge") == ["red"]
    assert runfolio.get_run(run_id, store=store).experiment == "rouge"


def test_an_experiment_is_described(store: Path) -> None:
    log_run(store)
    words = ["--primary-metric", "loss", "--direction", "up", "--note", "About."]
    assert output("describe", "wine", *words) == "Described 'wine'.\n"
    (row,) = runfolio.search_experiments(store=store).to_dict("records")
    assert (row["primary_metric"], row["direction"], row["note"]) == ("loss", "up", "About.")
    assert changed("describe", "wine", "--note", "Less.") == ["wine"]
    assert call("describe", "wine", "--direction", "left").exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["delete", "zz"], "No run 'zz' in"),
        (["restore", "zz"], "No run 'zz' in"),
        (["delete", "--experiment", "nope"], "No experiment 'nope' in"),
        (["restore", "--experiment", "nope"], "No experiment 'nope' in"),
        (["rename", "--experiment", "nope", "x"], "No experiment 'nope' in"),
        (["rename", "zz", "x"], "No run 'zz' in"),
        (["rename", "RUN", " "], "A run name can't be empty"),
        (["rename", "--experiment", "wine", ""], "An experiment name can't be empty"),
        (["note", "zz", "x"], "No run 'zz' in"),
        (["tag", "RUN"], "No tag to set"),
        (["tag", "RUN", "label"], "A tag is KEY=VALUE, not 'label'"),
        (["tag", "RUN", "=best"], "A tag is KEY=VALUE, not '=best'"),
        (["tag", "zz", "a=b"], "No run 'zz' in"),
        (["delete", "--store", "none", "a"], "No run store at"),
        (["describe", "--store", "none", "wine", "--note", "x"], "No run store at"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(
    store: Path, words: list[str], said: str
) -> None:
    run_id = log_run(store)
    before = runfolio.get_run(run_id, store=store)
    result = call(*(run_id if word == "RUN" else word for word in words))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output
    assert runfolio.get_run(run_id, store=store) == before
    assert not Path("none").exists()


@pytest.mark.parametrize("words", [["delete"], ["restore"], ["tag"], ["note", "a"], ["rename"]])
def test_a_missing_word_is_told_by_the_usage(words: list[str]) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert "Missing argument" in result.stderr


def test_the_store_is_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = log_run(tmp_path / "other")
    assert call("delete", run_id).exit_code == 1
    monkeypatch.setenv("RUNFOLIO_STORE", str(tmp_path / "other"))
    assert changed("delete", run_id) == [run_id]
