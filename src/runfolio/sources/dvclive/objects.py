"""Git objects by their names, read by one `git cat-file` for many of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

TIMEOUT: Final = 120.0
"""Seconds for one process of git."""

MAX_TOGETHER: Final = 256 << 20
"""Bytes of objects that one process is asked for, as long as there is more than one."""

_MAX_DAMAGED: Final = 50

_CONFIG: Final = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_CONFIG_SHA256: Final = (
    "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
)


class Answer(NamedTuple):
    """What git says of one object; the content only where it was asked for."""

    name: str
    kind: str
    size: int
    content: bytes


class ObjectReader:
    """Reads the objects of a folder with a git that has no repository but an empty one of ours.

    So neither the configuration nor the hooks of the repository that the objects are of are seen.
    """

    def __init__(self, git: str, objects: Path) -> None:
        self._git = git
        self._objects = objects

    def __enter__(self) -> Self:
        self._home = tempfile.TemporaryDirectory(prefix="runfolio-git-")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._home.cleanup()

    def read(self, names: list[str], kind: str, limit: int) -> dict[str, bytes]:
        """The content of each object of a kind that is there and has at most `limit` bytes."""
        checked = self._ask("--batch-check", list(dict.fromkeys(names)))
        sizes = {one.name: one.size for one in checked if one.kind == kind and one.size <= limit}
        contents: dict[str, bytes] = {}
        for together in _portions(sizes):
            answers = self._ask("--batch", together)
            contents |= {one.name: one.content for one in answers if _is_whole(one)}
        return contents

    def _ask(self, option: str, names: list[str]) -> Iterator[Answer]:
        """Git's answers; it ends at an object that is damaged, and is asked again for the rest."""
        for _ in range(_MAX_DAMAGED):
            if not names:
                return
            output, whole = self._run(option, names)
            answered = 0
            for answer in _parse(output, has_content=option == "--batch"):
                answered += 1
                if answer.kind != "missing":
                    yield answer
            if whole:
                return
            names = names[answered + 1 :]

    def _run(self, option: str, names: list[str]) -> tuple[bytes, bool]:
        try:
            done = subprocess.run(
                [self._git, "--no-pager", "cat-file", option],
                input="".join(f"{name}\n" for name in names).encode(),
                capture_output=True,
                check=False,
                timeout=TIMEOUT,
                env=self._environment(len(names[0])),
                cwd=self._home.name,
            )
        except subprocess.TimeoutExpired as error:
            return error.stdout or b"", False
        return done.stdout, done.returncode == 0

    def _environment(self, digits: int) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
        return kept | {
            "GIT_DIR": str(self._repository(digits)),
            "GIT_OBJECT_DIRECTORY": str(self._objects),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_ALLOW_PROTOCOL": "",
            "HOME": self._home.name,
            "LC_ALL": "C",
        }

    def _repository(self, digits: int) -> Path:
        """An empty repository for names of 40 digits (SHA-1) or 64 (SHA-256)."""
        folder = Path(self._home.name) / f"empty{digits}"
        if not folder.exists():
            for name in ("objects", "refs"):
                (folder / name).mkdir(parents=True)
            (folder / "HEAD").write_text("ref: refs/heads/main\n")
            (folder / "config").write_text(_CONFIG_SHA256 if digits == 64 else _CONFIG)
        return folder


def _is_whole(answer: Answer) -> bool:
    """Whether the content has the name that git gives it, which `cat-file` does not check."""
    start = f"{answer.kind} {answer.size}\0".encode()
    sha1 = len(answer.name) == 40
    digest = hashlib.sha1(start, usedforsecurity=False) if sha1 else hashlib.sha256(start)
    digest.update(answer.content)
    return digest.hexdigest() == answer.name


def _portions(sizes: dict[str, int]) -> Iterator[list[str]]:
    together: list[str] = []
    total = 0
    for name, size in sizes.items():
        if together and total + size > MAX_TOGETHER:
            yield together
            together, total = [], 0
        together.append(name)
        total += size
    yield together


def _parse(output: bytes, *, has_content: bool) -> Iterator[Answer]:
    """The answers that are whole: a line with name, kind and size, and the content after it."""
    offset = 0
    while (end := output.find(b"\n", offset)) >= 0:
        name, _, rest = output[offset:end].decode(errors="replace").partition(" ")
        kind, _, size = rest.partition(" ")
        offset = end + 1
        if not size.isdigit():
            yield Answer(name, "missing", 0, b"")
            continue
        length = int(size)
        if has_content:
            if offset + length >= len(output):
                return
            yield Answer(name, kind, length, output[offset : offset + length])
            offset += length + 1
        else:
            yield Answer(name, kind, length, b"")


def parse_tree(content: bytes, digest: int) -> Iterator[tuple[str, str, str]]:
    """The mode, name and object of each entry of a folder; raises `ValueError` for what is none.

    `digest` is the number of bytes of an object's name.
    """
    offset = 0
    while offset < len(content):
        end = content.find(b"\0", offset)
        mode, space, name = content[offset:end].partition(b" ")
        last = end + 1 + digest
        if end < 0 or not space or last > len(content) or not name or b"/" in name:
            raise ValueError("a folder in git is damaged")
        inner = content[end + 1 : last].hex()
        yield mode.decode("ascii", "replace"), name.decode(errors="replace"), inner
        offset = last
