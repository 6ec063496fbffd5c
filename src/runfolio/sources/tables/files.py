"""CSV, TSV and JSONL files of anyone, read row by row.

A cell such as ``'=a`` is the text ``=a``, as spreadsheets and our own exports write it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

from runfolio.documents import flatten, parse_json
from runfolio.errors import TableUnreadable
from runfolio.sources.columns import Column, as_number, gather_columns
from runfolio.sources.reading import Reading
from runfolio.sources.rows import (
    MAX_COLUMNS,
    MAX_LINE,
    OddLines,
    fields,
    number_lines,
    open_text,
)
from runfolio.spreadsheets import rearm

HEAD: Final = 1000
"""Rows from which it is found out what the columns are."""

_SEPARATORS: Final = (",", ";", "\t", "|")
_QUOTED: Final = re.compile(r'(^|[,;\t|])"[^"]*(?:""[^"]*)*"?')
_DECIMAL: Final = re.compile(r"\s*[+-]?[0-9]+,[0-9]+([eE][+-]?[0-9]+)?\s*")

Record = dict[str, Any]


class Table(NamedTuple):
    """A table's columns by name, and the number of its rows."""

    columns: dict[str, Column]
    rows: int


class TableFile:
    """An open table: the names of its columns, and the first rows; the rest is still to be read."""

    def __init__(self, path: Path, reading: Reading) -> None:
        self.path = path
        self._reading = reading
        self._odd = OddLines(path, reading)
        self.is_json = is_json(path)
        self._file = open_text(path)
        try:
            self._open()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _open(self) -> None:
        if self.is_json:
            records = self._records()
            self.head: list[Record] = list(islice(records, HEAD))
            self._records_left = records
            self.names: tuple[str, ...] = tuple(dict.fromkeys(chain.from_iterable(self.head)))
        else:
            self.names, rows = _open_rows(self._file, self.path, self._odd)
            for name in sorted({one for one in self.names if one and self.names.count(one) > 1}):
                self._reading.skip(
                    self.path, f"the column {name!r} is there several times, and the first counts"
                )
            cells = list(islice(rows, HEAD))
            self._cells = chain(cells, rows)
            self.head = [_as_record(self.names, row) for row in cells]
        if not self.head:
            raise TableUnreadable(f"{str(self.path)!r} has no rows.")

    def gather(self, raw: frozenset[str], *, all_raw: bool = False) -> Table:
        """All rows as columns; the `raw` ones keep their cells as they are written."""
        if self.is_json:
            table = self._gather_records(raw, all_raw=all_raw)
        else:
            names = frozenset(self.names) if all_raw else raw
            table = Table(*gather_columns(self.names, self._cells, names))
        self._odd.close()
        return table

    def _gather_records(self, raw: frozenset[str], *, all_raw: bool) -> Table:
        columns = {name: Column(raw=all_raw or name in raw) for name in self.names}
        count = 0
        for record in chain(self.head, self._records_left):
            for name, value in record.items():
                if name not in columns:
                    columns[name] = Column(raw=all_raw or name in raw)
                if value is not None:
                    columns[name].add_value(value, count)
            count += 1
        return Table(columns, count)

    def _records(self) -> Iterator[Record]:
        names: set[str] = set()
        for number, line in number_lines(self._file, self._odd):
            if not line.strip():
                continue
            try:
                record = flatten(parse_json(line))
            except ValueError:
                self._odd.tell(number, "is no JSON")
                continue
            names |= record.keys()
            if not record or len(names) > MAX_COLUMNS:
                self._odd.tell(number, "is no object with values, or has too many names")
                continue
            yield record


def is_json(path: Path) -> bool:
    """Whether a file is read as lines of JSON."""
    return path.suffix.lower() in (".jsonl", ".ndjson", ".json")


def _as_record(names: tuple[str, ...], row: list[str]) -> Record:
    return {name: cell for name, cell in zip(names, row, strict=True) if cell}


def _open_rows(
    file: TextIO, path: Path, odd: OddLines
) -> tuple[tuple[str, ...], Iterator[list[str]]]:
    """The names in the first row that is not empty, and the rows after it."""
    first = file.readline(MAX_LINE)
    while first and not first.strip():
        first = file.readline(MAX_LINE)
    separator = find_separator(path, first)
    rows = _read_cells(chain([(1, first)], number_lines(file, odd, first=2)), separator, odd)
    header = next(rows, (1, []))[1]
    names = tuple(name.strip() for name in header)
    if not any(names):
        raise TableUnreadable(f"{str(path)!r} has no line with the names of its columns.")
    if all(as_number(name) is not None for name in names):
        raise TableUnreadable(
            f"{str(path)!r} begins with numbers. Put the names of its columns in its first line."
        )
    if len(names) > MAX_COLUMNS:
        raise TableUnreadable(f"{str(path)!r} has more than {MAX_COLUMNS:,} columns.")
    return names, _check_rows(rows, header, odd)


def find_separator(path: Path, line: str) -> str:
    """What stands between the names in a file's first line; what quotes enclose is theirs."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    return max(_SEPARATORS, key=_QUOTED.sub(r"\1", line).count)


def _read_cells(
    lines: Iterator[tuple[int, str]], separator: str, odd: OddLines
) -> Iterator[tuple[int, list[str]]]:
    """The records of a file with the number of their last line; quoted cells may have many."""
    number = 0

    def texts() -> Iterator[str]:
        nonlocal number
        for at, line in lines:
            number = at
            yield line

    reader = csv.reader(texts(), delimiter=separator)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            odd.tell(number, f"can't be read ({error})")
            continue
        if cells and separator == ";":  # where a comma is the decimal point
            cells = [cell.replace(",", ".") if _DECIMAL.fullmatch(cell) else cell for cell in cells]
        if cells:
            yield number, [rearm(cell) if cell[:1] == "'" else cell for cell in cells]


def _check_rows(
    rows: Iterator[tuple[int, list[str]]], header: list[str], odd: OddLines
) -> Iterator[list[str]]:
    expected = len(header)
    for number, cells in rows:
        if len(cells) == expected + 1 and not cells[-1]:
            cells.pop()  # a separator at the end of each line
        if len(cells) != expected:
            odd.tell(number, fields(len(cells), expected))
        elif cells != header:  # two files one after the other have their names twice
            yield cells
