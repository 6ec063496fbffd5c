"""What a page shows of an artifact, decided by its content and its name; no content may raise."""

from __future__ import annotations

import codecs
import csv
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Literal

import pyarrow as pa

from runfolio.analysis.numbers import count_noun
from runfolio.charts.foreign import draw_vega_lite, is_vega_lite
from runfolio.errors import RunfolioError
from runfolio.site.arrays import MAGIC, ZIP_MAGIC, list_arrays, read_array_head, read_values
from runfolio.site.cells import MAX_COLUMNS, MAX_ROWS, Cells, parse_cells, read_cells
from runfolio.site.code import find_lexer, highlight
from runfolio.site.controls import show_controls
from runfolio.site.documents import quieten
from runfolio.site.media import describe_pdf, find_medium
from runfolio.site.notebooks import render_notebook
from runfolio.site.notes import render_markdown
from runfolio.site.numbers import format_bytes
from runfolio.site.outline import Node, outline
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
    "chart",
    "array",
    "audio",
    "video",
    "pdf",
    "none",
    "failed",
]

MAX_TEXT: Final = 100_000
MAX_JSON: Final = 200_000
MAX_HTML: Final = 1_000_000
MAX_ARCHIVE: Final = 1 << 30
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
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HARMLESS: Final = (
    *(RunfolioError, OSError, ValueError, ArithmeticError, LookupError, TypeError),
    *(RecursionError, MemoryError, NotImplementedError, csv.Error, pa.ArrowException),
)
"""What parsers raise on hostile content; one bad file must not stop the site."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown: `html` is safe markup, `text` and the table's cells are to be escaped.

    `caption` says how much is shown, or for "failed" and "none" why nothing is. `media_type` is
    the real one of a picture, sound or film, and `suffix` the ending its copy may keep. `outline`
    is JSON to fold, and `drawing` the SVG of a chart. `row_count` is None when the file was not
    read to its end.
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
    suffix: str | None = None
    outline: Node | None = None
    drawing: str | None = None

    @property
    def weight(self) -> int:
        """About how many bytes it takes on a page."""
        cells = sum(len(cell) + 10 for row in self.rows for cell in row)
        return len(self.html or self.text or "") + cells + _weigh(self.outline)


def _weigh(node: Node | None) -> int:
    if node is None:
        return 0
    return 60 + len(node.key or "") + len(node.text) + sum(map(_weigh, node.children))


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    suffix: str
    media_type: str
    size: int
    head: bytes
    read_table: Callable[..., tuple[pa.Table, int, int]]
    draw: Callable[[str], str]

    @property
    def whole(self) -> bool:
        return self.size <= len(self.head)


def preview_artifact(
    path: Path,
    *,
    name: str,
    media_type: str,
    size: int,
    read_table: Callable[..., tuple[pa.Table, int, int]],
    draw: Callable[[str], str] = draw_vega_lite,
) -> Preview:
    """Preview the file at `path`, logged as `name`.

    `read_table` reads the first rows and columns of Parquet and counts all; `draw` makes SVG of a
    Vega-Lite spec or raises ValueError.

    Never raises for what the file holds: a broken one gives kind "failed" with the reason.
    """
    suffix = PurePosixPath(name).suffix.lower()
    try:
        with path.open("rb") as file:
            head = file.read(MAX_READ)
            size = max(size, file.seek(0, os.SEEK_END))
        return _preview(_File(path, name, suffix, media_type, size, head, read_table, draw))
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
    if kind is None or file.media_type.startswith(("audio/", "video/")):
        known = _preview_medium(file) or _preview_arrays(file)
        if known is not None:
            return known
    if kind == "parquet":
        return _preview_parquet(file)
    if kind == "notebook":
        return _preview_notebook(file)
    text = decode_text(file.head, whole=file.whole, lenient=kind is not None)
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


def _preview_medium(file: _File) -> Preview | None:
    """Sound, film or a PDF with its player or what it says of itself; None for other files."""
    medium = find_medium(file.head, suffix=file.suffix)
    if medium is None:
        return None
    said = describe_pdf(file.head) if medium.kind == "pdf" else medium.media_type
    return Preview(medium.kind, caption=said, media_type=medium.media_type, suffix=medium.suffix)


def _preview_arrays(file: _File) -> Preview | None:
    if file.head.startswith(MAGIC):
        head = read_array_head(file.head)
        values = read_values(head, file.head)
        return (
            _table(values, kind="array", caption=head.caption)
            if values
            else Preview("array", caption=head.caption)
        )
    if file.suffix == ".npz" and file.head.startswith(ZIP_MAGIC):
        if file.size > MAX_ARCHIVE:
            return Preview("none", caption=f"An archive of {format_bytes(file.size)}.")
        arrays = list_arrays(file.path)
        caption = count_noun(arrays.row_count or 0, "array")
        return _table(arrays, kind="array", caption=caption)
    return None


def _preview_parquet(file: _File) -> Preview:
    if file.size > MAX_PARQUET:
        return Preview("none", caption=f"A table of {format_bytes(file.size)}.")
    return _table(read_cells(*file.read_table(file.path, MAX_ROWS, columns=MAX_COLUMNS)))


def _table(cells: Cells, *, kind: Kind = "table", caption: str | None = None) -> Preview:
    return Preview(
        kind,
        caption=caption or cells.caption,
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
    return Preview("notebook", html=html, caption="The notebook")


def _preview_svg(_file: _File, text: str) -> Preview:
    if "<svg" not in text[:100_000]:
        return _failed("the file does not hold an SVG picture.")
    if "<!ENTITY" in text:
        return _failed("the SVG picture declares entities, which could fill any memory.")
    if _FORBIDDEN.search(text):  # such as the shifts of ISO-2022-JP, which hide what follows
        return _failed("the SVG picture holds characters that no XML may hold.")
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
        document = json.loads(text)
        shown = _indent(document) or text
    except (ValueError, RecursionError):
        return _preview_text(file, text)
    if is_vega_lite(document):
        return _preview_chart(file, text, shown)
    tree = outline(document)
    if tree is not None:
        caption = tree.text if tree.children else _lines(shown)
        return Preview("json", outline=tree, caption=caption)
    return Preview("json", html=highlight(shown, language="json"), caption=_lines(shown))


def _indent(document: Any) -> str | None:
    """A document over lines that are indented; None when blanks would make most of it."""
    parts, size = [], 0
    for part in json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(document):
        parts.append(part)
        size += len(part)
        if size > 2 * MAX_JSON:
            return None
    return "".join(parts)


def _preview_chart(file: _File, text: str, shown: str) -> Preview:
    """A Vega-Lite spec, drawn where that can be done, with the spec below."""
    html = highlight(shown, language="json")
    try:
        drawing = file.draw(text)
    except ValueError as refused:
        return Preview("chart", html=html, caption=f"Not drawn: {show_controls(str(refused))}")
    return Preview("chart", html=html, drawing=drawing, caption="A Vega-Lite chart")


def _preview_markdown(_file: _File, text: str) -> Preview:
    return Preview("markdown", html=render_markdown(text), caption="Markdown")


def _preview_html(file: _File, text: str) -> Preview:
    if file.size > MAX_HTML:
        return Preview("none", caption=f"A page of {format_bytes(file.size)}.")
    try:
        return Preview("html", text=quieten(show_controls(text)))
    except ValueError as refused:
        return Preview("none", caption=f"A page that is not shown: {refused}")


def _preview_text(file: _File, text: str) -> Preview:
    """Text, in colour when the name tells the language; no more than 100 kB of it."""
    caption = _lines(text)
    if file.size > MAX_TEXT:
        text = decode_text(file.head[:MAX_TEXT], whole=False, lenient=True) or text[:MAX_TEXT]
        caption = f"first {format_bytes(MAX_TEXT)} of {format_bytes(file.size)}"
    if find_lexer(filename=PurePosixPath(file.name).name) is not None:
        html = highlight(text, filename=PurePosixPath(file.name).name)
        return Preview("code", html=html, text=show_controls(text), caption=caption)
    return Preview("text", text=show_controls(text), caption=caption)


_TEXTS: Final[dict[str, Callable[[_File, str], Preview]]] = {
    "svg": _preview_svg,
    "csv": _preview_csv,
    "json": _preview_json,
    "markdown": _preview_markdown,
    "html": _preview_html,
}


def _lines(text: str) -> str:
    return count_noun(text.count("\n") + (not text.endswith("\n")), "line")


def decode_text(data: bytes, *, whole: bool, lenient: bool) -> str | None:
    """Bytes as text, or None when they are none; `lenient` replaces what is no UTF-8."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    text = decoder.decode(data, final=whole)
    if "\0" in text:
        return None
    broken = text.count("�")
    return text if broken * 10 <= len(text) * (3 if lenient else 1) else None
