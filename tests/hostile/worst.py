"""Texts that make a regular expression slow, made from the expression itself."""

from __future__ import annotations

import gc
import re
import string
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import islice, product
from time import process_time
from typing import Any, Final

codes: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

CANDIDATES: Final = "a0 \nA-_.:/=,'\"\t\\@#<>()[]{}|`*+é\u0130\x01" + string.printable
"""Characters to try where a pattern leaves the choice, the likely ones first."""

GENERIC: Final = (
    *("a", "A", "0", " ", "\n", "\t", "\r", "-", "_", ".", ",", ":", ";", "/", "\\", "=", "@", "#"),
    *("'", '"', "`", "(", ")", "[", "]", "{", "}", "<", ">", "*", "+", "~", "|", "&", "%", "$"),
    *(
        "!",
        "?",
        "\0",
        "\x1b",
        "\x1b[",
        "\u0130",
        "\u212a",
        "é",
        "a ",
        "a-",
        "a.",
        "a\n",
        "[(",
        "<!",
    ),
    *("a=", "0.", "//", "\\'", "''", "<a ", "](", "{{", "a b=", "--a ", "\r\n", "- ", "a@a.", "::"),
)
"""Pieces that are repeated to texts for every pattern."""

ENDS: Final = ("", "\0", "\n!x")
"""What may come last, so that what has matched so far fails."""

TRIED: Final = 2_000
LONGER: Final = 10_000
WHOLE: Final = 50_000
SLOWEST: Final = 4.0
"""A machine that is slower than so many times the usual is told from a slow parser no more."""
_PAIRED: Final = 8
_LINEAR: Final = LONGER / TRIED * 1.4


