"""scikit-learn's diagram of an estimator, read from the HTML that it wrote, as plain values.

Nothing of that HTML reaches a page but its text: where a file is no such diagram, or one too large,
there is none. The classes are those of scikit-learn 1.3 to 1.9.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import nh3

MAX_BYTES: Final = 2 << 20
MAX_TAGS: Final = 20_000
MAX_DEPTH: Final = 24
MAX_BLOCKS: Final = 400
MAX_ROWS: Final = 4000
MAX_TEXT: Final = 600
"""What a diagram may have at most: bytes, tags, blocks within blocks, blocks, rows, letters."""

_KEPT: Final = ("div", "label", "span", "a", "pre", "table", "tbody", "tr", "td")
_LONG_VALUE: Final = 40
_SUMMED_UP: Final = 3

Kind = Literal["estimator", "serial", "parallel"]


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter of an estimator, and whether someone has set it."""

    name: str
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Learnt:
    """What an estimator has learnt: an attribute, its type and its value, shortened."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """An estimator, or several in a row or side by side.

    `step` is its name within what holds it, `columns` says which columns it takes. `text` is all
    that versions before 1.7 tell of it.
    """

    kind: Kind
    name: str
    step: str
    columns: str
    text: str
    settings: tuple[Setting, ...]
    learnt: tuple[Learnt, ...]
    blocks: tuple[Block, ...]

    @property
    def chosen(self) -> str:
        """The first few parameters that were set to plain values, as "alpha=0.5, tol=0.01"."""
        plain = [
            f"{one.name}={one.value}"
            for one in self.settings
            if one.chosen and len(one.value) <= _LONG_VALUE and "..." not in one.value
        ]
        more = ", …" if len(plain) > _SUMMED_UP else ""
        return ", ".join(plain[:_SUMMED_UP]) + more


def read_diagram(file: Path) -> Block | None:
    """The diagram that a file holds; None for none, or for one that is too large."""
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES or content.count(b"<") > MAX_TAGS:
        return None
    return parse_diagram(content.decode(errors="replace"))


def parse_diagram(html: str) -> Block | None:
    """The diagram in the HTML that scikit-learn's ``estimator_html_repr`` gives."""
    parser = _Parser()
    try:
        parser.feed(_cleaner().clean(html))
        parser.close()
    except _TooLargeError:
        return None
    found = [block for one in parser.top.inner if (block := _finish(one)) is not None]
    return found[0] if len(found) == 1 else None


@cache
def _cleaner() -> nh3.Cleaner:
    """Leaves well-formed markup of a few tags with their classes, which is quick to read."""
    import nh3

    return nh3.Cleaner(
        tags=set(_KEPT),
        attributes={tag: {"class"} for tag in _KEPT},
        link_rel=None,
        strip_comments=True,
    )


class _TooLargeError(Exception):
    """A diagram has more than a page shows."""


@dataclass(slots=True)
class _Row:
    chosen: bool
    cells: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return _squeeze(self.cells.get(name, []))


@dataclass(slots=True)
class _Begun:
    """A block while it is read."""

    depth: int = 0
    kind: Kind = "estimator"
    label: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    inner: list[_Begun] = field(default_factory=list)


@dataclass(slots=True)
class _Element:
    """An open element: the block it belongs to, its row, and where its text goes."""

    block: _Begun
    row: _Row | None
    sink: list[str] | None


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = _Begun()
        self._open = [_Element(self.top, None, None)]
        self._blocks = self._rows = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        element = replace(self._open[-1])
        if "sk-item" in classes:
            element = _Element(self._begin(element.block), None, None)
        elif "sk-serial" in classes:
            element.block.kind = "serial"
        elif "sk-parallel" in classes:
            element.block.kind = "parallel"
        elif tag == "label":
            element.sink = element.block.label
        elif tag == "pre":
            element.sink = element.block.text
        elif "sk-estimator-doc-link" in classes or "param-doc-description" in classes:
            element.sink = None
        elif tag == "tr":
            element.row = self._begin_row(element.block, chosen="user-set" in classes)
        elif tag == "td" and element.row is not None:
            element.sink = element.row.cells.setdefault(_cell(classes, element.row), [])
        self._open.append(element)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002, each tag is closed in its turn
        if len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        sink = self._open[-1].sink
        if sink is not None:
            sink.append(data)

    def _begin(self, outer: _Begun) -> _Begun:
        self._blocks += 1
        if outer.depth >= MAX_DEPTH or self._blocks > MAX_BLOCKS:
            raise _TooLargeError
        block = _Begun(outer.depth + 1)
        outer.inner.append(block)
        return block

    def _begin_row(self, block: _Begun, *, chosen: bool) -> _Row:
        self._rows += 1
        if self._rows > MAX_ROWS:
            raise _TooLargeError
        block.rows.append(_Row(chosen))
        return block.rows[-1]


def _cell(classes: list[str], row: _Row) -> str:
    """Which column a cell stands in; the value of what was learnt has no class."""
    if "param" in classes:
        return "name"
    if "fitted-att-type" in classes:
        return "type"
    return "value" if "value" in classes or "type" in row.cells else ""


def _finish(begun: _Begun) -> Block | None:
    """A block as it is shown, without the boxes around a single one; None for an empty one."""
    inner = tuple(block for one in begun.inner if (block := _finish(one)) is not None)
    label, text = _squeeze(begun.label), _squeeze(begun.text)
    if not label:
        return inner[0] if len(inner) == 1 else _join(begun.kind, inner)
    rows = [row for row in begun.rows if row.text("name")]
    if not rows and inner and not text.startswith(f"{label.rpartition(': ')[2]}("):
        return _name_step(label, text, begun.kind, inner)
    if len(inner) == 1 and not inner[0].name and begun.kind != "parallel":
        begun.kind, inner = inner[0].kind, inner[0].blocks
    step, _, name = label.rpartition(": ")
    return Block(
        begun.kind if inner else "estimator",
        name,
        step,
        "",
        "" if text in (name, f"{name}()") else text,
        tuple(
            Setting(row.text("name"), row.text("value"), row.chosen)
            for row in rows
            if "type" not in row.cells
        ),
        tuple(
            Learnt(row.text("name"), row.text("type"), row.text("value"))
            for row in rows
            if "type" in row.cells
        ),
        inner,
    )


def _name_step(label: str, columns: str, kind: Kind, inner: tuple[Block, ...]) -> Block:
    """What stands under a name of its own, as each part of a column transformer does."""
    step, _, name = label.rpartition(": ")
    if len(inner) == 1 and inner[0].name and not inner[0].step:
        return replace(inner[0], step=step or name, columns=columns)
    if len(inner) == 1:
        kind, inner = inner[0].kind, inner[0].blocks or inner
    return Block(kind, name if step else "", step or name, columns, "", (), (), inner)


def _join(kind: Kind, inner: tuple[Block, ...]) -> Block | None:
    return Block(kind, "", "", "", "", (), (), inner) if inner else None


def _squeeze(parts: list[str]) -> str:
    text = " ".join("".join(parts).split())
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
