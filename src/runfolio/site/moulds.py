"""Moulds: a template is rendered once for all views that differ in nothing but printed texts.

The pages of the runs of an experiment are mostly alike. The dataclasses of a view name in `PRINTED`
those of their texts that templates only print, and never test (but for being there), compare,
filter or take apart, and in `PRINTED_HTML` those that are HTML already. Everything else of a view
is its shape. A page of a shape that was seen before is the text around the printed texts, kept,
and the new texts between.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from runfolio.site.controls import is_plain, show_controls

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_MOULDS: Final = 256
MAX_LENGTH: Final = 100_000
"""So many moulds are kept, of pages up to that many characters."""

_BREAK: Final = "\0"

Render = Callable[[Any], str]
"""What renders a view, but for what `show_controls` changes."""

Read = Callable[[Any], tuple[Any, ...]]
"""What gives the values of some fields."""


class NoMouldError(Exception):
    """A view holds something that can't be compared with that of another view."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A view taken apart: its shape, and the printed texts in order, "" where there is none."""

    shape: tuple[Any, ...]
    texts: list[str]
    htmls: list[str]


class Mould:
    """The text of pages of one shape, with gaps, and which slot fills each of them."""

    def __init__(self, pieces: list[str], places: list[int]) -> None:
        self._format = "%s".join(piece.replace("%", "%%") for piece in pieces)
        self._places = places
        self.is_plain = is_plain(self._format)

    def __len__(self) -> int:
        return len(self._format)

    def fill(self, slots: list[str]) -> str:
        """The text with those of all slots, as HTML, in its gaps."""
        return self._format % tuple([slots[place] for place in self._places])


class Moulds:
    """The moulds of one set of templates."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], Mould] = {}

    def render(self, name: str, view: Any, render: Render) -> str:
        """What `render` makes of `view` with the template `name`, with controls shown."""
        try:
            contents = take_apart(view)
            key = (name, contents.shape)
            mould = self._kept.get(key)
        except (NoMouldError, TypeError):
            return show_controls(render(view))
        if mould is None:
            mould = cast_mould(view, render)
            self._keep(key, mould)
        slots = escape_all(contents.texts) + contents.htmls
        page = mould.fill(slots)
        return page if mould.is_plain and is_plain("".join(slots)) else show_controls(page)

    def _keep(self, key: tuple[Any, ...], mould: Mould) -> None:
        if len(mould) > MAX_LENGTH:
            return
        if len(self._kept) >= MAX_MOULDS:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[key] = mould


def take_apart(view: Any) -> Contents:
    """The shape of a view and its printed texts. Raises `NoMouldError`."""
    shape: list[Any] = []
    texts: list[str] = []
    htmls: list[str] = []
    _walk((view,), shape, texts, htmls)
    return Contents(tuple(shape), texts, htmls)


def _walk(values: Iterable[Any], shape: list[Any], texts: list[str], htmls: list[str]) -> None:
    for value in values:
        kind = type(value)
        if kind is str or value is None:
            shape.append(value)
        elif kind is bool or kind is int:
            shape += (kind, value)
        elif kind is tuple:
            shape += (tuple, len(value))
            _walk(value, shape, texts, htmls)
        elif kind is dict:
            shape += (dict, len(value))
            _walk(chain.from_iterable(value.items()), shape, texts, htmls)
        elif (make := _make_of(kind)) is not None:
            shape.append(make)
            if make.read_texts is not None:
                _gather(make.read_texts(value), shape, texts)
            if make.read_htmls is not None:
                _gather(make.read_htmls(value), shape, htmls)
            if make.read_others is not None:
                _walk(make.read_others(value), shape, texts, htmls)
        else:
            shape += (kind, _comparable(value))


def _gather(found: tuple[Any, ...], shape: list[Any], texts: list[str]) -> None:
    """Add printed texts, and to the shape which of them are there: None for all."""
    if all(found):
        shape.append(None)
        texts += found
    else:
        shape += map(bool, found)
        texts += [text or "" for text in found]


def _comparable(value: Any) -> Any:
    """A value that equals another one only where both are printed the same."""
    if isinstance(value, Markup):
        return str(value)
    if type(value) is float:
        return repr(value)
    raise NoMouldError


@dataclass(frozen=True, slots=True, eq=False)
class _Make:
    """How a dataclass is made: the names of its fields by what becomes of them, and readers."""

    texts: tuple[str, ...]
    htmls: tuple[str, ...]
    others: tuple[str, ...]
    read_texts: Read | None
    read_htmls: Read | None
    read_others: Read | None


_MAKES: Final[dict[type, _Make | None]] = {}


def _make_of(kind: type) -> _Make | None:
    """How a dataclass is made; None for other types."""
    if kind not in _MAKES:
        _MAKES[kind] = _read_make(kind) if is_dataclass(kind) else None
    return _MAKES[kind]


def _read_make(kind: type[DataclassInstance]) -> _Make:
    texts, htmls = getattr(kind, "PRINTED", ()), getattr(kind, "PRINTED_HTML", ())
    others = tuple(one.name for one in fields(kind) if one.name not in (*texts, *htmls))
    return _Make(texts, htmls, others, *map(_reader, (texts, htmls, others)))


def _reader(names: tuple[str, ...]) -> Read | None:
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda value: (getattr(value, names[0]),)) if names else None


def escape_all(texts: list[str]) -> list[str]:
    """The texts as HTML."""
    escaped = str(escape(_BREAK.join(texts))).split(_BREAK)
    if len(escaped) == len(texts):
        return escaped
    return [str(escape(str(text))) for text in texts]


def cast_mould(view: Any, render: Render) -> Mould:
    """The mould of a view: it is rendered with marks for its printed texts, and cut at these."""
    marks = _Marks(f"slot{secrets.token_hex(12)}")
    parts = re.split(marks.pattern, render(marks.put(view)))
    places = [
        int(number) + (marks.texts if kind == "h" else 0)
        for kind, number in zip(parts[1::3], parts[2::3], strict=True)
    ]
    return Mould(parts[::3], places)


class _Marks:
    """Puts a mark in the place of each printed text, in the order in which a view is walked."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self.pattern = f"{mark}([th])([0-9]+)e"
        self.texts = 0
        self._htmls = 0

    def put(self, value: Any) -> Any:
        """The value with marks for its printed texts."""
        if type(value) is tuple:
            return tuple(self.put(one) for one in value)
        if type(value) is dict:
            return dict(self.put(tuple(value.items())))
        make = _make_of(type(value))
        return value if make is None else replace(value, **dict(self._put_fields(value, make)))

    def _put_fields(self, value: Any, make: _Make) -> Iterator[tuple[str, Any]]:
        for name in make.texts:
            text, number = getattr(value, name), self.texts
            self.texts += 1
            yield name, f"{self._mark}t{number}e" if text else text
        for name in make.htmls:
            html, number = getattr(value, name), self._htmls
            self._htmls += 1
            yield name, Markup(f"{self._mark}h{number}e") if html else html
        for name in make.others:
            yield name, self.put(getattr(value, name))
