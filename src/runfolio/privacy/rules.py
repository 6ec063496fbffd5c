"""Credentials in a line of text, by the rules of detect-secrets; the only owner of that library.

Only its patterns are used: nothing is verified over the network, and no plug-ins are loaded but
those it ships. Left out are the rules for public IP addresses, which version numbers look like, and
for hexadecimal strings, which in a run store are digests and ids.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any, Final, Literal

from runfolio.privacy.spans import Span
from runfolio.privacy.values import is_credential, is_version, repeats
from runfolio.tracking.capture.credentials import REDACTED

Style = Literal["code", "config"]
"""Whether text is in quotes (Python), or may stand without them (YAML, logs, notes)."""

_LEFT_OUT: Final = ("IPPublicDetector",)
_ENTROPY: Final = range(20, 201)
"""Lengths of a random-looking string that may be a key; longer ones are data."""

_PIECE: Final = 4000
"""Characters of a line that are looked at together; the patterns are slow on long lines."""

LIKELY: Final = r"(?=[\w+/=-]{0,99}\d)[\w+/=-]{10}|://|PRIVATE KEY|eyJ|hf_"
"""What a line has to have for one of the many patterns to match; most lines of a log have not."""

_LIKELY: Final = re.compile(LIKELY)

_BLOB: Final = re.compile(r"[A-Za-z0-9+/=]{4000,}")
"""Data in base64, such as a picture in a notebook."""

_SHORT: Final = 16
_REST: Final = re.compile(r"[\w+/=-]*(?:\.[\w+/=-]{6,})*")

_KEYWORD: Final = re.compile(r"(?i)key|pass|pwd|secret|contrase")


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    patterns: tuple[re.Pattern[str], ...]
    accepts: Callable[[str], bool]


def find_credentials(line: str, *, style: Style) -> Iterator[Span]:
    """The parts of one line that look like keys, tokens and passwords."""
    if len(line) > _PIECE:
        line = _BLOB.sub(lambda blob: " " * len(blob[0]), line)
        yield from _find_in_pieces(line, style)
        return
    if _LIKELY.search(line):
        yield from _find_tokens(line)
    if _KEYWORD.search(line):
        yield from _find_keywords(line, style)
    if "'" in line or '"' in line:
        yield from _find_random(line)


def _find_tokens(line: str) -> Iterator[Span]:
    """What has the form of a known kind of token."""
    for rule in _rules():
        for pattern in rule.patterns:
            for match in pattern.finditer(line):
                if match[0].startswith("://"):
                    yield from _find_in_url(match, rule.name)
                elif rule.accepts(match[0]):
                    yield _secret(_value_of(match), rule.name)


def _find_in_url(match: re.Match[str], rule: str) -> Iterator[Span]:
    """The user and password before a host, unless they only say what has to stand there."""
    if is_credential(match[0].removesuffix("@").rpartition(":")[2]):
        yield _secret((match.start() + len("://"), match.end() - len("@")), rule)


def _find_in_pieces(line: str, style: Style) -> Iterator[Span]:
    """What is found in overlapping pieces of a long line; what a piece cut goes on in the line."""
    for start in range(0, len(line), _PIECE // 2):
        piece = line[start : start + _PIECE]
        behind = None
        for one in find_credentials(piece, style=style):
            end = one.end + start
            if one.end == len(piece):
                if behind is None:  # the same for all that the piece's end has cut
                    rest = _REST.match(line, end)
                    behind = rest.end() if rest else end
                end = behind
            yield replace(one, start=one.start + start, end=end)


def _secret(place: tuple[int, int], rule: str) -> Span:
    return Span(*place, "secret", rule, REDACTED)


def _value_of(match: re.Match[str]) -> tuple[int, int]:
    """The part of a match that is the secret: its longest group if that is most of it.

    What goes on behind a match belongs to it, such as the signature of a JSON Web Token.
    """
    groups = [match.span(number) for number in range(1, (match.re.groups or 0) + 1)]
    start, end = max(groups, key=lambda one: one[1] - one[0], default=match.span())
    if end - start < _SHORT:
        start, end = match.span()
    rest = _REST.match(match.string, end)
    return start, rest.end() if rest else end


@cache
def _rules() -> tuple[_Rule, ...]:
    """The shipped detectors that are lists of patterns."""
    import detect_secrets.plugins

    found = []
    for module in pkgutil.iter_modules(detect_secrets.plugins.__path__):
        name = f"{detect_secrets.plugins.__name__}.{module.name}"
        for value in vars(import_module(name)).values():
            if _is_detector(value) and value.__module__ == name:
                accepts = getattr(value, "is_formally_valid", _anything)
                found.append(_Rule(value.secret_type, tuple(value.denylist), accepts))
    return tuple(found)


def _is_detector(value: Any) -> bool:
    from detect_secrets.plugins.base import RegexBasedDetector

    if not inspect.isclass(value) or inspect.isabstract(value):
        return False
    return issubclass(value, RegexBasedDetector) and value.__name__ not in _LEFT_OUT


def _anything(_: str) -> bool:
    return True


def _find_keywords(line: str, style: Style) -> Iterator[Span]:
    """Values beside names such as ``password``."""
    from detect_secrets.filters import heuristic
    from detect_secrets.plugins import keyword

    tables = {
        "code": keyword.QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP,
        "config": keyword.CONFIG_DENYLIST_REGEX_TO_GROUP,
    }
    for pattern, group in tables[style].items():
        for match in pattern.finditer(line):
            if heuristic.is_indirect_reference(match[0]) or is_version(line, *match.span(group)):
                continue
            before = line[match.start() : match.start(group)]
            if is_credential(match[group]) and not repeats(before, match[group]):
                yield _secret(match.span(group), keyword.KeywordDetector.secret_type)


def _find_random(line: str) -> Iterator[Span]:
    """Quoted strings that look random."""
    detector = _entropy_detector()
    for match in detector.regex.finditer(line):
        if looks_random(match[2]):
            yield _secret(match.span(2), detector.secret_type)


def looks_random(text: str) -> bool:
    """Whether a text has the entropy of a key, and no form of digests, ids, paths and names."""
    from detect_secrets.filters import heuristic

    detector = _entropy_detector()
    return (
        len(text) in _ENTROPY
        and _ONE_WORD.fullmatch(text) is not None
        and any(map(str.isdigit, text))
        and any(map(str.isupper, text))
        and any(map(str.islower, text))
        and not _NAME_LIKE.search(text)
        and detector.calculate_shannon_entropy(text) > detector.entropy_limit
        and not heuristic.is_sequential_string(text)
        and not heuristic.is_potential_uuid(text)
    )


_ONE_WORD: Final = re.compile(r"[A-Za-z0-9+/=_-]+")
_NAME_LIKE: Final = re.compile(
    r"^[\w.-]*/[\w./-]*/|[a-z]{8}|(?<![A-Za-z])[A-Za-z]{5,}[-_/][A-Za-z]{5,}[-_/]|^sha\d+-"
)


@cache
def _entropy_detector() -> Any:
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    return Base64HighEntropyString()
