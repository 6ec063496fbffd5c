"""What was found somewhere and is sought everywhere: credentials, names of users and machines."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from runfolio.privacy.assignments import RULES
from runfolio.privacy.names import Meaning
from runfolio.privacy.spans import Span
from runfolio.privacy.values import is_telling

_BEFORE: Final = r"(?:(?<![^\W_])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))"
_AFTER: Final = r"(?![^\W_])"
"""Names stand alone: no letter or digit before or after them, but for an escaped character."""

_LEAST_SECRET: Final = 8
_WORD: Final = re.compile(r"[a-z]{1,15}|[A-Z]{1,15}|[A-Z][a-z]{1,14}")
"""Shorter credentials, and those that are a word such as ``password: required``, are masked where
they stand, but are too common to be sought elsewhere."""

_REMOTE: Final = re.compile(
    r"(?:[A-Za-z][\w+.-]*://)?(?:[^@/\s]*@)?(?P<rest>(?P<host>[\w.-]+)(?::\d+/|[:/])(?P<path>[^\s:]+?))"
    r"(?:\.git)?/?$"
)
_PUBLIC_DOMAINS: Final = """
github.com gitlab.com bitbucket.org codeberg.org huggingface.co googleusercontent.com amazonaws.com
gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com qq.com 163.com
proton.me protonmail.com gmx.de gmx.net web.de mail.ru yandex.ru
"""
_PUBLIC: Final = frozenset(_PUBLIC_DOMAINS.split())
"""Domains that say nothing of who uses them."""

_DOMAIN: Final = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}")
_SHORT_LABEL: Final = 3
_IN_DOMAIN: Final = r"(?:(?:\.[A-Za-z0-9-]+){2,5}(?![^\W_])|\.(?:local|lan|internal|home)\b)?"
"""What follows the name of a machine where it is written in full."""

_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_IN_LOWER_CASE: Final = ("user", "host", "author", "e-mail")


@dataclass(frozen=True, slots=True)
class Term:
    """A text to seek, and how."""

    meaning: Meaning
    needle: str
    pattern: re.Pattern[str]

    def find(self, line: str) -> Iterator[Span]:
        rule, mask = RULES[self.meaning]
        severity: Final = "secret" if self.meaning == "secret" else "personal"
        for match in self.pattern.finditer(line):
            yield Span(*match.span(), severity, rule, mask)


@dataclass(slots=True)
class Terms:
    """All that is known so far."""

    _terms: dict[tuple[Meaning, str], Term] = field(default_factory=dict)

    def learn(self, meaning: Meaning, text: str) -> None:
        """Seek a text from now on, if it is no word that says something else as well."""
        text = text.strip()
        if meaning == "secret":
            if len(text) >= _LEAST_SECRET and not _WORD.fullmatch(text):
                for form in _forms(text):
                    self._add(meaning, form, re.escape(form), 0)
        elif meaning == "host":
            self._learn_host(text)
        elif meaning == "revision" and _COMMIT.fullmatch(text):
            short = re.escape(text[:7])
            self._add(meaning, text[:7], rf"(?<!\w){short}[0-9a-f]{{0,33}}(?!\w)", 0)
        elif meaning == "origin":
            self._learn_origin(text)
        elif meaning in _IN_LOWER_CASE and is_telling(text):
            self._add_word(meaning, text)

    def _learn_host(self, text: str) -> None:
        """A machine is also known by the first part of its name."""
        for name in dict.fromkeys((text, text.partition(".")[0])):
            if is_telling(name):
                self._add_word("host", name, _IN_DOMAIN)

    def learn_domain(self, text: str) -> None:
        """Seek the domain of a machine's full name or of an e-mail address, and all in it."""
        host = text.rpartition("@")[2].strip().lower()
        labels = host.split(".")
        if _DOMAIN.fullmatch(host) is None or ("@" not in text and len(labels) == 2):
            return
        is_country = len(labels[-1]) == 2 and len(labels[-2]) <= _SHORT_LABEL
        domain = ".".join(labels[-3 if is_country else -2 :])
        if "." in domain and domain not in _PUBLIC:
            pattern = rf"(?<![\w-])(?:[\w-]+\.){{0,9}}{re.escape(domain)}(?![\w-]|\.\w)"
            self._add("host", domain, pattern, re.IGNORECASE)

    def _learn_origin(self, text: str) -> None:
        """A repository is also known by its owner, and a server of one's own by its name."""
        match = _REMOTE.match(text)
        if match is None or len(match["rest"]) < 6:
            return
        self._add("origin", match["rest"], re.escape(match["rest"]), 0)
        if match["host"].lower() not in _PUBLIC:
            self._learn_host(match["host"])
            self.learn_domain(match["host"])
        owner = match["path"].partition("/")[0]
        if "/" in match["path"] and is_telling(owner):
            self._add_word("author", owner)

    def _add_word(self, meaning: Meaning, text: str, more: str = "") -> None:
        pattern = _BEFORE + re.escape(text) + _AFTER + more
        self._add(meaning, text.lower(), pattern, re.IGNORECASE)

    def _add(self, meaning: Meaning, needle: str, pattern: str, flags: int) -> None:
        if (meaning, needle) not in self._terms:
            self._terms[meaning, needle] = Term(meaning, needle, re.compile(pattern, flags))

    def __len__(self) -> int:
        return len(self._terms)

    def within(self, text: str) -> list[Term]:
        """Those that may be in a text."""
        lower = text.lower()
        return [
            one
            for one in self._terms.values()
            if one.needle in (lower if one.meaning in _IN_LOWER_CASE else text)
        ]


def _forms(secret: str) -> Iterable[str]:
    """A credential as it is, and as JSON, HTML and addresses write it."""
    return dict.fromkeys(
        (
            secret,
            json.dumps(secret)[1:-1],
            html.escape(secret),
            quote(secret, safe="", errors="replace"),
        )
    )
