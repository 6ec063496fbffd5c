"""A Jupyter notebook as HTML: notes, code and text output, and nothing that runs."""

from __future__ import annotations

from typing import Any, Final

from markupsafe import Markup

from runfolio.site.code import highlight
from runfolio.site.notes import render_markdown

MAX_CELLS: Final = 100
MAX_CELL_TEXT: Final = 20_000


def render_notebook(notebook: Any) -> Markup | None:
    """The cells of a parsed notebook (nbformat 4), or None when it holds none.

    Pictures, HTML and widgets among the outputs are left out.
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
    texts = [_output(one) for one in outputs] if isinstance(outputs, list) else []
    shown = "".join(text if text.endswith("\n") else text + "\n" for text in texts if text)
    code = highlight(source, language=language)
    return code + highlight(shown[:MAX_CELL_TEXT]) if shown else code


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
