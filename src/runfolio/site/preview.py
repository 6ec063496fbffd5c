"""What a page shows of an artifact, decided by its content and its name; no content may raise."""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

import pyarrow as pa

from runfolio.errors import RunfolioError
from runfolio.site.cells import Cells, parse_cells, read_cells
from runfolio.site.code import find_lexer, highlight
from runfolio.site.controls import show_controls
from runfolio.site.documents import quieten
from runfolio.site.notebooks import render_notebook
from runfolio.site.notes import render_markdown
from runfolio.site.numbers import format_bytes, format_count
from runfolio.store.image_sizes import read_image_head

if TYPE_CHECKING:
    from markupsafe import Markup

Kind = Literal[
    "image",
    "svg",
    "text",
    "code",
    "table",
    "markdown",
    "html",
    "json",
    "notebook",
    "none",
    "failed",
]

MAX_TEXT: Final = 100_000
MAX_JSON: Final = 200_000
MAX_HTML: Final = 1_000_000
MAX_READ: Final = 2_000_000
MAX_NOTEBOOK: Final = 20_000_000
MAX_PARQUET: Final = 64_000_000
MAX_PIXELS: Final = 100_000_000

_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
_PICTURE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_BY_SUFFIX: Final = {
    ".svg": "svg",
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".geojson": "json",
    ".ipynb": "notebook",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
_BY_MEDIA_TYPE: Final = {
    "image/svg+xml": "svg",
    "application/vnd.apache.parquet": "parquet",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/json": "json",
    "application/x-ipynb+json": "notebook",
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HARMLESS: Final = (
    *(RunfolioError, OSError, ValueError, ArithmeticError, LookupError, TypeError),
    *(RecursionError, MemoryError, NotImplementedError, csv.Error, pa.ArrowException),
)
"""What parsers raise on hostile content; one bad file must not stop the site."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown: `html` is safe markup, `text` and the table's cells are to be escaped.

    `caption` says how much is shown, or for "failed" and "none" why nothing is. `media_type` is
    a picture's real one. `row_count` is None when the file was not read to its end.
    """

    kind: Kind
    html: Markup | None = None
    text: str | None = None
    caption: str | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[bool, ...] = ()
    row_count: int | None = None
    column_count: int | None = None
    width: int | None = None
    height: int | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    suffix: str
    media_type: str
    size: int
    head: bytes
    read_table: Callable[[Path], pa.Table]

    @property
    def whole(self) -> bool:
        return self.size <= len(self.head)


def preview_artifact(
    path: Path,
    *,
    name: str,
    media_type: str,
    size: int,
    read_table: Callable[[Path], pa.Table],
) -> Preview:
    """Preview the file at `path`, logged as `name`; Parquet is read with `read_table`.

    Never raises for what the file holds: a broken one gives kind "failed" with the reason.
    """
    suffix = PurePosixPath(name).suffix.lower()
    try:
        with path.open("rb") as file:
            head = file.read(MAX_READ)
        found = _File(path, name, suffix, media_type, max(size, len(head)), head, read_table)
        return _preview(found)
    except _HARMLESS as error:
        return _failed(_reason(error))


def _preview(file: _File) -> Preview:
    if not file.head:
        return Preview("none", caption="The file is empty.")
    kind = _BY_SUFFIX.get(file.suffix) or _BY_MEDIA_TYPE.get(file.media_type)
    if kind is None or file.suffix in _PICTURES:
        picture = _preview_picture(file)
        if picture is not None:
            return picture
    if kind == "parquet":
        return _preview_parquet(file)
    if kind == "notebook":
        return _preview_notebook(file)
    text = _decode(file.head, whole=file.whole, lenient=kind is not None)
    if text is None:
        return Preview("none", caption="A binary file.")
    return _TEXTS[kind](file, text) if kind else _preview_text(file, text)


def _failed(reason: str) -> Preview:
    return Preview("failed", caption=f"Not shown: {reason}")


def _reason(error: BaseException) -> str:
    lines = str(error).splitlines()
    return show_controls(lines[0][:300]) if lines else type(error).__name__


def _preview_picture(file: _File) -> Preview | None:
    """A picture, a reason why it is none although it says so, or None for other files."""
    head = read_image_head(file.head)
    if head is None:
        if file.suffix in _PICTURES or file.media_type in _PICTURE_TYPES:
            return _failed("the file does not hold a PNG, JPEG, GIF or WebP picture.")
        return None
    if head.size is None:
        return _failed("the picture is broken.")
    width, height = head.size
    if not 0 < width * height <= MAX_PIXELS:
        return _failed(f"the picture has {width} × {height} pixels.")
    return Preview("image", width=width, height=height, media_type=head.media_type)


def _preview_parquet(file: _File) -> Preview:
    if file.size > MAX_PARQUET:
        return Preview("none", caption=f"A table of {format_bytes(file.size)}.")
    return _table(read_cells(file.read_table(file.path)))


def _table(cells: Cells) -> Preview:
    return Preview(
        "table",
        caption=cells.caption,
        columns=cells.columns,
        rows=cells.rows,
        numeric=cells.numeric,
        row_count=cells.row_count,
        column_count=cells.column_count,
    )


def _preview_notebook(file: _File) -> Preview:
    if file.size > MAX_NOTEBOOK:
        return Preview("none", caption=f"A notebook of {format_bytes(file.size)}.")
    html = render_notebook(json.loads(file.path.read_bytes()))
    if html is None:
        return _failed("the file is no notebook of format 4.")
    return Preview("notebook", html=html, caption="The notebook, without its pictures")


def _preview_svg(_file: _File, text: str) -> Preview:
    if "<svg" not in text[:100_000]:
        return _failed("the file does not hold an SVG picture.")
    if "<!ENTITY" in text:
        return _failed("the SVG picture declares entities, which could fill any memory.")
    return Preview("svg", media_type="image/svg+xml")


def _preview_csv(file: _File, text: str) -> Preview:
    if not file.whole:
        text = text[: text.rfind("\n") + 1] or text
    try:
        delimiter = "\t" if file.suffix == ".tsv" else None
        cells = parse_cells(text, delimiter=delimiter, whole=file.whole)
    except csv.Error:
        cells = None
    return _table(cells) if cells else _preview_text(file, text)


def _preview_json(file: _File, text: str) -> Preview:
    if file.size > MAX_JSON:
        return _preview_text(file, text)
    try:
        pretty = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return _preview_text(file, text)
    shown = pretty if len(pretty) <= 2 * MAX_JSON else text
    return Preview("json", html=highlight(shown, language="json"), caption=_lines(shown))


def _preview_markdown(_file: _File, text: str) -> Preview:
    return Preview("markdown", html=render_markdown(text))


def _preview_html(file: _File, text: str) -> Preview:
    if file.size > MAX_HTML:
        return Preview("none", caption=f"A page of {format_bytes(file.size)}.")
    return Preview("html", text=quieten(show_controls(text)))


def _preview_text(file: _File, text: str) -> Preview:
    """Text, in colour when the name tells the language; no more than 100 kB of it."""
    caption = _lines(text)
    if file.size > MAX_TEXT:
        text = _decode(file.head[:MAX_TEXT], whole=False, lenient=True) or text[:MAX_TEXT]
        caption = f"first {format_bytes(MAX_TEXT)} of {format_bytes(file.size)}"
    if find_lexer(filename=PurePosixPath(file.name).name) is not None:
        html = highlight(text, filename=PurePosixPath(file.name).name)
        return Preview("code", html=html, text=show_controls(text, marked=True), caption=caption)
    return Preview("text", text=show_controls(text), caption=caption)


_TEXTS: Final[dict[str, Callable[[_File, str], Preview]]] = {
    "svg": _preview_svg,
    "csv": _preview_csv,
    "json": _preview_json,
    "markdown": _preview_markdown,
    "html": _preview_html,
}


def _lines(text: str) -> str:
    count = text.count("\n") + (not text.endswith("\n"))
    return f"{format_count(count)} line" + ("" if count == 1 else "s")


def _decode(data: bytes, *, whole: bool, lenient: bool) -> str | None:
    """Bytes as text, or None when they are none; `lenient` replaces what is no UTF-8."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(data, final=whole)
    if "\0" in text:
        return None
    broken = text.count("�")
    return text if broken * 10 <= len(text) * (3 if lenient else 1) else None
