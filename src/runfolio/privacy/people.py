"""What tells who somebody is or where they work: folders, addresses, remotes, authors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runfolio.privacy.assignments import RULES, span_of
from runfolio.privacy.spans import Span

HOME_FOLDER: Final = "home folder"

_START: Final = r"(?:(?<![\w.:/~>$}%-])|(?<=file://)|(?<=%20)|(?<=\\[nrt]))"
_FOLDER: Final = r"[\w.@+-]+(?: [\w.@+-]+)?(?=[\\/])|[\w.@+-]+"
_HOME: Final = re.compile(
    rf"{_START}(?:/[\w.-]+){{0,3}}?/(?:home|Users)/(?P<name>{_FOLDER})"
    rf"|(?<!\w)[A-Za-z]:[\\/]+Users[\\/]+(?P<windows>{_FOLDER})"
)
_AT: Final = r"@|%40|&#(?:64|[xX]40);|&commat;| ?[\[(]at[\])] ?"
"""The sign in an address, as HTML and addresses of pages write it, and those who hide it."""

_EMAIL: Final = re.compile(
    rf"(?<![\w.+%-])(?P<local>[\w.+%-]{{1,64}})(?:{_AT})"
    r"(?P<domain>[A-Za-z0-9](?:[\w-]*\.)+(?P<top>[A-Za-z]{2,24}))"
    r"(?![\w(]|-\w|\.\w)"
)
_SIGN: Final = re.compile(_AT)
_TOPS_WORDS: Final = """
com org net edu gov mil int info biz name example test invalid local lan internal corp cloud
science academy university tech online email dev app health bank company institute group
"""
_TOPS: Final = frozenset(_TOPS_WORDS.split())
"""Beside those of two letters; ``logits@weights.mean`` is no address."""

_ACCOUNTS: Final = ("git", "noreply", "no-reply", "hg")

_PATH: Final = re.compile(
    rf"{_START}(?!/(?:usr|bin|sbin|lib|lib64|etc|dev|proc|sys)/)(?P<above>(?:/[\w.@+%=~-]+)+/)(?=[\w.@+%=~-])"
    r"|(?<!\w)(?P<windows>[A-Za-z]:[\\/]+(?:[^\\/\s\"':*?<>|]+[\\/]+)+)"
)
_SCP_REMOTE: Final = re.compile(r"(?<![\w.-])[\w.-]+@[\w.-]+:(?P<path>(?P<owner>[\w.-]+)/[\w./-]+)")
_FORGE: Final = re.compile(
    r"(?i)(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|huggingface\.co|gist\.github\.com)"
    r"[/:](?P<path>(?P<owner>[\w.-]+)/[\w.-]+)"
)
_SIGNED: Final = re.compile(
    r"(?i)^[\s#/*>+-]*(?:(?:author|committer|from|(?:signed-off|co-authored|reviewed)-by)\s*:\s*"
    r"|(?:copyright|©|\(c\))\s+(?:\(c\)\s*|©\s*)?(?:\d{4}(?:\s*[-,]\s*\d{4})*,?\s*)?(?:by\s+)?)"
    r"(?P<name>[^\W\d_][^\n<>:=;()\[\]{}\"'`]{2,60}?)\s*+(?=<|$|\.?\s*All rights)"
)
SUSPECT: Final = rf"{_AT}|home/|Users[\\/]"
SUSPECT_ORIGIN: Final = (
    rf"{_AT}|[/\\©]|(?i:author|committer|from\s*:|-by\s*:|copyright|\(c\))|[0-9a-f]{7}"
)
"""What a line has to have for one of these patterns to match; the latter for anonymous texts."""

_INDEX: Final = re.compile(r"^index (?P<from>[0-9a-f]{7,40})\.\.(?P<to>[0-9a-f]{7,40})")
_SHA1: Final = re.compile(r"(?<![0-9A-Za-z_])[0-9a-f]{40}(?![0-9A-Za-z_])")


def find_people(line: str, *, anonymous: bool) -> Iterator[Span]:
    """Home folders and e-mail addresses; for anonymous texts paths, remotes and authors too."""
    if "/" in line or "\\" in line:
        yield from _find_homes(line)
    if _SIGN.search(line):
        yield from _find_emails(line)
    if anonymous:
        yield from _find_origins(line)


def _find_homes(line: str) -> Iterator[Span]:
    for match in _HOME.finditer(line):
        yield Span(*match.span(), "personal", HOME_FOLDER, "~")


def name_in_home(folder: str) -> str | None:
    """The account that a home folder is named after."""
    match = _HOME.fullmatch(folder)
    return (match["name"] or match["windows"]) if match else None


def _find_emails(line: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(line):
        top = match["top"].lower()
        if match["local"].lower() not in _ACCOUNTS and (len(top) == 2 or top in _TOPS):
            yield span_of("e-mail", *match.span())


def _find_origins(line: str) -> Iterator[Span]:
    if "/" in line or "\\" in line:
        for match in _PATH.finditer(line):
            group = "above" if match["above"] else "windows"
            yield Span(*match.span(group), "personal", "path", "…/")
        for match in _FORGE.finditer(line):
            yield span_of("origin", *match.span("path"))
    if "@" in line:
        for match in _SCP_REMOTE.finditer(line):
            yield span_of("origin", *match.span())
    if signed := _SIGNED.match(line):
        yield span_of("author", *signed.span("name"))
    if index := _INDEX.match(line):
        for group in ("from", "to"):
            yield Span(*index.span(group), "personal", RULES["revision"][0], "0000000")
    for match in _SHA1.finditer(line):
        yield span_of("revision", *match.span())
