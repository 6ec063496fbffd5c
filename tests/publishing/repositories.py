"""Real git repositories of a test's own, which know nothing of the settings of this machine."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(folder: Path, *words: str) -> str:
    """What a git command prints in a folder; it has to succeed."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def make_remote(folder: Path) -> Path:
    """An empty repository to push to."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main")
    return folder


def clone(remote: Path, folder: Path, *options: str) -> Path:
    """A clone, with a remote that is an address, as it is on a network."""
    git(folder.parent, "clone", "--quiet", *options, remote.as_uri(), str(folder))
    return folder


def commit_files(folder: Path, files: dict[str, str], *, branch: str = "main") -> None:
    """Commit files to a branch and push it."""
    git(folder, "checkout", "--quiet", "-B", branch)
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git(folder, "add", "--all")
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    git(folder, *who, "commit", "--quiet", "--message", "Code")
    git(folder, "push", "--quiet", "origin", branch)


def files_of(remote: Path, branch: str = "gh-pages") -> set[str]:
    """The paths of the files of a branch."""
    return set(git(remote, "ls-tree", "-r", "--name-only", branch).split("\n"))


def read_file(remote: Path, path: str, branch: str = "gh-pages") -> str:
    """A file of a branch."""
    return git(remote, "show", f"{branch}:{path}")


def commits_of(remote: Path, branch: str = "gh-pages") -> list[str]:
    """The subjects of a branch's commits, the last first."""
    return git(remote, "log", "--format=%s", branch).split("\n")


def refuse_pushes(remote: Path, words: str) -> None:
    """Have a hook of the remote refuse every push."""
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    hook.chmod(0o755)
