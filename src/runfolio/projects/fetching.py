"""Where a project lies: a folder, a revision of the repository around it, or a repository to clone.

What is checked out for one run goes into a temporary folder. No hook runs, the user's own work tree
is left alone, and credentials in an address go to git and nowhere else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlparse

from runfolio.errors import ProjectInvalid
from runfolio.tracking.capture.credentials import redact_text
from runfolio.tracking.capture.git import strip_credentials

_ADDRESS: Final = re.compile(r"(?:git\+)?(?:https?|ssh|git)://|git\+file://|[\w.-]+@[\w.-]+:(?!//)")
_GIT: Final = (
    "git",
    "--no-pager",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "advice.detachedHead=false",
)
_OF_ANOTHER_REPOSITORY: Final = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX"),
)
_NOISE: Final = re.compile(
    r"^(hint:|Cloning|remote:\s*$|warning:|\s*$|Please make sure you|and the repository exists)"
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A project's folder, where it came from (no credentials), and the revision that was asked for.

    `temporary` folders are gone when the run is over.
    """

    folder: Path
    uri: str
    version: str | None = None
    temporary: bool = False


def is_git_address(project: str) -> bool:
    """Whether a project is named by the address of a repository, which is cloned."""
    return _ADDRESS.match(project) is not None


@contextmanager
def fetched_project(project: str, version: str | None = None) -> Iterator[Fetched]:
    """The folder of a project while it is needed; `project` may end with ``#subfolder``."""
    if version is not None and (not version or version.startswith("-")):
        raise ProjectInvalid(f"{version!r} is no revision. Give a branch, tag or commit.")
    place, _, below = project.partition("#")
    _check_below(below)
    if is_git_address(place):
        with _cloned(place.removeprefix("git+"), version) as root:
            uri = strip_credentials(place) + (f"#{below}" if below else "")
            yield Fetched(_go_below(root, below, uri), uri, version, temporary=True)
        return
    whole = not below or Path(project).is_dir()  # a folder's name may hold a #
    folder = _local_folder(project if whole else place)
    if not whole:
        folder = _go_below(folder, below, place)
    if version is None:
        yield Fetched(folder, str(folder))
        return
    with _checked_out(folder, version) as inside:
        yield Fetched(inside, str(folder), version, temporary=True)


def _check_below(below: str) -> None:
    path = PurePosixPath(below)
    if path.is_absolute() or ".." in path.parts:
        raise ProjectInvalid(f"The subfolder {below!r} leaves the project. Name one below it.")


def _go_below(root: Path, below: str, uri: str) -> Path:
    folder = root / below
    if not folder.is_dir() or not folder.resolve().is_relative_to(root.resolve()):
        raise ProjectInvalid(f"There is no folder {below!r} in {uri!r}. Name another after the #.")
    return folder


def _local_folder(place: str) -> Path:
    address = urlparse(place)
    return Path(unquote(address.path) if address.scheme == "file" else place).absolute()


@contextmanager
def _cloned(url: str, version: str | None) -> Iterator[Path]:
    with _temporary_folder() as root:
        shown = repr(strip_credentials(url))
        shallow = ("--depth", "1") if version is None else ("--no-checkout",)
        _git(root.parent, f"{shown} can't be cloned", "clone", *shallow, "--", url, str(root))
        if version is not None:
            commit = _find_revision(root, version, shown)
            _git(root, f"{version!r} can't be checked out", "checkout", "--detach", commit)
        if (root / ".gitmodules").is_file():
            what = f"The submodules of {shown} can't be cloned"
            _git(root, what, "submodule", "update", "--init", "--recursive")
        yield root


def _find_revision(root: Path, version: str, shown: str) -> str:
    """The commit of a branch of the remote, a tag or a commit."""
    for name in (f"refs/remotes/origin/{version}", version):
        done = _ask(
            root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        if done.returncode == 0:
            return done.stdout.decode().strip()
    raise ProjectInvalid(
        f"There is no revision {version!r} in {shown}. Name a branch, tag or commit."
    )


@contextmanager
def _checked_out(folder: Path, version: str) -> Iterator[Path]:
    """A work tree of its own for a revision of the repository that `folder` lies in."""
    if not folder.is_dir():
        raise ProjectInvalid(f"There is no folder {str(folder)!r}. Name the folder of a project.")
    top = _ask(folder, "rev-parse", "--show-toplevel")
    if top.returncode != 0:
        raise ProjectInvalid(
            f"{str(folder)!r} is in no git repository, so there is no version {version!r} of it. "
            "Leave --version out."
        )
    root = Path(os.fsdecode(top.stdout).removesuffix("\n"))
    below = folder.resolve().relative_to(root.resolve())
    commit = _find_revision(root, version, repr(str(root)))
    with _temporary_folder() as place:
        what = f"{version!r} can't be checked out"
        _git(root, what, "worktree", "add", "--detach", str(place), commit)
        try:
            yield _go_below(place, below.as_posix(), f"{folder} at {version}")
        finally:
            _ask(root, "worktree", "remove", "--force", str(place))


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    outer = Path(tempfile.mkdtemp(prefix="runfolio-project-"))
    try:
        yield outer / "project"
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _git(folder: Path, what: str, *words: str) -> None:
    done = _ask(folder, *words)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").splitlines()
        told = (
            line.removeprefix("fatal: ").strip(" .") for line in lines if not _NOISE.match(line)
        )
        said = "; ".join(told)
        said = redact_text(said).rstrip(".")[:400] or f"git ended with code {done.returncode}"
        raise ProjectInvalid(f"{what}: {said}. Check the address, your rights and --version.")


def _ask(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder; it may ask for a password only where somebody sits."""
    variables = {key: one for key, one in os.environ.items() if key not in _OF_ANOTHER_REPOSITORY}
    variables |= {"GIT_ALLOW_PROTOCOL": "http:https:ssh:git:file", "LC_ALL": "C"}
    if not sys.stdin or not sys.stdin.isatty():
        variables["GIT_TERMINAL_PROMPT"] = "0"
    try:
        return subprocess.run(
            [*_GIT, *words], cwd=folder, env=variables, capture_output=True, check=False
        )
    except OSError as error:
        raise ProjectInvalid(f"git doesn't start: {error.strerror}. Install it.") from error
