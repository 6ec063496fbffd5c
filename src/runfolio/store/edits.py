"""Changes made after a run has ended, each a small file of its own.

An edit names what it changes and sets some keys; files are never rewritten, so two copies of a
store that went separate ways merge by copying, and the newest edit wins for each key. An edit's
time is later than those of all edits the store has, also when the clock was set back. Packing
gathers edits into files of many lines; an edit that stands in two files counts once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runfolio.store.files import read_plain, reported_writes, write_atomically
from runfolio.store.layout import is_address

_FEW_EDITS = 16


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: `kind` and `name` say of what, `changes` holds the new values."""

    time: int
    kind: str
    name: str
    changes: dict[str, Any]


def write_edit(root: Path | str, edit: Edit) -> Edit:
    """Add one edit to the store, a folder or an address, and return it with the time it got.

    `edit.time` is in microseconds since 1970; it is moved on where the store has later edits.
    """
    if is_address(root):
        return _put_edit(root, edit)
    folder = Path(root) / "edits"
    with reported_writes(folder):
        folder.mkdir(exist_ok=True)
    edit = replace(edit, time=max(edit.time, _newest(os.listdir(folder)) + 1))  # noqa: PTH208
    write_atomically(folder / _file_name(edit), _content(edit))
    return edit


def _put_edit(url: str, edit: Edit) -> Edit:
    from runfolio.store.remote import RemoteStore

    remote = RemoteStore(url)
    names = [path.rpartition("/")[2] for path in remote.list("edits")]
    edit = replace(edit, time=max(edit.time, _newest(names) + 1))
    remote.put(_content(edit), f"edits/{_file_name(edit)}")
    return edit


def _file_name(edit: Edit) -> str:
    return f"{edit.time:016d}-{os.urandom(4).hex()}.json"


def _content(edit: Edit) -> bytes:
    return (encode_edit(edit) + "\n").encode(errors="replace")


def encode_edit(edit: Edit) -> str:
    """An edit as one line of JSON."""
    document = {"time": edit.time, "kind": edit.kind, "name": edit.name, "set": edit.changes}
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


def list_edit_files(root: Path) -> list[Path]:
    """The files that hold edits, in the order of their names."""
    folder = root / "edits"
    return sorted([*folder.glob("*.json"), *folder.glob("*.jsonl")])


def pack_edits(root: Path) -> int:
    """Gather the edits that have files of their own into one file; return how many there were."""
    singles = sorted((root / "edits").glob("*.json"))
    found = {path: [_parse(line) for line in _read_lines(root, path)] for path in singles}
    whole = {path: edits[0] for path, edits in found.items() if len(edits) == 1 and edits[0]}
    if len(whole) < _FEW_EDITS:
        return 0
    newest = max(edit.time for edit in whole.values())
    lines = [encode_edit(edit) for edit in whole.values()]
    content = "".join(f"{line}\n" for line in lines).encode(errors="replace")
    write_atomically(root / "edits" / f"{newest:016d}-{os.urandom(4).hex()}.jsonl", content)
    for path in whole:
        path.unlink(missing_ok=True)
    return len(whole)


def _read_lines(root: Path, path: Path) -> list[bytes]:
    """The lines of a file; none of one that is gone, a link or a pipe, which `read_edits` tells."""
    try:
        return read_plain(path, within=root).splitlines()
    except OSError:
        return []


def _newest(names: Iterable[str]) -> int:
    """The time of the newest edit, as the files' names tell it; -1 without any."""
    times = (name.partition("-")[0] for name in names if ".json" in name)
    return max((int(time) for time in times if time.isdecimal() and len(time) == 16), default=-1)


def read_edits(root: Path) -> tuple[list[Edit], list[tuple[str, str]]]:
    """All edits, oldest first, and the files among them that can't be read with the reason."""
    edits: dict[str, Edit] = {}
    damaged: list[tuple[str, str]] = []
    folder = root / "edits"
    if folder.exists() and not folder.is_dir():
        damaged.append((str(folder), "it is no folder"))
    for path in list_edit_files(root):
        try:
            lines = read_plain(path, within=root).splitlines()
        except FileNotFoundError:
            continue  # gathered into another file at this moment, which is read or comes later
        except OSError as error:
            damaged.append((str(path), f"it can't be read: {error.strerror}"))
            continue
        found = [_parse(line) for line in lines]
        if not lines or None in found:
            damaged.append((str(path), "it is no edit"))
        edits |= {encode_edit(edit): edit for edit in found if edit is not None}
    return sorted(edits.values(), key=lambda edit: edit.time), damaged


def _parse(line: bytes) -> Edit | None:
    try:
        document = json.loads(line)
        time, changes = int(document["time"]), dict(document["set"])
        return Edit(time, str(document["kind"]), str(document["name"]), changes)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None
