"""What Windows would make of names, tried with its rules on any system."""

from __future__ import annotations

import ast
import ntpath
import re
import sys
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

import runfolio
from runfolio.archive.contents import _stays_inside
from runfolio.errors import InvalidPath
from runfolio.exports.naming import folder_names, safe_stem
from runfolio.site.narrative.documents import name_pages
from runfolio.sources.logged import safe_path
from runfolio.store.artifacts import check_artifact_path
from tests.hostile.names import HARMLESS, UNSAFE

SRC = Path(runfolio.__file__).parent

LEADING = (
    *("\\x", "\\\\srv\\share\\x", "//srv/share/x", "/x", "C:x", "C:\\x", "C:/x", "c:/x", "Z:"),
    *("\\\\?\\C:\\x", "\\\\.\\NUL", "..\\x", "a\\..\\..\\x", "a/..\\x", "a/../../x", "/\\srv/x"),
)


@pytest.mark.parametrize("name", LEADING)
def test_names_that_lead_elsewhere_on_windows_are_refused_everywhere(name: str) -> None:
    with pytest.raises(InvalidPath):
        check_artifact_path(name)
    assert not _stays_inside(name)


@pytest.mark.parametrize("name", [*HARMLESS, *UNSAFE], ids=lambda one: ascii(one)[:20])
def test_what_is_taken_stays_in_its_folder_on_windows(name: str) -> None:
    """Joined as Windows joins, also with ``\\x``, which is absolute there without a drive."""
    try:
        check_artifact_path(name)
    except InvalidPath:
        return
    folder = PureWindowsPath("D:\\store\\runs\\0123456789abcdef\\artifacts")
    joined = ntpath.normpath(ntpath.join(str(folder), *name.split("/")))
    assert PureWindowsPath(joined).is_relative_to(folder)
    assert PureWindowsPath(joined) != folder


_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[. ]$')
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{one}{n}" for one in ("com", "lpt") for n in "123456789"),
}


def _is_legal(name: str) -> bool:
    """Whether a part of a path is one that Windows can make."""
    return bool(name) and not _ILLEGAL.search(name) and name.split(".")[0].lower() not in _DEVICES


NAMES = ["CON", "nul.txt", "aux.", "a.", "a ", "a:b", "a/b", "..", "", "é", "ß", "x" * 500, "<>|?*"]


@pytest.mark.parametrize("name", NAMES)
def test_exports_have_legal_names(name: str) -> None:
    assert _is_legal(f"{safe_stem(name, 'run')}-01234567")
    assert _is_legal(folder_names([("0123456789abcdef", name)])["0123456789abcdef"])


