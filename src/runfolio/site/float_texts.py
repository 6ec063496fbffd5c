"""Very many numbers as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_SMALLEST: Final = 1e-4
_LARGEST: Final = 1e9
"""Numbers of such sizes Arrow writes without exponent, as Python and browsers do."""

_LARGEST_EXACT: Final = 2**53
"""Integers up to this one a browser tells apart."""


def float_texts(numbers: pa.Array) -> pa.Array:
    """Each number as `repr` writes it.

    Arrow finds the same digits several times faster, but writes an exponent at other sizes and no
    ``.0``.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.cast(numbers, pa.large_string())
    values = numbers.to_numpy(zero_copy_only=False)
    others = ~is_plain(values) | (values == np.trunc(values))
    others &= numbers.is_valid().to_numpy(zero_copy_only=False)
    if not others.any():
        return texts
    written = pa.array(list(map(repr, values[others].tolist())), texts.type)
    return pc.replace_with_mask(texts, pa.array(others), written)


def is_plain(values: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each number is of a size that Arrow writes as browsers do, without exponent."""
    if np.issubdtype(values.dtype, np.integer):
        return np.asarray((values > -_LARGEST_EXACT) & (values < _LARGEST_EXACT))
    sizes = np.abs(values)
    return np.asarray((sizes >= _SMALLEST) & (sizes < _LARGEST))
