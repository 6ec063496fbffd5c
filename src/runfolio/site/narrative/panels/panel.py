"""A panel of a report, drawn from its block: the one call that documents need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from runfolio.site.artifacts import Copy
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.panels import (
    bars,
    compare,
    curves,
    images,
    importance,
    number,
    parallel,
    pivot,
    scatter,
    table,
)
from runfolio.site.narrative.panels.blocks import read_block
from runfolio.site.narrative.panels.subjects import Drawn, Subject, choose_runs
from runfolio.site.narrative.panels.words import end_sentence
from runfolio.site.pages import Link
from runfolio.site.pictures import PictureFiles

_Draw = Callable[[Subject], Drawn]

_DRAWINGS: Final[dict[str, tuple[tuple[str, ...], _Draw]]] = {
    "curves": (curves.OPTIONS, curves.draw_curves),
    "scatter": (scatter.OPTIONS, scatter.draw_scatter),
    "parallel": (parallel.OPTIONS, parallel.draw_parallel),
    "bars": (bars.OPTIONS, bars.draw_bars),
    "importance": (importance.OPTIONS, importance.draw_importance),
    "table": (table.OPTIONS, table.draw_table),
    "pivot": (pivot.OPTIONS, pivot.draw_pivot),
    "number": (number.OPTIONS, number.draw_number),
    "images": (images.OPTIONS, images.draw_images),
    "compare": (compare.OPTIONS, compare.draw_compare),
}

KINDS: Final = {kind: options for kind, (options, _) in _DRAWINGS.items()}
"""The kinds of panels and the options of each, besides those that all have."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: its HTML, complete without scripts, and what has to lie beside the page.

    `data` is what the scripts draw from, or None where there is nothing to draw; a page's shard has
    it at the place `number - 1` of its list `panels`. `pictures` are to be written as any page's,
    `copies` to be copied into the site.
    """

    html: Markup
    data: dict[str, Any] | None = None
    pictures: tuple[PictureFiles, ...] = ()
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class _PanelView:
    number: int
    kind: str
    chart: str
    title: str
    caption: str
    notes: tuple[str, ...]
    link: Link | None
    body: Markup
    live: bool


def draw_panel(text: str, *, source: Source, number: int, root: str) -> Panel:
    """Draw the panel that a block asks for.

    `number` counts the panels of a page from 1, and `root` leads from the page to the site's root.
    Raises `ReportMistake` with the line in the block.
    """
    block = read_block(text, KINDS)
    runs, filter_text = choose_runs(block, source)
    subject = Subject(block, source, runs, number, root, filter_text)
    title, caption = block.text("title"), block.text("caption")
    drawn = _DRAWINGS[block.kind][1](subject)
    told = (f"{drawn.words}.",) if title and drawn.kind != "plain" else ()
    notes = (*told, *drawn.notes)
    view = _PanelView(
        number=number,
        kind=drawn.kind,
        chart=block.kind,
        title=end_sentence(title or drawn.words) if caption or notes else title or drawn.words,
        caption=caption,
        notes=notes,
        link=drawn.link or subject.link(),
        body=Markup(source.renderer.part(drawn.template, drawn.view)),
        live=drawn.data is not None,
    )
    html = Markup(source.renderer.part("_partials/panel.html", view))
    return Panel(html, drawn.data, drawn.pictures, drawn.copies)
