"""Run a command of Runfolio's where it may do only what a build has to do.

``python -m tests.hostile.confined REPORT ALLOWED… -- build-report …`` forbids sockets, programs,
unpickling, code that comes from data, reading the canary, and writing outside the folders ALLOWED.
What was tried even so is stopped and written to REPORT, a line each, whatever the command made of
being stopped. What native code does unseen (Arrow opens its files itself) shows in the canary and
the beacon instead.
"""

from __future__ import annotations

import ast
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from tests.hostile.texts import MARK

ROOT: Final = Path(__file__).resolve().parents[2]
CANARY_FILE: Final = "canary.txt"

WRITES: Final[dict[str, tuple[tuple[int, int | None], ...]]] = {
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((0, 2), (1, 3)),
    "os.symlink": ((0, None), (1, 2)),
    "os.truncate": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.setxattr": ((0, None),),
    "os.removexattr": ((0, None),),
}
"""Events that change files: which of their arguments are paths, and which tell the folders that
relative ones begin in."""

ON_ENTRIES: Final = frozenset({"os.mkdir", "os.remove", "os.rmdir", "os.rename", "os.symlink"})
"""What changes an entry of a folder, and does not follow the link that it may be."""

FORBIDDEN: Final = (
    *("socket.", "subprocess.Popen", "os.system", "os.exec", "os.spawn", "os.posix_spawn"),
    *("os.fork", "os.kill", "os.startfile", "pty.spawn", "pickle.find_class", "webbrowser.open"),
    *("urllib.Request", "http.client.", "ftplib.", "smtplib.", "sqlite3.enable_load_extension"),
    *("sqlite3.load_extension", "shutil.unpack_archive", "code.__new__"),
)
PROCESSES: Final = ("multiprocessing.popen_", "multiprocessing.forkserver")
"""Modules that start programs without any event."""

DRAWING: Final = [sys.executable, "-m", "runfolio.charts.foreign"]
"""The one program a build starts: it draws Vega-Lite specs, apart and without any address."""

NO_CONNECTION: Final = frozenset({"socket.gethostname"})
"""What asks nobody: the name of this machine."""

Refuse = Callable[[str, object], None]


class Refused(BaseException):
    """Something forbidden was tried; no ``except Exception`` may hide it."""


def main() -> None:
    """Confine this process and run the command in it."""
    cut = sys.argv.index("--")
    report, *allowed = map(Path, sys.argv[1:cut])
    command, *arguments = sys.argv[cut + 1 :]
    sys.argv = [command, *arguments]
    if command == "build-report":
        from runfolio.cli.report import main as run
    else:
        from runfolio.cli.main import main as run
    import urllib3  # noqa: F401  # tries once whether this machine has IPv6; masks import it

    sys.dont_write_bytecode = True
    confine(report, allowed)
    run()


def confine(report: Path, allowed: list[Path]) -> None:
    """From here on, forbidden things are noted in `report` and raise `Refused`."""
    folders = tuple(os.path.realpath(path) for path in allowed)
    own = _trusted_folders()
    note = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def refuse(event: str, what: object) -> None:
        os.write(note, f"{event}: {str(what)[:300]!r}\n".encode())
        raise Refused(event)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            _check_open(arguments, folders, refuse)
        elif event in ("compile", "exec"):
            _check_code(event, arguments, own, refuse)
        elif event in WRITES:
            _check_writes(event, arguments, folders, refuse)
        elif event == "import":
            if arguments[0].startswith(PROCESSES):
                refuse(event, arguments[0])
            if arguments[1] and not arguments[1].startswith(own):  # a native module
                refuse(event, arguments[1])
        elif event in ("marshal.loads", "marshal.load"):
            _check_marshal(event, refuse)
        elif event == "ctypes.dlopen":
            _check_library(arguments[0], own, refuse)
        elif event == "sqlite3.connect":
            _check_database(arguments[0], folders, refuse)
        elif event.startswith(FORBIDDEN) and event not in NO_CONNECTION:
            if event == "code.__new__" and _caller(3).startswith(own):
                return
            if event != "subprocess.Popen" or not _is_drawing(*arguments[:2]):
                refuse(event, arguments)

    sys.addaudithook(hook)


