"""A comparison as plain text in aligned columns, for a terminal or a log."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from runfolio.review.comparing import Comparison
from runfolio.review.page import ChangeRow, Page, Row, Section, make_page
from runfolio.review.wording import Line, Name

LINE: Final = 100


def render_text(comparison: Comparison, *, width: int | None = None) -> str:
    """The comparison as plain text; what a terminal would act on is shown by its code.

    Curves are left out where they don't fit into the `width` of a terminal.
    """
    page = make_page(comparison)
    blocks = [[plain_line(page.verdict)], [plain_line(page.sides), *map(plain_line, page.notes)]]
    for section in page.sections:
        if len(page.sections) > 1:
            blocks.append([f"{plain_line((section.title,))}:", plain_line(section.verdict)])
        blocks += _render_section(page, section, width)
    if any(section.rows for section in page.sections):
        blocks.append(textwrap.wrap(page.legend, min(LINE, width or LINE)))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _render_section(page: Page, section: Section, width: int | None) -> Iterator[list[str]]:
    yield [plain_line(note) for note in section.notes]
    rows = (*section.rows, *section.more_rows)
    if rows:
        yield _metric_table(page, section, rows, width)
    for title, name, changes in (
        (section.params_title, "parameter", section.params),
        (section.environment_title, "what", section.environment),
    ):
        if changes:
            yield [title, *align([[name, *page.shown_sides], *map(_change_cells, changes)])]


def _metric_table(
    page: Page, section: Section, rows: Sequence[Row], width: int | None
) -> list[str]:
    marks = [] if page.alone else ["verdict"]
    table = [["metric", *section.columns, *marks]]
    for row in rows:
        name = f"{plain_line((row.metric,))} {row.arrow}"
        table.append([name, *row.numbers, *([row.mark] if marks else [])])
    right = range(1, 1 + len(section.columns))
    sparks = [f"{row.sparks[0]} → {row.sparks[1]}" if row.sparks[0] else "" for row in rows]
    if any(sparks):
        drawn = zip(table, ["base → head", *sparks], strict=True)
        lines = align([[*cells, spark] for cells, spark in drawn], right=right)
        if width is None or max(map(_width, lines)) <= width:
            return lines
    return align(table, right=right)


def _change_cells(row: ChangeRow) -> list[str]:
    return [plain_line((row.name,)), *map(plain_line, row.values)]


def plain_line(line: Line) -> str:
    """A line of text with its names shortened and nothing hidden in them."""
    return "".join(piece.shown if isinstance(piece, Name) else piece for piece in line)


def align(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Rows as lines in columns, two blanks apart."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_pad(row, widths, right)).rstrip() for row in rows]


def _pad(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> Iterator[str]:
    for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
        blanks = " " * (width - _width(cell))
        yield blanks + cell if number in right else cell + blanks


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    return len(text) + wide - sum(unicodedata.combining(one) > 0 for one in text)
