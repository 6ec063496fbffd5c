"""How commands print: aligned columns for people, one JSON document for programs.

Everything in a store is somebody else's: control characters are shown, never sent to a terminal.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from runfolio.schema import float_text

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")

NUMERIC = (int, float)


def print_json(value: Any) -> None:
    """Print a value as JSON: times in ISO 8601, numbers that JSON lacks as text."""
    text = json.dumps(to_json(value), ensure_ascii=False, indent=2, allow_nan=False)
    for line in text.split("\n"):
        click.echo(line if line.isprintable() else "".join(map(_json_character, line)))


def _json_character(character: str) -> str:
    """A character inside a text of JSON; JSON itself escapes only some of those not shown."""
    if unicodedata.category(character) not in _UNSHOWN:
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def to_json(value: Any) -> Any:
    """A value as what JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        shown = [one.name for one in fields(value) if not one.name.startswith("_")]
        return {name: to_json(getattr(value, name)) for name in shown}
    if isinstance(value, dict):
        return {str(key): to_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return float_text(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows in aligned columns, numbers to the right; wide texts are cut on a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    listed = [[one if isinstance(one, NUMERIC) else printable(one) for one in row] for row in rows]
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=100_000)
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        right = all(isinstance(row[number], NUMERIC) or row[number] == "" for row in listed)
        table.add_column(
            Text(printable(column)),
            justify="right" if right and listed else "left",
            no_wrap=True,
            overflow="ellipsis",
        )
    for row in listed:
        table.add_row(*(Text(_shown(one)) for one in row))
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        click.echo(line.rstrip())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        from runfolio.analysis.numbers import format_number

        return format_number(value)
    return str(value)


def printable(value: Any) -> str:
    """A text for one line of a terminal: what would move its cursor or hide text is shown."""
    if value is None:
        return ""
    return "".join(
        repr(one)[1:-1] if unicodedata.category(one) in _UNSHOWN else one for one in str(value)
    )


_UNSHOWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def when(moment: datetime | None) -> str:
    """A moment to the second, in UTC."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def count(number: int, noun: str) -> str:
    """A number of things in words."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
