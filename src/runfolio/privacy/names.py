"""What the name of a parameter, tag, variable or column says of the value beside it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from runfolio.tracking.capture.credentials import is_secret_name

Meaning = Literal["secret", "user", "host", "e-mail", "author", "origin", "revision"]

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_LAST_WORD: Final[dict[str, Meaning]] = {
    **dict.fromkeys(("user", "username", "login", "logname"), "user"),
    **dict.fromkeys(("host", "hostname", "nodename"), "host"),
    **dict.fromkeys(("email", "mail"), "e-mail"),
    **dict.fromkeys(("author", "authors", "owner", "entity", "committer", "maintainer"), "author"),
    **dict.fromkeys(("creator", "affiliation", "institution", "organization"), "author"),
    **dict.fromkeys(("organisation",), "author"),
    **dict.fromkeys(("remote", "repo", "repository"), "origin"),
    **dict.fromkeys(("commit", "sha", "rev", "revision"), "revision"),
}
_LAST_WORDS: Final[dict[str, Meaning]] = {
    "user name": "user",
    "user id": "user",
    "created by": "user",
    "host name": "host",
    "node name": "host",
    "repo url": "origin",
    "git url": "origin",
    "remote url": "origin",
    "git branch": "origin",
    "git hash": "revision",
}

_SECRET_WORDS: Final = ("pass", "pw", "secret", "credential", "key", "cookie", "dsn", "bearer")
TELLING: Final = frozenset(
    {*_SECRET_WORDS, "auth", "token", *_LAST_WORD, *(words.split()[0] for words in _LAST_WORDS)}
)
"""One of these is in every name that tells something."""

_SERVICE_WORDS: Final = """
aws azure cohere comet gcp gemini hf huggingface kaggle mistral neptune openai wandb
"""
_SERVICES: Final = frozenset(_SERVICE_WORDS.split())
"""Those whose ``KAGGLE_KEY`` is a credential, as ``sort_key`` is not."""

_ABOUT: Final = ("type", "name", "path", "file", "env", "var", "provider", "pattern", "length")
"""Last words of names that say something of a secret without being it, such as its file."""

ANONYMOUS_ONLY: Final[frozenset[Meaning]] = frozenset(("author", "origin", "revision"))
"""What identifies people only to those who look it up, and is hidden where that is asked for."""


@lru_cache(maxsize=10_000)
def find_meaning(name: str) -> Meaning | None:
    """What a value of that name is, where the name tells; such as "user" for ``mlflow.user``."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return None
    if words[-1] not in _ABOUT and (is_secret_name(name) or _is_key_of_service(words)):
        return "secret"
    return _LAST_WORDS.get(" ".join(words[-2:])) or _LAST_WORD.get(words[-1])


def meaning_to_hide(name: str, *, anonymous: bool) -> Meaning | None:
    """What a value of that name is, where that is to be hidden."""
    meaning = find_meaning(name)
    return None if meaning in ANONYMOUS_ONLY and not anonymous else meaning


def _is_key_of_service(words: list[str]) -> bool:
    return words[-1] == "pw" or (words[-1] == "key" and not _SERVICES.isdisjoint(words))
