"""CSV and TSV: the names of columns tell what is below them."""

from __future__ import annotations

import csv
import io
from typing import Final

from runfolio.privacy.masks import Masks, Report, at_line
from runfolio.privacy.names import find_meaning

DELIMITERS: Final = {".csv": ",", ".tsv": "\t"}


def mask_columns(text: str, delimiter: str, masks: Masks, report: Report | None) -> str:
    """The text with the cells of telling columns masked; other lines stay as they are written."""
    lines = text.splitlines(keepends=True)
    names = _split(lines[0], delimiter) if lines else []
    telling = {place: name for place, name in enumerate(names) if find_meaning(name)}
    for number, line in enumerate(lines[1:] if telling else [], 1):
        cells = _split(line, delimiter)
        masked = [
            masks.mask(cell, name=telling[place], report=at_line(report, number))
            if place in telling
            else cell
            for place, cell in enumerate(cells)
        ]
        if masked != cells:
            lines[number] = _join(masked, delimiter) + line[len(line.rstrip("\r\n")) :]
    return "".join(lines)


def _split(line: str, delimiter: str) -> list[str]:
    body = line.rstrip("\r\n")
    if '"' not in body:
        return body.split(delimiter)
    try:
        return next(csv.reader([body], delimiter=delimiter), [])
    except csv.Error:
        return []


def _join(cells: list[str], delimiter: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="").writerow(cells)
    return buffer.getvalue()
