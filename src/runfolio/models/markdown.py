"""Pieces of Markdown from texts of a store, which anybody may have written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

_ENTITIES: Final = re.compile(r"[<>&|@]")
_SIGNS: Final = re.compile(r"[\\`*_\[\]~#!$]")
_CONTROLS: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+"
)
_MOST: Final = 200


def one_line(text: str, most: int = _MOST) -> str:
    """A text on one line, without control characters, cut where it is long."""
    valid = text.encode(errors="replace").decode()
    clean = " ".join(_CONTROLS.sub(" ", valid).split())
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def plain(text: object, most: int = _MOST) -> str:
    """A text in a line or a cell of a table, in which nothing has a meaning."""
    signs = _SIGNS.sub(r"\\\g<0>", one_line(str(text), most))
    return _ENTITIES.sub(lambda found: f"&#{ord(found[0])};", signs)


def quoted(text: str) -> str:
    """Somebody's Markdown as a quotation, without HTML, so that whatever it opens ends with it."""
    lines = text.encode(errors="replace").decode().splitlines()
    safe = (_CONTROLS.sub(" ", line).replace("<", "&lt;").rstrip() for line in lines)
    return "\n".join(f"> {line}".rstrip() for line in safe)


def code_block(text: str, language: str = "") -> str:
    """A text as a block of code, with a fence that it doesn't hold."""
    lines = text.encode(errors="replace").decode().splitlines()
    content = "\n".join(_CONTROLS.sub(" ", line.replace("\t", "    ")) for line in lines)
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{content}\n{fence}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], most: int = 100) -> str:
    """A table of rows, each value as plain text; says how many are left out after `most`."""
    listed = list(rows)
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(map(plain, row))} |" for row in listed[:most]]
    text = "\n".join(lines)
    left = len(listed) - most
    return f"{text}\n\nAnd {left:,} more." if left > 0 else text
