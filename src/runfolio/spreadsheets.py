"""Lines of CSV files whose texts no spreadsheet takes for formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pyarrow as pa

_FORMULA: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet would run, also in the wide forms that some take as well."""

_NUMBER: Final = re.compile(
    r"[+-](?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|[+-](?:inf|infinity|nan)",
    re.IGNORECASE | re.ASCII,
)

_QUOTED: Final = re.compile('[",\n\r]')

_SUSPECT: Final = "[\",\r\n]|^'*[=+\\-@\t＝＋－＠]"
"""What texts have that may have to be changed, for Arrow's regular expressions."""


def write_line(values: Iterable[Any]) -> str:
    """A line of a CSV file, RFC 4180 but for the end of the line, without formulas.

    Python's own writer leaves a carriage return in a cell bare, behind which readers see a new row.
    """
    return ",".join(write_cells(values)) + "\n"


def are_plain_cells(texts: pa.Array) -> bool:
    """Whether texts of Arrow need no change in cells, as is seldom not so."""
    import pyarrow.compute as pc

    return not pc.any(pc.match_substring_regex(texts, _SUSPECT)).as_py()


def write_cells(values: Iterable[Any]) -> list[str]:
    """The cells of a column, each as `write_line` has it."""
    return list(map(_write_cell, values))


def _write_cell(value: Any) -> str:
    text = "" if value is None else str(disarm(value))
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def disarm(value: Any) -> Any:
    """A value for a cell: text that begins as a formula does gets a quote before it.

    Numbers, also those written as text, stay. So that `rearm` finds the text again, one that has
    such a quote by itself gets another. The browser has the same rule in ``chart-export.js``.
    """
    if not isinstance(value, str) or not _FORMULA.match(value) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def rearm(cell: str) -> str:
    """The text that `disarm` made a cell of, or the cell itself."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell
