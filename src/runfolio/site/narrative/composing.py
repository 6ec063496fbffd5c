"""One report as HTML: its Markdown with panels, formulas, values, pictures and links put in.

What is made here (panels, formulas …) never goes through the Markdown renderer or the sanitiser: a
mark that no text can hold stands for each part until the rest has been sanitised. A part that can't
be made becomes a box that says why, and a `Mistake`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from runfolio.errors import ReportMistake
from runfolio.site.artifacts import Copy
from runfolio.site.controls import show_controls
from runfolio.site.narrative.anchors import Anchors, Section, nest_sections
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.documents import Document
from runfolio.site.narrative.front_matter import Passage
from runfolio.site.narrative.images import find_image
from runfolio.site.narrative.inline_values import evaluate_expression
from runfolio.site.narrative.links import resolve_link
from runfolio.site.narrative.maths import render_formula
from runfolio.site.narrative.panels import Panel, draw_panel
from runfolio.site.narrative.parts import (
    TASKS,
    write_block_mistake,
    write_figure,
    write_image,
    write_inline_mistake,
    write_unbroken,
    write_value,
)
from runfolio.site.narrative.reading import READY, report_cleaner, report_parser

if TYPE_CHECKING:
    from markdown_it.token import Token

ROOT: Final = "../"
"""Leads from a report's page to the site's root."""

BLOCK: Final = "runfolio"
"""The language of fenced blocks that draw a panel."""


MAX_PANELS: Final = 100
"""Panels of a report at most."""

_PUNCTUATION: Final = re.compile(r"[.,;:!?)\]’”]+")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a report, and in which line of its file."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Composed:
    """A report as its page shows it; `summary` is the abstract as plain text."""

    document: Document
    abstract: Markup | None
    summary: str
    body: Markup
    contents: tuple[Section, ...]
    panels: tuple[Panel, ...]
    copies: tuple[Copy, ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True)
class Surroundings:
    """What all reports of a folder share: what they read from, and the slugs of their files."""

    source: Source
    folder: Path
    pages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Doubtful:
    """A link to a section that may not be there; `part` is the place for what is said then."""

    part: int
    line: int
    slug: str
    anchor: str


@dataclass
class Draft:
    """A report whose links to sections still have to be checked."""

    document: Document
    around: Surroundings
    anchors: Anchors = field(default_factory=Anchors)
    parts: list[Markup] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    doubtful: list[_Doubtful] = field(default_factory=list)
    contents: list[tuple[int, str, str]] = field(default_factory=list)
    abstract: str | None = None
    summary: str = ""
    body: str = ""

    def __post_init__(self) -> None:
        texts = self.document.body.text, self.document.front.abstract
        digest = hashlib.sha256(repr(texts).encode()).hexdigest()  # which no text can hold itself
        self._mark = f"\ue000{digest}"
        for mistake in self.document.mistakes:
            self._note(mistake, mistake.line or 1)

    def write(self) -> Draft:
        """Make the HTML of the abstract and the text."""
        abstract = self.document.front.abstract
        if abstract is not None:
            self.abstract = self._render(abstract, footnotes=False)
        self.contents.clear()
        self.body = self._render(self.document.body, footnotes=True)
        return self

    def finish(self, anchors: Mapping[str, Anchors]) -> Composed:
        """Check the links to sections of all reports, and put the parts into their places."""
        for one in self.doubtful:
            if one.anchor not in anchors[one.slug]:
                place = "this report" if one.slug == self.document.slug else f"{one.slug!r}"
                mistake = ReportMistake(f"There is no section {one.anchor!r} in {place}.")
                self.parts[one.part] = self._note_inline(mistake, one.line, f"#{one.anchor}")
        return Composed(
            document=self.document,
            abstract=None if self.abstract is None else self._fill(self.abstract),
            summary=self.summary,
            body=self._boxes() + self._fill(self.body),
            contents=nest_sections(self.contents),
            panels=tuple(self.panels),
            copies=tuple(self.copies),
            mistakes=tuple(sorted(self.mistakes, key=lambda one: one.line)),
        )

    def _boxes(self) -> Markup:
        """What is said at the top, of mistakes in the front matter and the file."""
        mistakes = self.document.mistakes
        return Markup("").join(write_block_mistake(str(one), one.line or 1, "") for one in mistakes)

    def _fill(self, html: str) -> Markup:
        """The HTML, sanitised, with its parts in their places."""
        clean = report_cleaner().clean(html)
        whole = re.compile(re.escape(self._mark) + r":(\d+)\ue001")
        return Markup(whole.sub(lambda found: self.parts[int(found[1])], clean))

    def _render(self, passage: Passage, *, footnotes: bool) -> str:
        parser = report_parser(footnotes=footnotes)
        env: dict[str, Any] = {"mark": lambda part: f"{self._mark}:{part}\ue001"}
        tokens = parser.parse(show_controls(passage.text), env)
        line = passage.line
        for place, token in enumerate(tokens):
            if token.map is not None:
                line = passage.line + token.map[0]
            if token.type == "heading_open":
                self._enter_section(token, tokens[place + 1], line)
            elif token.type == "inline":
                self._fill_inline(tokens, place, line)
            elif token.type == "math_block":
                make = _formula_maker(token.content, display=True)
                _stand_in(token, self._block(make, line, f"$${token.content}$$"))
            elif token.type == "fence" and token.info.strip().split(" ")[0] == BLOCK:
                _stand_in(token, self._panel(token.content, line))
        if not footnotes:
            self.summary = _squeeze(" ".join(map(self._plain, tokens)))
        return str(parser.renderer.render(tokens, parser.options, env))

    def _enter_section(self, heading: Token, inline: Token, line: int) -> None:
        """Name the section by its words, without values, so that the name outlasts them."""
        words = [
            one.content for one in inline.children or () if one.type in ("text", "code_inline")
        ]
        anchor = self.anchors.add(" ".join(words))
        heading.attrSet("id", anchor)
        heading.meta["line"] = line
        inline.meta["section"] = (int(heading.tag[1]), anchor)

    def _fill_inline(self, tokens: list[Token], place: int, line: int) -> None:
        inline = tokens[place]
        children = inline.children or []
        figure = _is_figure(tokens, place)
        in_link: list[bool] = []
        for child in children:
            at = line + child.meta.get("line", 0)
            if child.type == "link_open":
                in_link.append(self._open_link(child, at))
            elif child.type == "link_close" and in_link and not in_link.pop():
                child.tag = "span"
            elif child.type == "image":
                self._show_image(child, at, figure=figure)
            else:
                self._replace(child, at)
        self._join_punctuation(children)
        if figure and children[0].type == READY:
            tokens[place - 1].hidden = tokens[place + 1].hidden = True
        if "section" in inline.meta:
            level, anchor = inline.meta["section"]
            self.contents.append((level, anchor, _squeeze(self._plain(inline)) or anchor))

    def _replace(self, token: Token, line: int) -> None:
        if token.type == "expression":
            part = self._inline(lambda: self._value(token), line, token.markup)
            _stand_in(token, part, text=token.meta.get("text", ""))
        elif token.type in ("math_inline", "math_inline_double"):
            make = _formula_maker(token.content, display=token.type == "math_inline_double")
            source = f"{token.markup}{token.content}{token.markup}"
            _stand_in(token, self._inline(make, line, source), text=source)
        elif token.type == "html_inline":  # a box of a task list: the parser takes no other HTML
            _stand_in(token, self._add(TASKS["checked" in token.content]))

    def _join_punctuation(self, tokens: list[Token]) -> None:
        """Keep a formula and the comma after it on one line, where a browser would part them."""
        for token, after in pairwise(tokens):
            found = _PUNCTUATION.match(after.content) if after.type == "text" else None
            part = token.meta["part"] if token.type == READY else None
            if found and part is not None and self.parts[part].startswith("<math"):
                self.parts[part] = write_unbroken(self.parts[part], found[0])
                token.meta["text"] += found[0]
                after.content = after.content[found.end() :]

    def _value(self, token: Token) -> Markup:
        braces = " " * len("{{")  # so that a mistake's column counts from them
        shown = evaluate_expression(braces + token.content, self.around.source)
        if not token.meta["closed"]:
            raise ReportMistake("The expression has no end: write }} after it.")
        token.meta["text"] = shown.text
        return write_value(shown, ROOT)

    def _open_link(self, token: Token, line: int) -> bool:
        """Give a link its address; False where it has none and only its text is left."""
        href = str(token.attrs.get("href", ""))
        try:
            target = resolve_link(
                href,
                slug=self.document.slug,
                pages=self.around.pages,
                library=self.around.source.library,
                root=ROOT,
            )
        except ReportMistake as mistake:
            token.tag, token.attrs = "span", {}
            token.meta["before"] = self._add(self._note_inline(mistake, line, href))
            return False
        token.attrs["href"] = target.href
        if target.slug is not None and target.anchor is not None:
            self._doubt(token, line, target.slug, target.anchor)
        return True

    def _doubt(self, token: Token, line: int, slug: str, anchor: str) -> None:
        """Keep a place before a link's text for what is said when its section isn't there."""
        part = self._add(Markup(""))
        self.doubtful.append(_Doubtful(part, line, slug, anchor))
        token.meta["before"] = part

    def _show_image(self, token: Token, line: int, *, figure: bool) -> None:
        for child in token.children or ():
            self._replace(child, line)
        wrong = [said for one in token.children or () if (said := self._mistake_in(one))]
        address, text = str(token.attrs.get("src", "")), _squeeze(self._plain(token))
        caption = str(token.attrs.get("title", ""))
        source = f"![{text}]({address})"

        def make() -> Markup:
            image = find_image(address, self.around.folder)
            if image.copy is not None:
                self.copies.append(image.copy)
            html = write_image(image, text, ROOT, title="" if figure else caption)
            return Markup("").join(wrong) + (write_figure(html, caption) if figure else html)

        part = self._block(make, line, source) if figure else self._inline(make, line, source)
        _stand_in(token, part, text=text, block=figure)

    def _mistake_in(self, token: Token) -> Markup | None:
        """What is said in the place of a token that is mistaken."""
        part = self.parts[token.meta["part"]] if token.type == READY else Markup("")
        return part if part.startswith('<span class="mistake"') else None

    def _panel(self, text: str, line: int) -> int:
        number = len(self.panels) + 1
        try:
            if number > MAX_PANELS:
                raise ReportMistake(f"A report has at most {MAX_PANELS} panels: split it.")
            panel = draw_panel(text, source=self.around.source, number=number, root=ROOT)
        except ReportMistake as mistake:
            return self._add(self._note_block(mistake, line + (mistake.line or 0), text))
        self.panels.append(panel)
        self.anchors.reserve(f"panel-{number}")
        return self._add(panel.html)

    def _block(self, make: Callable[[], Markup], line: int, source: str) -> int:
        try:
            return self._add(make())
        except ReportMistake as mistake:
            return self._add(self._note_block(mistake, line, source))

    def _inline(self, make: Callable[[], Markup], line: int, source: str) -> int:
        try:
            return self._add(make())
        except ReportMistake as mistake:
            return self._add(self._note_inline(mistake, line, source))

    def _add(self, part: Markup) -> int:
        self.parts.append(part)
        return len(self.parts) - 1

    def _note(self, mistake: ReportMistake, line: int) -> None:
        message = " ".join(str(mistake).split())
        self.mistakes.append(Mistake(self.document.file, line, message))

    def _note_block(self, mistake: ReportMistake, line: int, source: str) -> Markup:
        self._note(mistake, line)
        return write_block_mistake(str(mistake), line, source)

    def _note_inline(self, mistake: ReportMistake, line: int, source: str) -> Markup:
        self._note(mistake, line)
        return write_inline_mistake(str(mistake), line, source)

    def _plain(self, token: Token) -> str:
        """What a token says as plain text."""
        if token.type == READY:
            return str(token.meta.get("text", ""))
        if token.children:
            return "".join(map(self._plain, token.children))
        if token.type in ("softbreak", "hardbreak"):
            return " "
        return token.content if token.type in ("text", "code_inline", "inline") else ""


def _formula_maker(latex: str, *, display: bool) -> Callable[[], Markup]:
    def make() -> Markup:
        formula = render_formula(latex, display=display)
        if not display:
            return formula
        return Markup('<span class="formula" tabindex="0">{}</span>').format(formula)

    return make


def _stand_in(token: Token, part: int, *, text: str = "", block: bool = False) -> None:
    """Make of a token the place of a part; `text` is what it says as plain text."""
    token.type, token.children = READY, None
    token.block = token.block or block
    token.meta = {"part": part, "text": text}


def _is_figure(tokens: list[Token], place: int) -> bool:
    """Whether a picture is all that a paragraph holds."""
    children = tokens[place].children or []
    alone = len(children) == 1 and children[0].type == "image"
    return alone and tokens[place - 1].type == "paragraph_open"


def _squeeze(text: str) -> str:
    return " ".join(text.split())
