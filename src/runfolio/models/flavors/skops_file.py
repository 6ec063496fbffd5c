"""A skops file whose bytes depend on the model alone, so that equal models have one digest."""

from __future__ import annotations

import io
import json
from pathlib import Path, PurePosixPath
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_SCHEMA: Final = "schema.json"
_ID: Final = "__id__"
_FILE: Final = "file"


def write_skops(model: Any, path: Path) -> None:
    """Save `model` to `path` with skops; raises what skops does."""
    from skops import io as skops

    path.write_bytes(settle(skops.dumps(model)))


def settle(content: bytes) -> bytes:
    """A skops file with numbers for the addresses in memory and the times that it has been given.

    Addresses tell which objects are one and the same; numbers in their order do, too. It is packed,
    which makes forests seven times smaller.
    """
    ids: dict[int, int] = {}
    names: dict[str, str] = {}
    settled = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(settled, "w") as new:
        schema = _number(json.loads(old.read(_SCHEMA)), ids, names)
        for name, number in names.items():
            new.writestr(ZipInfo(number), old.read(name), ZIP_DEFLATED)
        new.writestr(ZipInfo(_SCHEMA), json.dumps(schema), ZIP_DEFLATED)
    return settled.getvalue()


def _number(state: Any, ids: dict[int, int], names: dict[str, str]) -> Any:
    if isinstance(state, list):
        return [_number(one, ids, names) for one in state]
    if not isinstance(state, dict):
        return state
    numbered: dict[str, Any] = {}
    for key, one in state.items():
        if key == _ID and isinstance(one, int):
            numbered[key] = ids.setdefault(one, len(ids))
        elif key == _FILE and isinstance(one, str):
            numbered[key] = names.setdefault(one, f"{len(names)}{PurePosixPath(one).suffix}")
        else:
            numbered[key] = _number(one, ids, names)
    return numbered
