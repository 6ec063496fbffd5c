"""Scalars of event files, decoded many at a time.

Events that are alike but for their time, step and values have the same bytes everywhere else. One
of them is taken apart to see where those lie, and then all of them are read as columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from runfolio.sources.protobuf import Message, read_varint
from runfolio.sources.tensorboard.records import Block
from runfolio.sources.tensorboard.tensors import read_shape

Array = NDArray[Any]

_LONGEST: Final = 2048
_FEWEST: Final = 4
_TRIES: Final = 16
_VARINT, _EIGHT, _LENGTH, _FOUR = 0, 1, 2, 5
_FORMATS: Final = {1: "<f4", 2: "<f8"}
SCALAR_PLUGINS: Final = ("", "scalars")


class Span(NamedTuple):
    """A field of a message: its number and wire type, and where its value lies."""

    number: int
    kind: int
    start: int
    end: int


class Spot(NamedTuple):
    """Where the value of a tag lies in an event, and its NumPy format."""

    tag: str
    start: int
    format: str

    @property
    def end(self) -> int:
        return self.start + int(self.format[-1])


class Layout(NamedTuple):
    """Where the step (if any) and the values lie in an event; the time is in bytes 1 to 8."""

    step: tuple[int, int] | None
    spots: tuple[Spot, ...]

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """The bytes that differ between events of this layout."""
        return (
            (1, 9),
            *((self.step,) if self.step else ()),
            *((s.start, s.end) for s in self.spots),
        )


@dataclass(slots=True)
class Curves:
    """Points by tag, in parts: the events' numbers, steps, wall times in seconds, and values."""

    parts: dict[str, list[tuple[Array, Array, Array, Array]]] = field(default_factory=dict)

    def add(self, tag: str, numbers: Array, steps: Array, walls: Array, values: Array) -> None:
        """Take points of one tag; parts may come in any order."""
        self.parts.setdefault(tag, []).append((numbers, steps, walls, values))

    def joined(self, tag: str) -> tuple[Array, Array, Array, Array]:
        """The events' numbers, steps, wall times and values of a tag in log order."""
        columns = [np.concatenate(column) for column in zip(*self.parts[tag], strict=True)]
        order = np.argsort(columns[0], kind="stable")
        numbers, steps, walls, values = (column[order] for column in columns)
        return numbers, steps, walls, values


def take_scalars(block: Block, number: int, curves: Curves) -> list[int]:
    """Decode the scalars of a block, whose first record is number `number`, into `curves`.

    Returns the places in the block of the events that are left, in order.
    """
    lengths, order = block.lengths, np.argsort(block.lengths, kind="stable")
    bounds = np.flatnonzero(np.diff(lengths[order])) + 1
    left: list[int] = []
    for rows in np.split(order, bounds):
        length = int(lengths[rows[0]]) if len(rows) else 0
        if len(rows) < _FEWEST or not 14 <= length <= _LONGEST:
            left += rows.tolist()
            continue
        windows = np.lib.stride_tricks.sliding_window_view(block.data, length)
        left += _take_alike(windows[block.starts[rows]], rows, number, curves)
    return sorted(left)


def _take_alike(events: Array, rows: Array, number: int, curves: Curves) -> list[int]:
    """Decode events of one length; returns the rows that are left."""
    left: list[int] = []
    for _ in range(_TRIES):
        if len(rows) < _FEWEST:
            break
        layout = find_layout(events[0].tobytes())
        if layout is None:
            left.append(int(rows[0]))
            events, rows = events[1:], rows[1:]
            continue
        taken = np.zeros(len(rows), bool)
        for members, spots in _families(events, layout):
            taken[members] = True
            _decode(events[members], rows[members] + number, layout.step, spots, curves)
        events, rows = events[~taken], rows[~taken]
    return [*left, *rows.tolist()]


