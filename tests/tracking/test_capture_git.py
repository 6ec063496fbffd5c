from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.tracking.capture import git as capture
from runfolio.tracking.capture.git import read_git, strip_credentials


def run_git(folder: Path, *command: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    plain = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *identity, *plain, *command], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    run_git(folder, "init", "-q")
    (folder / "train.py").write_text("epochs = 1\n")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-q", "-m", "first")
    return folder


def test_a_clean_repository(repository: Path) -> None:
    assert read_git(repository) == {
        "root": str(repository),
        "commit": run_git(repository, "rev-parse", "HEAD"),
        "branch": "main",
        "remote": None,
        "dirty": False,
        "diff": None,
    }


def test_a_change_is_dirty_and_shown(repository: Path) -> None:
    (repository / "train.py").write_text("epochs = 2\n")
    found = read_git(repository)
    assert found is not None
    assert found["dirty"] is True
    assert found["diff"].startswith("diff --git a/train.py b/train.py\n")
    assert "\n-epochs = 1\n+epochs = 2\n" in found["diff"]


def test_a_staged_change_is_dirty(repository: Path) -> None:
    (repository / "model.py").write_text("depth = 3\n")
    run_git(repository, "add", "model.py")
    found = read_git(repository)
    assert found is not None
    assert found["dirty"] is True
    assert "+depth = 3" in found["diff"]


def test_an_untracked_file_or_a_new_time_is_not_dirty(repository: Path) -> None:
    (repository / "notes.txt").write_text("later\n")
    os.utime(repository / "train.py", (1, 1))
    found = read_git(repository)
    assert found is not None
    assert (found["dirty"], found["diff"]) == (False, None)


def test_without_diff_only_the_flag_is_read(repository: Path) -> None:
    clean = read_git(repository, diff=False)
    (repository / "train.py").write_text("epochs = 2\n")
    dirty = read_git(repository, diff=False)
    assert clean is not None
    assert dirty is not None
    assert (clean["dirty"], clean["diff"]) == (False, None)
    assert (dirty["dirty"], dirty["diff"]) == (True, None)


def test_from_a_folder_inside_the_whole_change_is_read(repository: Path) -> None:
    (repository / "src").mkdir()
    (repository / "train.py").write_text("epochs = 2\n")
    found = read_git(repository / "src")
    assert found is not None
    assert found["root"] == str(repository)
    assert "+epochs = 2" in found["diff"]


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    run_git(repository, "checkout", "-q", "--detach")
    found = read_git(repository)
    assert found is not None
    assert found["branch"] is None
    assert found["commit"] == run_git(repository, "rev-parse", "HEAD")


def test_a_branch_with_slashes_and_packed_refs(repository: Path) -> None:
    run_git(repository, "checkout", "-q", "-b", "feature/größe")
    run_git(repository, "pack-refs", "--all")
    found = read_git(repository)
    assert found is not None
    assert found["branch"] == "feature/größe"


def test_before_the_first_commit(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "-q")
    found = read_git(tmp_path)
    assert found is not None
    assert (found["commit"], found["branch"], found["dirty"]) == (None, "main", None)
    assert found["root"] == str(tmp_path)


