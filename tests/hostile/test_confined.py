"""Confined, each forbidden thing is stopped and noted, and what builds do is not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.confined import ROOT
from tests.hostile.texts import MARK

FORBIDDEN = {
    "socket": "import socket; socket.socket()",
    "name look-up": "import socket; socket.getaddrinfo('localhost', 80)",
    "request": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    "program": "import subprocess; subprocess.run(['true'])",
    "another drawer": "import subprocess; subprocess.run([sys.executable, '-m', 'this'])",
    "its name only": (
        "import subprocess; subprocess.run([sys.executable, '-m', 'runfolio.charts.foreign'],"
        " executable='/bin/true')"
    ),
    "shell": "os.system('true')",
    "fork": "os.fork() or os._exit(0)",
    "exec": "os.execv('/bin/true', ['true'])",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "process": "import multiprocessing as m; m.get_context('spawn').Process().start()",
    "kill": "os.kill(os.getpid(), 0)",
    "unpickle": "import pickle; pickle.loads(b'cos\\nsystem\\n.')",
    "unpickle in Python": "import io, pickle; pickle._loads(b'cos\\nsystem\\n.')",
    "unmarshal": "import marshal; marshal.loads(marshal.dumps(1))",
    "exec of data": f"exec('{MARK} = 1')",
    "eval of data": f"eval('\"{MARK}\"')",
    "compile of data": f"compile('{MARK} = 1', '<string>', 'exec')",
    "compile of a tree": (
        "import ast; compile(ast.Expression(ast.Name('hostile' + TAIL, ast.Load(),"
        " lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)), '<string>', 'eval')"
    ),
    "code within code": "exec(compiled)",
    "import from a folder": "sys.path.insert(0, inside); import planted",
    "native import": "sys.path.insert(0, inside); import native",
    "library": "import ctypes; ctypes.CDLL(inside + '/native.so')",
    "write": "open(outside + '/new.txt', 'w')",
    "append": "open(outside + '/old.txt', 'a')",
    "open to write": "os.open(outside + '/new.txt', os.O_CREAT | os.O_WRONLY)",
    "write through a link": "open(inside + '/link/new.txt', 'w')",
    "folder": "os.mkdir(outside + '/new')",
    "folder from within": "os.mkdir(inside + '/../outside/new')",
    "rename in": "os.rename(outside + '/old.txt', inside + '/old.txt')",
    "rename out": "os.rename(inside + '/own.txt', outside + '/own.txt')",
    "remove": "os.remove(outside + '/old.txt')",
    "remove by its folder": "os.remove('old.txt', dir_fd=os.open(outside, os.O_RDONLY))",
    "symbolic link": "os.symlink(inside, outside + '/link')",
    "hard link": "os.link(outside + '/old.txt', inside + '/hard.txt')",
    "mode": "os.chmod(inside + '/link/old.txt', 0o777)",
    "times": "os.utime(outside + '/old.txt')",
    "cut": "os.truncate(outside + '/old.txt', 0)",
    "database": "import sqlite3; sqlite3.connect(outside + '/new.db')",
    "read the canary": "open(outside + '/canary.txt')",
    "read it through a link": "open(inside + '/link/canary.txt', 'rb')",
    "look at it": "os.open(outside + '/canary.txt', os.O_RDONLY)",
}
USUAL = {
    "write": "open(inside + '/new.txt', 'w').close()",
    "replace": "os.replace(inside + '/new.txt', inside + '/newer.txt')",
    "read": "open(outside + '/old.txt').close()",
    "remove a link": "os.remove(inside + '/other link')",
    "remove a folder": "import shutil; os.mkdir(inside + '/a'); shutil.rmtree(inside + '/a')",
    "null": "open(os.devnull, 'w').close()",
    "data class": "from dataclasses import make_dataclass; make_dataclass('Pair', ['a', 'b'])",
    "import": "import colorsys",
    "plain pickle": "import pickle; pickle.loads(pickle.dumps([1]))",
    "name": "import socket; socket.gethostname()",
    "database": "import sqlite3; sqlite3.connect(':memory:').close()",
}
CHILD = """
import json, os, sys
from pathlib import Path
import multiprocessing, pickle, sqlite3, urllib.request
from tests.hostile.confined import Refused, confine
inside, outside, report, codes = *sys.argv[1:4], json.loads(sys.argv[4])
compiled = compile("def outer():\\n def inner(): return '%s'" % "MARK", "<string>", "exec")
TAIL = "MARK".removeprefix("hostile")
codes = {name: compile(code, "<string>", "exec") for name, code in codes.items()}
confine(Path(report), [Path(inside)])
for name, code in codes.items():
    try:
        exec(code)
    except Refused:
        continue
    except Exception as error:
        print(name, repr(error))
    else:
        print(name)
os._exit(0)
"""


@pytest.fixture(name="ground")
def make_ground(tmp_path: Path) -> Path:
    """A folder that may be written, and beside it one that may not."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "old.txt").write_text("old")
    (outside / "canary.txt").write_text("canary")
    (inside / "own.txt").write_text("own")
    (inside / "planted.py").write_text("VALUE = 1\n")
    (inside / "native.so").write_bytes(b"\x7fELF")
    (inside / "link").symlink_to(outside)
    (inside / "other link").symlink_to(outside)
    return tmp_path


def try_all(ground: Path, codes: dict[str, str]) -> tuple[list[str], list[str]]:
    """What was let through, a line each with its error, and what was noted."""
    report = ground / "report"
    child = CHILD.replace("MARK", MARK)
    places = [str(ground / "inside"), str(ground / "outside"), str(report)]
    command = [sys.executable, "-c", child, *places, json.dumps(codes)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), report.read_text().splitlines()


def test_what_is_forbidden_is_stopped_and_noted(ground: Path) -> None:
    through, noted = try_all(ground, FORBIDDEN)
    assert through == []
    assert len(noted) == len(FORBIDDEN)
    assert sorted(path.name for path in (ground / "outside").iterdir()) == ["canary.txt", "old.txt"]
    assert (ground / "outside" / "old.txt").read_text() == "old"


def test_what_builds_do_is_let_through(ground: Path) -> None:
    through, noted = try_all(ground, USUAL)
    assert through == list(USUAL)
    assert noted == []
