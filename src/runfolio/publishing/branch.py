"""Publishing to a branch of a git repository, such as the one that GitHub Pages serves.

Nothing but objects and references is touched: no file of the work tree, not the index, not what is
checked out. What others publish meanwhile is kept, since only the paths of this report change.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runfolio.errors import GitFailed, PublishRefused
from runfolio.publishing.catalogue import CATALOGUE
from runfolio.publishing.git import Git
from runfolio.publishing.held import Nothing
from runfolio.publishing.places import Publication, Request
from runfolio.publishing.plan import Plan
from runfolio.publishing.repository import BranchOf, find_repository
from runfolio.publishing.sizes import GITHUB_PAGES, Limits
from runfolio.publishing.trees import (
    Entry,
    HeldTree,
    as_folder,
    change_tree,
    read_tree,
    write_blob,
    write_files,
)

ATTEMPTS: Final = 6
"""How often a push is tried where others push at the same time."""

BRANCH: Final = "gh-pages"
_NO_JEKYLL: Final = ".nojekyll"
"""GitHub doesn't process the files of a branch that has it."""


@dataclass(frozen=True)
class GitBranch:
    """A branch of the repository that holds the folder `repository`.

    It is pushed to `remote` unless `push` is false, which commits to the local branch instead.
    `squash` keeps a single commit on a branch that holds reports only, so that it doesn't grow with
    each one; otherwise every earlier state stays in its history.
    """

    branch: str = BRANCH
    remote: str = "origin"
    repository: Path | str = "."
    push: bool = True
    squash: bool = False
    message: str | None = None
    limits: Limits = GITHUB_PAGES

    def publish(self, request: Request) -> Publication:
        """Put a site on the branch; what others pushed meanwhile is taken over, a few times."""
        git = find_repository(self.repository)
        branch = BranchOf(git, self.branch, self.remote, self.push, self.squash)
        site: str | None = None
        for attempt in range(ATTEMPTS):
            base = branch.fetch()
            plan = self._plan(request, branch, base)
            told = request.tell(plan, place=branch.place, address=branch.address(plan.path))
            if request.dry_run:
                return told
            if site is None and request.site is not None:
                site = write_files(git, request.site.files)
            tree = _change(git, branch.tree_of(base) if base else None, plan, site)
            message = self.message or _message(plan)
            commit = branch.commit(tree, base, message=message, anonymous=request.anonymous)
            if commit is None or branch.put(commit, base):
                return replace(told, commit=commit, changed=commit is not None)
            _wait(attempt)
        raise GitFailed(
            f"{branch.place[:1].upper()}{branch.place[1:]} was changed by others during each of "
            f"{ATTEMPTS} attempts. Publish again when they are done."
        )

    def _plan(self, request: Request, branch: BranchOf, base: str | None) -> Plan:
        held = HeldTree(branch.git, branch.tree_of(base)) if base else Nothing()
        plan = request.plan(held, branch.place)
        names = held.names("")
        if self.branch != BRANCH and names and names.isdisjoint((CATALOGUE, _NO_JEKYLL)):
            raise PublishRefused(
                f"The branch {self.branch!r} holds files, none of them for pages. Leave "
                f"--branch out, or, if a host serves it, commit an empty file {_NO_JEKYLL!r} to it."
            )
        if self.squash and base is not None and not plan.catalogue.own:
            raise PublishRefused(
                f"The branch {self.branch!r} holds more than reports, and its history is kept. "
                "Leave --history out, or publish to a branch that is made for reports."
            )
        return plan


def _change(git: Git, tree: str | None, plan: Plan, site: str | None) -> str:
    """The branch's tree with what a plan changes; `site` is the tree of the report."""
    puts: dict[str, Entry | None] = {}
    if site is not None:
        puts = {plan.path: as_folder(site)} if plan.path else {**read_tree(git, site)}
    files = {_NO_JEKYLL: b"", **plan.files}
    puts |= {path: write_blob(git, content) for path, content in files.items()}
    cleared = change_tree(git, tree, dict.fromkeys(plan.cleared))
    changed = change_tree(git, cleared, puts)
    assert changed is not None  # the list of reports is always there
    return changed


def _message(plan: Plan) -> str:
    verb = "Publish" if plan.site else "Take down"
    return f"{verb} report {plan.path}".rstrip() + "\n"


def _wait(attempt: int) -> None:
    """Let the others finish, longer each time, and not all at the same moment."""
    time.sleep(0.1 * 2**attempt * random.uniform(0.5, 1.5))
