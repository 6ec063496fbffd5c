"""``runfolio reproduce``: what it prints, its exit codes, and its JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from runfolio.cli.main import main
from runfolio.query.runs import RunRecord
from tests.reproduction.recording import (
    TRAIN,
    commit,
    git,
    make_repository,
    read,
    run,
    run_ids,
    write,
)

NOISY = TRAIN.replace('"arguments.txt")', '"arguments.txt")\n    print("done")').replace(
    "run.log_text", 'run.log_metric("noise", __import__("random").random())\n    run.log_text'
)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["reproduce", *words])


@pytest.fixture
def recorded(tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> RunRecord:
    folder = make_repository(tmp_path / "project", train_py=NOISY)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("RUNFOLIO_STORE", str(store))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # for what is kept
    return run(folder, store)


def test_a_run_is_done_again_and_compared(recorded: RunRecord, store: Path) -> None:
    result = call(recorded.id[:9], "--env", "none", "--ignore", "noise")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == f"Doing the run {recorded.id} again, in a copy of its code:"
    assert lines[1].strip().startswith("git worktree add --detach ../again-")
    assert "done" in lines
    told = [line.split() for line in lines if line.startswith(("parameter", "metric", "artifact"))]
    assert ["parameter", "rate", "same", "0.5", "0.5"] in told
    assert ["metric", "loss", "same", "0.0625", "0.0625", "5", "points"] in told
    (new,) = set(run_ids(store)) - {recorded.id}
    assert lines[-1] == f"The new run {new} came out same: 4 of 4 values."


def test_one_that_differs_ends_with_exit_code_1(recorded: RunRecord, store: Path) -> None:
    result = call(recorded.id, "--env", "none")
    assert result.exit_code == 1
    assert "came out different: 1 of 5 values." in result.output
    assert len(run_ids(store)) == 2
    tolerant = call(recorded.id, "--env", "none", "--tolerance", "1")
    assert tolerant.exit_code == 0
    assert "came out within tolerance: 1 of 5 values." in tolerant.output


def test_a_dry_run_only_tells(recorded: RunRecord, store: Path, tmp_path: Path) -> None:
    result = call(recorded.id, "--dry-run", "--env", "none")
    assert result.exit_code == 0
    assert "python train.py" in result.output
    assert "done" not in result.output
    assert run_ids(store) == [recorded.id]
    told: dict[str, Any] = json.loads(call(recorded.id, "--dry-run", "--json").stdout)
    assert told["run_id"] == recorded.id
    assert (told["possible"], told["refusals"], told["env"]) == (True, [], "uv")
    assert told["command"] == ["python", "train.py"]
    assert told["steps"][0].startswith("git worktree add")


def test_what_is_missing_is_told_before_anything_starts(
    recorded: RunRecord, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for options in (["--dry-run"], []):
        result = call(recorded.id, "--env", "none", *options)
        assert result.exit_code == 1
        assert "There is no git repository here" in result.output
        assert "Doing the run" not in result.output
    told = json.loads(call(recorded.id, "--dry-run", "--json", "--env", "none").stdout)
    assert told["possible"] is False
    result = call(recorded.id, "--env", "none", "--repository", "project", "--ignore", "noise")
    assert result.exit_code == 0


def test_json_holds_the_comparison_and_the_output_goes_beside(
    recorded: RunRecord, store: Path
) -> None:
    result = call(recorded.id, "--env", "none", "--json")
    told = json.loads(result.stdout)
    assert told["run_id"] == recorded.id
    assert told["verdict"] == "different"
    assert read(store, told["repeated"]).tags["reproduces"] == recorded.id
    rows = {row["name"]: row for row in told["comparison"]["rows"]}
    assert rows["loss"]["verdict"] == "same"
    assert rows["noise"]["deviation"] > 0
    assert "done" in result.stderr


def test_a_failing_command_ends_with_its_last_lines(recorded: RunRecord, store: Path) -> None:
    folder = Path.cwd()
    write(folder, train_py=NOISY + "    import os; os.environ['THERE']\n")
    commit(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THERE", "1")
        before = run(folder, store)
    result = call(before.id, "--env", "none")
    assert result.exit_code == 1
    assert "ended with exit code 1, so nothing is kept" in result.output
    assert result.output.splitlines()[-1].endswith("Last it said: KeyError: 'THERE'")
    assert git(folder, "worktree", "list").count("\n") == 0


def test_the_copy_is_kept_where_that_is_asked_for(recorded: RunRecord) -> None:
    result = call(recorded.id, "--env", "none", "--keep", "--ignore", "noise")
    (line,) = (one for one in result.output.splitlines() if one.startswith("The copy of the code"))
    path = line.partition("stays: ")[2]
    assert Path(path, "train.py").is_file()
    git(Path.cwd(), "worktree", "remove", "--force", path)


def test_other_runs_of_the_command_are_counted(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_repository(tmp_path / "two", train_py=TRAIN + TRAIN.replace('train"', 'b"'))
    monkeypatch.chdir(folder)
    before = run(folder, store)
    result = call(before.id, "--env", "none", "--store", str(store))
    assert "The command logged 1 other run, not kept here: repeat it by itself." in result.output


@pytest.mark.parametrize("words", [["--tolerance", "-1"], ["--env", "conda"], []])
def test_mistakes_in_options_are_usage_errors(words: list[str]) -> None:
    assert call(*words).exit_code == 2


def test_a_run_that_is_not_there(store: Path, recorded: RunRecord) -> None:
    result = call("0123456789abcdef", "--env", "none")
    assert (result.exit_code, "No run" in result.output) == (1, True)
