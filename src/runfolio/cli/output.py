"""How commands print: aligned columns for people, one JSON document for programs.

Everything in a store is somebody else's: control characters are shown, never sent to a terminal.
"""

from __future__ import annotations

import io
import json
import math
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from runfolio.analysis.numbers import count_noun, format_number
from runfolio.errors import InvalidPath
from runfolio.schema import float_text

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")

NUMERIC = (int, float)

count = count_noun


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print_document(render_json(value))


def render_json(value: Any) -> str:
    """A value as JSON: times in ISO 8601, numbers that JSON lacks as text, nothing hidden."""
    text = json.dumps(to_json(value), ensure_ascii=False, indent=2, allow_nan=False)
    lines = (
        line if line.isprintable() else "".join(map(_json_character, line))
        for line in text.split("\n")
    )
    return "\n".join(lines) + "\n"


def print_document(text: str) -> None:
    """Print a text that other programs read, which is UTF-8 whatever the terminal's encoding."""
    click.echo(text.encode(), nl=False)


def show_unencodable() -> None:
    """Let what the terminal's encoding lacks be shown by its code, rather than be an error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


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


def write_file(path: Path, text: str) -> None:
    """Write a text to a file, with the folders it lies in."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n", opener=_open_at_once) as file:
            file.write(text)
    except OSError as error:
        said = error.strerror or str(error)
        raise InvalidPath(f"{str(path)!r} can't be written: {said}. Name another file.") from error


def _open_at_once(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody reads is an error rather than waited for."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(descriptor, True)
    return descriptor


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
