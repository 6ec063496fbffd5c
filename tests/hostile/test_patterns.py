"""Every regular expression of the package is quick on the worst text there is for it."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import pytest

from runfolio.privacy import people, rules
from runfolio.query.language.patterns import compile_like
from tests.hostile.patterns import Found, find_patterns
from tests.hostile.worst import SLOWEST, WHOLE, seconds, slow_text, worst_texts

LIMIT: Final = 1.0
"""Seconds of a processor that no expression may take for 50 kB."""

MADE_WHILE_RUNNING: Final = {
    "runfolio.privacy.masks": "what a line must have to be looked at: `test_suspects_are_quick`",
    "runfolio.privacy.terms": "one escaped text, between word boundaries",
    "runfolio.query.language.patterns": "LIKE: `test_like_is_quick`",
    "runfolio.site.documents": "the end of a tag, which matches wherever it begins",
    "runfolio.site.moulds": "a text made up for the moment, and a number",
    "runfolio.site.narrative.composing": "one escaped text and a number",
    "runfolio.site.notes": "a text made up for the moment, and a number",
}
"""Where patterns are made from what only a running program has, and why they are quick."""

MODULES: Final = {
    name: tuple(found) for name, found in groupby(find_patterns(), attrgetter("module"))
}


class Endless(Exception):  # noqa: N818
    """An expression took so long that it was stopped."""


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """Stop what takes far too long, as an exponential expression would."""

    def stop(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGVTALRM, stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


def runner(compiled: re.Pattern[Any], method: str) -> Callable[[Any], object]:
    call: Callable[..., Any] = getattr(compiled, method)
    if method in ("sub", "subn"):
        call = partial(call, "" if isinstance(compiled.pattern, str) else b"")

    def run(text: Any) -> object:
        signal.setitimer(signal.ITIMER_VIRTUAL, 1.5 * LIMIT * SLOWEST)
        try:
            found = call(text)
            return sum(1 for _ in found) if method == "finditer" else found
        except Endless:
            return None
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    return run


def worst_methods(methods: tuple[str, ...]) -> Iterator[str]:
    """Those that take longest: who looks for all places looks for the first, and at the start."""
    if "fullmatch" in methods:
        yield "fullmatch"
    if {"sub", "subn", "split", "findall", "finditer"} & {*methods}:
        yield "findall"
    elif "search" in methods:
        yield "search"
    elif "match" in methods:
        yield "match"


def find_slow(compiled: re.Pattern[Any], methods: tuple[str, ...]) -> Iterator[str]:
    flags = compiled.flags & ~re.UNICODE if isinstance(compiled.pattern, bytes) else compiled.flags

    def texts(size: int) -> Iterator[Any]:
        found = worst_texts(compiled.pattern, flags, size)
        return (text.encode() for text in found) if isinstance(compiled.pattern, bytes) else found

    for method in worst_methods(methods):
        slow = slow_text(runner(compiled, method), texts, LIMIT)
        if slow is not None:
            yield f"{method} on {slow[:60]!r}…{slow[-10:]!r}"


@pytest.mark.parametrize("module", MODULES)
def test_no_text_makes_an_expression_slow(module: str) -> None:
    slow = [
        (found.place, why)
        for found in MODULES[module]
        if found.compiled is not None
        for why in find_slow(found.compiled, found.methods)
    ]
    assert slow == []


def test_every_expression_is_found_or_explained() -> None:
    unread = {found.module for found in find_patterns() if found.compiled is None}
    assert unread == set(MADE_WHILE_RUNNING)
    assert len(find_patterns()) > 250


@pytest.mark.parametrize("suspect", [people.SUSPECT, people.SUSPECT_ORIGIN])
def test_suspects_are_quick(suspect: str) -> None:
    whole = re.compile("|".join([suspect, rules.LIKELY]))
    assert list(find_slow(whole, ("search",))) == []


@pytest.mark.parametrize("piece", ["%a", "%_", "a%", "%%", "_", "a", "%a_"])
@pytest.mark.parametrize("count", [90, WHOLE // 3])
def test_like_is_quick(piece: str, count: int) -> None:
    match = compile_like(piece * count + "b", ignore_case=True)
    for text in ("a" * WHOLE, "a\n" * (WHOLE // 2), "ab" * (WHOLE // 2) + "c"):
        assert min(seconds(match, text), seconds(match, text)) < LIMIT


@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"(\w+\s?)*!", r"\s+$", r"^(.*?,){9}x", rb"(x|x)*y", r"a[^>]*b"]
)
def test_slow_expressions_are_noticed(
    pattern: str | bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.LIMIT", LIMIT / 5)
    assert list(find_slow(re.compile(pattern), ("search",)))


def test_the_methods_of_an_expression_are_found() -> None:
    found = {one.call: one for one in find_patterns() if one.module == "runfolio.site.media"}
    (version,) = (one for one in found.values() if "PDF" in one.call)
    assert version.methods == ("match",)
    assert isinstance(version, Found)