def test_a_work_tree(repository: Path, tmp_path: Path) -> None:
    run_git(repository, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    (tmp_path / "other" / "train.py").write_text("epochs = 3\n")
    found = read_git(tmp_path / "other")
    assert found is not None
    assert (found["branch"], found["dirty"]) == ("other", True)
    assert found["root"] == str(tmp_path / "other")


def test_a_submodule_is_a_repository_of_its_own(repository: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    run_git(outer, "init", "-q")
    run_git(outer, "submodule", "--quiet", "add", str(repository), "inner")
    run_git(outer, "commit", "-q", "-m", "with inner")
    (outer / "inner" / "train.py").write_text("epochs = 4\n")
    inner, whole = read_git(outer / "inner"), read_git(outer)
    assert inner is not None
    assert whole is not None
    assert (inner["root"], inner["dirty"]) == (str(outer / "inner"), True)
    assert (whole["root"], whole["dirty"]) == (str(outer), False)


def test_origin_comes_before_other_remotes(repository: Path) -> None:
    run_git(repository, "remote", "add", "backup", "https://example.org/backup.git")
    backup = read_git(repository)
    run_git(repository, "remote", "add", "origin", "https://ada:s3cret@example.org/a.git?x=1")
    origin = read_git(repository)
    assert backup is not None
    assert origin is not None
    assert backup["remote"] == "https://example.org/backup.git"
    assert origin["remote"] == "https://example.org/a.git"


def test_a_binary_change_is_named_only(repository: Path) -> None:
    (repository / "weights.bin").write_bytes(bytes(range(256)))
    run_git(repository, "add", ".")
    found = read_git(repository)
    assert found is not None
    assert "Binary files /dev/null and b/weights.bin differ" in found["diff"]


def test_a_long_diff_is_cut_at_a_line(repository: Path) -> None:
    (repository / "train.py").write_text("0123456789 äöü\n" * 200_000)
    found = read_git(repository)
    assert found is not None
    assert found["dirty"] is True
    *lines, last = found["diff"].splitlines()
    assert last == "# The diff is longer than 1 MB and was cut here."
    assert lines[-1] == "+0123456789 äöü"
    assert len(found["diff"].encode()) <= capture.MAX_DIFF_BYTES + 100


def test_settings_of_the_repository_run_no_program(repository: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{canary}'\n")
    program.chmod(0o755)
    (repository / ".gitattributes").write_text("*.py diff=custom\n")
    for key in ("core.fsmonitor", "core.pager", "diff.external", "diff.custom.textconv"):
        run_git(repository, "config", key, str(program))
    run_git(repository, "config", "diff.custom.command", str(program))
    run_git(repository, "config", "color.ui", "always")
    (repository / "train.py").write_text("epochs = 2\n")
    found = read_git(repository)
    assert found is not None
    assert "\n+epochs = 2\n" in found["diff"]
    assert not canary.exists()


def test_variables_of_a_surrounding_git_do_not_lead_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    found = read_git(repository)
    assert found is not None
    assert (found["root"], found["dirty"]) == (str(repository), False)


def test_the_index_is_left_alone(repository: Path) -> None:
    os.utime(repository / "train.py", (1, 1))
    before = (repository / ".git" / "index").read_bytes()
    assert read_git(repository) is not None
    assert (repository / ".git" / "index").read_bytes() == before


def test_nothing_outside_a_repository_or_without_git(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_git(tmp_path) is None
    assert read_git(tmp_path / "gone") is None
    assert read_git(repository / "train.py") is None
    assert read_git(repository / ".git") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_git(repository) is None


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for git is a shell script")
def test_a_hanging_git_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nsleep 600 &\nsleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(capture, "TIMEOUT", 0.2)
    assert read_git(tmp_path) is None


@pytest.mark.parametrize(
    ("url", "stripped"),
    [
        ("https://tok:x@h/p", "https://h/p"),
        ("https://tok@h/p", "https://h/p"),
        ("https://h/p?token=x#y", "https://h/p"),
        ("https://h:8443/p?by=a@b", "https://h:8443/p"),
        ("https://u:p@[::1]:8443/p", "https://[::1]:8443/p"),
        ("https://[::1]/@scope", "https://[::1]/@scope"),
        ("https://u:p/q@h/p", "https://h/p"),
        ("https://u:p#q@h/p", "https://h/p"),
        ("https://u:p@q@h/p", "https://h/p"),
        ("https://u:1/p@h/p", "https://h/p"),
        ("https:/tok@h/p", "https:/h/p"),
        ("HTTPS://tok@h/p", "HTTPS://h/p"),
        ("//tok@h/p", "//h/p"),
        ("ssh://git@h:22/p", "ssh://h:22/p"),
        ("git@h:owner/p.git", "git@h:owner/p.git"),
        ("ghp_0123456789abcdefghijABCDEFGHIJ012345@h:p", "h:p"),
        ("oauth2:tok@h/p", "h/p"),
        ("codecommit::eu-west-1://profile@repo", "codecommit::eu-west-1://repo"),
        ("/home/ada/repo@2", "/home/ada/repo@2"),
        (r"C:\repos\a@b", r"C:\repos\a@b"),
        ("../repo", "../repo"),
        ("file:///srv/repo", "file:///srv/repo"),
    ],
)
def test_strip_credentials(url: str, stripped: str) -> None:
    assert strip_credentials(url) == stripped


SECRET = "S3CR3T"
any_text = st.text(st.characters(codec="utf-8"), max_size=12)


@given(
    scheme=st.sampled_from(["https", "http", "ssh", "git", "ftp", "s3", "git+https", "postgresql"]),
    before=any_text,
    after=any_text,
    path=st.text("abc/._-~@:", max_size=12),
)
def test_no_password_is_left(scheme: str, before: str, after: str, path: str) -> None:
    secret = f"user:{before}{SECRET}{after}"
    stripped = strip_credentials(f"{scheme}://{secret}@example.org/{path}")
    assert SECRET not in stripped


@given(query=any_text)
def test_no_query_is_left(query: str) -> None:
    stripped = strip_credentials(f"https://example.org/p?{SECRET}{query}#{SECRET}")
    assert stripped == "https://example.org/p" or "@" in query
