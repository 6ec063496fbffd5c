"""The data a run used, and the files its command names: which of them a copy of the code lacks.

What git doesn't track is not in a commit. Where the repository's work tree has it at the same
place, it is brought into the copy.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from runfolio.errors import InvalidValue
from runfolio.query.runs import Input
from runfolio.reproduction.command import find_script
from runfolio.store.layout import MARKER
from runfolio.tracking.dataset import describe_dataset

DEPTH: Final = 2
"""How many folders above its top a copy of the code has for data that lies beside it."""

MAX_COPIED: Final = 256 << 20
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_DATA: Final = re.compile(
    r"\.(csv|tsv|txt|jsonl?|parquet|arrow|feather|npz?|npy|h5|hdf5|pkl|pt|zip|gz|xz|zst|tar|db|sqlite"
    r"|xlsx?|png|jpe?g|wav|mp4)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Brought:
    """Something that is brought into a copy of the code, to `path` relative to its top.

    It is linked, or with `copied` copied, so that a program that writes there harms nothing.
    """

    source: Path
    path: str
    copied: bool


@dataclass(frozen=True, slots=True)
class Needs:
    """What a run needs beside its code: what is brought, and what is wrong with it."""

    brought: tuple[Brought, ...]
    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


NOTHING_NEEDED: Final = Needs((), (), ())


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where things are looked for: the work tree, if there is one, and what the code holds itself.

    `folder` is the working directory relative to the top of the code.
    """

    root: Path | None
    folder: str
    in_code: Callable[[str], bool]

    def place(self, text: str) -> str | None:
        """A relative path as one from the top of the code; None where that is too far above it."""
        path = posixpath.normpath(posixpath.join(self.folder, text.replace("\\", "/")))
        above = path.split("/").count("..")
        return path if above <= DEPTH else None

    def find(self, path: str) -> Path | None:
        """What the work tree has at a place."""
        found = self.root / path if self.root is not None else None
        # Names that are too long don't exist either, and don't raise here.
        return found if found is not None and os.path.exists(found) else None  # noqa: PTH110


def find_needs(
    inputs: Sequence[Input], command: tuple[str, ...], around: Surroundings, *, links: Sequence[str]
) -> Needs:
    """What has to be brought into a copy of the code; `links` are paths that the user names."""
    search = _Search(around, command)
    for link in links:
        search.link(link)
    for one in inputs:
        search.add_input(one)
    for word in search.words:
        search.add_word(word)
    return Needs(tuple(search.brought.values()), tuple(search.refusals), tuple(search.warnings))


class _Search:
    def __init__(self, around: Surroundings, command: tuple[str, ...]) -> None:
        self._around = around
        self.words = list(_list_words(command))
        self.brought: dict[str, Brought] = {}
        self.refusals: list[str] = []
        self.warnings: list[str] = []
        self._missing: set[str] = set()

    def link(self, text: str) -> None:
        """Link what the user names, relative to the top of the work tree or absolute."""
        root = self._around.root
        path = Path(text)
        if path.is_absolute() and root is not None and path.is_relative_to(root):
            path = path.relative_to(root)
        found = None if path.is_absolute() else self._around.find(path.as_posix())
        if found is None:
            place = str(root) if root is not None else "a work tree"
            raise InvalidValue(
                f"There is no {text!r} to link in {place!r}. Name a file or folder there."
            )
        self._bring(found, path.as_posix(), copied=False)

    def add_input(self, one: Input) -> None:
        """A data set, which is linked where it is the same that was logged."""
        source = one.source
        if not source or _URL.match(source):
            return
        is_file = "bytes" in one.profile and "rows" not in one.profile
        expected = one.digest if is_file else None
        if PurePosixPath(source).is_absolute():
            self._check_there(one, Path(source), expected)
            return
        path = self._around.place(source)
        if path is None or self._around.in_code(path):
            return
        found = self._around.find(path)
        if found is not None:
            self._check_digest(one, found, expected)
            self._bring(found, path, copied=False)
        elif is_file or source in self.words or _DATA.search(source):
            self._miss(one, source)

    def _check_there(self, one: Input, path: Path, expected: str | None) -> None:
        if path.exists():
            self._check_digest(one, path, expected)
        else:
            self._miss(one, str(path))

    def _check_digest(self, one: Input, path: Path, expected: str | None) -> None:
        if expected is not None and not _is_as_logged(one, path, expected):
            self.warnings.append(
                f"The data {one.name!r} is another now: {str(path)!r} has changed."
            )

    def _miss(self, one: Input, source: str) -> None:
        self._missing.add(source)
        root = self._around.root
        absolute = PurePosixPath(source).is_absolute()
        place = "" if absolute else f" in {str(root)!r}" if root is not None else " here"
        self.refusals.append(f"The data {one.name!r} is missing: there is no {source!r}{place}.")

    def add_word(self, word: str) -> None:
        """A file that the command names and the code lacks, which may be one that it writes."""
        path = self._around.place(word)
        if path is None or path in (".", "..") or self._around.in_code(path):
            return
        if path in self.brought or word in self._missing:
            return
        found = self._around.find(path)
        if found is None or (found / MARKER).exists():
            return
        if found.is_dir() or found.stat().st_size > MAX_COPIED:
            self.warnings.append(
                f"{path!r} is not part of the recorded code, and won't be there: --link {path} "
                "brings it."
            )
        else:
            self._bring(found, path, copied=True)

    def _bring(self, found: Path, path: str, *, copied: bool) -> None:
        if path in self.brought or self._around.in_code(path):
            return
        self.brought[path] = Brought(found, path, copied)
        how = "copied, as it is now," if copied else "linked"
        self.warnings.append(
            f"{path!r} is not part of the recorded code: it is {how} from {str(found)!r}."
        )


def _is_as_logged(one: Input, path: Path, expected: str) -> bool:
    """Whether a file or folder has the digest that was logged, as far as it can be read.

    What is of another size is not read, nor what is neither, such as a device.
    """
    try:
        if path.is_dir():
            return "files" in one.profile and describe_dataset(path)["digest"] == expected
        if not path.is_file() or path.stat().st_size != one.profile.get("bytes"):
            return False
        return bool(describe_dataset(path)["digest"] == expected)
    except (OSError, InvalidValue):
        return False


def _list_words(command: tuple[str, ...]) -> Iterator[str]:
    """The words of a command that may be relative paths."""
    place = find_script(command)
    for word in command[1 if place is None else place + 1 :]:
        value = word.partition("=")[2] if "=" in word else word
        is_path = value and not value.startswith("-") and "\n" not in value and len(value) < 1000
        if is_path and not PurePosixPath(value).is_absolute() and not _URL.match(value):
            yield value
