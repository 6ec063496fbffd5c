"""The git repository that holds a recorded commit, and a work tree of that commit apart from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import NotReproducible
from runfolio.tracking.capture.git import GIT, quiet_environment

_OFFLINE: Final = ("GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL")
_SUBMODULE: Final = b"160000"
_FILE: Final = re.compile(
    r"""^(?=.*\Z)diff --git .* (?:b/(?P<plain>.*)|"b/(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)")$"""
)
"""The first line of what a diff says of a file. Looking for its end first keeps that quick."""
_QUOTED: Final = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_QUOTES: Final = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}
_NO_TEXT: Final = re.compile(r"^(?:Binary files .* differ|[-+]Subproject commit [0-9a-f]+)$")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a git command ended, and what it printed."""

    status: int
    output: bytes
    reason: str

    @property
    def text(self) -> str:
        """The output as text, without the line end."""
        return os.fsdecode(self.output).removesuffix("\n")


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository whose work tree is `root`.

    Its hooks don't run: they are for the people who work in it. Filters that its own configuration
    names do where files are checked out, since without them files such as those of git-lfs are not
    what they were. Questions run nothing of it, and fetch nothing.
    """

    root: Path

    def ask(
        self, *words: str, given: bytes = b"", apart: bool = False, fetching: bool = False
    ) -> Answer:
        """Run a command; with `apart` it goes on when Ctrl-C is pressed.

        With `fetching` it may get what a partial clone lacks, by programs that the repository's
        configuration names.
        """
        done = subprocess.run(
            (*GIT, *words),
            cwd=self.root,
            env=_environment(fetching=fetching),
            input=given,
            capture_output=True,
            check=False,
            start_new_session=apart,
        )
        return Answer(done.returncode, done.stdout, _reason(done.stderr))

    def has_commit(self, commit: str) -> bool:
        """Whether the commit is here, and need not be fetched."""
        return self.ask("cat-file", "-e", f"{commit}^{{commit}}").status == 0

    def has_file(self, commit: str, path: str) -> bool:
        """Whether a commit has a file or folder, and no submodule, at a path relative to the top.

        Its content need not be here: a partial clone has names alone.
        """
        listed = self.ask("ls-tree", "--full-tree", "-z", commit, "--", path).output
        return bool(listed) and not listed.startswith(_SUBMODULE)

    def list_submodules(self, commit: str) -> list[str]:
        """The paths of a commit's submodules."""
        listed = self.ask("ls-tree", "-r", "-z", commit).output.split(b"\0")
        found = [one for one in listed if one.startswith(_SUBMODULE)]
        return [os.fsdecode(one.partition(b"\t")[2]) for one in found]

    @contextmanager
    def work_tree(self, commit: str, path: Path, *, keep: bool = False) -> Iterator[Repository]:
        """A detached work tree of a commit at `path`, unless it is kept gone afterwards.

        The user's own work tree, index and branches are not touched.
        """
        try:
            words = ("worktree", "add", "--detach", "--quiet", str(path), commit)
            added = self.ask(*words, fetching=True)
            if added.status != 0:
                raise NotReproducible(
                    f"Couldn't check out the commit {commit[:12]!r} of {str(self.root)!r}: "
                    f"{added.reason}."
                )
            yield Repository(path)
        finally:
            if not keep:
                self.remove_tree(path)

    def remove_tree(self, path: Path) -> None:
        """Remove a work tree, and what the repository knows of it."""
        self.ask("worktree", "remove", "--force", "--force", str(path), apart=True)
        shutil.rmtree(path, ignore_errors=True)

    def apply(self, diff: bytes) -> list[str]:
        """Apply a recorded diff; return the paths whose change it doesn't hold.

        Those are binary files and submodules: a diff only says that they changed. New files go into
        the index, so that a diff taken later tells them again.
        """
        untold = find_untold(diff)
        excluded = [f"--exclude={_escape(path)}" for path in untold]
        words = ("apply", "--index", "--whitespace=nowarn", *excluded, "-")
        answer = self.ask(*words, given=diff, fetching=True)
        if answer.status != 0:
            raise NotReproducible(f"The recorded changes don't apply: {answer.reason}.")
        return untold


def find_repository(folder: Path) -> Repository | None:
    """The repository whose work tree holds `folder`."""
    try:
        answer = Repository(folder).ask("rev-parse", "--show-toplevel")
    except OSError:  # no git, or no such folder
        return None
    return Repository(Path(answer.text)) if answer.status == 0 and answer.text else None


def find_untold(diff: bytes) -> list[str]:
    """The files of which a diff only says that they changed."""
    found, path = [], ""
    for line in os.fsdecode(diff).split("\n"):
        if match := _FILE.match(line):
            path = match["plain"] or _unquote(match["quoted"] or "")
        elif path and _NO_TEXT.match(line) and path not in found:
            found.append(path)
    return found


def find_added(diff: bytes) -> list[str]:
    """The files that a diff adds to a commit."""
    found, path = [], ""
    for line in os.fsdecode(diff).split("\n"):
        if match := _FILE.match(line):
            path = match["plain"] or _unquote(match["quoted"] or "")
        elif path and line.startswith("new file mode "):
            found.append(path)
    return found


def _unquote(path: str) -> str:
    """A path that git has written in quotes, with its bytes that are no ASCII in octal."""
    return os.fsdecode(_QUOTED.sub(_unescape, os.fsencode(path)))


def _unescape(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _QUOTES.get(code, code)


def _escape(path: str) -> str:
    return re.sub(r"([*?\[\]\\])", r"\\\1", path)


def _environment(*, fetching: bool) -> dict[str, str]:
    left_out = _OFFLINE if fetching else ()
    return {key: value for key, value in quiet_environment().items() if key not in left_out}


def _reason(errors: bytes) -> str:
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines()]
    told = [re.sub(r"^(?:fatal|error): ", "", line) for line in lines if line]
    told = [line.rstrip(".") for line in told if not line.startswith(("hint:", "Preparing"))]
    return "; ".join(told[:3]) or "git didn't say why"
