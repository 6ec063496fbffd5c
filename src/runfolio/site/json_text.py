"""Documents of the site as JSON, without blanks: the owner of orjson.

It writes numbers as `json` does, but for exponents (1e-5 where that has 1e-05). What it refuses,
such as integers of more than 64 bits and text that is no Unicode, `json` writes.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import orjson

_WIDE: Final = re.compile(r"[^\x00-\x7f]+")


def encode_ascii(document: Any) -> str:
    """A document as ASCII text without control characters."""
    text = _encode_quickly(document)
    if text is None:
        return _encode_slowly(document, ascii=True)
    return text if text.isascii() else _WIDE.sub(_escape, text)


def encode_unicode(document: Any) -> str:
    """A document as Unicode; a question mark stands for what is none."""
    text = _encode_quickly(document)
    if text is not None:
        return text
    return _encode_slowly(document, ascii=False).encode(errors="replace").decode()


def _escape(found: re.Match[str]) -> str:
    """Characters of a text beyond ASCII as JSON escapes them."""
    return json.dumps(found[0])[1:-1]


def decode(text: bytes) -> Any:
    """The document that a text tells. Raises ValueError."""
    return orjson.loads(text)


def _encode_quickly(document: Any) -> str | None:
    try:
        return orjson.dumps(document).decode()
    except orjson.JSONEncodeError:
        return None


def _encode_slowly(document: Any, *, ascii: bool) -> str:  # noqa: A002, as `json` has it
    return json.dumps(document, ensure_ascii=ascii, separators=(",", ":"), allow_nan=False)
