"""Store tables with the values of a column changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runfolio.store.edited import set_column

if TYPE_CHECKING:
    import pyarrow as pa


def map_column(table: pa.Table, column: str, change: Callable[[Any], Any]) -> pa.Table:
    """A table with each value of one column changed."""
    return set_column(table, column, [change(value) for value in table[column].to_pylist()])
