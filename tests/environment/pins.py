"""Pick the pins of some dependency groups out of constraints.txt.

``uv pip compile`` notes under every pin what asked for it (``# via``). Following those notes from
the project and the wanted groups gives exactly the packages to install, so one file serves the
small environment of ``make demo`` as well as the large one of ``make test``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

PROJECT = "runfolio (pyproject.toml)"


@dataclass(frozen=True, slots=True)
class Pin:
    """One pinned package: its name, its lines in the file, and what asked for it."""

    name: str
    lines: tuple[str, ...]
    wanted_by: frozenset[str]


def parse_pins(text: str) -> list[Pin]:
    """Every pin of a file written by ``uv pip compile --generate-hashes``, in its order."""
    blocks: list[list[str]] = []
    for line in text.splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            blocks.append([line])
        elif blocks:
            blocks[-1].append(line)
    return [_parse_block(block) for block in blocks]


def select_pins(text: str, groups: Collection[str]) -> str:
    """The part of `text` that the project with all extras and `groups` needs."""
    pins = parse_pins(text)
    wanted = {PROJECT} | {f"runfolio (pyproject.toml:{group})" for group in groups}
    size = 0
    while size != len(wanted):
        size = len(wanted)
        wanted |= {pin.name for pin in pins if pin.wanted_by & wanted}
    return "".join("\n".join(pin.lines) + "\n" for pin in pins if pin.name in wanted)


def _parse_block(block: list[str]) -> Pin:
    name = block[0].partition("==")[0]
    notes = [line.strip().lstrip("#").strip() for line in block if line.lstrip().startswith("#")]
    wanted_by = {note.removeprefix("via").strip() for note in notes} - {""}
    lines = tuple(line for line in block if not line.lstrip().startswith("#"))
    return Pin(name, lines, frozenset(wanted_by))