def _families(events: Array, layout: Layout) -> Iterator[tuple[Array, tuple[Spot, ...]]]:
    """Events of a layout that have the same tags, and where each tag's value lies."""
    template = np.zeros((len(events), -(-events.shape[1] // 8) * 8), np.uint8)
    template[:, : events.shape[1]] = events
    for start, end in layout.places:
        template[:, start:end] = 0
    fits = _has_step(events, layout.step)
    _, firsts, family = np.unique(_hashes(template), return_index=True, return_inverse=True)
    order = np.argsort(family, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(family[order])) + 1):
        first = firsts[family[members[0]]]
        found = find_layout(events[first].tobytes())
        if found is not None and found.places == layout.places:
            alike = fits[members] & (template[members] == template[first]).all(axis=1)
            yield members[alike], found.spots


def _hashes(rows: Array) -> Array:
    """A number of 64 bits for each row, which rows of the same bytes share."""
    hashes = np.zeros(len(rows), np.uint64)
    for column in rows.view("<u8").T:
        hashes = (hashes ^ column) * np.uint64(0x9E37_79B9_7F4A_7C15)
        hashes ^= hashes >> np.uint64(29)
    return hashes


def _has_step(events: Array, step: tuple[int, int] | None) -> Array:
    """Whether a varint lies just where the layout has its step."""
    if step is None:
        return np.ones(len(events), bool)
    start, end = step
    fits: Array = (events[:, start : end - 1] >= 0x80).all(axis=1) & (events[:, end - 1] < 0x80)
    return fits


def _decode(
    events: Array,
    numbers: Array,
    step: tuple[int, int] | None,
    spots: tuple[Spot, ...],
    curves: Curves,
) -> None:
    walls = _column(events, 1, 9, "<f8")
    steps = np.zeros(len(events), np.uint64)
    for place, column in enumerate(range(*step) if step else ()):
        part = (events[:, column] & 0x7F).astype(np.uint64)
        steps |= part << np.uint64(7 * place)
    for spot in spots:
        found = _column(events, spot.start, spot.end, spot.format)
        with np.errstate(invalid="ignore"):  # some of the many bit patterns of NaN would warn
            values = found.astype(np.float64)
        curves.add(spot.tag, numbers, steps.view(np.int64), walls, values)


def _column(events: Array, start: int, end: int, form: str) -> Array:
    return np.ascontiguousarray(events[:, start:end]).view(form).ravel()


def find_layout(event: bytes) -> Layout | None:
    """Where an event has its step and values; None for one that holds more than scalars."""
    try:
        fields = list(_spans(event, 0, len(event)))
        numbers = [(one.number, one.kind) for one in fields]
        step = (fields[1].start, fields[1].end) if len(fields) == 3 else None
        if numbers != [(1, _EIGHT), *([(2, _VARINT)] if step else []), (5, _LENGTH)]:
            return None
        values = list(_spans(event, fields[-1].start, fields[-1].end))
        spots = [_find_spot(event, one) for one in values]
    except ValueError:
        return None
    whole = tuple(spot for spot in spots if spot is not None)
    return Layout(step, whole) if whole and len(whole) == len(spots) else None


def _find_spot(event: bytes, value: Span) -> Spot | None:
    if (value.number, value.kind) != (1, _LENGTH):
        return None
    fields = {one.number: one for one in _spans(event, value.start, value.end)}
    if not {1} <= fields.keys() <= {1, 2, 7, 8, 9} or (2 in fields) == (8 in fields):
        return None
    if fields[1].kind != _LENGTH or (9 in fields and not _is_scalar(event, fields[9])):
        return None
    tag = event[fields[1].start : fields[1].end].decode(errors="replace")
    if 8 in fields:
        return _find_in_tensor(event, tag, fields[8])
    return Spot(tag, fields[2].start, "<f4") if fields[2].kind == _FOUR else None


def _is_scalar(event: bytes, metadata: Span) -> bool:
    plugin = Message(event[metadata.start : metadata.end]).message(1)
    return plugin.text(1) in SCALAR_PLUGINS


def _find_in_tensor(event: bytes, tag: str, tensor: Span) -> Spot | None:
    """The one number of a tensor of floats or doubles."""
    if tensor.kind != _LENGTH:
        return None
    fields = list(_spans(event, tensor.start, tensor.end))
    held = [one for one in fields if one.number not in (1, 2, 3)]
    message = Message(event[tensor.start : tensor.end])
    form = _FORMATS.get(message.whole(1))
    if form is None or len(held) != 1 or math.prod(read_shape(message)) != 1:
        return None
    [one] = held
    sized = one.end - one.start == int(form[-1])
    known = one.number in (4, 5 if form == "<f4" else 6)
    return Spot(tag, one.start, form) if sized and known else None


def _spans(data: bytes, start: int, end: int) -> Iterator[Span]:
    """The fields of the message between two places of `data`; raises `ValueError`."""
    while start < end:
        tag, start = read_varint(data, start)
        kind = tag & 7
        if kind == _VARINT:
            _, after = read_varint(data, start)
        elif kind == _LENGTH:
            size, start = read_varint(data, start)
            after = start + size
        elif kind in (_EIGHT, _FOUR):
            after = start + (8 if kind == _EIGHT else 4)
        else:
            raise ValueError(f"a field has the unknown wire type {kind}")
        if after > end:
            raise ValueError("a field is longer than its message")
        yield Span(tag >> 3, kind, start, after)
        start = after
