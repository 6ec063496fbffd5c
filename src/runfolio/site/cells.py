"""The first rows of a table as text: from an Arrow table or from separated values."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from runfolio.analysis.numbers import count_noun
from runfolio.site.controls import show_controls
from runfolio.site.numbers import MISSING, format_count, format_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

MAX_ROWS: Final = 50
MAX_COLUMNS: Final = 30
MAX_CELL: Final = 200
DELIMITERS: Final = (",", ";", "\t", "|")
_SNIFFED_LINES: Final = 20
_LONG_DECIMAL: Final = re.compile(r"\s*[+-]?(?=[0-9.]{8})[0-9]{0,15}\.[0-9]+\s*")


@dataclass(frozen=True, slots=True)
class Cells:
    """The first rows and columns as text; `numeric` says which columns align to the right.

    `row_count` is None when the file was not read to its end.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    row_count: int | None
    column_count: int

    @property
    def caption(self) -> str:
        """How much is shown: "first 50 of 4,898 rows, 12 columns"."""
        return f"{self._rows_text}, {self._columns_text}"

    @property
    def _rows_text(self) -> str:
        if self.row_count is None:
            return f"first {len(self.rows)} rows"
        if self.row_count > len(self.rows):
            return f"first {len(self.rows)} of {format_count(self.row_count)} rows"
        return count_noun(self.row_count, "row")

    @property
    def _columns_text(self) -> str:
        if self.column_count > len(self.columns):
            return f"first {len(self.columns)} of {format_count(self.column_count)} columns"
        return count_noun(self.column_count, "column")


def read_cells(table: pa.Table, total: int, width: int) -> Cells:
    """The first 50 rows and 30 columns of an Arrow table that holds those of a larger one.

    That one has `total` rows and `width` columns.
    """
    import pyarrow.types as kinds

    columns = range(min(table.num_columns, MAX_COLUMNS))
    types = [table.schema.field(place).type for place in columns]
    texts = [_column(table.column(place).slice(0, MAX_ROWS)) for place in columns]
    return Cells(
        columns=tuple(_short(str(table.schema.field(place).name)) for place in columns),
        rows=tuple(zip(*texts, strict=True)),
        numeric=tuple(
            kinds.is_integer(one) or kinds.is_floating(one) or kinds.is_decimal(one)
            for one in types
        ),
        row_count=total,
        column_count=width,
    )


def parse_cells(text: str, *, delimiter: str | None = None, whole: bool = True) -> Cells | None:
    """The first rows of separated values, or None when the text holds no table.

    The first row names the columns unless it holds numbers only. The delimiter is found from the
    first lines when it is not given; `whole` says whether `text` is all of the file.
    """
    delimiter = delimiter or _find_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    filled = (row for row in reader if row)
    rows = list(islice(filled, MAX_ROWS + 1))
    if not rows:
        return None
    width = max(len(row) for row in rows)
    header = None if all(map(_is_number, rows[0])) else rows[0]
    body = rows[:MAX_ROWS] if header is None else rows[1:]
    count = len(rows) + sum(1 for _ in filled) - (header is not None)
    names = [f"column {number}" for number in range(1, width + 1)] if header is None else header
    names = [*names, *[""] * (width - len(names))][:MAX_COLUMNS]
    cut = [[*row, *[""] * (width - len(row))][:MAX_COLUMNS] for row in body]
    return Cells(
        columns=tuple(map(_short, names)),
        rows=tuple(tuple(map(_show_text, row)) for row in cut),
        numeric=tuple(_are_numbers(column) for column in zip(*cut, strict=True))
        or (False,) * len(names),
        row_count=count if whole else None,
        column_count=width,
    )


def _find_delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns, the same in every line."""
    lines = text[: 1 << 16].splitlines(keepends=True)[:_SNIFFED_LINES]

    def score(delimiter: str) -> tuple[bool, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        return len(set(widths)) == 1 and widths[0] > 1, max(widths, default=0)

    return max(DELIMITERS, key=score)


def _column(column: pa.ChunkedArray) -> list[str]:
    """Values as text; what Python can't hold (a date beyond year 9999) as Arrow shows it."""
    import pyarrow as pa

    try:
        return [_show(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, NotImplementedError, KeyError):
        pass
    try:
        return [_show(value) for value in column.cast(pa.string()).to_pylist()]
    except (pa.ArrowException, ValueError):
        return ["?"] * len(column)


def _show(value: Any) -> str:
    """A value of an Arrow table: integers in full, since they may be ids."""
    match value:
        case None:
            return MISSING
        case bool():
            return "true" if value else "false"
        case float():
            return format_number(value)
        case str():
            return _short(value)
        case bytes():
            return count_noun(len(value), "byte")
        case datetime():
            return value.isoformat(sep=" ")
        case date() | time() | timedelta():
            return str(value)
        case dict() | list():
            return _short(json.dumps(_trimmed(value), ensure_ascii=False, default=str))
    return _short(str(value))


def _trimmed(value: Any) -> Any:
    """No more of a nested value than a cell could show."""
    if isinstance(value, list) and len(value) > MAX_CELL:
        return value[:MAX_CELL]
    return value


def _show_text(text: str) -> str:
    """A field of separated values as it stands, but for decimals with digits nobody reads."""
    return format_number(float(text)) if _LONG_DECIMAL.fullmatch(text) else _short(text)


def _short(text: str) -> str:
    cut = text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
    return show_controls(cut)


def _are_numbers(column: Sequence[str]) -> bool:
    held = [text for text in column if text.strip()]
    return bool(held) and all(map(_is_number, held))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
