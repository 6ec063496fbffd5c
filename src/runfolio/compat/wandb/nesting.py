"""Values of dicts within dicts, which the store keeps under names with dots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def nest(flat: Mapping[str, Any], dotted: Iterable[str]) -> dict[str, Any]:
    """`flat` with those of its names that are in `dotted` taken apart at their dots.

    A name stays whole where something else stands on its way.
    """
    wanted = set(dotted)
    nested = {key: value for key, value in flat.items() if key not in wanted}
    taken = set(nested)
    for key in sorted(wanted & flat.keys()):
        first, *inner = key.split(".")
        if not inner or first in taken or not _put(nested, [first, *inner], flat[key]):
            nested[key] = flat[key]
            taken.add(key)
    return nested


def _put(nested: dict[str, Any], path: list[str], value: Any) -> bool:
    *above, last = path
    inner: Any = nested
    for word in above:
        inner = inner.setdefault(word, {})
        if not isinstance(inner, dict):
            return False
    inner[last] = value
    return True


def look_up(items: Mapping[str, Any], key: str) -> Any:
    """The value of `key`, of a name with dots too; raises KeyError where there is none."""
    if key in items:
        return items[key]
    found: Any = items
    for word in key.split("."):
        if not isinstance(found, Mapping) or word not in found:
            raise KeyError(key)
        found = found[word]
    return found
