"""Cutting what there is to do into tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def cut(items: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    """The items in their order, `size` at a time; the last have what is left."""
    return (tuple(items[start : start + size]) for start in range(0, len(items), size))
