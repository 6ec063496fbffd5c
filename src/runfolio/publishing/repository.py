"""A branch of a git repository and the remote it is pushed to: fetched, committed to, moved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import GitFailed, InvalidName, PublishRefused
from runfolio.publishing.git import Answer, Git, mask_addresses
from runfolio.site.addresses import INDEX

_SEEN: Final = "refs/runfolio/published"
_NOBODY: Final = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "runfolio"), ("EMAIL", "runfolio@localhost"))
}
_TOO_LATE: Final = re.compile(
    r"\(fetch first\)|\(non-fast-forward\)|\(stale info\)|cannot lock ref|failed to update ref"
    r"|reference already exists|incorrect old value|failed to lock"
)
_REFUSED: Final = re.compile(r"^!\t\S*\t\[([^\]]*)\]\s*(?:\((.*)\))?", re.MULTILINE)
_GITHUB: Final = re.compile(r"(?:@|//)(?:www\.)?github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$")


@dataclass(frozen=True)
class BranchOf:
    """A branch, in the repository `git` and, if `push`, at `remote`.

    With `single` it has one commit at any time, without those before it.
    """

    git: Git
    branch: str
    remote: str
    push: bool
    single: bool

    def __post_init__(self) -> None:
        if self.branch.startswith("-") or self.git.ask("check-ref-format", self._local).status:
            raise InvalidName(
                f"{self.branch!r} is no name of a branch. Use one such as 'gh-pages'."
            )
        if not self.remote or self.remote.startswith("-"):
            raise InvalidName(f"{self.remote!r} is no remote. Use a name or an address.")
        if not self.push and self._local in self._checked_out():
            raise PublishRefused(
                f"The branch {self.branch!r} is checked out, and committing to it would leave its "
                "files behind. Check out another one, or leave --no-push out."
            )

    @property
    def _local(self) -> str:
        return f"refs/heads/{self.branch}"

    @property
    def _seen(self) -> str:
        """Where the branch is kept as it was seen last, so that the next fetch is small."""
        return f"{_SEEN}/{self.branch}"

    @property
    def _shown_remote(self) -> str:
        return repr(mask_addresses(self.remote))

    @property
    def place(self) -> str:
        """The branch in words."""
        return f"the branch {self.branch!r}" + (f" of {self._shown_remote}" if self.push else "")

    def _checked_out(self) -> set[str]:
        listed = self.git.run("worktree", "list", "--porcelain").text.split("\n")
        return {one.removeprefix("branch ") for one in listed if one.startswith("branch ")}

    def fetch(self) -> str | None:
        """The commit that the branch is at, None where there is no branch yet."""
        if not self.push:
            commit = self.git.find_commit(self._local)
            if commit is not None or not self._has_remote():
                return commit
        listed = self.git.ask("ls-remote", self.remote, self._local)
        if listed.status != 0:
            raise GitFailed(
                f"Couldn't reach the remote {self._shown_remote}: {listed.reason}. Check its "
                "address and your rights, or name another with --remote."
            )
        if not listed.text.strip():
            return None
        shallow = self.git.is_true("rev-parse", "--is-shallow-repository")
        self.git.run(
            *("fetch", "--quiet", "--no-tags", "--no-recurse-submodules"),
            *(("--depth=1",) if shallow else ()),
            *(self.remote, f"+{self._local}:{self._seen}"),
        )
        return self.git.find_commit(self._seen)

    def _has_remote(self) -> bool:
        return self.git.ask("remote", "get-url", self.remote).status == 0

    def tree_of(self, commit: str) -> str:
        """The tree of a commit."""
        return self.git.run("rev-parse", f"{commit}^{{tree}}").text

    def commit(
        self, tree: str, base: str | None, *, message: str, anonymous: bool = False
    ) -> str | None:
        """A commit of `tree` after `base`; None where that changes nothing."""
        parents = () if base is None or self.single else ("-p", base)
        is_same = base is not None and self.tree_of(base) == tree
        if is_same and (parents or not self._has_parents(str(base))):
            return None
        return self.git.run(
            *("commit-tree", tree, *parents),
            given=message.encode(),
            variables=self._identity(anonymous=anonymous),
        ).text

    def _has_parents(self, commit: str) -> bool:
        """Whether a commit has a history, also where that was not fetched."""
        header = self.git.run("cat-file", "commit", commit).text.partition("\n\n")[0]
        return "\nparent " in header

    def _identity(self, *, anonymous: bool) -> dict[str, str]:
        """Who commits: as git is set up, else nobody, rather than the names of user and machine."""
        strict = ("-c", "user.useConfigOnly=true", "var")
        known = all(
            self.git.ask(*strict, f"GIT_{role}_IDENT").status == 0
            for role in ("AUTHOR", "COMMITTER")
        )
        return {} if known and not anonymous else _NOBODY | {"TZ": "UTC"}

    def put(self, commit: str, base: str | None) -> bool:
        """Move the branch from `base` to `commit`; False where somebody else was quicker."""
        if not self.push:
            old = self.git.find_commit(self._local) or "0" * len(commit)
            self.git.run("update-ref", self._local, commit, old)
            return True
        lease = f"--force-with-lease={self._local}:{base or ''}"
        answer = self.git.ask(
            *("push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no"),
            *((lease,) if self.single else ()),
            *(self.remote, f"{commit}:{self._local}"),
        )
        if answer.status == 0:
            self.git.run("update-ref", self._seen, commit)
            return True
        if _TOO_LATE.search(answer.text + answer.errors):
            return False
        raise GitFailed(
            f"The remote {self._shown_remote} refused the branch {self.branch!r}: "
            f"{_explain(answer)}. Check the rights of whoever publishes and the branch's "
            "protection, or publish to another with --branch."
        )

    def address(self, path: str) -> str | None:
        """Where GitHub Pages shows a report, as far as the remote's address tells."""
        answer = self.git.ask("remote", "get-url", self.remote)
        found = _GITHUB.search(answer.text if answer.status == 0 else self.remote)
        if not found:
            return None
        owner, name = found[1].lower(), found[2]
        root = f"https://{owner}.github.io/"
        root += "" if name.lower() == f"{owner}.github.io" else f"{name}/"
        return f"{root}{path}/{INDEX}" if path else root


def find_repository(folder: Path | str) -> Git:
    """git at the top of the repository that holds a folder."""
    git = Git(Path(folder).absolute())
    answer = git.ask("rev-parse", "--absolute-git-dir")
    if answer.status != 0:
        raise GitFailed(
            f"The folder {str(folder)!r} is in no git repository ({answer.reason}). Run this in "
            "one, or name its folder with --repository."
        )
    top = git.ask("rev-parse", "--show-toplevel")
    return Git(Path(top.text if top.status == 0 else answer.text))


def _explain(answer: Answer) -> str:
    """Why a push was refused, in the words of git and of the other side's hooks."""
    refused = _REFUSED.search(answer.text)
    said = (refused[2] or refused[1]) if refused else ""
    words = "; ".join(filter(None, (said, *_remote_words(answer.errors))))
    return mask_addresses(words) or answer.reason


def _remote_words(errors: str) -> Iterator[str]:
    lines = [one for one in errors.splitlines() if one.startswith("remote:")]
    words = [one.removeprefix("remote:").strip() for one in lines]
    yield from list(filter(None, words))[:3]