def test_pages_of_reports_have_legal_names() -> None:
    pages = name_pages(NAMES)
    assert all(map(_is_legal, pages))
    assert len({page.casefold() for page in pages}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_files_made_of_logged_names_have_legal_names(name: str) -> None:
    path = safe_path(name)
    assert check_artifact_path(f"{path}.json")
    assert all(map(_is_legal, path.split("/")))
    assert _is_legal(f"{path.rpartition('/')[2]}.json")


_OS = (
    *("geteuid", "getuid", "getgid", "getegid", "getpgid", "getpgrp", "killpg", "setsid"),
    *("fork", "forkpty", "mkfifo", "mknod", "chown", "lchown", "fchown", "fchmod", "uname"),
    *("getloadavg", "sched_getaffinity", "statvfs", "fstatvfs", "register_at_fork", "nice"),
    *("setpgid", "posix_spawn", "pread", "pwrite", "sync", "WNOHANG", "wait", "getxattr"),
    *("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "O_NOCTTY", "O_SYNC"),
    *("setxattr", "lockf", "setuid", "setgid", "fdatasync"),
)
_SIGNALS = (
    *("SIGKILL", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGCHLD", "SIGXFSZ"),
    *("SIGPIPE", "SIGCONT", "SIGSTOP", "alarm", "setitimer", "pthread_sigmask", "pause"),
)
POSIX_ONLY = {
    *(f"os.{one}" for one in _OS),
    *(f"signal.{one}" for one in _SIGNALS),
    *("socket.AF_UNIX", "time.tzset", "select.poll", "select.epoll"),
}
MODULES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "posix", "syslog"}


def _is_guard(test: ast.expr) -> bool:
    """Whether a condition asks which system this is, or whether it has something."""
    text = ast.unparse(test)
    return any(
        one in text for one in ("os.name", "sys.platform", "hasattr(", "_POSIX", "IS_WINDOWS")
    )


def _unguarded(tree: ast.AST) -> list[str]:
    found: list[str] = []

    def visit(node: ast.AST, *, guarded: bool) -> None:
        if isinstance(node, ast.If | ast.IfExp) and _is_guard(node.test):
            guarded = True
        if isinstance(node, ast.BoolOp) and any(map(_is_guard, node.values)):
            guarded = True
        if isinstance(node, ast.Try) and any(_catches(one) for one in node.handlers):
            guarded = True
        if isinstance(node, ast.FunctionDef) and _leaves_early(node):
            guarded = True
        if not guarded and isinstance(node, ast.Attribute) and ast.unparse(node) in POSIX_ONLY:
            found.append(f"{ast.unparse(node)} in line {node.lineno}")
        if isinstance(node, ast.Import | ast.ImportFrom) and not guarded:
            names = [one.name for one in node.names]
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found.extend(f"{one} in line {node.lineno}" for one in names if one in MODULES)
        for child in ast.iter_child_nodes(node):
            visit(child, guarded=guarded)

    visit(tree, guarded=False)
    return found


def _catches(handler: ast.ExceptHandler) -> bool:
    text = ast.unparse(handler.type) if handler.type is not None else ""
    return any(one in text for one in ("AttributeError", "ImportError", "ModuleNotFoundError"))


def _leaves_early(function: ast.FunctionDef) -> bool:
    """Whether a function ends at once on other systems."""
    return any(
        isinstance(one, ast.If)
        and _is_guard(one.test)
        and isinstance(one.body[-1], ast.Return | ast.Raise)
        for one in function.body
    )


def test_what_only_posix_has_is_asked_for() -> None:
    """Windows lacks these attributes, so that reading them raises there."""
    found = {
        str(path.relative_to(SRC)): odd
        for path in sorted(SRC.rglob("*.py"))
        if (odd := _unguarded(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "import fcntl",
        "import os\nos.getuid()",
        "import signal\nx = signal.SIGKILL",
        "os.O_NOFOLLOW",
    ],
)
def test_unguarded_uses_are_found(code: str) -> None:
    assert _unguarded(ast.parse(code))
    assert not _unguarded(ast.parse(f"if os.name == 'posix':\n    {code.splitlines()[-1]}"))


@pytest.mark.skipif(sys.platform == "win32", reason="there the rules are its own")
def test_windows_rules_are_those_of_windows() -> None:
    """The trap that a root without a drive is not absolute, from Python 3.13 on."""
    assert PureWindowsPath("D:/store").joinpath("\\x") == PureWindowsPath("D:\\x")
    assert PureWindowsPath("D:/store").joinpath("C:x") == PureWindowsPath("C:x")


def test_paths_of_a_site_are_short(tmp_path: Path, store: Path) -> None:
    """Windows takes 260 letters with the folder that a site was unpacked to."""
    from tests.hostile import commands, native

    folder = native.make_run(store)
    native.list_artifacts(folder, [f"{'d' * 200}/{'e' * 200}.txt"])
    commands.build(store, tmp_path / "site")
    paths: list[Any] = [
        one.relative_to(tmp_path / "site") for one in (tmp_path / "site").rglob("*")
    ]
    assert max(len(str(one)) for one in paths) <= 120
    assert all(_is_legal(part) for one in paths for part in one.parts)
