"""A row of values, sorted: numbers become metrics, media files, texts and the rest tags."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from runfolio.compat.wandb.images import Image
from runfolio.compat.wandb.media import Histogram, Plotly
from runfolio.compat.wandb.places import Medium, is_of
from runfolio.compat.wandb.tables import Table
from runfolio.errors import InvalidName, InvalidValue
from runfolio.schema import as_text

MAX_TEXT: Final = 5000
"""Characters of a logged text that are kept as a tag."""

UNUSABLE: Final = (InvalidName, InvalidValue)
"""What is raised for a name or a value that can't be kept, while others can."""


@dataclass(slots=True)
class Logged:
    """The values of one row."""

    numbers: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    media: list[tuple[str, Medium]] = field(default_factory=list)
    nested: set[str] = field(default_factory=set)
    """Dotted keys of values that stood in a dict."""
    refused: dict[str, Exception] = field(default_factory=dict)


def sort_value(logged: Logged, key: str, value: Any) -> None:
    """Put a value where it belongs; those of a dict under dotted keys, None nowhere."""
    try:
        _sort(logged, key, value)
    except UNUSABLE as error:
        logged.refused[key] = error


def _sort(logged: Logged, key: str, value: Any) -> None:
    if value is None:
        return
    if is_number(value):
        logged.numbers[key] = value.item() if hasattr(value, "item") else value
    elif isinstance(value, Mapping):
        for inner, one in value.items():
            sort_value(logged, f"{key}.{inner}", one)
            logged.nested.add(f"{key}.{inner}")
    elif isinstance(value, list | tuple) and any(_as_medium(one) is not None for one in value):
        for number, one in enumerate(value):
            sort_value(logged, key if len(value) == 1 else f"{key}/{number}", one)
    elif (medium := _as_medium(value)) is not None:
        logged.media.append((key, medium))
    else:
        logged.texts[key] = _as_tag(value)


def is_number(value: Any) -> bool:
    """Whether a value is one real number, of Python, NumPy or a tensor library."""
    if isinstance(value, int | float):
        return True
    if isinstance(value, str | bytes | complex):
        return False
    shape = getattr(value, "shape", None)
    if shape is not None and hasattr(value, "item"):
        kind = getattr(getattr(value, "dtype", None), "kind", "f")
        return math.prod(shape) == 1 and kind in "biuf"
    return hasattr(value, "__float__")


def _as_medium(value: Any) -> Medium | None:
    """The file that a value is kept as; None for what is kept as text."""
    if hasattr(value, "keep"):
        medium: Medium = value
        return medium
    if is_of(value, "PIL"):
        return Image(value)
    if is_of(value, "matplotlib") or is_of(value, "plotly"):
        return Plotly(value)
    if is_of(value, "pandas"):
        return Table(dataframe=value if hasattr(value, "columns") else value.to_frame())
    return Histogram(value) if _is_array_of_numbers(value) else None


def _is_array_of_numbers(value: Any) -> bool:
    kind = getattr(getattr(value, "dtype", None), "kind", "f")
    return hasattr(value, "__array__") and hasattr(value, "shape") and kind in "biuf"


def _as_tag(value: Any) -> str:
    if isinstance(value, str):
        text = as_text(value)
    else:
        try:
            value = value.tolist() if hasattr(value, "tolist") else value
            text = json.dumps(value, ensure_ascii=False, default=str)
        except (TypeError, ValueError, RecursionError):
            text = as_text(value)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
