"""Documents of the site as JSON, without blanks: the owner of orjson.

It writes numbers as `json` does, but for exponents (1e-7 where that has 1e-07). What it refuses,
such as integers of more than 64 bits and text that is no Unicode, `json` writes. Numbers that are
not finite become null: what shall be shown of them has to be text.
"""

from __future__ import annotations

import codecs
import json
from typing import Any, Final

import orjson

_ESCAPED: Final = "runfolio.escaped"
"""How text is encoded in ASCII: other characters as JSON escapes them."""


def encode_ascii(document: Any) -> str:
    """A document as ASCII text without control characters."""
    text = _encode_quickly(document)
    if text is None:
        return _encode_slowly(document, ascii=True)
    plain = text if text.isascii() else text.encode("ascii", _ESCAPED).decode("ascii")
    return plain.replace("\x7f", "\\u007f")


def encode_unicode(document: Any) -> str:
    """A document as Unicode; a question mark stands for what is none."""
    text = _encode_quickly(document)
    if text is not None:
        return text
    return _encode_slowly(document, ascii=False).encode(errors="replace").decode()


def _escape(error: UnicodeError) -> tuple[str, int]:
    """Characters of a text as JSON escapes them, and where the text goes on."""
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(_ESCAPED, _escape)


def _encode_quickly(document: Any) -> str | None:
    try:
        return orjson.dumps(document).decode()
    except orjson.JSONEncodeError:
        return None


def _encode_slowly(document: Any, *, ascii: bool) -> str:  # noqa: A002, as `json` has it
    finite = json.loads(json.dumps(document), parse_constant=_take_for_null)
    return json.dumps(finite, ensure_ascii=ascii, separators=(",", ":"))


def _take_for_null(_: str) -> None:
    """What a number that is not finite is read as."""
