"""Values beside telling names in a line of text, credentials in URLs, and well-known tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runfolio.privacy.names import Meaning, meaning_to_hide
from runfolio.privacy.rules import Style
from runfolio.privacy.spans import Span
from runfolio.privacy.values import fits, is_credential, is_version
from runfolio.tracking.capture.credentials import KNOWN_TOKEN, REDACTED

RULES: Final[dict[Meaning, tuple[str, str]]] = {
    "secret": ("credential", REDACTED),
    "user": ("user name", "[user]"),
    "host": ("host name", "[host]"),
    "e-mail": ("e-mail address", "[e-mail]"),
    "author": ("author", "[author]"),
    "origin": ("git remote", "[repository]"),
    "revision": ("commit", "[commit]"),
}
"""What each meaning is called, and what is shown instead."""

_NAMED: Final = re.compile(
    r"(?<![\w.$-])(?:--?)?(?P<name>[A-Za-z_][\w.-]{0,80})(?:\\?[\"'])?\]?\s{0,8}(?:=>|:=|={1,2}|:)\s{0,8}"
)
_OPTION: Final = re.compile(r"(?<![\w.-])--?(?P<name>[A-Za-z_][\w.-]{0,80})[ \t]+(?=[^\s-])")
_VALUE: Final = re.compile(
    r"[bruf]{0,2}(?P<quote>\\?[\"'])(?P<quoted>(?:(?!\\?[\"'])[^\n]){2,400})(?P=quote)"
    r"|(?P<plain>[^\s\"',;&()\[\]{}<>\\]{2,400})"
)
_URL: Final = re.compile(
    r"(?<![\w+.-])[A-Za-z][\w+.-]{0,20}://(?P<user>[^\s/?#\"'<>@]{1,200}(?:@[^\s/?#\"'<>@]*){0,3})@"
)
_QUERY: Final = re.compile(
    r"(?i)[?&;](?P<name>sig|signature|x-amz-(?:signature|credential|security-token)|awsaccesskeyid"
    r"|x-goog-(?:signature|credential)|sv|se|code|key|[\w.-]*(?:token|secret|password|apikey|api_key))"
    r"=(?P<value>[^&\s\"'<>#]{6,})"
)
_NETRC: Final = re.compile(
    r"(?i)\bpassw(?:or)?d[ \t]+(?:is[ \t]+)?(?P<value>(?=\S*\d)[^\s\"',;()]{6,})"
)
_OF_COMMAND: Final = re.compile(
    r"\bcurl\b.{0,200}?[ \t](?:-u|--user)[ \t=]*[\"']?[^\s:\"']+:(?P<curl>[^\s\"']{4,})"
    r"|\bsshpass[ \t]+-p[ \t]*[\"']?(?P<ssh>[^\s\"']{4,})"
    r"|\b(?:mysql|mysqldump|mysqladmin|mariadb)\b.{0,200}?[ \t]-p[\"']?(?P<mysql>[^\s\"']{4,})"
)
"""How well-known commands take passwords."""

_ELEMENT: Final = re.compile(r"<(?P<name>[A-Za-z_][\w.-]{0,80})>(?P<value>[^<>\s]{2,400})</")
_AUTHORISATION: Final = re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<value>[\w.~+/-]{8,}=*)")


def find_assigned(line: str, *, style: Style, anonymous: bool) -> Iterator[Span]:
    """What lies beside names such as ``token`` and ``user``, in one line."""
    yield from _find_urls(line)
    for match in KNOWN_TOKEN.finditer(line):
        yield span_of("secret", match.start(), match.end())
    for match in _AUTHORISATION.finditer(line):
        if any(map(str.isdigit, match["value"])):
            yield span_of("secret", *match.span("value"))
    for match in _NETRC.finditer(line):
        if is_credential(match["value"]):
            yield span_of("secret", *match.span("value"))
    for match in _OF_COMMAND.finditer(line):
        if is_credential(match[match.lastgroup or 0]):
            yield span_of("secret", *match.span(match.lastgroup or 0))
    for match in _ELEMENT.finditer(line):
        meaning = meaning_to_hide(match["name"], anonymous=anonymous)
        if meaning and fits(meaning, match["name"], match["value"]):
            yield span_of(meaning, *match.span("value"))
    for pattern in (_NAMED, _OPTION):
        for named in pattern.finditer(line):
            meaning = meaning_to_hide(named["name"], anonymous=anonymous)
            if meaning is None:
                continue
            value = _VALUE.match(line, named.end())
            if value is None or (value["plain"] and style == "code" and pattern is _NAMED):
                continue
            group = "plain" if value["plain"] else "quoted"
            if is_version(line, *value.span(group)):
                continue
            if fits(meaning, named["name"].rpartition(".")[2], value[group]):
                yield span_of(meaning, *value.span(group))


def span_of(meaning: Meaning, start: int, end: int) -> Span:
    """The span of a value of that meaning."""
    rule, mask = RULES[meaning]
    return Span(start, end, "secret" if meaning == "secret" else "personal", rule, mask)


def _is_token(name: str) -> bool:
    """Whether what stands alone before a host is no account but a token."""
    return len(name) >= 16 and any(map(str.isdigit, name))


def _find_urls(line: str) -> Iterator[Span]:
    if "://" not in line:
        return
    for match in _URL.finditer(line):
        name, colon, password = match["user"].partition(":")
        if is_credential(password) if colon else _is_token(name):
            yield Span(*match.span("user"), "secret", "credentials in a URL", REDACTED)
    for match in _QUERY.finditer(line):
        if len(match["value"]) >= 16 or "token" in match["name"] or "secret" in match["name"]:
            yield Span(*match.span("value"), "secret", "credentials in a URL", REDACTED)
