"""The commits of the git repository one is in, from a revision back through its ancestors."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from runfolio.errors import RevisionNotFound, SideEmpty
from runfolio.tracking.capture.git import GIT, quiet_environment


@dataclass(frozen=True, slots=True)
class Revision:
    """The commit that was found, and how many newer ones lie between it and the revision."""

    commit: str
    behind: int


def find_revision(text: str, *, known: Collection[str], folder: Path) -> Revision:
    """The first of the `known` commits from the revision `text` back, by date and topology.

    All ancestors count, the newest first and none before its children, so that after a merge the
    runs of the branch come before older ones. Raises `RevisionNotFound` when git knows no such
    revision in `folder` or its history is cut short, and `SideEmpty` when no commit is known.
    """
    shallow = _is_shallow(folder)
    start = _read_commit(text, folder, shallow=shallow)
    wanted = {commit.lower() for commit in known}
    for place, commit in enumerate(_list_ancestors(start, folder)):
        if commit in wanted:
            return Revision(commit, place)
    said = f"No run was logged at {text!r} ({start[:8]}) or at an ancestor of it."
    if shallow:
        raise RevisionNotFound(f"{said} {_DEEPEN}")
    raise SideEmpty(f"{said} Log runs at that commit, or name the runs by id or filter.")


_DEEPEN = (
    "The clone is shallow, so older commits are missing: run `git fetch --unshallow`, or check out "
    "with `fetch-depth: 0`."
)


def _is_shallow(folder: Path) -> bool:
    """Whether the history is cut short; raises `RevisionNotFound` outside of a repository."""
    answer = _ask(("rev-parse", "--is-shallow-repository"), folder)
    if answer.returncode:
        said = answer.stderr.strip().splitlines() or ["it says nothing"]
        raise RevisionNotFound(
            f"No git repository at {os.fspath(folder)!r}, so a git: revision can't be found there: "
            f"{said[0]}. Change into the repository, or name the runs by id or filter."
        )
    return answer.stdout.strip() == "true"


def _read_commit(text: str, folder: Path, *, shallow: bool) -> str:
    """The full name of a revision's commit; clones of CI have branches of ``origin`` only."""
    # A name that begins with a dash would be read as an option, and git has no such names.
    if text and not text.startswith("-") and "\0" not in text:
        for name in (text, f"origin/{text}"):
            answer = _ask(("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"), folder)
            if answer.returncode == 0:
                return answer.stdout.strip()
    raise RevisionNotFound(
        f"Git knows no revision {text!r} in {os.fspath(folder)!r}. "
        + (_DEEPEN if shallow else "`git branch --all` lists branches; fetch it if it is missing.")
    )


def _list_ancestors(commit: str, folder: Path) -> list[str]:
    answer = _ask(("rev-list", "--date-order", commit), folder)
    if answer.returncode:
        said = answer.stderr.strip().splitlines() or ["it says nothing"]
        raise RevisionNotFound(
            f"Git can't list the ancestors of {commit[:8]}: {said[0]}. Try `git fsck`."
        )
    return answer.stdout.split()


def _ask(command: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            (*GIT, *command),
            cwd=folder,
            env=quiet_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise RevisionNotFound(
            f"Git can't be asked for a revision: {error}. Install git, or name the runs by id."
        ) from error
