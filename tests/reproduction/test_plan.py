"""Plans, which go by the record alone: the steps, and all that was not recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runfolio.query.runs import Artifact, RunRecord
from runfolio.reproduction.plan import list_steps, plan_reproduction
from runfolio.reproduction.recorded import read_recorded

COMMIT = "8f3c2a1" + "0" * 33
ID = "3f2a9c010d1e2b4a"


def artifact(path: str) -> Artifact:
    place = Path("/store") / path
    return Artifact(path, place, place.parent, 1, "0" * 64, "text/plain", "code", None, None)


def record(*paths: str, status: str = "FINISHED", **context: Any) -> RunRecord:
    """The record of a run with all that is needed, but what `context` says otherwise."""
    whole: dict[str, Any] = {
        "command": ["python", "train.py", "--name", "a b"],
        "source_kind": "script",
        "git": {"commit": COMMIT, "dirty": False, "remote": "git@example.org:a/b.git"},
        "folder": ".",
        "source_path": "train.py",
        "environment": {"python": "3.11.7", "packages": ["numpy==2.1.0", "runfolio==1.0"]},
        "variables": {"names": ["A", "B"], "values": {"A": "x y"}},
    }
    told = {key: value for key, value in (whole | context).items() if value is not None}
    files = tuple(artifact(path) for path in paths)
    ends = (0, 0, 1.0)
    return RunRecord(
        ID, "e", "n", status, *ends, None, None, told, {}, {}, {}, artifacts=files, inputs=()
    )


def test_the_steps_of_a_run_that_was_recorded_whole() -> None:
    plan = plan_reproduction(record())
    assert (plan.refusals, plan.warnings) == ((), ())
    assert list_steps(plan) == [
        f"git worktree add --detach ../again-3f2a9c01 {COMMIT}",
        "uv venv --python 3.11.7 ../again-3f2a9c01/.venv",
        ". ../again-3f2a9c01/.venv/bin/activate",
        "uv pip install -r requirements.txt",
        "cd ../again-3f2a9c01",
        "A='x y' python train.py --name 'a b'",
    ]
    assert plan.recorded.unset == ("B",)
    assert "pip install -r requirements.txt" in list_steps(plan, "pip")
    assert len(list_steps(plan, "none")) == 3


def test_changes_and_a_folder_are_in_the_steps() -> None:
    git = {"commit": COMMIT, "dirty": True}
    steps = list_steps(plan_reproduction(record("code/changes.diff", git=git, folder="a b/c")))
    assert steps[1] == "git -C ../again-3f2a9c01 apply < changes.diff"
    assert steps[-2] == "cd '../again-3f2a9c01/a b/c'"


def test_a_snapshot_is_enough() -> None:
    said = {"path": "code/snapshot", "folder": "sub", "files": 1, "script": "sub/train.py"}
    run = record("code/snapshot/sub/train.py", git=None, folder=None, snapshot=said)
    plan = plan_reproduction(run)
    assert (plan.way, plan.folder, plan.refusals, plan.warnings) == ("snapshot", "sub", (), ())
    (copy, *_) = list_steps(plan)
    assert copy == f'cp -r "$RUNFOLIO_STORE"/runs/{ID}/artifacts/code/snapshot ../again-3f2a9c01'


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({"command": None}, "The command was not recorded"),
        ({"command": [], "source_kind": "notebook"}, "It ran in a notebook"),
        ({"command": ["python"], "source_kind": "repl"}, "It was typed at a prompt"),
        ({"command": ["python", "a.py", "--token", "[redacted]"]}, r"a secret.*\(--token\)"),
        ({"git": None}, "Neither a commit nor a source snapshot was recorded"),
        ({"git": {"commit": "[commit]"}}, "The commit was recorded, but is hidden here"),
        ({"git": {"commit": "--upload-pack=x"}}, "hidden here"),
        ({"git": None, "snapshot": {"path": "code/snapshot"}}, "Neither a commit nor"),
    ],
)
def test_what_makes_it_impossible(context: dict[str, Any], reason: str) -> None:
    import re

    refusals = plan_reproduction(record(**context)).refusals
    assert len(refusals) == 1
    assert re.search(reason, refusals[0])


def test_all_reasons_are_told_at_once() -> None:
    plan = plan_reproduction(record(git=None, command=None))
    assert len(plan.refusals) == 2
    assert list_steps(plan) == []


@pytest.mark.parametrize(
    ("context", "warning"),
    [
        ({"git": {"commit": COMMIT, "dirty": True}}, "changes since the commit, which were not"),
        ({"folder": None}, "The working directory was outside the code"),
        ({"environment": None}, "The packages were not recorded"),
        ({"variables": None}, "Environment variables were not recorded"),
        (
            {"variables": {"names": [], "values": {}, "withheld": ["HF_TOKEN"]}},
            "Not kept, since they look secret: HF_TOKEN. Set them yourself.",
        ),
        (
            {"environment": {"packages": ["a==1", "Own==2"], "local": ["Own"]}},
            "From a folder or a repository, so from no index, were installed: Own.",
        ),
        (
            {"command": ["python", "train.py", "--out", "/data/x"]},
            "The command names absolute paths, which it reads and writes: /data/x.",
        ),
        ({"writers": [{"turn": 2, "rank": 0}]}, "The run was resumed: the command that began it"),
        (
            {"writers": [{"turn": 1, "rank": 1}, {"turn": 1, "rank": 2}]},
            "3 processes logged the run together",
        ),
    ],
)
def test_what_weakens_it(context: dict[str, Any], warning: str) -> None:
    plan = plan_reproduction(record(**context))
    assert plan.refusals == ()
    assert len(plan.warnings) == 1
    assert warning in plan.warnings[0]


def test_changes_that_were_cut_are_left_out() -> None:
    git = {"commit": COMMIT, "dirty": True, "diff_cut": True}
    plan = plan_reproduction(record("code/changes.diff", git=git))
    assert plan.warnings == (
        "The changes since the commit were recorded only in part: they are left out.",
    )
    assert not any("apply" in line for line in list_steps(plan))


def test_a_snapshot_comes_before_a_commit_that_does_not_tell_the_code() -> None:
    said = {"path": "code/snapshot", "folder": ".", "script": "train.py"}
    git = {"commit": COMMIT, "dirty": True}
    assert plan_reproduction(record("code/snapshot/train.py", git=git, snapshot=said)).way == (
        "snapshot"
    )
    clean = record("code/snapshot/train.py", snapshot=said)
    assert plan_reproduction(clean).way == "git"


@pytest.mark.parametrize("status", ["FAILED", "KILLED"])
def test_a_run_that_broke_off_may_do_so_again(status: str) -> None:
    (warning,) = plan_reproduction(record(status=status)).warnings
    assert "may do so again" in warning


def test_what_makes_no_sense_counts_as_not_recorded() -> None:
    """A store may be anybody's, and what it says ends up in commands."""
    odd = record(
        command=["python", 3, "a\0b", "train.py"],
        folder="../..",
        source_path="/etc/passwd",
        git={"commit": 5, "remote": ["x"]},
        environment={"python": "3.11; rm -rf /", "packages": ["--index-url=x", "a==1", "b @ c"]},
        variables={"names": ["A", "B C", 1], "values": {"A": 1, "X=Y": "z", "C": "fine"}},
        snapshot={"path": "../../x"},
        writers="two",
    )
    found = read_recorded(odd)
    assert found.command == ("python", "train.py")
    assert (found.folder, found.script, found.commit, found.remote) == (None, None, None, None)
    assert (found.python, found.packages, found.snapshot) == (None, ("a==1",), None)
    assert (found.variables, found.unset) == ({"C": "fine"}, ("A",))
    values: tuple[Any, ...] = (None, [], "text", 7)
    for value in values:
        nothing = record(**dict.fromkeys(("command", "git", "environment", "variables"), value))
        assert plan_reproduction(nothing).refusals
