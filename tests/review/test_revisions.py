"""A git revision leads to the runs logged at it, or at its nearest ancestor that has runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runfolio.errors import RevisionNotFound, SideEmpty
from runfolio.review.comparing import compare_runs
from runfolio.review.revisions import find_revision
from tests.review.compared import commit, make_repository, run_git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository")


def test_the_commit_itself_or_the_nearest_ancestor(repository: Path) -> None:
    first, second = commit(repository, "1", at=1), commit(repository, "2", at=2)
    third = commit(repository, "3", at=3)
    for known, revision, found in [
        ({first, second, third}, "main", (third, 0)),
        ({first, second}, "main", (second, 1)),
        ({first}, "HEAD", (first, 2)),
        ({first.upper(), third}, "main~1", (first, 1)),
        ({first, third}, second[:10], (first, 1)),
    ]:
        here = find_revision(revision, known=known, folder=repository)
        assert (here.commit, here.behind) == found


def test_after_a_merge_the_branch_counts(repository: Path) -> None:
    base = commit(repository, "1", at=1)
    run_git(repository, "checkout", "-q", "-b", "work")
    branch = commit(repository, "2", at=2)
    run_git(repository, "checkout", "-q", "main")
    run_git(repository, "merge", "-q", "--no-ff", "-m", "merge", "work")
    found = find_revision("main", known={base, branch}, folder=repository)
    assert found.commit == branch
    assert find_revision("main^1", known={base, branch}, folder=repository).commit == base


def test_no_runs_before(repository: Path) -> None:
    first, second = commit(repository, "1", at=1), commit(repository, "2", at=2)
    with pytest.raises(SideEmpty, match=r"No run was logged at 'main~1' .* Log runs"):
        find_revision("main~1", known={second}, folder=repository)
    assert find_revision("main", known={first}, folder=repository).behind == 1


@pytest.mark.parametrize("revision", ["nope", "", "--all", "-h", "main:train.py", "a b", "x\0y"])
def test_names_git_does_not_know(repository: Path, revision: str) -> None:
    commit(repository, "1", at=1)
    with pytest.raises(RevisionNotFound, match="Git knows no revision"):
        find_revision(revision, known=set(), folder=repository)


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(RevisionNotFound, match="No git repository at"):
        find_revision("main", known=set(), folder=tmp_path)


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(RevisionNotFound, match="Install git"):
        find_revision("main", known=set(), folder=repository)


def test_a_shallow_clone_says_what_is_missing(repository: Path, tmp_path: Path) -> None:
    first, second = commit(repository, "1", at=1), commit(repository, "2", at=2)
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), str(clone))
    with pytest.raises(RevisionNotFound, match=r"No run was.*git fetch --unshallow.*depth: 0"):
        find_revision("HEAD", known={first}, folder=clone)
    with pytest.raises(RevisionNotFound, match="The clone is shallow"):
        find_revision("origin/other", known={first}, folder=clone)
    assert find_revision("HEAD", known={second}, folder=clone).commit == second


def train(repository: Path, store: Path) -> str:
    """Run the repository's script, which logs a run at the commit that is checked out."""
    words = [sys.executable, "train.py", str(store)]
    return subprocess.run(words, cwd=repository, check=True, capture_output=True, text=True).stdout


def test_branches_of_the_clone_of_a_job(repository: Path, tmp_path: Path) -> None:
    first = commit(repository, "1", at=1)
    clone = tmp_path / "clone"
    run_git(tmp_path, "clone", "-q", repository.as_uri(), str(clone))
    run_git(clone, "checkout", "-q", "--detach")
    run_git(clone, "branch", "-q", "-D", "main")
    assert find_revision("main", known={first}, folder=clone).commit == first


def script(rmse: float) -> str:
    return (
        "import sys, runfolio\n"
        "with runfolio.start_run(store=sys.argv[1], experiment='wine', capture=['git']) as run:\n"
        f"    run.log_metric('rmse', {rmse})\n"
        "print(run.id, end='')\n"
    )


def test_runs_are_found_by_the_commit_they_were_logged_at(
    repository: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    first = commit(repository, script(1.0), at=1)
    old = train(repository, store)
    commit(repository, script(2.0), at=2)
    run_git(repository, "checkout", "-q", "-b", "work")
    second = commit(repository, script(0.5), at=3)
    new = sorted(train(repository, store) for _ in range(2))
    found = compare_runs("git:main", "git:work", store=store)
    assert (found.base.run_ids, found.base.commit, found.base.behind) == ((old,), first, 1)
    assert (found.head.run_ids, found.head.commit, found.head.behind) == ((*new,), second, 0)
    assert found.experiments[0].metrics[0].change == -0.5
    monkeypatch.chdir(store)
    elsewhere = compare_runs("git:main", "git:work", store=store, repository=repository)
    assert elsewhere.base == found.base
    with pytest.raises(RevisionNotFound, match="No git repository"):
        compare_runs("git:main", "git:work", store=store)
