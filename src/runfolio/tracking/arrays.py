"""Anything array-like as a NumPy array: lists, tensors on any device, table columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def to_array(values: Any) -> np.ndarray[Any, Any]:
    """`values` as a NumPy array; a tensor is taken off its graph and its device first.

    Raises `ValueError` or `TypeError` when no array can be made of them.
    """
    import numpy as np

    for step in ("detach", "cpu"):
        move = getattr(values, step, None)
        if callable(move) and hasattr(values, "__array__"):
            values = move()
    if not hasattr(values, "__array__") and not hasattr(values, "__getitem__"):
        # NumPy takes a set or a generator for one object.
        values = list(values) if hasattr(values, "__iter__") else values
    return np.asarray(values)
