"""A comparison in Markdown, as GitHub and GitLab show it, within a number of characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from runfolio.analysis.numbers import count_noun
from runfolio.review.comparing import Comparison
from runfolio.review.curves import draw_mermaid
from runfolio.review.escaping import markdown_code
from runfolio.review.limits import MAX_LENGTH, PARTS
from runfolio.review.links import make_link, make_run_link
from runfolio.review.page import ChangeRow, Page, Row, Section, make_page
from runfolio.review.wording import Line, Name, Strong

_NO_BREAK: Final = re.compile(r"(?<=[±▲▼•=≈+−→,]) | (?=[%=])")
"""The blanks of a cell at which a narrow table had better not break a line."""

_OPEN_UP_TO: Final = 8
"""So many changed parameters are shown unfolded."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is shown: without the parts `left`, and the first `sections` of the experiments."""

    left: tuple[str, ...]
    sections: int
    site_url: str | None


def render_markdown(
    comparison: Comparison, *, site_url: str | None = None, max_length: int = MAX_LENGTH
) -> str:
    """The comparison in Markdown with at most `max_length` characters (units of UTF-16).

    Where it would be longer, parts are left out in the order of `PARTS`, in all experiments alike,
    then experiments from the last; a line says which. `site_url` is where the site is published.
    """
    page = make_page(comparison)
    link = make_link(comparison, site_url) if site_url else None
    for plan in _plans(len(page.sections), site_url):
        text = _render(page, plan, link)
        if len(text.encode("utf-16-le")) // 2 <= max_length:
            return text
    return f"{render_line(page.verdict[:1])} The rest is too long to be shown here.\n"


def _plans(sections: int, site_url: str | None) -> Iterator[_Plan]:
    for number in range(len(PARTS) + 1):
        yield _Plan(PARTS[:number], sections, site_url)
    while sections > 0:
        sections = sections * 3 // 4
        yield _Plan(PARTS, sections, site_url)


def _render(page: Page, plan: _Plan, link: str | None) -> str:
    compare = f" [Compare in the report](<{link}>)" if link else ""
    blocks = [render_line(page.verdict), render_line(page.sides) + compare]
    blocks += [render_line(note) for note in page.notes]
    for section in page.sections[: plan.sections]:
        if len(page.sections) > 1:
            blocks += [f"### {render_line((section.title,))}", render_line(section.verdict)]
        blocks += _render_section(page, section, plan)
    if "metrics" not in plan.left and page.sections:
        blocks.append(f"<sub>{page.legend}</sub>")
    blocks += _say_left(page, plan)
    return "\n\n".join(blocks) + "\n"


def _say_left(page: Page, plan: _Plan) -> Iterator[str]:
    missing = len(page.sections) - plan.sections
    left = [part for part in plan.left if _has(page, part)]
    left += [f"{count_noun(missing, 'experiment')}"] if missing else []
    if left:
        yield f"Left out for its length: {', '.join(left)}."


def _has(page: Page, part: str) -> bool:
    """Whether a comparison has something of a part at all."""
    has: dict[str, Callable[[Section], object]] = {
        "charts": lambda section: section.charts,
        "runs": lambda section: section.runs,
        "environment": lambda section: section.environment,
        "further metrics": lambda section: section.more_rows,
        "curves": lambda section: section.charts,
        "parameters": lambda section: section.params,
        "metrics": lambda section: section.rows,
    }
    return any(has[part](section) for section in page.sections)


def _render_section(page: Page, section: Section, plan: _Plan) -> Iterator[str]:
    metrics = partial(_metric_table, page, section, sparks="curves" not in plan.left)
    yield from (render_line(note) for note in section.notes)
    if section.rows and "metrics" not in plan.left:
        yield metrics(section.rows)
    if section.more_rows and "further metrics" not in plan.left:
        title = count_noun(len(section.more_rows), "further metric")
        yield _fold(title, metrics(section.more_rows))
    if section.params and "parameters" not in plan.left:
        unfold = len(section.params) <= _OPEN_UP_TO and not page.alone
        table = _change_table("parameter", page.shown_sides, section.params)
        yield _fold(section.params_title, table, unfold=unfold)
    if section.charts and "charts" not in plan.left:
        charts = (f"```mermaid\n{draw_mermaid(pair)}\n```" for pair in section.charts)
        yield _fold("Curves", "\n\n".join(charts))
    if section.environment and "environment" not in plan.left:
        table = _change_table("what", page.shown_sides, section.environment)
        yield _fold(section.environment_title, table)
    if section.runs and "runs" not in plan.left:
        yield _fold(section.runs_title, _run_table(section, plan.site_url))


def _metric_table(page: Page, section: Section, rows: Sequence[Row], *, sparks: bool) -> str:
    shown = sparks and any(row.sparks[0] for row in rows)
    marks = [] if page.alone else ["verdict"]
    head = [*section.columns, *marks, *(["base → head"] if shown else [])]
    cells = (
        [*row.numbers, *([row.mark] if marks else []), *([_spark_cell(row)] if shown else [])]
        for row in rows
    )
    names = (f"{render_line((row.metric,))}\u00a0{row.arrow}".rstrip() for row in rows)
    right = range(1, 1 + len(section.columns))
    return _table(
        ["metric", *map(_bind, head)],
        ([name, *map(_bind, row)] for name, row in zip(names, cells, strict=True)),
        right=right,
    )


def _bind(text: str) -> str:
    return _NO_BREAK.sub("\u00a0", text)


def _spark_cell(row: Row) -> str:
    return f"{row.sparks[0]} → {row.sparks[1]}" if row.sparks[0] else ""


def _change_table(name: str, sides: Sequence[str], rows: Sequence[ChangeRow]) -> str:
    cells = ([render_line((row.name,)), *map(render_line, row.values)] for row in rows)
    return _table([name, *sides], cells)


def _run_table(section: Section, site_url: str | None) -> str:
    cells = (
        [row.side, _run_link(row.id, site_url), render_line((row.name,)), row.status]
        for row in section.runs
    )
    return _table(["side", "run", "name", "status"], cells)


def _run_link(run_id: str, site_url: str | None) -> str:
    code = render_line((Name(run_id[:8]),))
    return f"[{code}](<{make_run_link(run_id, site_url)}>)" if site_url else code


def _table(head: Sequence[str], rows: Iterator[list[str]], *, right: Sequence[int] = ()) -> str:
    rule = ["--:" if number in right else "---" for number in range(len(head))]
    lines = (f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
    return "\n".join(lines)


def _fold(title: str, content: str, *, unfold: bool = False) -> str:
    opened = " open" if unfold else ""
    return f"<details{opened}><summary>{title}</summary>\n\n{content}\n\n</details>"


def render_line(line: Line) -> str:
    """A line of text, in which names are code and can't mean anything."""
    return "".join(_render_piece(piece) for piece in line)


def _render_piece(piece: str) -> str:
    if isinstance(piece, Name):
        return markdown_code(piece)
    return f"**{piece}**" if isinstance(piece, Strong) else piece
