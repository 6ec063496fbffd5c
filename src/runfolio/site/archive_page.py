"""The page that says what an archive is: its README, in the look of the site beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from runfolio.site.markdown import TAGS, make_cleaner, make_parser
from runfolio.site.pages import Frame, Link
from runfolio.site.render import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class ArchiveView:
    """What the page shows: links to the parts of the archive, and the README."""

    links: tuple[Link, ...]
    text: Markup


def render_archive_page(
    readme: str,
    *,
    title: str,
    built: str,
    version: str,
    site: Path,
    links: Iterable[Link],
    templates: Path | None = None,
) -> str:
    """The README, which is Markdown, as a page at the root of the site in the folder `site`."""
    _, _, text = readme.partition("\n")  # the page has the title already
    style = min(path.relative_to(site).as_posix() for path in (site / "assets").glob("site.*.css"))
    frame = Frame(
        page="archive",
        title="About this archive",
        window=f"About this archive · {title}",
        project=title,
        root="",
        crumbs=(),
        style=style,
        scripts=(),
        data={"root": ""},
        built=built,
        version=version,
    )
    view = ArchiveView(tuple(links), _render(text))
    return Renderer(templates).page("archive.html", frame, view)


def _render(text: str) -> Markup:
    html = make_parser(first_level=2).render(text)
    return Markup(make_cleaner(tags=(*TAGS, "h2")).clean(html))
