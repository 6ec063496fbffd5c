"""Requirements files, read into lines that mean the same anywhere: paths absolute, none nested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.documents import read_text
from runfolio.errors import ProjectInvalid

_COMMENT: Final = re.compile(r"(^|(?<!\s)\s+)#.*", re.DOTALL)
_CONTINUED: Final = re.compile(r"\\\s*\n")
_NESTED: Final = re.compile(r"^(-r|--requirement|-c|--constraint)(?:\s+|=|(?<=^-[rc]))(.+)$")
_WITH_PATH: Final = re.compile(
    r"^(-e|--editable|-f|--find-links)(\s+|=)((?!\w[\w+.-]*:)(?:\.|/|[\w-]).*)$"
)
_LOCAL: Final = re.compile(r"^\.{0,2}/|^\.{1,2}$")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class Requirements:
    """Lines of what to install, options included, and lines that only narrow them."""

    packages: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()

    def __add__(self, other: Requirements) -> Requirements:
        return Requirements(self.packages + other.packages, self.constraints + other.constraints)


def read_requirements(path: Path, *, depth: int = 0) -> Requirements:
    """The lines of a requirements file, with those of the files that it names."""
    try:
        text = read_text(path, limit=1 << 20)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise ProjectInvalid(
            f"The requirements {str(path)!r} can't be read: {said}. Correct the project."
        ) from None
    return parse_requirements(_lines(text), path.parent, depth=depth)


def parse_requirements(lines: Iterable[str], folder: Path, *, depth: int = 0) -> Requirements:
    """Lines as in a requirements file that lies in `folder`."""
    if depth > _DEPTH:
        raise ProjectInvalid(f"Requirements in {str(folder)!r} name each other. Correct the files.")
    packages: list[str] = []
    constraints: list[str] = []
    for line in lines:
        nested = _NESTED.match(line)
        if nested is None:
            packages.append(_placed(line, folder))
            continue
        inner = read_requirements(folder / nested[2].strip(), depth=depth + 1)
        only_limits = nested[1] in ("-c", "--constraint")
        (constraints if only_limits else packages).extend(inner.packages)
        constraints.extend(inner.constraints)
    return Requirements(tuple(packages), tuple(constraints))


def _lines(text: str) -> Iterator[str]:
    for line in _CONTINUED.sub(" ", text).splitlines():
        if stripped := _COMMENT.sub("", line).strip():
            yield stripped


def _placed(line: str, folder: Path) -> str:
    """A line whose paths, if it has any, are absolute."""
    if (option := _WITH_PATH.match(line)) is not None:
        return f"{option[1]}{option[2]}{_join(folder, option[3])}"
    return _join(folder, line) if _LOCAL.match(line) else line


def _join(folder: Path, path: str) -> str:
    """A path with its extras, such as ``.[test]``, as an absolute one."""
    bare, bracket, extras = path.partition("[")
    return f"{(folder / bare).resolve()}{bracket}{extras}"


def names_package(line: str, name: str) -> bool:
    """Whether a line asks for the package of that name."""
    found = _NAME.match(line)
    return found is not None and re.sub(r"[-_.]+", "-", found[0]).lower() == name
