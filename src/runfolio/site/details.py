"""What the disk says of files, and digests of that: the same digest, the same files.

Digests are of plain values, written in one way (version 2 of `marshal`, which has no references),
so that those of one process hold in the next.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

SETTLED: Final = 2.0
"""Seconds after which a file that is written again has another time, on any file system."""

_LIBRARIES: Final = (
    *("altair", "huggingface-hub", "jinja2", "markdown-it-py", "markupsafe", "nh3", "numpy"),
    *("orjson", "pyarrow", "pygments", "pyyaml", "scikit-learn", "scipy", "tsdownsample"),
    "vl-convert-python",
)


def digest(*values: Any) -> str:
    """The digest of plain values: texts, numbers, None, and tuples, lists and dictionaries."""
    return hashlib.blake2b(marshal.dumps(values, 2), digest_size=16).hexdigest()


Stamp = tuple[int, int]
"""Size and time of a file, in nanoseconds since 1970."""

Details = tuple[int, int, int, int, int]
"""Mode, size, times of change in nanoseconds and number of a file."""


def read_details(path: Path | str, *, follow: bool = False) -> Details:
    """What the disk says of a file, or of what a link leads to; all zeros where there is none."""
    try:
        found = os.stat(path, follow_symlinks=follow)  # noqa: PTH116, it is faster
    except (OSError, ValueError):
        return 0, 0, 0, 0, 0
    return found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def is_settled(details: Details, now: float) -> bool:
    """Whether a file can't be written again from `now` on without another time."""
    return max(details[2:4]) < (now - SETTLED) * 1e9


def templates_folder() -> Path:
    """The templates shipped in the package, or the repository's own in a development install."""
    shipped = Path(__file__).parents[1] / "templates"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "templates"


def digest_code(shipped: Path, own: Iterable[Path | None]) -> str:
    """The digest of the program, of what it uses, and of templates.

    Its files and those that are `shipped` with it count by name, size and time, one's `own` by all
    that the disk says of them.
    """
    package = Path(__file__).parents[1]
    program = [
        (path, *read_details(path, follow=True)[1:3])
        for folder in (package, shipped)
        for path in _files_below(folder)
    ]
    templates = [
        (path, *read_details(path, follow=True))
        for folder in own
        if folder is not None
        for path in _files_below(folder)
    ]
    return digest(program, templates, _versions())


def _files_below(folder: Path) -> Iterator[str]:
    if folder.is_file():
        yield str(folder)
    for parent, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if name not in ("__pycache__", "node_modules"))
        for name in sorted(files):
            yield os.path.join(parent, name)  # noqa: PTH118, it is faster


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return ("python", sys.version), *((name, _version(name)) for name in _LIBRARIES)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