def _is_drawing(program: object, arguments: object) -> bool:
    return program == sys.executable and arguments == DRAWING


def _check_open(arguments: tuple[Any, ...], folders: tuple[str, ...], refuse: Refuse) -> None:
    path, mode, flags = arguments
    if isinstance(path, int):  # it was opened before
        return
    if Path(os.path.realpath(os.fsdecode(path))).name == CANARY_FILE:
        refuse("open", path)
    written = isinstance(mode, str) and any(letter in mode for letter in "wax+")
    if written or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        _check_path("open", os.path.realpath(os.fsdecode(path)), folders, refuse)


def _check_writes(
    event: str, arguments: tuple[Any, ...], folders: tuple[str, ...], refuse: Refuse
) -> None:
    for place, folder in WRITES[event]:
        if isinstance(arguments[place], int):
            continue
        path = os.fsdecode(arguments[place])
        base = -1 if folder is None else arguments[folder]
        if base not in (-1, None):
            path = str(Path(f"/proc/self/fd/{base}").readlink() / path)
        if event in ON_ENTRIES:
            parent, name = os.path.split(os.path.abspath(path))  # noqa: PTH100
            path = os.path.join(os.path.realpath(parent), name)  # noqa: PTH118
        else:
            path = os.path.realpath(path)
        _check_path(event, path, folders, refuse)


def _check_path(event: str, path: str, folders: Iterable[str], refuse: Refuse) -> None:
    if path != os.devnull and not any(Path(path).is_relative_to(folder) for folder in folders):
        refuse(event, path)


def _check_database(name: object, folders: tuple[str, ...], refuse: Refuse) -> None:
    """SQLite opens files itself: for reading only, or in the folders."""
    text = os.fsdecode(name) if isinstance(name, str | bytes | os.PathLike) else str(name)
    if text != ":memory:" and "mode=ro" not in text.partition("?")[2]:
        path = text.removeprefix("file:").partition("?")[0]
        _check_path("sqlite3.connect", os.path.realpath(path), folders, refuse)


def _check_library(name: object, own: tuple[str, ...], refuse: Refuse) -> None:
    """Native libraries are those of this Python, or found by their names."""
    if isinstance(name, str) and "/" in name and not name.startswith(own):
        refuse("ctypes.dlopen", name)


def _check_marshal(event: str, refuse: Refuse) -> None:
    """Only imports read compiled code."""
    if not (caller := _caller(3)).startswith("<frozen "):
        refuse(event, f"by {caller}")


def _check_code(
    event: str, arguments: tuple[Any, ...], own: tuple[str, ...], refuse: Refuse
) -> None:
    """Code may come from installed files, and from these as they make it of their own texts."""
    code = arguments[0]
    if MARK in (source := _source(code)):
        refuse(event, source)
    name = getattr(code, "co_filename", arguments[1] if len(arguments) > 1 else None)
    name = os.fsdecode(name) if isinstance(name, str | bytes) else "<unknown>"
    if not name.startswith(("<", *own)) and Path(name).is_absolute():
        refuse(event, f"of {name}")
    caller = _caller(3)
    if not caller.startswith(("<", *own)):
        refuse(event, f"by {caller}")


def _caller(depth: int) -> str:
    """The file of what raised the event, from where a check of it is called."""
    return sys._getframe(depth).f_code.co_filename


def _source(code: Any) -> str:
    if isinstance(code, bytes):
        return code.decode(errors="replace")
    if isinstance(code, ast.AST):
        return ast.dump(code)
    if hasattr(code, "co_consts"):
        inner = [_source(one) for one in code.co_consts if hasattr(one, "co_consts")]
        return repr((code.co_filename, code.co_names, code.co_consts, inner))
    return str(code)


def _trusted_folders() -> tuple[str, ...]:
    ours = (str(ROOT / part) for part in ("src", "templates", "tests/hostile"))
    paths = {*sysconfig.get_paths().values(), *ours}
    return tuple(sorted(f"{path}/" for path in {*paths, *map(os.path.realpath, paths)}))


if __name__ == "__main__":
    main()
