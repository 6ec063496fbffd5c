"""A reader to be given any bytes, and what the readers share: a folder, framed pieces, files."""

from __future__ import annotations

import atexit
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_MOST: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Target:
    """A reader; `check` gives it bytes and raises for whatever must not come of them.

    `seeds` makes inputs to begin with, some of them sound, and `words` are what such inputs are
    made of. `examples` is how many inputs the tests try.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    words: tuple[bytes, ...] = ()
    examples: int = 150


@cache
def workshop() -> Path:
    """A folder of this process alone, which goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="runfolio-fuzz-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def seeds_of(target: Target) -> tuple[bytes, ...]:
    """The seeds of a target, made once."""
    return tuple(target.seeds())


def fresh_folder(name: str) -> Path:
    """An empty folder; what was in it before is gone."""
    folder = workshop() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    """The folder with these files in it."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def join_pieces(pieces: Iterable[bytes]) -> bytes:
    """Pieces as one input: the length of each in two bytes, and what it holds."""
    return b"".join(struct.pack("<H", len(one[:_MOST])) + one[:_MOST] for one in pieces)


def split_pieces(data: bytes, *, most: int = 200) -> list[bytes]:
    """The pieces of an input, whatever it holds: a length beyond the end takes what is left."""
    pieces: list[bytes] = []
    place = 0
    while place + 2 <= len(data) and len(pieces) < most:
        (length,) = struct.unpack_from("<H", data, place)
        pieces.append(data[place + 2 : place + 2 + length])
        place += 2 + length
    return pieces


def choose(data: bytes, among: Sequence[str]) -> tuple[str, bytes]:
    """What the first byte of an input chooses, and the rest of it."""
    return among[data[0] % len(among)] if data else among[0], data[1:]


def chosen(word: str, among: Sequence[str], content: bytes) -> bytes:
    """An input whose first byte chooses `word`."""
    return bytes([among.index(word)]) + content
