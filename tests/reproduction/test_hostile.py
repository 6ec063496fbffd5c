"""Stores and repositories of strangers: telling how a run would be done again does nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import runfolio
from runfolio.cli.main import main
from runfolio.reproduction.command import quote
from runfolio.reproduction.repository import Repository
from runfolio.schema import InputRecord, WholeRun
from runfolio.store.adding import Adder

from .recording import TRAIN, commit, git, make_repository
from .test_plan import COMMIT, ID

BAD = "\x1b[2J\x07\r\x15\u202e\x9b'\n$(touch pwned) `touch pwned`"


def add(store: Path, *inputs: InputRecord, **context: Any) -> str:
    told = {
        "command": ["python", "train.py"],
        "git": {"commit": COMMIT},
        "folder": ".",
        "source_path": "train.py",
        **context,
    }
    Adder(store).add(WholeRun(ID, "e", "n", 0, inputs=inputs, context=told))
    return ID


@pytest.mark.parametrize(
    "word", [BAD, "", "a b", "it's\n", "\\n\n", "\x01a1\x7f", "é\t\u2028f", "\ue000x"]
)
def test_a_word_is_quoted_so_that_all_of_it_is_seen(word: str) -> None:
    quoted = quote(word)
    assert quoted.isprintable()
    done = subprocess.run(
        ["bash", "-c", f"printf %s {quoted}"],
        capture_output=True,
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
        check=True,
    )
    assert done.stdout.decode() == word


def test_what_a_store_says_moves_no_cursor(store: Path, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", train_py=TRAIN)
    head = git(root, "rev-parse", "HEAD")
    run_id = add(
        store,
        InputRecord(BAD, "0" * 16, f"{BAD}.csv", BAD, None, {"bytes": 3}),
        command=["python", "train.py", BAD, f"/{BAD}", "[redacted]"],
        git={"commit": head, "remote": BAD},
        folder=BAD.replace("\x15", "..."),
        variables={"names": ["A"], "values": {"A": BAD}, "withheld": ["B"]},
        environment={
            "python": "3.11",
            "packages": ["a==1"],
            "local": [BAD],
            "platform": BAD + " x",
        },
    )
    where = ["--repository", str(root), "--store", str(store)]
    for options in (["--dry-run"], ["--dry-run", "--json"], []):
        result = CliRunner().invoke(main, ["reproduce", run_id, *where, *options])
        assert result.exit_code == 1
        assert all(line.isprintable() for line in result.output.split("\n"))
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("remote", ["--upload-pack=touch x", "ext::sh -c touch% x", BAD, None])
def test_an_odd_remote_is_in_no_command_to_copy(
    store: Path, tmp_path: Path, remote: str | None
) -> None:
    run_id = add(store, git={"commit": COMMIT, "remote": remote})
    make_repository(tmp_path / "project", x="1")
    checked = runfolio.check_reproduction(run_id, store=store, repository="project", env="none")
    (reason,) = checked.plan.refusals
    assert reason.endswith("Name the repository that has it with --repository.")


def test_a_remote_is_quoted(store: Path, tmp_path: Path) -> None:
    run_id = add(store, git={"commit": COMMIT, "remote": "a; touch pwned"})
    make_repository(tmp_path / "project", x="1")
    checked = runfolio.check_reproduction(run_id, store=store, repository="project", env="none")
    assert checked.plan.refusals[0].endswith(f"git fetch 'a; touch pwned' {COMMIT}")


@pytest.mark.skipif(os.name != "posix", reason="programs are shell scripts")
def test_nothing_that_a_repository_names_is_run(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "project", train_py=TRAIN, data__x="1")
    (root / ".gitattributes").write_text("* filter=evil diff=evil\n")
    head = commit(root)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\nexit 1\n")
    program.chmod(0o755)
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        (root / ".git" / "hooks" / hook).symlink_to(program)
    for name in (
        *("core.fsmonitor", "core.hooksPath", "core.sshCommand", "core.pager", "core.askPass"),
        *("filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "diff.evil.textconv"),
        *("diff.external", "gpg.program", "remote.origin.uploadpack", "credential.helper"),
        *("core.gitProxy", "sequence.editor", "core.editor"),
    ):
        git(root, "config", name, str(program))
    for name, value in {
        "remote.origin.url": "ssh://nowhere.invalid/x",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "protocol.allow": "always",
    }.items():
        git(root, "config", name, value)
    tree = git(root, "rev-parse", f"{head}:data")
    (root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()  # it would have to be fetched
    monkeypatch.chdir(root)
    run_id = add(store, git={"commit": head}, command=["python", "train.py", "data/x", "new"])
    (root / "new").write_text("")
    for commit_there in (head, COMMIT):
        assert Repository(root).has_commit(commit_there) == (commit_there == head)
    checked = runfolio.check_reproduction(run_id, store=store, env="none")
    assert checked.plan.refusals == ()
    assert [one.path for one in checked.brought] == ["data/x", "new"]
    assert not (tmp_path / "pwned").exists()


def test_what_is_no_file_is_not_read(store: Path, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", train_py=TRAIN)
    head = git(root, "rev-parse", "HEAD")
    names = ["/dev/zero", str(root / "pipe"), str(root / "train.py"), str(root)]
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "pipe")
    else:
        names = names[2:]
    inputs = [InputRecord(name, "0" * 16, name, None, None, {"bytes": 3}) for name in names]
    run_id = add(store, *inputs, git={"commit": head})
    checked = runfolio.check_reproduction(run_id, store=store, repository=root, env="none")
    told = [one for one in checked.plan.warnings if "is another now" in one]
    assert told == [f"The data {name!r} is another now: {name!r} has changed." for name in names]
