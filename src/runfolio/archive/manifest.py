"""The list of an archive's files with their SHA-256, as ``sha256sum -c`` reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from runfolio.archive.layout import MANIFEST
from runfolio.errors import ArchiveUnreadable

_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *](.+)", re.DOTALL)


def encode_manifest(digests: Mapping[str, str]) -> bytes:
    """The lines of the manifest, sorted by path."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


def decode_manifest(content: bytes) -> dict[str, str]:
    """The SHA-256 of each file by its path; raises `ArchiveUnreadable` for what is no manifest."""
    digests: dict[str, str] = {}
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError:
        raise ArchiveUnreadable(f"{MANIFEST} is no UTF-8 text. Take another copy.") from None
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        found = _LINE.fullmatch(line.removesuffix("\r"))
        if found is None or found[2] in digests:
            reason = "names a file twice" if found else "is no digest and path"
            raise ArchiveUnreadable(
                f"Line {number} of {MANIFEST} {reason}: {line[:100]!r}. Take another copy."
            )
        digests[found[2]] = found[1]
    return digests
