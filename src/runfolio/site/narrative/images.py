"""Pictures of reports: files beside them, checked before they are shown or copied."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from runfolio.errors import ReportMistake
from runfolio.query.language.mistakes import shorten
from runfolio.site.addresses import REPORTS, content_hash
from runfolio.site.artifacts import MAX_SVG, Copy
from runfolio.site.numbers import format_bytes
from runfolio.store.image_sizes import read_image_head

MAX_IMAGE: Final = 20_000_000
"""Bytes of a picture at most."""

_SUFFIXES: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
}
_SCHEME: Final = re.compile(r"[A-Za-z][\w+.-]*:|//")
_SVG: Final = re.compile(
    rb"\s*+(?:\xef\xbb\xbf\s*+)?(?:<\?xml|<!--|<!DOCTYPE\s++svg|<svg[\s>])", re.I
)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture to show: `address` is a data URL, or leads from the site's root to its `copy`."""

    address: str
    size: tuple[int, int] | None
    copy: Copy | None


def find_image(address: str, folder: Path) -> Image:
    """The picture that a report in `folder` names; raises `ReportMistake`.

    Of SVG only the picture is used: it stands in the page as a data URL, where no script in it
    runs, and not as a file that could be opened.
    """
    path = _find_file(unquote(address), folder)
    content = _read(path, address)
    head = read_image_head(content[:65_536])
    if head is not None:
        suffix = _SUFFIXES[head.media_type]
        copied = f"{REPORTS}/images/{content_hash(content)}.{suffix}"
        return Image(copied, head.size, Copy(copied, path))
    if path.suffix.lower() == ".svg" and _SVG.match(content) and b"<svg" in content:
        return Image(_embed_svg(content, address), None, None)
    raise ReportMistake(
        f"The file {shorten(address)!r} is no picture. PNG, JPEG, GIF, WebP and SVG are shown."
    )


def _find_file(address: str, folder: Path) -> Path:
    if _SCHEME.match(address):
        raise ReportMistake(
            f"The picture {shorten(address)!r} lies elsewhere, and pages load nothing from there. "
            "Save it beside the report."
        )
    if ".." in Path(address).parts:
        raise ReportMistake(f"The path {shorten(address)!r} leads out of the folder of reports.")
    root = folder.resolve()
    if address.startswith("/") or "\\" in address or "\0" in address:
        raise ReportMistake(f"{shorten(address)!r} is no path beside the report, such as plot.png.")
    try:
        path = (root / address).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise ReportMistake(f"There is no file {shorten(address)!r} beside the report.") from None
    if not path.is_relative_to(root):
        raise ReportMistake(f"{shorten(address)!r} is a link out of the folder of reports.")
    if not path.is_file():
        raise ReportMistake(f"{shorten(address)!r} is no file.")
    return path


def _read(path: Path, address: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_IMAGE + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReportMistake(f"The file {shorten(address)!r} can't be read: {reason}.") from None
    if len(content) > MAX_IMAGE:
        raise ReportMistake(
            f"The picture {shorten(address)!r} is larger than {format_bytes(MAX_IMAGE)}."
        )
    return content


def _embed_svg(content: bytes, address: str) -> str:
    if len(content) > MAX_SVG:
        raise ReportMistake(
            f"The drawing {shorten(address)!r} is larger than {format_bytes(MAX_SVG)}. "
            "Save it as PNG."
        )
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
