"""Where a project lies: in a folder, at a revision, or in a repository that is cloned."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import ProjectInvalid
from runfolio.projects.fetching import fetched_project, is_git_address
from tests.projects.making import commit, git, make_project


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a project in its folder ``sub``, and an older one at the tag ``old``."""
    folder = tmp_path / "my repo"
    make_project(folder / "sub", "name: first")
    commit(folder)
    git(folder, "tag", "old")
    make_project(folder / "sub", "name: second")
    commit(folder)
    git(folder, "checkout", "--quiet", "-b", "feature")
    make_project(folder / "sub", "name: third")
    commit(folder)
    git(folder, "checkout", "--quiet", "main")
    return folder


def name_in(folder: Path) -> str:
    return (folder / "MLproject").read_text().removeprefix("name: ")


@pytest.mark.parametrize(
    ("project", "cloned"),
    [
        ("https://example.org/a/b", True),
        ("ssh://git@example.org/a/b.git#sub", True),
        ("git@example.org:a/b.git", True),
        ("git+file:///tmp/b", True),
        ("git://example.org/b", True),
        ("file:///tmp/b", False),
        (".", False),
        ("a/b#sub", False),
        ("C:/projects/b", False),
        ("ext::sh -c id", False),
    ],
)
def test_only_addresses_of_repositories_are_cloned(project: str, cloned: bool) -> None:
    assert is_git_address(project) == cloned


def test_a_folder_is_run_where_it_is(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for project in (str(repository / "sub"), f"{repository}#sub", f"file://{repository}#sub"):
        with fetched_project(project) as fetched:
            assert fetched.folder == repository / "sub"
            assert not fetched.temporary
    odd = make_project(repository / "a#b", "name: odd")
    with fetched_project(str(odd)) as fetched:
        assert fetched.folder == odd
    monkeypatch.chdir(repository)
    with fetched_project("sub") as fetched:
        assert fetched.folder == repository / "sub"


@pytest.mark.parametrize(
    ("version", "name"), [("old", "first"), ("feature", "third"), ("main~1", "first")]
)
def test_a_version_of_a_folder_is_checked_out_beside_it(
    repository: Path, version: str, name: str
) -> None:
    (repository / "sub/MLproject").write_text("name: not committed")
    before = git(repository, "status", "--porcelain"), git(repository, "branch")
    with fetched_project(str(repository / "sub"), version) as fetched:
        assert name_in(fetched.folder) == name
        assert fetched.uri == str(repository / "sub")
        place = fetched.folder
    assert not place.exists()
    assert (git(repository, "status", "--porcelain"), git(repository, "branch")) == before
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_an_error_leaves_no_work_tree(repository: Path) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        fetched_project(str(repository / "sub"), "old"),
    ):
        raise KeyboardInterrupt
    assert len(git(repository, "worktree", "list").splitlines()) == 1


@pytest.mark.parametrize(
    ("version", "name"), [(None, "second"), ("old", "first"), ("feature", "third")]
)
def test_a_repository_is_cloned(repository: Path, version: str | None, name: str) -> None:
    address = f"git+file://{repository}".replace(" ", "%20")
    with fetched_project(f"{address}#sub", version) as fetched:
        assert name_in(fetched.folder) == name
        assert fetched.temporary
        assert fetched.uri == f"{address}#sub"
        place = fetched.folder
    assert not place.exists()


def test_a_commit_is_cloned(repository: Path) -> None:
    first = git(repository, "rev-parse", "old")
    address = f"git+file://{repository}".replace(" ", "%20")
    for text in (first, first[:9]):
        with fetched_project(f"{address}#sub", text) as fetched:
            assert git(fetched.folder, "rev-parse", "HEAD") == first


def test_submodules_are_cloned_too(repository: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "--quiet", "--initial-branch", "main")
    allowed = ("-c", "protocol.file.allow=always")
    git(outer, *allowed, "submodule", "--quiet", "add", str(repository), "inner")
    commit(outer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_COUNT", "1")
        patch.setenv("GIT_CONFIG_KEY_0", "protocol.file.allow")
        patch.setenv("GIT_CONFIG_VALUE_0", "always")
        with fetched_project(f"git+file://{outer}#inner/sub") as fetched:
            assert name_in(fetched.folder) == "second"


def test_no_hook_runs(repository: Path, tmp_path: Path) -> None:
    hook = repository / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    hook.chmod(0o755)
    with fetched_project(str(repository / "sub"), "old"):
        pass
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("project", "version", "message"),
    [
        ("{repo}#absent", None, r"There is no folder 'absent' in .*my repo'. Name another after"),
        ("{repo}#../x", None, r"The subfolder '../x' leaves the project"),
        ("{repo}", "absent", r"There is no revision 'absent' in .*my repo'. Name a branch"),
        ("{repo}", "--upload-pack=x", r"'--upload-pack=x' is no revision"),
        ("{repo}", "", r"'' is no revision"),
        ("git+file://{repo}x", None, r"can't be cloned: .*does not .* Check the address"),
        ("git+file://{repo}", "absent", r"There is no revision 'absent' in 'file://"),
        ("{repo}/..", "main", r"is in no git repository, so there is no version 'main'"),
        ("{repo}/absent", "main", r"There is no folder '.*absent'. Name the folder"),
    ],
)
def test_what_is_not_there_is_one_line(
    repository: Path, project: str, version: str | None, message: str
) -> None:
    name = project.format(repo=str(repository))
    if project.startswith("git+"):
        name = name.replace(" ", "%20")
    with pytest.raises(ProjectInvalid, match=message) as caught, fetched_project(name, version):
        pass
    assert "\n" not in str(caught.value)


def test_credentials_of_an_address_are_told_to_nobody(tmp_path: Path) -> None:
    address = f"git+file://me:s3cret@localhost{tmp_path}/absent"
    with pytest.raises(ProjectInvalid) as caught, fetched_project(address):
        pass
    assert "s3cret" not in str(caught.value)


def test_a_link_out_of_a_clone_is_not_followed(repository: Path, tmp_path: Path) -> None:
    (repository / "out").symlink_to(tmp_path)
    commit(repository)
    address = f"git+file://{repository}".replace(" ", "%20")
    with pytest.raises(ProjectInvalid, match="no folder 'out'"), fetched_project(f"{address}#out"):
        pass
