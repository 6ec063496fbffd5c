"""Whether a value is what its name says it is, or only a word that stands for one."""

from __future__ import annotations

import re
from typing import Final

from runfolio.privacy.names import Meaning
from runfolio.tracking.capture.credentials import REDACTED

_PINNED: Final = re.compile(r"==\d+(\.\w+)+")
_GENERIC_WORDS: Final = """
root user users ubuntu debian admin administrator runner jovyan docker vscode codespace nobody
app dev jenkins git default guest test ec2-user sagemaker-user colab kaggle public shared build
ci code max min mean model models data train val best last loss run runs none null unknown true
false home work name email host localhost local localdomain 127.0.0.1 0.0.0.0 ::1 node gpu cpu
gitlab github www hub registry cluster server login master worker
"""
GENERIC: Final = frozenset(_GENERIC_WORDS.split())
"""Names of accounts and machines that are anybody's, and words that say something else as well."""

_PLACEHOLDER_WORDS: Final = """
none null nil true false yes no str string bytes password passwd pass pwd secret token user xxx
bearer basic ... … redacted unset undefined changeme todo
"""
_PLACEHOLDERS: Final = frozenset(_PLACEHOLDER_WORDS.split())
_PATTERN: Final = re.compile(
    r"(?:(?!\.{3}|…)\S)*+(?:\.{3}|…)\S*|\w{0,6}-?[xX]{3,}|your[-_ ].*|[{<%$\[(].*[}>%)\]]|[$&*].*"
    r"|[*•x.\s_-]+|(?>.*?\{)(?>.*?\}).*|[A-Z]+(?:_[A-Z]+)+",
    re.DOTALL,
)
"""What stands for a value: a variable, a template, dots."""

_REFERENCE: Final = re.compile(r"[A-Za-z_]\w{0,39}(?:(?:\.|::|->)[A-Za-z_]\w{0,39})+(?:\(.*)?")
_NUMBER: Final = re.compile(r"[-+]?[\d.,_]+(?:[eE][-+]?\d+)?")
_PASSWORD: Final = re.compile(r"(?i)pass_?w|passphrase|passcode|pwd|secret")
_HEX: Final = re.compile(r"[0-9a-fA-F]{7,64}")
_NO_LETTER: Final = re.compile(r"[\W_]+")
_ACCOUNT: Final = re.compile(r"\w[\w.+@-]{1,60}")
_PERSON: Final = re.compile(r"\w[\w.,'’@ -]{1,80}")


def is_credential(text: str) -> bool:
    """Whether a text may be a secret: it is no placeholder, reference or mask."""
    text = text.strip()
    return (
        bool(text)
        and REDACTED not in text
        and text.lower() not in _PLACEHOLDERS
        and not _PATTERN.fullmatch(text)
        and not _REFERENCE.fullmatch(text)
    )


def is_version(line: str, start: int, end: int) -> bool:
    """Whether a part of a line is the version of a package, such as ``detect-secrets==1.5.0``."""
    return _PINNED.fullmatch(line[max(0, start - 2) : end].strip()) is not None


def fits(meaning: Meaning, name: str, text: str) -> bool:
    """Whether the whole text is likely to be what its name means."""
    text = text.strip()
    if meaning == "secret":
        return is_credential(text) and _is_no_word(name, text)
    if meaning == "revision":
        return _HEX.fullmatch(text) is not None
    if meaning == "origin":
        return bool(text) and not _NUMBER.fullmatch(text)
    if text.lower() in GENERIC or _NUMBER.fullmatch(text) or text.startswith("["):
        return False
    if meaning == "author":
        return _PERSON.fullmatch(text) is not None
    return _ACCOUNT.fullmatch(text) is not None


def _is_no_word(name: str, text: str) -> bool:
    """Whether a value is no count and no mode, such as ``pass: 2`` and ``auth: kerberos``."""
    if _PASSWORD.search(name):
        return True
    plain = text.isalpha() and text.islower() and len(text) <= 12
    return not plain and not _NUMBER.fullmatch(text) and not repeats(name, text)


def repeats(before: str, text: str) -> bool:
    """Whether a value only says again what stands before it, as in ``API_KEY = "api_key"``."""
    plain = _NO_LETTER.sub("", text).lower().removesuffix("s")
    return text.replace("_", "").isalpha() and plain in _NO_LETTER.sub("", before).lower()


def is_telling(name: str) -> bool:
    """Whether the name of a user or machine says who it is, so that it is sought everywhere."""
    return len(name) >= 3 and name.lower() not in GENERIC and not _NUMBER.fullmatch(name)
