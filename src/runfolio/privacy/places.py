"""Where in a store a text stands, and how texts and documents are changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: in which run, what it is, and the name of the value, if it has one."""

    run_id: str | None
    what: str
    of: str = ""
    name: str = ""


ChangeText = Callable[[str, Place], str]
ChangeJson = Callable[[Any, Place], Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """How texts and documents of JSON are changed."""

    text: ChangeText
    json: ChangeJson
