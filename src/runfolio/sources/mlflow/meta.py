"""MLflow's ``meta.yaml`` files: flat ones at once, the few others as YAML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from runfolio.documents import MAX_YAML, parse_yaml, read_text
from runfolio.errors import MlflowUnreadable

_LINE: Final = re.compile(
    r"([a-z_]{1,60}):(?: (?:"
    r"(?P<number>0|-?[1-9][0-9]{0,18})|(?P<empty>''|\[\]|\{\})|(?P<null>null)|"
    r"'(?P<quoted>[A-Za-z0-9_ ./-]+)'|(?P<id>(?!0b)(?=[0-9]*[a-f])[0-9a-f]{32})|"
    r"(?P<plain>[A-Za-z/][\w./%-]*(?: [\w./%-]+)*(?:://?[\w./%-]+)?)"
    r"))?",
    re.ASCII,
)
"""A key and a value that is the same to any YAML reader."""

_WORDS: Final = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false"))
"""Plain words that YAML 1.1 takes for something else than text."""


def read_meta(path: Path) -> tuple[dict[str, Any], str | None]:
    """What a ``meta.yaml`` says, and what is wrong with it where some of it can be read.

    Raises `MlflowUnreadable` with the reason where nothing can, or `OSError`.
    """
    try:
        text = read_text(path, limit=MAX_YAML)
        whole = text[: text.rfind("\n") + 1]
        return parse_meta(whole), "its last line is cut off" if text != whole else None
    except ValueError as error:
        raise MlflowUnreadable(str(error)) from None


def parse_meta(text: str) -> dict[str, Any]:
    """The keys and values of a ``meta.yaml``; raises `ValueError` for what has none."""
    found = _read_flat(text)
    try:
        found = parse_yaml(text) if found is None else found
    except ValueError as error:
        raise ValueError(f"it is no YAML ({error})") from None
    if found is None:
        raise ValueError("it is empty")
    if not isinstance(found, dict):
        raise ValueError("it doesn't hold keys with values")
    return {str(key): value for key, value in found.items()}


def _read_flat(text: str) -> dict[str, Any] | None:
    """Keys and plain values, one a line; None where the text holds anything else."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        kind = match.lastgroup
        if kind == "plain" and match["plain"].lower() in _WORDS:
            return None
        found[match[1]] = _value_of(kind, match)
    return found or None


def _value_of(kind: str | None, match: re.Match[str]) -> Any:
    if kind == "number":
        return int(match["number"])
    if kind == "empty":
        return {"''": "", "[]": [], "{}": {}}[match["empty"]]
    if kind in ("quoted", "id", "plain"):
        return match[kind]
    return None
