"""Repositories, and what names them: addresses, revisions, branches, recorded changes and code."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import NotReproducible, RunfolioError
from runfolio.publishing.repository import BranchOf, find_repository
from runfolio.query.runs import find_runs
from runfolio.reproduction.data import Brought
from runfolio.reproduction.kept import KeptCode
from runfolio.reproduction.repository import Repository
from runfolio.reproduction.workspace import _bring, _make_folder
from runfolio.store import read_store
from runfolio.store.layout import run_folder
from tests.hostile import commands
from tests.hostile.cases import CANARY
from tests.hostile.names import plant
from tests.reproduction.recording import git, make_repository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

PWNED = "pwned"

ADDRESSES = (
    *("--upload-pack=touch pwned", "-u", "ext::sh -c touch% pwned", "git+ext::sh -c touch% pwned"),
    *("ssh://-oProxyCommand=touch pwned/x", "ssh://-oProxyCommand=touch${IFS}pwned/x"),
    *("git@-oProxyCommand=pwned:x", "-x@-y:z", "fd::17/x", "git+fd::17/x", "git://-pwned/x"),
    *("git+file://--upload-pack=touch pwned", "file://--upload-pack=touch pwned", "$(touch pwned)"),
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_of_a_project_is_an_option_or_a_program(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = commands.run("run", "--store", tmp_path / "runs", "--", address)
    assert result.exit_code != 0
    assert result.output.startswith("Error: ")
    assert not list(tmp_path.rglob(PWNED))


@pytest.mark.parametrize(
    "revision",
    ["--upload-pack=touch pwned", "-x", "", "../../x", "HEAD:a", "a b", "@{-1}", "x\ny", ":/a"],
)
def test_no_revision_is_an_option(
    revision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(tmp_path / "project", a="1", MLproject="name: a\n")
    monkeypatch.chdir(tmp_path)
    for address in ("project", f"git+file://{tmp_path}/project"):
        result = commands.run("run", address, f"--version={revision}", "--store", tmp_path / "runs")
        assert result.exit_code != 0
        assert "revision" in result.output
    assert not list(tmp_path.rglob(PWNED))


@pytest.mark.parametrize(
    "branch",
    ["--force", "-x", "../x", "a..b", "a b", "x.lock", "a/../../x", "a\nb", "@{u}", "a~"],
)
def test_no_branch_to_publish_to_is_an_option_or_a_path(branch: str, tmp_path: Path) -> None:
    root = make_repository(tmp_path / "project", a="1")
    before = commands.tree(root)
    with pytest.raises(RunfolioError, match="is no name of a branch"):
        BranchOf(find_repository(root), branch, "origin", True, False)
    assert commands.tree(root) == before


OUTSIDE = "../../outside"
DIFFS: dict[str, str] = {
    "above": f"diff --git a/{OUTSIDE}/new b/{OUTSIDE}/new\nnew file mode 100644\n"
    f"--- /dev/null\n+++ b/{OUTSIDE}/new\n@@ -0,0 +1 @@\n+x\n",
    "absolute": "diff --git a//tmp/new b//tmp/new\nnew file mode 100644\n"
    "--- /dev/null\n+++ b//tmp/new\n@@ -0,0 +1 @@\n+x\n",
    "hook": "diff --git a/.git/hooks/post-checkout b/.git/hooks/post-checkout\n"
    "new file mode 100755\n--- /dev/null\n+++ b/.git/hooks/post-checkout\n@@ -0,0 +1 @@\n+x\n",
    "settings": "diff --git a/.GIT/config b/.GIT/config\nnew file mode 100644\n"
    "--- /dev/null\n+++ b/.GIT/config\n@@ -0,0 +1 @@\n+x\n",
    "renamed": f"diff --git a/{OUTSIDE}/canary.txt b/got\nsimilarity index 100%\n"
    f"rename from {OUTSIDE}/canary.txt\nrename to got\n",
    "copied": f"diff --git a/{OUTSIDE}/canary.txt b/got\nsimilarity index 100%\n"
    f"copy from {OUTSIDE}/canary.txt\ncopy to got\n",
    "through": f"diff --git a/way b/way\nnew file mode 120000\n--- /dev/null\n+++ b/way\n"
    f"@@ -0,0 +1 @@\n+{OUTSIDE}\n\\ No newline at end of file\n"
    "diff --git a/way/new b/way/new\nnew file mode 100644\n--- /dev/null\n+++ b/way/new\n"
    "@@ -0,0 +1 @@\n+x\n",
}


@pytest.mark.parametrize("diff", DIFFS)
def test_no_recorded_change_leaves_the_copy_of_the_code(diff: str, tmp_path: Path) -> None:
    """git refuses such paths, and links on the way; nothing of the change is applied then."""
    plant(tmp_path / "outside")
    root = make_repository(tmp_path / "project", a="1")
    before = commands.tree(tmp_path / "outside")
    head = git(root, "rev-parse", "HEAD")
    with Repository(root).work_tree(head, tmp_path / "work" / "copy") as copy:
        hooks = commands.tree(root / ".git" / "hooks")
        with pytest.raises(NotReproducible, match="don't apply"):
            copy.apply(DIFFS[diff].encode())
        assert {one.name for one in copy.root.iterdir()} == {".git", "a"}
        assert commands.tree(root / ".git" / "hooks") == hooks
    assert commands.tree(tmp_path / "outside") == before


def test_no_link_in_the_code_leads_out_of_its_copy(tmp_path: Path) -> None:
    """The working directory is made, and data is brought, where the code has a link."""
    outside, root = tmp_path / "outside", tmp_path / "base" / "work" / "code"
    root.mkdir(parents=True)
    outside.mkdir()
    (root / "way").symlink_to(outside)
    with pytest.raises(NotReproducible, match="leads out of the code"):
        _make_folder(root, "way/new")
    (tmp_path / "data.csv").write_text("1")
    for path in ("way/data.csv", "way/sub/data.csv"):
        _bring(Brought(tmp_path / "data.csv", path, copied=True), root, tmp_path / "base")
    assert list(outside.iterdir()) == []
    _bring(Brought(tmp_path / "data.csv", "../data.csv", copied=True), root, tmp_path / "base")
    assert (root.parent / "data.csv").read_text() == "1"


def _link(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "canary.txt")


def _pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
@pytest.mark.parametrize("put", [_link, _pipe])
def test_kept_code_is_read_from_plain_files(
    put: Callable[[Path, Path], None], store: Path, tmp_path: Path
) -> None:
    """Its checksum is the store's word, so that it vouches for nothing."""
    plant(tmp_path / "outside")
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_text(CANARY, "code/changes.diff")
    file = run_folder(store, run.id).artifacts / "code" / "changes.diff"
    (found,) = find_runs(read_store(store))
    (artifact,) = found.artifacts
    assert KeptCode(run.id, None).read(artifact).decode() == CANARY
    file.unlink()
    put(file, tmp_path / "outside")
    with pytest.raises(NotReproducible, match=r"it is a link|it is no regular file"):
        KeptCode(run.id, None).read(artifact)
