"""The files of a built site, found from links, and as ``data:`` addresses within a page."""

from __future__ import annotations

import base64
import posixpath
import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from runfolio.site.numbers import format_bytes

_SCHEME: Final = re.compile(r"\s*[a-z][a-z0-9+.-]*:|\s*//", re.IGNORECASE)
_MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "flac": "audio/flac",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "json": "application/json",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain;charset=utf-8",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
}
"""Media types of what a site offers; everything else is bytes to save."""


class SiteFiles:
    """The files of the site in `folder`, as the page at `page` leads to them.

    `sizes` tells what each file that was taken adds to the page, and `left_out` which were too
    large for it.
    """

    def __init__(self, folder: Path, page: str) -> None:
        self._folder = folder.resolve()
        self.page = page
        self.sizes: dict[str, int] = {}
        self.left_out: dict[str, int] = {}

    def locate(self, address: str) -> tuple[str, str] | None:
        """The path within the site, and the fragment, that a relative address leads to.

        None for an address elsewhere, or one that leads out of the site.
        """
        if _SCHEME.match(address):
            return None
        parts = urlsplit(address.strip())
        if not parts.path:
            return self.page, parts.fragment
        joined = posixpath.join(posixpath.dirname(self.page), unquote(parts.path))
        path = posixpath.normpath(joined)
        return None if path.startswith(("../", "/")) or path == ".." else (path, parts.fragment)

    def size(self, path: str) -> int | None:
        """The size of a file; None where there is none in the site."""
        place = self._folder / path
        try:
            inside = place.resolve().is_relative_to(self._folder)
            return place.stat().st_size if inside and place.is_file() else None
        except (OSError, ValueError):
            return None

    def read(self, path: str) -> str:
        """The text of a file, which is noted as taken."""
        content = (self._folder / path).read_bytes()
        self.sizes[path] = self.sizes.get(path, 0) + len(content)
        return content.decode()

    def embed(self, path: str, *, most: int) -> str | None:
        """A file as a ``data:`` address; None, and noted, where it has more than `most` bytes."""
        size = self.size(path)
        if size is None:
            return None
        if size > most:
            self.left_out[path] = size
            return None
        content = base64.b64encode((self._folder / path).read_bytes()).decode()
        self.sizes[path] = self.sizes.get(path, 0) + len(content)
        media_type = _MEDIA_TYPES.get(path.rpartition(".")[2], "application/octet-stream")
        return f"data:{media_type};base64,{content}"


def stand_in(size: int) -> str:
    """A picture that says that another one is too large, as a ``data:`` address."""
    text = f"{format_bytes(size)}, not in this file"
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="60">'
        '<rect width="240" height="60" fill="#ddd"/>'
        f'<text x="120" y="34" font-family="sans-serif" font-size="13" text-anchor="middle">{text}'
        "</text></svg>"
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
