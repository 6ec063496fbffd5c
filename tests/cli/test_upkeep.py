"""``runfolio recover``, ``pack``, ``verify``, ``gc`` and ``du``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main
from runfolio.store.layout import run_folder
from runfolio.store.liveness import describe_writer
from tests.store.samples import begin_run

EVIL = "a\x1b[31mb"
SHOWN = r"a\x1b[31mb"


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def output(*words: str) -> str:
    result = call(*words)
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    return result.output


def strict(text: str) -> Any:
    def refuse(literal: str) -> None:
        raise AssertionError(f"{literal} is no JSON")

    return json.loads(text, parse_constant=refuse)


def parse(*words: str) -> Any:
    return strict(output(*words, "--json"))


def log_run(store: Path, name: str = "a") -> str:
    with runfolio.start_run(store=store, experiment="wine", name=name, capture=False) as run:
        run.log_metric("loss", 1)
        run.log_text("x" * 1000, "a.txt")
    return run.id


def kill_run(store: Path, **header: Any) -> str:
    """A run whose process is gone, with two points."""
    folder, journal = begin_run(store, writer=describe_writer() | {"boot": "earlier"}, **header)
    journal.append_points(("loss", "acc"), 0, 0, [1.0, 2.0])
    journal.close()
    return folder.run_id


def test_recover_seals_what_was_killed(store: Path) -> None:
    run_id = kill_run(store, name=EVIL)
    _, journal = begin_run(store)
    lines = output("recover").splitlines()
    assert lines[0].split() == ["run", "name", "experiment", "status", "points"]
    assert lines[1].split() == [run_id, SHOWN, "wine", "KILLED", "2"]
    assert lines[2] == "Recovered 1 run, 1 still running."
    assert output("recover") == "Recovered 0 runs, 1 still running.\n"
    journal.close()


def test_recover_as_json(store: Path) -> None:
    run_id = kill_run(store, name=EVIL)
    found = parse("recover", "--older-than", "1h")
    assert found == {
        "runs": [
            {"id": run_id, "name": EVIL, "experiment": "wine", "status": "KILLED", "points": 2}
        ],
        "running": [],
        "damaged": [],
    }


def test_pack_gathers_runs_and_edits(store: Path) -> None:
    run_id = log_run(store)
    log_run(store)
    assert output("pack") == "Packed 2 runs; the store has 1 pack.\n"
    log_run(store)
    for number in range(20):
        runfolio.tag_runs(run_id, {"a": number}, store=store)
    assert output("pack").startswith("Packed 1 run and 20 edits; the store has ")
    found = parse("pack")
    assert (found["runs"], found["edits"], found["damaged"]) == (0, 0, [])


def test_verify_says_that_all_is_well(store: Path) -> None:
    log_run(store)
    assert output("verify") == "Checked 1 run, 1 artifact, 0 packs: all is well.\n"
    assert parse("verify") == {"runs": 1, "artifacts": 1, "packs": 0, "problems": []}


@pytest.mark.parametrize("packed", [False, True])
def test_verify_lists_damage_and_exits_with_1(store: Path, packed: bool) -> None:
    first, second = log_run(store), log_run(store)
    if packed:
        runfolio.pack(store=store)
    (run_folder(store, first).artifacts / "a.txt").write_text("y" * 1000)
    (run_folder(store, second).artifacts / "a.txt").unlink()
    result = call("verify")
    assert result.exit_code == 1
    assert result.stdout.endswith(": 2 problems.\n")
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    (changed,) = (line for line in lines if line.startswith(f"run {first}: "))
    assert changed.endswith("a.txt: it doesn't match its checksum")
    (missing,) = (line for line in lines if line.startswith(f"run {second}: "))
    assert "a.txt: it can't be read: " in missing
    assert "Traceback" not in result.output
    result = call("verify", "--json")
    assert result.exit_code == 1
    problems = strict(result.stdout)["problems"]
    assert {one["run_id"] for one in problems} == {first, second}
    assert all(one["path"].endswith("a.txt") for one in problems)


def test_gc_removes_what_was_deleted(store: Path) -> None:
    log_run(store, "kept")
    gone = log_run(store, EVIL)
    runfolio.delete_runs(gone, store=store)
    assert output("gc") == "Removed 0 runs.\n"
    lines = output("gc", "--older-than", "0s", "--dry-run").splitlines()
    assert lines[0].split() == ["run", "name", "experiment", "size"]
    assert lines[1].split()[:3] == [gone, SHOWN, "wine"]
    assert lines[2] == "Would remove 1 run."
    found = parse("gc", "--older-than", "0s", "--dry-run")
    assert found["dry_run"] is True
    assert [(one["id"], one["name"]) for one in found["runs"]] == [(gone, EVIL)]
    assert found["runs"][0]["bytes"] >= 1000
    assert run_folder(store, gone).path.exists()
    assert output("gc", "--older-than", "0s").endswith("Removed 1 run.\n")
    assert not run_folder(store, gone).path.exists()
    assert parse("gc", "--older-than", "0s") == {"dry_run": False, "runs": [], "held": []}


def test_du_counts_what_experiments_take(store: Path) -> None:
    log_run(store)
    runfolio.rename_experiment("wine", EVIL, store=store)
    log_run(store)
    lines = output("du").splitlines()
    assert lines[0].split() == ["experiment", "runs", "tables", "journals", "artifacts"]
    assert lines[1].split()[1] == "2"
    assert lines[1].endswith("2 kB")
    assert " in all" in lines[-1]
    found = parse("du")
    (experiment,) = found["experiments"]
    assert (experiment["runs"], experiment["artifacts"]) == (2, 2000)
    assert found["total"] > 2000
    assert found["edits"] > 0


@pytest.mark.parametrize("command", ["recover", "gc"])
@pytest.mark.parametrize("text", ["", "5", "d", "-1d", "nand", "1w", "1 year", "1e99d"])
def test_a_bad_length_of_time_is_refused(store: Path, command: str, text: str) -> None:
    log_run(store)
    result = call(command, "--older-than", text)
    assert result.exit_code == 2
    assert f"{text!r} is no length of time. Write 30d, 12h, 90m or 45s." in result.stderr


@pytest.mark.parametrize("command", ["recover", "pack", "verify", "gc", "du"])
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_without_a_store_there_is_one_line(command: str, options: list[str]) -> None:
    result = call(command, *options)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("Error: No run store at ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["recover", "pack", "verify", "gc", "du"])
def test_the_store_is_that_of_the_environment(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_run(tmp_path / "other")
    monkeypatch.setenv("RUNFOLIO_STORE", str(tmp_path / "other"))
    assert output(command)
    assert parse(command)
