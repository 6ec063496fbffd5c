"""Documents of JSON as text."""

from __future__ import annotations

import json
from typing import Any


def write_json(document: Any, *, indent: int | None = None) -> str:
    """A document as text; with escapes where it holds halves of characters, which no file can."""
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, indent=indent)
    return text
