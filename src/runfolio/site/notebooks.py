"""A Jupyter notebook as HTML: notes, code, text and pictures, and nothing that runs."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from markupsafe import Markup

from runfolio.site.code import highlight
from runfolio.site.console import render_console, settle
from runfolio.site.notes import render_markdown
from runfolio.store.image_sizes import read_image_head

MAX_CELLS: Final = 100
MAX_CELL_TEXT: Final = 20_000
MAX_PICTURE: Final = 1_000_000
MAX_PIXELS: Final = 100_000_000


def render_notebook(notebook: Any) -> Markup | None:
    """The cells of a parsed notebook (nbformat 4), or None when it holds none.

    HTML, SVG and widgets among the outputs are left out, and so is what says that it is a picture
    and is none, or one beyond 1 MB or 100 million pixels.
    """
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return None
    language = _language(notebook)
    parts = [_render_cell(cell, language) for cell in cells[:MAX_CELLS] if isinstance(cell, dict)]
    if len(cells) > MAX_CELLS:
        parts.append(Markup("<p><em>{} more cells.</em></p>").format(len(cells) - MAX_CELLS))
    return Markup("\n").join(parts)


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    name = info.get("name") if isinstance(info, dict) else None
    return name if isinstance(name, str) else "python"


def _render_cell(cell: dict[str, Any], language: str) -> Markup:
    source = _text(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        return render_markdown(source)
    if cell.get("cell_type") != "code":
        return highlight(source)
    outputs = cell.get("outputs")
    listed = outputs if isinstance(outputs, list) else []
    shown = [_render_outputs(kind, group) for kind, group in groupby(listed, key=_find_picture)]
    return Markup("").join([highlight(source, language=language), *shown])


def _render_outputs(picture: str | None, outputs: Iterable[Any]) -> Markup:
    """Outputs that follow each other: the same picture once, or texts as a terminal shows them."""
    if picture is not None:
        return Markup('<img src="data:{}" alt="output of the cell">').format(picture)
    texts = [text for one in outputs if (text := _output(one))]
    text = "".join(text if text.endswith("\n") else text + "\n" for text in texts)
    return render_console(settle(text[:MAX_CELL_TEXT])) if text else Markup()


def _find_picture(output: Any) -> str | None:
    """A PNG or JPEG picture among an output, as what follows "data:" in an address."""
    data = output.get("data") if isinstance(output, dict) else None
    for kind in ("image/png", "image/jpeg"):
        text = data.get(kind) if isinstance(data, dict) else None
        if isinstance(text, list) and all(isinstance(one, str) for one in text):
            text = "".join(text)
        if isinstance(text, str) and len(text) <= MAX_PICTURE and _is_picture(text, kind):
            return f"{kind};base64,{''.join(text.split())}"
    return None


def _is_picture(text: str, kind: str) -> bool:
    """Whether a text in base 64 is a picture of this kind that a browser can hold."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return False
    head = read_image_head(content)
    if head is None or head.size is None or head.media_type != kind:
        return False
    return 0 < head.size[0] * head.size[1] <= MAX_PIXELS


def _output(output: Any) -> str:
    if not isinstance(output, dict):
        return ""
    data = output.get("data")
    if isinstance(data, dict):
        return _text(data.get("text/plain"))
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    return _text(output.get("text"))


def _text(lines: Any) -> str:
    """Text of a notebook is one string or a list of lines."""
    if isinstance(lines, list):
        lines = "".join(line for line in lines if isinstance(line, str))
    return lines[:MAX_CELL_TEXT] if isinstance(lines, str) else ""
