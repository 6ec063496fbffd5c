"""What a benchmark found, as a table for people and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """One number of one tracker; `target` is what ours aims at, and no pass mark."""

    benchmark: str
    tool: str
    what: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""


def render_table(title: str, found: Sequence[Measurement]) -> str:
    """The measurements of one benchmark as aligned lines, each peer beside ours."""
    ours = {row.what: row.value for row in found if row.tool == "runfolio"}
    rows = [("", "", "", "× ours", "target", "")]
    for row in found:
        base = ours.get(row.what)
        ratio = f"{row.value / base:,.1f}" if base and row.tool != "runfolio" else ""
        target = f"≤ {row.target:g}" if row.target is not None else ""
        value = f"{row.value:,.{places(row.value)}f} {row.unit}"
        rows.append((row.tool, row.what, value, ratio, target, row.note))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = [
        f"  {tool:<{widths[0]}}  {what:<{widths[1]}}  {value:>{widths[2]}}  "
        f"{ratio:>{widths[3]}}  {target:>{widths[4]}}  {note}".rstrip()
        for tool, what, value, ratio, target, note in rows
    ]
    return "\n".join([title, *lines])


def places(value: float) -> int:
    """How many decimals leave about three digits."""
    return 0 if value >= 100 else 1 if value >= 10 else 2


def describe_machine() -> dict[str, str | int | None]:
    """What the numbers depend on beside the code."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpus": os.cpu_count(),
    }


def write_json(path: Path, found: Sequence[Measurement]) -> None:
    """Write all measurements and the machine they were made on."""
    document = {"machine": describe_machine(), "measurements": [asdict(row) for row in found]}
    path.write_text(json.dumps(document, indent=1) + "\n")
