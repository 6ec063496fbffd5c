"""Tensors as TensorFlow's ``TensorProto`` holds them, as arrays or texts.

Format: TensorFlow's ``core/framework/tensor.proto`` and ``types.proto``.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runfolio.sources.protobuf import Message, read_fields, read_varint

MAX_VALUES: Final = 1 << 20
STRING: Final = 7
_BFLOAT16: Final = 14
_HALF: Final = 19

_TYPES: Final = {
    1: ("<f4", 5),
    2: ("<f8", 6),
    3: ("<i4", 7),
    4: ("<u1", 7),
    5: ("<i2", 7),
    6: ("<i1", 7),
    9: ("<i8", 10),
    10: ("?", 11),
    _BFLOAT16: ("<u2", 13),
    17: ("<u2", 7),
    _HALF: ("<u2", 13),
    22: ("<u4", 16),
    23: ("<u8", 17),
}
"""Each type's NumPy format, and the field of its values."""

_FLOATS: Final = (5, 6)


def read_shape(tensor: Message) -> tuple[int, ...]:
    """The sizes of a tensor's dimensions."""
    return tuple(dimension.whole(1) for dimension in tensor.message(2).messages(2))


def read_strings(tensor: Message) -> list[bytes]:
    """The strings of a tensor of strings, in row-major order; none of one of numbers."""
    return tensor.all(8) if tensor.whole(1) == STRING else []


def read_numbers(data: bytes) -> NDArray[np.float64]:
    """The numbers of a tensor in its shape; raises `ValueError` where it holds no numbers.

    One value that is written once stands for all, as TensorFlow has it.
    """
    tensor = Message(data)
    kind = tensor.whole(1)
    if kind not in _TYPES:
        raise ValueError(f"a tensor of type {kind} holds no numbers")
    shape, form = read_shape(tensor), _TYPES[kind][0]
    size = _size(shape)
    flat = (
        _from_content(tensor.content(4), form) if 4 in tensor else _from_values(data, *_TYPES[kind])
    )
    if 0 < len(flat) < size:
        flat = np.concatenate([flat, np.full(size - len(flat), flat[-1], flat.dtype)])
    if len(flat) != size:
        raise ValueError(f"a tensor of the shape {shape} has {len(flat)} values")
    if kind == _BFLOAT16:
        flat = (flat.astype("<u4") << 16).view("<f4")
    elif kind == _HALF:
        flat = flat.view("<f2")
    with np.errstate(invalid="ignore"):  # some of the many bit patterns of NaN would warn
        return flat.astype(np.float64).reshape(shape)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for one in shape:
        size *= one
        if not 0 <= size <= MAX_VALUES:
            raise ValueError(f"a tensor can't have the shape {shape}")
    return size


def _from_content(content: bytes, form: str) -> NDArray[Any]:
    if len(content) % np.dtype(form).itemsize:
        raise ValueError(f"a tensor's {len(content)} bytes are no whole number of values")
    return np.frombuffer(content, form)


def _from_values(data: bytes, form: str, number: int) -> NDArray[Any]:
    """The values of a repeated field, packed or not."""
    found = [value for one, value in read_fields(data) if one == number]
    if number in _FLOATS:
        return _from_content(b"".join(v for v in found if isinstance(v, bytes)), form)
    whole: list[int] = []
    for value in found:
        whole += [value] if isinstance(value, int) else _varints(value)
    return np.array(whole, np.uint64).astype(form)


def _varints(data: bytes) -> list[int]:
    numbers, offset = [], 0
    while offset < len(data):
        number, offset = read_varint(data, offset)
        numbers.append(number)
    return numbers
