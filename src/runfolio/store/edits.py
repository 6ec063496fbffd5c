"""Changes made after a run has ended, each a small file of its own.

An edit names what it changes and sets some keys; files are never rewritten, so two copies of a
store that went separate ways merge by copying, and the newest edit wins for each key.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runfolio.store.files import reported_writes, write_atomically


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: `kind` and `name` say of what, `changes` holds the new values."""

    time: int
    kind: str
    name: str
    changes: dict[str, Any]


def write_edit(root: Path, edit: Edit) -> None:
    """Add one edit to the store; `edit.time` is in microseconds since 1970."""
    folder = root / "edits"
    with reported_writes(folder):
        folder.mkdir(exist_ok=True)
    document = {"time": edit.time, "kind": edit.kind, "name": edit.name, "set": edit.changes}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True) + "\n"
    content = text.encode(errors="replace")
    write_atomically(folder / f"{edit.time:016d}-{os.urandom(4).hex()}.json", content)


def read_edits(root: Path) -> tuple[list[Edit], list[tuple[str, str]]]:
    """All edits, oldest first, and the files among them that can't be read with the reason."""
    edits: list[Edit] = []
    damaged: list[tuple[str, str]] = []
    for path in sorted((root / "edits").glob("*.json")):
        try:
            document = json.loads(path.read_bytes())
            edit = Edit(
                int(document["time"]),
                str(document["kind"]),
                str(document["name"]),
                dict(document["set"]),
            )
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            damaged.append((str(path), "it is no edit"))
        else:
            edits.append(edit)
    return sorted(edits, key=lambda edit: edit.time), damaged


def merge_edits(edits: list[Edit], kind: str) -> dict[str, dict[str, Any]]:
    """For each name of `kind`, the newest value of every key."""
    merged: dict[str, dict[str, Any]] = {}
    for edit in edits:
        if edit.kind == kind:
            merged.setdefault(edit.name, {}).update(edit.changes)
    return merged
