"""The state of the git repository a run was started from, without running any of its code."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

TIMEOUT: Final = 5.0
"""Seconds for all of git's answers together."""

MAX_DIFF_BYTES: Final = 1_000_000
CUT: Final = "# The diff is longer than 1 MB and was cut here.\n"

GIT: Final = (
    *("git", "--no-pager", "--no-optional-locks"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
)
_STATUS: Final = ("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty")
# Options that undo a user's settings, so that the same change always gives the same text, and
# keep git from running programs the repository's configuration names. With autoRefreshIndex,
# `diff` would write the index to note which files only have a new time.
_DIFF: Final = (
    *("-c", "diff.autoRefreshIndex=false", "diff", "HEAD", "--no-ext-diff", "--no-textconv"),
    *("--no-color", "--no-relative", "--submodule=short", "--ignore-submodules=dirty"),
    *("--src-prefix=a/", "--dst-prefix=b/"),
)
_KEPT_VARIABLES: Final = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH")

_UNCHANGED = re.compile(r"^diff --git .*\n(?=diff --git |\Z)", re.MULTILINE)
"""The only line there is of a file with a new time and its old content."""

_HELPER = re.compile(r"[A-Za-z0-9]+::")
_SCHEME = re.compile(r"(?:(?:https?|ftps?|ssh|git):/|(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)/*", re.I)
_IPV6 = re.compile(r"^\[[0-9A-Fa-f:.%]+\]")
_PLAIN_USER = re.compile(r"[a-z_][a-z0-9_.-]{0,31}")


class Answer(NamedTuple):
    """What a git command printed, whether it succeeded, and whether its output was cut."""

    status: int
    output: bytes
    cut: bool


def read_git(folder: Path, *, diff: bool = True) -> dict[str, Any] | None:
    """The repository that holds `folder`, or None when there is none or git can't say.

    Keys: root, commit and branch (None before the first commit or when detached), remote (without
    credentials, or None), dirty (whether tracked files differ from the commit, None when git did
    not say in time) and diff (text of ``git diff HEAD``; None when clean or not asked for).
    """
    deadline = time.monotonic() + TIMEOUT
    try:
        head = _read_head(folder, deadline)
        if head is None:
            return None
        remote = _read_remote(folder, deadline)
        root = Path(head["root"])
        dirty = _read_change(root, deadline) if head["commit"] else None
        text = _read_diff(root, deadline) if diff and dirty else None
    except OSError:
        # No git on the PATH, a folder that is gone or closed, no process to be had.
        return None
    return {**head, "remote": remote, "dirty": dirty, "diff": text}


def _read_head(folder: Path, deadline: float) -> dict[str, Any] | None:
    asked = ("rev-parse", "--show-toplevel", "HEAD", "--symbolic-full-name", "HEAD")
    answer = _ask(folder, asked, deadline)
    lines = os.fsdecode(answer.output).removesuffix("\n").split("\n")
    if answer.status == 0 and len(lines) >= 3:
        # The path of the root may itself hold line ends.
        root, commit, branch = "\n".join(lines[:-2]), lines[-2], lines[-1]
        name = branch.removeprefix("refs/heads/") if branch != "HEAD" else None
        return {"root": root, "commit": commit, "branch": _clean(name)}
    return _read_unborn(folder, deadline) if answer.status == 128 and lines[0] else None


def _read_unborn(folder: Path, deadline: float) -> dict[str, Any] | None:
    """A repository without a commit, whose HEAD names a branch that does not exist yet."""
    top = _ask(folder, ("rev-parse", "--show-toplevel"), deadline)
    branch = _ask(folder, ("symbolic-ref", "--quiet", "--short", "HEAD"), deadline)
    if top.status != 0:
        return None
    root = os.fsdecode(top.output).removesuffix("\n")
    name = os.fsdecode(branch.output).strip() or None
    return {"root": root, "commit": None, "branch": _clean(name)}


def _read_remote(folder: Path, deadline: float) -> str | None:
    """The address of ``origin``, else of the first remote, as configured."""
    asked = ("config", "-z", "--get-regexp", r"^remote\..*\.url$")
    answer = _ask(folder, asked, deadline)
    entries = answer.output.decode(errors="replace").split("\0") if answer.status == 0 else []
    urls: dict[str, str] = {}
    for entry in entries:
        key, _, url = entry.partition("\n")
        if url:
            urls.setdefault(key, url)
    found = urls.get("remote.origin.url") or next(iter(urls.values()), None)
    return strip_credentials(found) if found else None


def _read_change(root: Path, deadline: float) -> bool | None:
    answer = _ask(root, _STATUS, deadline)
    return bool(answer.output) if answer.cut or answer.status == 0 else None


def _read_diff(root: Path, deadline: float) -> str | None:
    """The whole repository's change, wherever in it the script lies."""
    answer = _ask(root, _DIFF, deadline)
    if answer.cut:
        whole_lines = answer.output[: answer.output.rfind(b"\n", 0, MAX_DIFF_BYTES) + 1]
        return _decode_diff(whole_lines) + CUT
    return _decode_diff(answer.output) or None if answer.status == 0 else None


def _decode_diff(diff: bytes) -> str:
    return _UNCHANGED.sub("", diff.decode(errors="replace"))


def _ask(folder: Path, command: tuple[str, ...], deadline: float) -> Answer:
    """Run git in `folder`; at the deadline, or past the longest output, it is ended."""
    import subprocess
    import threading

    with subprocess.Popen(
        (*GIT, *command),
        cwd=folder,
        env=quiet_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # no terminal to ask on, and one group to end
    ) as process:
        timer = threading.Timer(max(0.0, deadline - time.monotonic()), _end, [process])
        timer.daemon = True
        timer.start()
        try:
            assert process.stdout is not None
            output = process.stdout.read(MAX_DIFF_BYTES + 1)
            cut = len(output) > MAX_DIFF_BYTES
            if cut:
                _end(process)
            return Answer(process.wait(), output, cut)
        finally:
            timer.cancel()


def _end(process: Any) -> None:
    import signal

    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except OSError:
        return  # it has ended meanwhile


def quiet_environment() -> dict[str, str]:
    """The process's variables without those by which git is sent elsewhere or runs a program."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") or key.startswith(_KEPT_VARIABLES)
    }
    # A partial clone would otherwise fetch what it lacks for a diff.
    offline = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    return kept | offline | quiet


def _clean(text: str | None) -> str | None:
    return None if text is None else text.encode(errors="replace").decode()


def strip_credentials(url: str) -> str:
    """`url` without user name, password, query and fragment; ``git@host:path`` and paths stay.

    In doubt it removes: a password may hold ``/``, ``?``, ``#`` or ``@`` that should have been
    escaped.
    """
    url = url.strip()
    if helper := _HELPER.match(url):
        return helper[0] + strip_credentials(url[helper.end() :])
    if scheme := _SCHEME.match(url):
        rest = _without_user(url[scheme.end() :])
        return (scheme[0] + re.split(r"[?#]", rest, maxsplit=1)[0]).rstrip()
    return _strip_scp(url)


def _without_user(rest: str) -> str:
    """What follows ``scheme://``, without user info."""
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    user, _, host = authority.rpartition("@")
    _, colon, port = _IPV6.sub("", host).partition(":")
    if "@" in rest and (":" in user or (colon and not port.isdecimal())):
        # Whatever lies before the last @ may be a part of the password.
        return rest.rpartition("@")[2]
    if "@" in path and (user or colon):
        return path.rpartition("@")[2] + rest[len(path) :]
    return rest.removeprefix("@")


def _strip_scp(url: str) -> str:
    """``user@host:path`` with the user kept if it is a plain account name; other text as it is."""
    before, at, after = url.partition("@")
    if not at or "/" in before or "\\" in before:
        return url
    if ":" in before:  # user:password@host without a scheme
        return after.rpartition("@")[2]
    if ":" not in after or _PLAIN_USER.fullmatch(before):
        return url
    return after
