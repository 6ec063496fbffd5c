"""Publishing to a branch: what it holds then, and that nothing else is touched."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from runfolio.errors import GitFailed, InvalidName, InvalidPath, PublishRefused, RunfolioError
from runfolio.privacy import Disclosure
from runfolio.publishing import GitBranch, Limits, Retention, find_broken_links, publish, take_down
from runfolio.publishing import branch as branch_module
from runfolio.publishing.repository import BranchOf, find_repository
from tests.publishing.conftest import log_run
from tests.publishing.repositories import (
    clone,
    commit_files,
    commits_of,
    files_of,
    git,
    read_file,
    refuse_pushes,
)

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def state_of(folder: Path) -> tuple[str, bytes, int, set[Path], str]:
    """All of a clone that publishing may not touch."""
    index = folder / ".git" / "index"
    work = {path for path in folder.rglob("*") if ".git" not in path.parts}
    status = git(folder, "--no-optional-locks", "status", "--porcelain", "--branch")
    return status, index.read_bytes(), index.stat().st_mtime_ns, work, git(folder, "branch")


def paths_of(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def change(site: Path, text: str = "changed") -> None:
    (site / "assets" / "licences.txt").write_text(text)


def test_the_first_report_makes_the_branch(work: Path, remote: Path, small_site: Path) -> None:
    done = publish(GitBranch(repository=work), site=small_site)
    expected = paths_of(small_site) | {".nojekyll", "runfolio-reports.json"}
    assert files_of(remote) == expected
    assert done.changed
    assert done.commit == git(remote, "rev-parse", "gh-pages")
    assert done.files == len(paths_of(small_site))
    assert commits_of(remote) == ["Publish report"]
    page = (small_site / "index.html").read_bytes()
    assert read_file(remote, "index.html").encode() == page.strip()


def test_neither_work_tree_nor_index_nor_branches_are_touched(work: Path, small_site: Path) -> None:
    (work / "train.py").write_text("changed\n")
    (work / "new.py").write_text("new\n")
    git(work, "add", "new.py")
    before = state_of(work)
    publish(GitBranch(repository=work), site=small_site, path="pr/1")
    assert state_of(work) == before


def test_the_same_site_again_is_no_commit(work: Path, remote: Path, small_site: Path) -> None:
    for path in ("", "pr/1"):
        publish(GitBranch(repository=work), site=small_site, path=path)
    before = commits_of(remote)
    for path in ("", "pr/1"):
        done = publish(GitBranch(repository=work), site=small_site, path=path)
        assert not done.changed
        assert done.commit is None
    assert commits_of(remote) == before


def test_a_report_replaces_the_one_before_at_its_path_only(
    work: Path, remote: Path, site: Path
) -> None:
    publish(GitBranch(repository=work), site=site, path="pr/1")
    publish(GitBranch(repository=work), site=site, path="pr/2")
    (site / "data" / "new.js").write_text("new")
    (site / "assets" / "icon.svg").unlink()
    publish(GitBranch(repository=work), site=site, path="pr/2", allow_broken_links=True)
    files = files_of(remote)
    assert {"pr/1/assets/icon.svg", "pr/2/data/new.js"} <= files
    assert not {"pr/2/assets/icon.svg", "pr/1/data/new.js"} & files
    assert commits_of(remote) == [
        "Publish report pr/2",
        "Publish report pr/2",
        "Publish report pr/1",
    ]


def test_what_others_keep_on_the_branch_stays(work: Path, remote: Path, small_site: Path) -> None:
    commit_files(work, {"CNAME": "example.org", "docs/index.html": "docs"}, branch="gh-pages")
    git(work, "checkout", "--quiet", "main")
    publish(GitBranch(repository=work), site=small_site, path="reports/1")
    publish(GitBranch(repository=work), site=small_site)
    files = files_of(remote)
    assert {"CNAME", "docs/index.html", "train.py", "index.html", "reports/1/index.html"} <= files
    assert read_file(remote, "docs/index.html") == "docs"


def test_a_list_of_reports_stands_at_an_empty_root(
    work: Path, remote: Path, small_site: Path, tmp_path: Path
) -> None:
    for number in (7, 12):
        target = GitBranch(repository=work)
        publish(target, site=small_site, path=f"pr/{number}", now=NOW + timedelta(days=number))
    page = read_file(remote, "index.html")
    assert page.index('href="pr/12/index.html"') < page.index('href="pr/7/index.html"')
    assert "Wine &amp; cheese" in page
    copy = clone(remote, tmp_path / "copy", "--branch", "gh-pages")
    assert find_broken_links(copy) == ()
    publish(GitBranch(repository=work), site=small_site)
    assert (
        read_file(remote, "index.html").encode() == (small_site / "index.html").read_bytes().strip()
    )
    assert "runfolio-reports.css" not in files_of(remote)
    take_down(GitBranch(repository=work))
    assert read_file(remote, "index.html").replace("\n", "") == page.replace("\n", "")


def test_a_root_page_of_somebody_else_is_left_alone(
    work: Path, remote: Path, small_site: Path
) -> None:
    commit_files(work, {"index.html": "mine"}, branch="gh-pages")
    publish(GitBranch(repository=work), site=small_site, path="pr/1")
    assert read_file(remote, "index.html") == "mine"
    with pytest.raises(PublishRefused, match=r"files that runfolio did not write.*'index.html'"):
        publish(GitBranch(repository=work), site=small_site)
    assert read_file(remote, "index.html") == "mine"


def test_a_list_that_somebody_changed_is_left_alone(
    work: Path, remote: Path, small_site: Path
) -> None:
    publish(GitBranch(repository=work), site=small_site, path="pr/1")
    git(work, "fetch", "--quiet", "origin", "gh-pages")
    git(work, "checkout", "--quiet", "-B", "gh-pages", "FETCH_HEAD")
    commit_files(work, {"index.html": "mine"}, branch="gh-pages")
    publish(GitBranch(repository=work), site=small_site, path="pr/2")
    assert read_file(remote, "index.html") == "mine"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("docs", "'docs' holds files that runfolio did not write"),
        ("README/1", "'README' is a file"),
        ("pr/1/more", "a report lies at 'pr/1'"),
        ("pr", "a report lies at 'pr/1'"),
        ("index.html", "among the files of the site at the root"),
    ],
)
def test_a_path_that_is_taken_is_refused(
    work: Path, remote: Path, small_site: Path, path: str, message: str
) -> None:
    commit_files(work, {"docs/index.html": "docs", "README": "read"}, branch="gh-pages")
    publish(GitBranch(repository=work), site=small_site, path="pr/1")
    before = commits_of(remote)
    with pytest.raises(PublishRefused, match=message):
        publish(GitBranch(repository=work), site=small_site, path=path)
    assert commits_of(remote) == before


def test_a_report_does_not_lie_among_the_files_of_another(work: Path, small_site: Path) -> None:
    publish(GitBranch(repository=work), site=small_site)
    with pytest.raises(PublishRefused, match="'runs/new' would lie among the files of the site"):
        publish(GitBranch(repository=work), site=small_site, path="runs/new")


@pytest.mark.parametrize(
    "path",
    ["/pr", "../pr", "pr/../..", ".git/hooks", "pr//1", "a b", "pr/#1", "pr.", "C:\\pr", "é/ "],
)
def test_a_path_that_is_none_is_refused(work: Path, small_site: Path, path: str) -> None:
    with pytest.raises(InvalidPath, match=r"can't be a report's. Use one such as 'pr/123'"):
        publish(GitBranch(repository=work), site=small_site, path=path)


def test_old_reports_and_those_of_closed_pull_requests_go(
    work: Path, remote: Path, small_site: Path
) -> None:
    target = GitBranch(repository=work)
    for day, path in enumerate(("pr/1", "pr/2", "pr/3/a", "main/old", "pr/5")):
        publish(target, site=small_site, path=path, now=NOW + timedelta(days=day))
    retention = Retention(seconds=4.5 * 86400, names=("3", "99"))
    done = publish(
        target, site=small_site, path="pr/6", retention=retention, now=NOW + timedelta(days=5)
    )
    assert done.removed == ("pr/1", "pr/3/a")
    reports = json.loads(read_file(remote, "runfolio-reports.json"))["reports"]
    assert set(reports) == {"pr/2", "main/old", "pr/5", "pr/6"}
    files = files_of(remote)
    assert not any(one.startswith(("pr/1/", "pr/3/")) for one in files)
    assert "pr/1/" not in read_file(remote, "index.html")
    done = publish(target, site=small_site, path="pr/6", retention=Retention(keep=2))
    assert done.removed == ("pr/2",)


def test_a_report_is_taken_down(work: Path, remote: Path, small_site: Path) -> None:
    target = GitBranch(repository=work)
    publish(target, site=small_site, path="pr/1")
    publish(target, site=small_site, path="pr/2")
    assert take_down(target, path="pr/1").removed == ("pr/1",)
    assert not any(one.startswith("pr/1/") for one in files_of(remote))
    assert not take_down(target, path="pr/1").changed
    take_down(target, path="pr/2")
    assert files_of(remote) == {".nojekyll", "runfolio-reports.json"}


def test_a_squashed_branch_has_one_commit(work: Path, remote: Path, site: Path) -> None:
    publish(GitBranch(repository=work), site=site, path="pr/1")
    publish(GitBranch(repository=work), site=site, path="pr/2")
    squash = GitBranch(repository=work, squash=True)
    done = publish(squash, site=site, path="pr/2")
    assert done.changed
    assert commits_of(remote) == ["Publish report pr/2"]
    change(site)
    publish(squash, site=site, path="pr/3")
    assert commits_of(remote) == ["Publish report pr/3"]
    assert not publish(squash, site=site, path="pr/3").changed
    assert {"pr/1/index.html", "pr/2/index.html"} <= files_of(remote)


def test_the_history_of_a_branch_with_more_than_reports_is_kept(
    work: Path, remote: Path, small_site: Path
) -> None:
    commit_files(work, {".nojekyll": ""})
    publish(GitBranch(repository=work, branch="main"), site=small_site, path="docs")
    with pytest.raises(PublishRefused, match="holds more than reports, and its history is kept"):
        publish(
            GitBranch(repository=work, branch="main", squash=True), site=small_site, path="other"
        )
    assert commits_of(remote, "main") == ["Publish report docs", "Code", "Code"]


@pytest.mark.parametrize("path", ["sub", "sub/1"])
def test_another_repository_on_the_branch_is_left_alone(
    work: Path, remote: Path, small_site: Path, path: str
) -> None:
    commit_files(work, {"CNAME": "example.org"}, branch="gh-pages")
    commit = git(work, "rev-parse", "HEAD")
    git(work, "update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    (work / "sub").mkdir()
    commit_files(work, {"CNAME": "example.net"}, branch="gh-pages")
    publish(GitBranch(repository=work), site=small_site, path="free")
    with pytest.raises(PublishRefused, match=r"'sub' (is a file|holds files)"):
        publish(GitBranch(repository=work), site=small_site, path=path)


def test_a_branch_of_code_is_left_alone(work: Path, remote: Path, small_site: Path) -> None:
    for path in ("", "docs"):
        with pytest.raises(PublishRefused, match="'main' holds files, none of them for pages"):
            publish(GitBranch(repository=work, branch="main"), site=small_site, path=path)
    assert commits_of(remote, "main") == ["Code"]
    publish(GitBranch(repository=work, branch="reports"), site=small_site)
    assert publish(
        GitBranch(repository=work, branch="reports"), site=small_site, path="pr/1"
    ).changed


@pytest.mark.parametrize("options", [("--depth=1",), ("--filter=blob:none",), ()])
def test_it_works_in_clones_as_ci_makes_them(
    work: Path, remote: Path, small_site: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    git(remote, "config", "uploadpack.allowFilter", "true")
    publish(GitBranch(repository=work), site=small_site, path="pr/1")
    publish(GitBranch(repository=work), site=small_site, path="pr/2")
    copy = clone(remote, tmp_path / "copy", "--branch=main", "--single-branch", *options)
    git(copy, "checkout", "--quiet", "--detach")
    publish(GitBranch(repository=copy / "src"), site=small_site, path="pr/3")
    assert {f"pr/{number}/index.html" for number in (1, 2, 3)} <= files_of(remote)
    assert len(commits_of(remote)) == 3
    shallow = git(copy, "rev-parse", "--is-shallow-repository")
    assert shallow == ("true" if "--depth=1" in options else "false")


def test_it_works_from_a_bare_repository(remote: Path, work: Path, small_site: Path) -> None:
    publish(GitBranch(repository=remote, push=False), site=small_site)
    assert "index.html" in files_of(remote)


def test_an_empty_remote_gets_its_first_branch(
    remote: Path, small_site: Path, tmp_path: Path
) -> None:
    empty = clone(remote, tmp_path / "empty")
    publish(GitBranch(repository=empty), site=small_site)
    assert "index.html" in files_of(remote)


def test_without_a_push_the_local_branch_gets_the_commit(
    work: Path, remote: Path, site: Path
) -> None:
    publish(GitBranch(repository=work), site=site, path="pr/1")
    local = GitBranch(repository=work, push=False, message="Mine")
    publish(local, site=site, path="pr/2")
    change(site)
    publish(local, site=site, path="pr/2")
    assert commits_of(work) == ["Mine", "Mine", "Publish report pr/1"]
    assert commits_of(remote) == ["Publish report pr/1"]
    git(work, "checkout", "--quiet", "gh-pages")
    with pytest.raises(PublishRefused, match="'gh-pages' is checked out"):
        publish(local, site=site, path="pr/3")


def test_whoever_publishes_is_named_as_git_is_set_up(
    work: Path, remote: Path, small_site: Path, store: Path
) -> None:
    def author() -> str:
        return git(remote, "log", "-1", "--format=%an <%ae> %cn <%ce>", "gh-pages")

    nobody = "runfolio <runfolio@localhost> runfolio <runfolio@localhost>"
    publish(GitBranch(repository=work), site=small_site, path="pr/1")
    assert author() == nobody
    git(work, "config", "user.name", "Ada")
    git(work, "config", "user.email", "ada@example.org")
    publish(GitBranch(repository=work), site=small_site, path="pr/2")
    assert author() == "Ada <ada@example.org> Ada <ada@example.org>"
    log_run(store)
    publish(
        GitBranch(repository=work),
        store=store,
        path="pr/3",
        disclosure=Disclosure(anonymous=True),
    )
    assert author() == nobody


def test_publishers_at_the_same_time_all_get_through(
    work: Path, remote: Path, small_site: Path, tmp_path: Path
) -> None:
    clones = [clone(remote, tmp_path / f"copy{number}") for number in range(4)]
    failures: list[RunfolioError] = []

    def publish_from(number: int, folder: Path) -> None:
        try:
            publish(GitBranch(repository=folder), site=small_site, path=f"pr/{number}")
        except RunfolioError as error:
            failures.append(error)

    threads = [
        threading.Thread(target=publish_from, args=pair) for pair in enumerate(clones, start=1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert {f"pr/{number}/index.html" for number in (1, 2, 3, 4)} <= files_of(remote)
    assert len(commits_of(remote)) == 4
    reports = json.loads(read_file(remote, "runfolio-reports.json"))["reports"]
    assert set(reports) == {"pr/1", "pr/2", "pr/3", "pr/4"}


def overtake(monkeypatch: pytest.MonkeyPatch, other: Path, site: Path, *, times: int) -> list[int]:
    """Have another clone push just before each of the first pushes."""
    put = BranchOf.put
    pushed: list[int] = []

    def put_late(self: BranchOf, commit: str, base: str | None) -> bool:
        if self.git.folder != other and len(pushed) < times:
            pushed.append(len(pushed))
            publish(GitBranch(repository=other), site=site, path=f"other/{len(pushed)}")
        return put(self, commit, base)

    monkeypatch.setattr(BranchOf, "put", put_late)
    monkeypatch.setattr(branch_module, "_wait", lambda attempt: None)
    return pushed


@pytest.mark.parametrize("squash", [False, True])
def test_what_was_pushed_meanwhile_is_taken_over(
    work: Path,
    remote: Path,
    small_site: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    squash: bool,
) -> None:
    other = clone(remote, tmp_path / "other")
    overtake(monkeypatch, other, small_site, times=2)
    publish(GitBranch(repository=work, squash=squash), site=small_site, path="pr/1")
    assert {"other/1/index.html", "other/2/index.html", "pr/1/index.html"} <= files_of(remote)
    assert len(commits_of(remote)) == (1 if squash else 3)


def test_after_some_attempts_it_gives_up(
    work: Path, remote: Path, small_site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = clone(remote, tmp_path / "other")
    overtake(monkeypatch, other, small_site, times=99)
    with pytest.raises(GitFailed, match="was changed by others during each of 6 attempts"):
        publish(GitBranch(repository=work), site=small_site, path="pr/1")
    assert "pr/1/index.html" not in files_of(remote)


def test_a_remote_that_refuses_says_why(work: Path, remote: Path, small_site: Path) -> None:
    refuse_pushes(remote, "This branch is protected")
    with pytest.raises(GitFailed, match=r"refused the branch 'gh-pages'.*This branch is protected"):
        publish(GitBranch(repository=work), site=small_site)
    assert git(work, "for-each-ref", "refs/runfolio") == ""


def test_hooks_of_the_repository_do_not_run(work: Path, remote: Path, small_site: Path) -> None:
    refuse_pushes(work / ".git", "no")
    (work / ".git" / "hooks" / "pre-receive").rename(work / ".git" / "hooks" / "pre-push")
    publish(GitBranch(repository=work), site=small_site)
    assert "index.html" in files_of(remote)


def test_a_token_is_in_no_message(work: Path, small_site: Path) -> None:
    token = "to" + "ken123"
    address = f"http://user:{token}@127.0.0.1:1/team/code.git?key={token}"
    with pytest.raises(GitFailed, match="Couldn't reach the remote") as raised:
        publish(GitBranch(repository=work, remote=address), site=small_site)
    assert token not in str(raised.value)
    git(work, "remote", "add", "secret", address)
    with pytest.raises(GitFailed, match="remote 'secret'") as raised:
        publish(GitBranch(repository=work, remote="secret"), site=small_site)
    assert token not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"remote": "upstream"}, GitFailed, "Couldn't reach the remote 'upstream'"),
        ({"remote": "--upload-pack=touch"}, InvalidName, "is no remote"),
        ({"branch": "a..b"}, InvalidName, "'a..b' is no name of a branch"),
        ({"branch": "--force"}, InvalidName, "is no name of a branch"),
        ({"repository": "/"}, GitFailed, "is in no git repository"),
        ({"repository": "/no/such"}, GitFailed, "Couldn't run git in '/no/such'"),
    ],
)
def test_a_place_that_is_none_is_refused(
    work: Path,
    small_site: Path,
    options: dict[str, Any],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        publish(GitBranch(**({"repository": work} | options)), site=small_site)


def test_what_the_whole_branch_holds_is_measured(
    work: Path, remote: Path, small_site: Path
) -> None:
    size = sum((small_site / path).stat().st_size for path in paths_of(small_site))
    target = GitBranch(repository=work)
    limits = Limits(whole=int(size * 2.5))
    for number in (1, 2):
        publish(target, site=small_site, path=f"pr/{number}", limits=limits)
    with pytest.raises(PublishRefused, match=r"all that would lie there has .* this report"):
        publish(target, site=small_site, path="pr/3", limits=limits)
    publish(target, site=small_site, path="pr/2", limits=limits)
    publish(target, site=small_site, path="pr/3", limits=limits, retention=Retention(keep=2))
    assert not any(one.startswith("pr/1/") for one in files_of(remote))


def test_a_dry_run_changes_nothing(work: Path, remote: Path, small_site: Path) -> None:
    target = GitBranch(repository=work)
    publish(target, site=small_site, path="pr/1")
    objects = git(work, "count-objects", "-v")
    done = publish(
        target, site=small_site, path="pr/2", retention=Retention(names=["1"]), dry_run=True
    )
    assert done.dry_run
    assert done.changed
    assert done.removed == ("pr/1",)
    assert commits_of(remote) == ["Publish report pr/1"]
    assert git(work, "count-objects", "-v") == objects


def test_a_damaged_list_of_reports_is_named(work: Path, small_site: Path) -> None:
    commit_files(work, {"runfolio-reports.json": '{"reports": 1}'}, branch="gh-pages")
    with pytest.raises(PublishRefused, match=r"list of reports 'runfolio-reports.json' of the br"):
        publish(GitBranch(repository=work), site=small_site, path="pr/1")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "https://user:t@github.com/Ada/engine.git",
            "https://ada.github.io/engine/pr/1/index.html",
        ),
        ("git@github.com:ada/ada.github.io.git", "https://ada.github.io/pr/1/index.html"),
        ("https://example.org/ada/engine.git", None),
    ],
)
def test_the_address_on_github_pages_is_told(
    work: Path, address: str, expected: str | None
) -> None:
    git(work, "remote", "set-url", "origin", address)
    branch = BranchOf(find_repository(work), "gh-pages", "origin", push=True, single=False)
    assert branch.address("pr/1") == expected
