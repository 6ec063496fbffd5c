"""A newcomer: the wheel in an environment of its own, a bare machine around it, and README.md.

Nothing of the developer's machine reaches what runs here: no variable, no git, no home folder, no
network. What README.md says is read out of it and done word for word.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
README: Final = ROOT / "README.md"

ODD_NAME: Final = "für Łódź 日本 #1 100% 'it"
"""A folder's name that shells, addresses and old encodings stumble over."""

OFFLINE: Final = '''\
"""No address can be reached from here, and no name be looked up."""
import socket
import sys


def refuse(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        raise socket.gaierror(f"offline: {arguments[0]}")
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        raise ConnectionError(f"offline: {arguments[1]}")


sys.addaudithook(refuse)
'''

PYTHON_BLOCKS: Final = """
import pathlib, sys
from tests.test_docs import python_blocks

names = {"__name__": "readme"}
text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
for number, block in enumerate(python_blocks(text), start=1):
    exec(compile(block, f"README.md, Python block {number}", "exec"), names)
"""

_BLOCK: Final = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended and what it printed, to both of its outputs."""

    code: int
    said: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who has installed Runfolio into the environment at `folder`, and nothing else."""

    folder: Path

    def program(self, name: str) -> str:
        """The path of a command of the environment."""
        return str(self.folder / "bin" / name)

    def run(
        self,
        *words: str,
        cwd: Path,
        variables: Mapping[str, str] | None = None,
        around: Sequence[str] = (),
    ) -> Ended:
        """Run a command of the environment with no variables but those that are given.

        `around` is the beginning of a command line that starts it differently.
        """
        done = subprocess.run(
            [*around, self.program(words[0]), *words[1:]],
            cwd=cwd,
            env=dict(variables or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=280,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(errors="backslashreplace"))


def install_wheel(folder: Path, python: Path, packages: Path) -> Newcomer:
    """Build the wheel and install it, without a network, into a new environment of `python`.

    The packages it needs are borrowed from the folder `packages`.
    """
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    _do(*build, str(ROOT))
    (wheel,) = folder.glob("*.whl")
    home = folder / "environment"
    _do(str(python), "-m", "venv", "--without-pip", str(home))
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "install"]
    _do(*pip, "--quiet", "--no-deps", "--no-index", str(wheel))
    (own,) = home.glob("lib/python*/site-packages")
    # A path listed here comes after the environment's own packages, and its .pth files, which
    # lead to the checkout, are not read.
    (own / "borrowed.pth").write_text(f"{packages}\n", encoding="utf-8")
    (own / "sitecustomize.py").write_text(OFFLINE, encoding="utf-8")
    return Newcomer(home)


def own_packages() -> Path:
    """Where the packages of the tests' own environment lie."""
    return Path(sysconfig.get_path("purelib"))


def readme() -> str:
    """What a newcomer reads."""
    return README.read_text(encoding="utf-8")


def shell_lines(text: str) -> list[str]:
    """The commands of a Markdown text's shell blocks, without comments and what they print."""
    found = []
    for language, block in _BLOCK.findall(text):
        for line in block.splitlines():
            if language == "console" and not line.startswith("$ "):
                continue
            command = re.split(r"\s+# ", line.removeprefix("$ "))[0].strip()
            if command:
                found.append(command)
    return found


def words_of(line: str) -> list[str]:
    """The words of a command line, as a shell takes them."""
    return shlex.split(line)


def is_root() -> bool:
    """Whether this process may become somebody else."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
