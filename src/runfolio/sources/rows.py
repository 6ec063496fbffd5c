"""The rows of delimited text files, one by one: what is no row is told and left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from runfolio.sources.reading import Reading

MAX_LINE: Final = 1 << 20
"""Characters of one line at most."""

MAX_COLUMNS: Final = 20_000

_TOLD: Final = 5
"""Lines of one file that are told one by one; of the others only how many they are."""


class Rows(NamedTuple):
    """The names of a file's columns, and its rows, each with a cell for every column."""

    header: tuple[str, ...]
    cells: Iterator[list[str]]


def open_text(source: Path | bytes) -> TextIO:
    """A file's text in UTF-8 or, where its first bytes say so, UTF-16; marks for what is neither.

    `source` is where the file lies, or its content.
    """
    file = source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
    wide = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    file.seek(0)
    return io.TextIOWrapper(file, encoding="utf-16" if wide else "utf-8-sig", errors="replace")


def read_header(path: Path, separator: str = ",") -> tuple[str, ...]:
    """The first line's cells without the spaces around them; none where it can't be read."""
    try:
        with open_text(path) as file:
            line = file.readline(MAX_LINE)
    except (OSError, UnicodeError):
        return ()
    return _split(line, separator) if "\0" not in line else ()


def read_rows(
    source: Path | bytes, reading: Reading, separator: str = ",", *, path: Path | str | None = None
) -> Rows:
    """The rows of a file that a logger wrote, which ends every row with a line end.

    `path` is what to call a file that is given by its content. A last line without a line end was
    cut while it was written, so its last cell counts as empty.
    Raises `ValueError` for a file without a header, and `OSError`.
    """
    with open_text(source) as file:
        line = file.readline(MAX_LINE)
    header = _split(line, separator)
    if not any(header) or not line.endswith("\n"):
        raise ValueError("it has no whole line with the names of its columns")
    if len(header) > MAX_COLUMNS:
        raise ValueError(f"it has more than {MAX_COLUMNS:,} columns")
    called = source if isinstance(source, Path) else path or "a file"
    return Rows(header, _read_cells(source, OddLines(called, reading), len(header), separator))


def _split(line: str, separator: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _cells(line.rstrip("\r\n"), separator))


def _cells(line: str, separator: str) -> list[str]:
    if '"' not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _read_cells(
    source: Path | bytes, odd: OddLines, expected: int, separator: str
) -> Iterator[list[str]]:
    with open_text(source) as file:
        file.readline(MAX_LINE)
        for number, line in number_lines(file, odd, first=2):
            cells = _cells(line.rstrip("\r\n"), separator)
            if len(cells) != expected:
                if line.strip():
                    odd.tell(number, fields(len(cells), expected))
                continue
            if not line.endswith("\n"):
                odd.tell(number, "has no end, so its last field may be cut and was left out")
                cells[-1] = ""
            yield cells
    odd.close()


def number_lines(file: TextIO, odd: OddLines, *, first: int = 1) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers, up to one that is too long to be a row."""
    number = first
    try:
        while line := file.readline(MAX_LINE):
            if len(line) == MAX_LINE and not line.endswith("\n"):
                odd.tell(number, f"has more than {MAX_LINE:,} characters; the rest was not read")
                return
            yield number, line
            number += 1
    except UnicodeError as error:
        odd.tell(number, f"is no text ({error})")


def fields(count: int, expected: int) -> str:
    """What is wrong with a line that has too few fields or too many."""
    return f"has {count} field{'' if count == 1 else 's'} instead of {expected}"


class OddLines:
    """Tells a reading which lines of a file were skipped: the first ones, then how many more."""

    def __init__(self, path: Path | str, reading: Reading) -> None:
        self._path = path
        self._reading = reading
        self._count = 0

    def tell(self, number: int, reason: str) -> None:
        """Skip one line for a reason."""
        self._count += 1
        if self._count <= _TOLD:
            self._reading.skip(self._path, f"line {number} {reason}")

    def close(self) -> None:
        """Say how many lines were skipped beyond those that were told."""
        if self._count > _TOLD:
            self._reading.skip(self._path, f"{self._count - _TOLD} more lines are no rows")
