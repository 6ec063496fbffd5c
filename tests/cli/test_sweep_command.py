"""``runfolio sweep``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runfolio.cli.main import main
from runfolio.store import read_overview
from tests.projects.making import LOG, SHOW, make_project

EXAMPLE = Path(__file__).parents[2] / "examples" / "project"

MLPROJECT = """\
name: demo
entry_points:
  main:
    parameters: {alpha: float, depth: {type: int, default: 3}}
    command: "python log.py --alpha {alpha} --depth {depth}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "demo", MLPROJECT, log=LOG, show=SHOW)


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["sweep", *words])


def test_trials_are_told_as_they_end_and_then_the_best(project: Path, store: Path) -> None:
    result = call("demo", "--grid", "alpha=0.1,0.5,-1", "-P", "depth=2")
    assert result.exit_code == 0, result.output
    lines = result.stderr.splitlines()
    assert re.fullmatch(r"1 of 3: alpha=0.1: FINISHED, 0.16, [\d.]+ m?s", lines[0])
    assert re.fullmatch(r"2 of 3: alpha=0.5: FINISHED, 0, [\d.]+ m?s", lines[1])
    assert re.fullmatch(r"3 of 3: alpha=-1: FAILED, .*, ValueError: alpha is bad", lines[2])
    first, best, more = result.stdout.splitlines()
    parent = re.fullmatch(r"Sweep ([0-9a-f]{16}) of 'demo': 2 of 3 trials finished\.", first)
    assert parent is not None
    assert re.fullmatch(r"Best: alpha=0.5, loss 0 \(run [0-9a-f]{16}\)", best)
    assert more == f"Go on with: runfolio sweep --resume {parent[1]}"
    assert len(read_overview(store).runs) == 4
    again = call("--resume", parent[1], "--dry-run")
    assert again.stdout == "python log.py --alpha -1 --depth 2\n"
    assert "1 trial of 3 to run, seed " in again.stderr
    resumed = call("--resume", parent[1], "--jobs", "2", "--backend", "threading")
    assert resumed.exit_code == 0
    assert resumed.stderr.startswith("3 of 3: alpha=-1: FAILED")


def test_draws_are_told_in_json(store: Path) -> None:
    result = call(
        *(str(EXAMPLE), "--random", "degree=randint(1, 9)", "--random", "ridge=choice(0.1,1)"),
        *("--trials", "2", "--seed", "3", "--metric", "test/rmse", "--direction", "up", "--json"),
    )
    said = json.loads(result.stdout)
    values = [one["value"] for one in said["trials"]]
    assert (said["metric"], said["direction"]) == ("test/rmse", "up")
    assert said["best"]["value"] == max(values)
    assert {one["status"] for one in said["trials"]} == {"FINISHED"}
    assert not said["interrupted"]


def test_a_dry_run_lists_the_trials(project: Path, store: Path) -> None:
    words = ("demo", "--grid", "alpha=1,2", "--grid", "depth=5", "--dry-run")
    assert call(*words).stdout.splitlines() == [
        "python log.py --alpha 1 --depth 5",
        "python log.py --alpha 2 --depth 5",
    ]
    plan = json.loads(call(*words, "--seed", "7", "--json").stdout)
    assert (plan["trials"], plan["seed"], len(plan["commands"])) == (2, 7, 2)
    assert not store.exists()


def test_a_sweep_without_a_finished_trial_fails(project: Path, store: Path) -> None:
    result = call("demo", "--grid", "alpha=-1")
    assert result.exit_code == 1
    assert "0 of 1 trial finished" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("demo",), 1, "A sweep needs something to try: --grid name=1,2,3"),
        (("demo", "--grid", "alpha"), 2, "'alpha' is no parameter. Write --grid name=1,2,3."),
        (("demo", "--random", "a"), 2, "Write --random 'name=uniform(0, 1)'."),
        (("demo", "--grid", "alpha=1,x"), 1, "'alpha' of type float can't be 'x'"),
        (("demo", "--random", "alpha=uniform(0,1)"), 1, "drawn at random need --trials"),
        (("demo", "--random", "alpha=no(1)", "--trials", "2"), 1, "'no(1)' for 'alpha' is no dist"),
        (("demo", "--grid", "depth=1"), 1, "needs a value for 'alpha'"),
        (("--resume", "ffff"), 1, "No run"),
        (("demo", "--grid", "alpha=1", "--scheduler", "tcp://x"), 1, "A scheduler is Dask's"),
        (("demo", "--grid", "alpha=1", "--jobs", "0"), 2, "Invalid value for '--jobs'"),
    ],
)
def test_mistakes_are_one_line(
    project: Path, store: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    result = call(*words)
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert not store.exists()
