"""Command lines without the options that set certain parameters."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from runfolio.privacy.columns import map_column
from runfolio.privacy.documents import write_json

if TYPE_CHECKING:
    import pyarrow as pa


def drop_options(runs: pa.Table, params: Collection[str]) -> pa.Table:
    """A table of runs whose command lines say nothing of these parameters.

    Taken out are ``--lr=0.1``, ``--lr 0.1`` and ``optimizer.lr=0.1``; names are compared without
    regard to dashes and underscores.
    """
    if not params:
        return runs
    names = {_plain(name) for name in params}
    return map_column(runs, "context", lambda text: _change_context(text, names))


def _change_context(text: str | None, names: set[str]) -> str | None:
    try:
        context = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
    if not isinstance(context, dict) or not isinstance(command := context.get("command"), list):
        return text
    kept = _without_options(command, names)
    if len(kept) == len(command):
        return text
    return write_json({**context, "command": kept})


def _without_options(words: list[Any], names: set[str]) -> list[Any]:
    kept: list[Any] = []
    value_follows = False
    for word in words:
        text = str(word)
        if value_follows and not text.startswith("--"):
            value_follows = False
            continue
        option, assigned, _ = text.partition("=")
        named = _plain(option) in names and (bool(assigned) or text.startswith("-"))
        value_follows = named and not assigned
        if not named:
            kept.append(word)
    return kept


def _plain(name: str) -> str:
    return name.lstrip("-+~").replace("-", "_").lower()
