"""Data sets as MLflow describes them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from runfolio.query.runs import Input

CONTEXT: Final = "mlflow.data.context"

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]+)://")


def describe_input(data: Input) -> tuple[dict[str, Any], dict[str, str]]:
    """A data set as in its ``meta.yaml``, and the tags of its use in one run."""
    profile = dict(data.profile)
    extra = profile.pop("mlflow", None)
    extra = extra if isinstance(extra, dict) else {}
    more = extra.get("tags")
    tags = {str(key): str(value) for key, value in more.items()} if isinstance(more, dict) else {}
    if data.context is not None:
        tags[CONTEXT] = data.context
    address = extra["source"] if isinstance(extra.get("source"), str) else data.source or ""
    kind, source = _source(address, extra.get("source_type"))
    return {
        "digest": data.digest,
        "name": data.name,
        "profile": str(extra["profile"]) if extra.get("profile") else _json(profile),
        "schema": _json(data.schema),
        "source": source,
        "source_type": kind,
    }, tags


def _source(address: str, told: object) -> tuple[str, str]:
    """The type of a source, and its JSON, which MLflow makes an object of again."""
    if isinstance(told, str):
        return told, address
    if address.startswith("{"):
        return "local", address
    scheme = _SCHEME.match(address)
    if scheme and scheme[1] in ("http", "https"):
        return "http", json.dumps({"url": address})
    return (scheme[1] if scheme else "local"), json.dumps({"uri": address})


def _json(value: dict[str, Any]) -> str | None:
    return json.dumps(value, ensure_ascii=False) if value else None
