"""Work trees apart, and diffs with what they can't tell: binary files, submodules, odd names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import CommandFailed, NotReproducible
from runfolio.reproduction.repository import (
    Repository,
    find_added,
    find_repository,
    find_untold,
)

from .recording import TRAIN, commit, git, make_repository, reproduce, run


def test_a_work_tree_is_gone_after_whatever_happens(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "a b", x="1")
    repository, head = Repository(root), git(root, "rev-parse", "HEAD")

    def registered() -> int:
        return len(git(root, "worktree", "list").splitlines())

    def break_off(error: type[BaseException]) -> None:
        with repository.work_tree(head, tmp_path / "copy") as copy:
            assert (copy.root / "x").read_text() == "1"
            assert registered() == 2
            (copy.root / "new").write_text("and changed")
            raise error

    for error in (KeyboardInterrupt, SystemExit, ValueError):
        with pytest.raises(error):
            break_off(error)
        assert registered() == 1
    with repository.work_tree(head, tmp_path / "copy") as copy:
        shutil.rmtree(copy.root)  # somebody has tidied up
    assert registered() == 1
    with pytest.raises(NotReproducible, match="Couldn't check out the commit '000000000000'"):
        repository.work_tree("0" * 40, tmp_path / "copy").__enter__()


def test_no_repository(tmp_path: Path) -> None:
    assert find_repository(tmp_path) is None
    assert find_repository(tmp_path / "nowhere") is None


DIFF = b"""diff --git a/a.py b/a.py
index 1..2 100644
--- a/a.py
+++ b/a.py
@@ -1 +1 @@
-x
+y
diff --git "a/b\\303\\244 \\"c\\".bin" "b/b\\303\\244 \\"c\\".bin"
index 1..2 100644
Binary files "a/b\\303\\244 \\"c\\".bin" and "b/b\\303\\244 \\"c\\".bin" differ
diff --git a/libs/x b/libs/x
index 1..2 160000
--- a/libs/x
+++ b/libs/x
@@ -1 +1 @@
-Subproject commit 4
+Subproject commit 5
diff --git a/new/file.py b/new/file.py
new file mode 100644
--- /dev/null
+++ b/new/file.py
@@ -0,0 +1 @@
+x
"""


def test_what_a_diff_does_not_tell() -> None:
    assert find_untold(DIFF) == ['bä "c".bin', "libs/x"]
    assert find_added(DIFF) == ["new/file.py"]
    assert find_untold(b"") == find_added(b"") == []


def test_binary_changes_and_submodules_are_told(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = TRAIN + "    run.log_text(open('libs/x/f').read(), 'f.txt')\n"
    other = make_repository(tmp_path / "other", f="1")
    root = make_repository(tmp_path / "project", train_py=program)
    git(root, "submodule", "add", "-q", str(other), "libs/x")
    (root / "ü [1].bin").write_bytes(b"\0\1")
    commit(root)
    (root / "ü [1].bin").write_bytes(b"\0\2")
    (root / "train.py").write_text(program.replace("0.5", "0.25"))
    commit(root / "libs" / "x")
    before = run(root, store)
    monkeypatch.chdir(root)
    (told, linked) = (
        runfolio.check_reproduction(before.id, store=store, env="none", link=link).plan.warnings[0]
        for link in ([], ["libs/x"])
    )
    assert told == linked
    assert told.startswith("The repository has submodules, which stay empty: libs/x. Bring one")
    with pytest.raises(CommandFailed, match="No such file or directory: 'libs/x/f'"):
        reproduce(before, store)
    done = reproduce(before, store, ignore=["code/changes.diff"], link=["libs/x"])
    assert done.verdict == "same"
    assert "'ü [1].bin' had changed, but how was not recorded." in done.warnings
    assert "'libs/x' had changed, but how was not recorded." in done.warnings
    assert len(git(root, "worktree", "list").splitlines()) == 1
    assert (root / "libs" / "x" / "f").read_text() == "1"


def test_a_commit_that_is_not_here_is_named_with_how_to_get_it(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "project", train_py=TRAIN)
    git(root, "remote", "add", "origin", "https://me:S3CR3T@example.org/a.git")
    before = run(root, store)
    head = before.context["git_commit"]
    monkeypatch.chdir(make_repository(tmp_path / "other", x="1"))
    fetch = rf"is not in '.*/other'\. Fetch it: git fetch https://example\.org/a\.git {head}"
    with pytest.raises(NotReproducible, match=fetch):
        reproduce(before, store)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotReproducible, match=r"no git repository here.*a clone of https://exa"):
        reproduce(before, store)
    assert reproduce(before, store, repository=root).verdict == "same"


def test_the_repository_of_the_store_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "project", train_py=TRAIN)
    before = run(root, root / "runs")
    monkeypatch.chdir(tmp_path)
    assert reproduce(before, root / "runs").verdict == "same"


def test_a_diff_that_does_not_apply_or_was_changed_is_refused(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_repository(tmp_path / "project", train_py=TRAIN)
    (root / "train.py").write_text(TRAIN.replace("0.5", "0.25"))
    before = run(root, store)
    monkeypatch.chdir(root)
    (diff,) = store.glob("runs/*/artifacts/code/changes.diff")
    diff.write_bytes(diff.read_bytes() + b"\n")
    with pytest.raises(NotReproducible, match=r"code/changes\.diff.*doesn't match its checksum"):
        runfolio.check_reproduction(before.id, store=store, env="none")
    other = diff.read_bytes().replace(b"-RATE = 0.5", b"-RATE = 0.7")
    head = before.context["git_commit"]
    refused = pytest.raises(NotReproducible, match=r"don't apply: .*patch does not apply")
    with Repository(root).work_tree(head, tmp_path / "copy") as copy, refused:
        copy.apply(other)
