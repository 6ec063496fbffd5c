"""ZIP files, as many models are, that hold the same and differ only in when they were written."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

_MAX_MEMBERS: Final = 10_000
_MAX_JSON: Final = 16 << 20
_KERAS: Final = ("metadata.json", "config.json")
_DATE: Final = "date_saved"
_SHARED: Final = "shared_object_id"
"""What Keras calls an object by that several layers share: its address in memory."""


def hold_the_same(one: Path, other: Path) -> bool:
    """Whether both are ZIP files whose members differ in nothing but times.

    Of Keras's own JSON in them the date and the addresses of objects count for nothing, too.
    """
    listed = [_list_members(path) for path in (one, other)]
    return bool(listed[0]) and listed[0] == listed[1]


def _list_members(path: Path) -> list[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MAX_MEMBERS:
                return []
            is_keras = set(_KERAS) <= {one.filename for one in members}
            return sorted((one.filename, _content(archive, one, is_keras)) for one in members)
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error, zipfile.BadZipFile):
        return []


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, is_keras: bool) -> str:
    """A text that is the same for the same content."""
    if is_keras and member.filename in _KERAS and member.file_size <= _MAX_JSON:
        return json.dumps(_settle(json.loads(archive.read(member)), {}))
    return f"{member.file_size} {member.CRC}"


def _settle(value: Any, seen: dict[Any, int]) -> Any:
    """JSON of Keras without its date, and with objects numbered in the order they come in."""
    if isinstance(value, list):
        return [_settle(one, seen) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: seen.setdefault(str(one), len(seen)) if key == _SHARED else _settle(one, seen)
        for key, one in value.items()
        if key != _DATE
    }
