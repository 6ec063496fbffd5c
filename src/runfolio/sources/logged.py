"""Values as trackers log them in rows of JSON: numbers, media, and what is kept as text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from runfolio.schema import as_text
from runfolio.store.devices import is_device

MAX_DEPTH: Final = 32
"""How deep a logged value may be nested."""

MAX_TEXT: Final = 5000
"""Characters of a logged text that are kept as a tag."""

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\\:*?"<>|]|[\ud800-\udfff]')
_PART: Final = 80

_NAMED: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Medium(NamedTuple):
    """A logged value that stands for a file, or that a file is made of."""

    key: str
    step: int | None
    time: int | None
    value: Mapping[str, Any]


def unnamed(value: Any) -> Any:
    """A value, or the number that JSON lacks and that is written as text."""
    return _NAMED.get(value, value) if isinstance(value, str) else value


def as_tag(value: Any) -> str:
    """A value as a text that isn't too long for a tag."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        text = type(value).__name__
    text = as_text(text)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


def safe_path(tag: str) -> str:
    """The name of what was logged as a path that stays where it is put, on any system."""
    parts = [_UNSAFE.sub("_", part).strip()[:_PART] for part in tag.split("/")]
    return "/".join(_legal(part) for part in parts if part) or "_"


def _legal(part: str) -> str:
    """A part of a path that Windows takes as it is: no device, and no dot or space at its end."""
    legal = part.rstrip(". ") or "_"
    return f"_{legal}" if is_device(legal) else legal
