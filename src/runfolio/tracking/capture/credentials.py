"""Command lines without the credentials that people type there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from runfolio.tracking.capture.git import strip_credentials

REDACTED: Final = "[redacted]"

_ASSIGNED = re.compile(r"([-+~]*[A-Za-z_][\w.\-/@]*)=(.*)", re.DOTALL)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORD = re.compile(
    r"[a-z]*passw(or)?d|passphrase|passcode|pass|pwd|secrets?|credentials?|apikey|cookie|dsn|bearer"
)
_SECRET_KEY = re.compile(r"(api|access|private|secret|account|encryption|signing|auth) key")
# Neighbours that make "token" a word of language models.
_MODEL_WORD = re.compile(
    r"max|min|num|n|new|cls|pad|eos|bos|sep|mask|unk|special|stop|start|end|first|last|image|counts?"
    r"|limit|len(gth)?|size|types?|ids?|index|level|wise|per|budget|dropout|drop|embedding|class"
    r"|mixing|merging|pruning|pattern|next|usage"
)
_URL_START = re.compile(r"(?=(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,30}://)")
KNOWN_TOKEN = re.compile(
    r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|hf_\w{20,}|sk-(?=(?:[\w-]{0,100}?\d){2})"
    r"[\w-]{20,}"
    r"|xox[abeprs]-[\w-]{10,}|A[KS]IA[0-9A-Z]{16}|AIza[\w-]{35}|GOCSPX-[\w-]{20,}|ya29\.[\w-]{20,}"
    r"|gsk_\w{40,}|pcsk_\w{40,}|r8_\w{30,}|lsv2_[a-z]{2}_\w{32,}|dapi[0-9a-f]{32}|dop_v1_[0-9a-f]{64}"
    r"|npm_\w{36}|pypi-[\w-]{50,}|eyJhcGlfYWRkcmVzcyI6[\w+/=-]{20,}"
    r"|discord(?:app)?\.com/api/webhooks/\d+/[\w-]{30,})"
)
"""Those that people who train models have about, also where detect-secrets has no rule for them."""

_AUTHORISATION = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")


def redact_command(argv: Sequence[str]) -> tuple[str, ...]:
    """`argv` with the values of options that look secret replaced, and no credentials in URLs.

    Covers ``--token V``, ``--api-key=V``, ``db.password=V``, tokens of well-known form and
    ``Bearer V``; ``--max-tokens`` and the like are left alone.
    """
    return tuple(_redacted_words(argv))


def _redacted_words(argv: Sequence[str]) -> Iterator[str]:
    secret_follows = False
    for word in argv:
        if secret_follows and not word.startswith("--"):
            secret_follows = False
            yield REDACTED
            continue
        assigned = _ASSIGNED.fullmatch(word)
        secret_follows = not assigned and word.startswith("-") and is_secret_name(word)
        if assigned and is_secret_name(assigned[1]):
            yield f"{assigned[1]}={REDACTED}"
        elif assigned:
            yield f"{assigned[1]}={redact_text(assigned[2])}"
        else:
            yield redact_text(word)


def is_secret_name(option: str) -> bool:
    """Whether an option, parameter or variable of that name is likely to hold a secret."""
    words = [word.lower() for word in _WORDS.findall(option)]
    if any(map(_SECRET_WORD.fullmatch, words)) or words[-1:] == ["auth"]:
        return True
    if "token" in words:
        return not any(map(_MODEL_WORD.fullmatch, words))
    return _SECRET_KEY.search(" ".join(words)) is not None


def redact_text(text: str) -> str:
    """`text` without credentials in URLs, tokens of well-known form and ``Bearer V``."""
    if _URL_START.match(text):
        text = strip_credentials(text)
    if "://" in text:
        text = "".join(map(_strip_first_url, _URL_START.split(text)))
    text = KNOWN_TOKEN.sub(REDACTED, text)
    return _AUTHORISATION.sub(rf"\1 {REDACTED}", text)


def _strip_first_url(text: str) -> str:
    """`text`, which may begin with a URL, without that URL's credentials."""
    if not _URL_START.match(text):
        return text
    url, *rest = re.split(r"(?=\s)", text, maxsplit=1)
    return strip_credentials(url) + "".join(rest)