def worst_texts(pattern: str | bytes, flags: int, size: int) -> Iterator[str]:
    """Texts of about `size` characters, each of which may be the worst for the pattern."""
    for piece in filter(None, dict.fromkeys((*GENERIC, *_pieces(pattern, flags)))):
        repeated = piece * (size // len(piece))
        for end in ENDS:
            yield repeated + end
    for start, piece in dict.fromkeys(_starts(pattern, flags)):
        repeated = start + piece * (size // len(piece))
        for end in ENDS:
            yield repeated + end


def slow_text(
    method: Callable[[Any], object], texts: Callable[[int], Iterator[Any]], limit: float
) -> Any | None:
    """A text that takes the method more than `limit` seconds, or None.

    Short texts are tried first, and longer ones where these are not done at once: what is quadratic
    takes 625 times as long for 25 times the text, and what is worse hardly ends at all. The whole
    50 kB are left out where growth is linear so far and ends below three quarters of the limit.
    """
    made: dict[int, list[Any]] = {}

    def of_size(size: int, number: int) -> Any:
        if size not in made:
            made[size] = list(texts(size))
        return made[size][number]

    for number, text in enumerate(texts(TRIED)):
        short = seconds(method, text)
        if short < limit / 2000:
            continue
        if not quick(method, text, limit):
            return text
        longer = of_size(LONGER, number)
        took = seconds(method, longer)
        if took > limit and not quick(method, longer, limit):
            return longer
        short = min(short, seconds(method, text))
        if took < limit / 40 or (took < limit / 7 and took < _LINEAR * short):
            continue
        whole = of_size(WHOLE, number)
        if not quick(method, whole, limit):
            return whole
    return None


def quick(method: Callable[[Any], object], text: Any, limit: float) -> bool:
    """Whether the method takes less than `limit` seconds, at one of three tries.

    Where the machine is slower than usual at this moment, as one with busy neighbours is, they are
    as much longer.
    """
    return any(seconds(method, text) < limit * slowness() for _ in range(3))


def slowness() -> float:
    """How many times as long as usual a loop takes here now: from 1 to `SLOWEST`."""
    usual = 0.05
    return min(max(seconds(count_up, 1_000_000) / usual, 1.0), SLOWEST)


def count_up(times: int) -> int:
    """Be busy, so many times as long as once."""
    total = 0
    for number in range(times):
        total += number
    return total


def seconds(method: Callable[[Any], object], text: Any) -> float:
    """How much time of this process the method takes, without collecting the tests' garbage."""
    gc.disable()
    started = process_time()
    try:
        method(text)
        return process_time() - started
    finally:
        gc.enable()


def _pieces(pattern: str | bytes, flags: int) -> Iterator[str]:
    """Texts to repeat: what any part of the pattern matches, and its characters in pairs."""
    tree = parser.parse(pattern, flags)
    for choice in range(3):
        yield _sample(tree, choice)
        for _, part in _parts(tree, choice, ""):
            yield _sample(part, choice)
    alphabet = list(islice(dict.fromkeys(_characters(tree)), _PAIRED))
    yield from alphabet
    yield from (first + second for first, second in product(alphabet, repeat=2))


def _starts(pattern: str | bytes, flags: int) -> Iterator[tuple[str, str]]:
    """What comes before a repeated part of the pattern, with the part; and both as one part."""
    tree = parser.parse(pattern, flags)
    for choice in range(3):
        for before, part in _parts(tree, choice, ""):
            if piece := _sample(part, choice):
                yield before, piece
                yield "", before + piece


def _parts(tree: Any, choice: int, before: str) -> Iterator[tuple[str, Any]]:
    """Every repeated part of the pattern, with a text that leads there."""
    for code, argument in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            yield before, argument[2]
        for inner in _inner(code, argument):
            yield from _parts(inner, choice, before)
        before += _sample([(code, argument)], choice)


def _inner(code: Any, argument: Any) -> Sequence[Any]:
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [argument[2]]
    if code is codes.SUBPATTERN:
        return [argument[3]]
    if code is codes.BRANCH:
        return [*argument[1]]
    if code is codes.ATOMIC_GROUP:
        return [argument]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [argument[1]]
    if code is codes.GROUPREF_EXISTS:
        return [one for one in argument[1:] if one is not None]
    return []


def _sample(tree: Any, choice: int) -> str:
    """A short text that the pattern matches, where no assertion forbids it."""
    return "".join(_sample_one(code, argument, choice) for code, argument in tree)


def _sample_one(code: Any, argument: Any, choice: int) -> str:
    if code is codes.LITERAL:
        return chr(argument)
    if code is codes.NOT_LITERAL:
        return _choose(lambda one: one != argument, choice)
    if code is codes.ANY:
        return _choose(lambda one: one != 10, choice)
    if code is codes.IN:
        return _choose(lambda one: _is_in(one, argument), choice)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        least, most, body = argument
        return _sample(body, choice) * int(min(max(least, 1), most))
    if code in (codes.ASSERT, codes.ASSERT_NOT, codes.AT, codes.GROUPREF):
        return ""
    inner = _inner(code, argument)
    return _sample(inner[choice % len(inner)], choice) if inner else ""


def _choose(fits: Callable[[int], bool], choice: int) -> str:
    found = [one for one in CANDIDATES if fits(ord(one))]
    found = found or [chr(one) for one in range(0x3000) if fits(one)][:3] or ["a"]
    return str(found[choice * 2 % len(found)])


_CATEGORIES: Final = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def _is_in(one: int, members: Any) -> bool:
    negated = bool(members) and members[0][0] is codes.NEGATE
    return negated != any(_is_member(one, *member) for member in members)


def _is_member(one: int, code: Any, argument: Any) -> bool:
    if code is codes.LITERAL:
        return bool(one == argument)
    if code is codes.RANGE:
        return bool(argument[0] <= one <= argument[1])
    return code is codes.CATEGORY and bool(re.match(_CATEGORIES[argument], chr(one)))


def _characters(tree: Any) -> Iterator[str]:
    """The characters that stand in the pattern, or may stand for its classes."""
    for code, argument in tree:
        if code is codes.LITERAL:
            yield chr(argument)
        elif code in (codes.IN, codes.NOT_LITERAL, codes.ANY):
            yield _sample_one(code, argument, 0)
        for inner in _inner(code, argument):
            yield from _characters(inner)
