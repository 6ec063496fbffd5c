"""TensorBoard's events as bytes, by the formats that `runfolio.sources` reads them from."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from runfolio.sources.tensorboard.checksums import masked_checksums

SUCCESS, FAILURE, RUNNING = 1, 2, 3
FLOAT_TYPE, BOOL_TYPE, STRING_TYPE = 3, 2, 1
_DOUBLE: Final = 2
_STRING: Final = 7
_TENSOR_CLASS: Final = 2
_BLOB_CLASS: Final = 3


def frame_all(contents: Sequence[bytes]) -> bytes:
    """Records as they stand in an event file: each with its length and both checksums."""
    lengths = np.array([len(one) for one in contents], "<u8")
    ends = np.cumsum(lengths.astype(np.int64))
    starts = ends - lengths.astype(np.int64)
    data = np.frombuffer(b"".join(contents), np.uint8)
    heads = lengths.view(np.uint8)
    places = np.arange(len(contents)) * 8
    of_lengths = masked_checksums(heads, places, np.full(len(contents), 8)).astype("<u4")
    of_contents = masked_checksums(data, starts, ends - starts).astype("<u4")
    parts = zip(lengths, of_lengths, contents, of_contents, strict=True)
    return b"".join(
        b"".join((length.tobytes(), first.tobytes(), content, second.tobytes()))
        for length, first, content, second in parts
    )


def version_event(time: int) -> bytes:
    """The event that a file begins with; `time` is microseconds since 1970, here and below."""
    return _double(1, time / 1e6) + _bytes(3, b"brain.Event:2")


def scalar_events(
    tag: str, steps: NDArray[Any], times: NDArray[Any], values: NDArray[Any]
) -> Iterator[bytes]:
    """One event for each point; values beyond a float's range become infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        floats = values.astype("<f4")
    walls = (times / 1e6).astype("<f8")
    named = _text(1, tag) + b"\x15"
    value = b"\x0a" + _varint(len(named) + 4) + named
    summary = b"\x2a" + _varint(len(value) + 4) + value
    for step, wall, number in zip(steps.tolist(), walls, floats, strict=True):
        yield b"\x09" + wall.tobytes() + b"\x10" + _varint(step) + summary + number.tobytes()


def text_event(tag: str, text: str, step: int, time: int) -> bytes:
    """An event of a Markdown text."""
    tensor = _whole(1, _STRING) + _bytes(2, _bytes(2, _whole(1, 1))) + _text(8, text)
    value = _text(1, tag) + _bytes(8, tensor) + _metadata("text", b"", _TENSOR_CLASS)
    return _event(value, step, time)


def image_event(tag: str, content: bytes, size: tuple[int, int], step: int, time: int) -> bytes:
    """An event of a picture file of `size`, its width and height."""
    strings = b"".join(_bytes(8, one) for one in (*(str(one).encode() for one in size), content))
    tensor = _whole(1, _STRING) + _bytes(2, _bytes(2, _whole(1, 3))) + strings
    value = _text(1, tag) + _bytes(8, tensor) + _metadata("images", b"", _BLOB_CLASS)
    return _event(value, step, time)


def histogram_event(
    tag: str, edges: Sequence[float], counts: Sequence[float], step: int, time: int
) -> bytes:
    """An event of counts in bins, as rows of left edge, right edge and count."""
    rows = np.column_stack([edges[:-1], edges[1:], counts]).astype("<f8")
    shape = b"".join(_bytes(2, _whole(1, size)) for size in rows.shape)
    tensor = _whole(1, _DOUBLE) + _bytes(2, shape) + _bytes(4, rows.tobytes())
    value = _text(1, tag) + _bytes(8, tensor) + _metadata("histograms", b"", _TENSOR_CLASS)
    return _event(value, step, time)


def hparams_events(
    params: Mapping[str, float | bool | str], metrics: Iterable[str], time: int
) -> Iterator[bytes]:
    """What the hparams plug-in shows: names and types, then the values of this run."""
    infos = b"".join(
        _bytes(4, _text(1, key) + _whole(4, _type_of(value))) for key, value in params.items()
    )
    shown = b"".join(_bytes(5, _bytes(1, _text(2, metric))) for metric in metrics)
    yield _hparams_event("experiment", _bytes(2, infos + shown), time)
    entries = b"".join(
        _bytes(1, _text(1, key) + _bytes(2, _value(value))) for key, value in params.items()
    )
    started = _bytes(3, entries + _double(5, time / 1e6))
    yield _hparams_event("session_start_info", started, time)


def end_event(status: int, time: int | None, otherwise: int) -> bytes:
    """How a run ended, and when if it did; `otherwise` is the time of the event then."""
    content = _whole(1, status) + (b"" if time is None else _double(2, time / 1e6))
    return _hparams_event("session_end_info", _bytes(4, content), time or otherwise)


def _hparams_event(name: str, content: bytes, time: int) -> bytes:
    return _event(_text(1, f"_hparams_/{name}") + _metadata("hparams", content), 0, time)


def _event(value: bytes, step: int, time: int) -> bytes:
    return _double(1, time / 1e6) + _whole(2, step) + _bytes(5, _bytes(1, value))


def _metadata(plugin: str, content: bytes, kind: int = 0) -> bytes:
    told = _bytes(1, _text(1, plugin) + _bytes(2, content))
    return _bytes(9, told + (_whole(4, kind) if kind else b""))


def _type_of(value: object) -> int:
    if isinstance(value, bool):
        return BOOL_TYPE
    return FLOAT_TYPE if isinstance(value, float) else STRING_TYPE


def _value(value: float | bool | str) -> bytes:
    """A ``google.protobuf.Value``."""
    if isinstance(value, bool):
        return _whole(4, int(value))
    return _double(2, value) if isinstance(value, float) else _text(3, str(value))


def _varint(number: int) -> bytes:
    number &= 0xFFFF_FFFF_FFFF_FFFF
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _whole(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _double(field: int, number: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", number)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode(errors="replace"))
