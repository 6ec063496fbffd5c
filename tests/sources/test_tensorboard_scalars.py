"""Decoding scalars many at a time gives what taking each event apart gives."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.errors import TensorboardUnreadable
from runfolio.exports.tensorboard.events import (
    frame_all,
    histogram_event,
    scalar_events,
    text_event,
    version_event,
)
from runfolio.schema import Series
from runfolio.sources.reading import Reading
from runfolio.sources.tensorboard import scalars as event_scalars
from runfolio.sources.tensorboard.contents import Contents
from runfolio.sources.tensorboard.reading import read_contents
from runfolio.sources.tensorboard.records import Block, read_blocks
from runfolio.sources.tensorboard.scalars import Curves, find_layout, take_scalars


def scalars(tag: str, steps: list[int], values: list[float]) -> list[bytes]:
    times = np.arange(len(steps)) * 1_000_000 + 1_700_000_000_000_000
    return list(scalar_events(tag, np.array(steps), times, np.array(values)))


def write(path: Path, contents: list[bytes]) -> Path:
    path.write_bytes(frame_all(contents))
    return path


def block_of(contents: list[bytes]) -> Block:
    [block] = read_blocks(io.BytesIO(frame_all(contents)))
    return block


def contents_of(path: Path) -> Contents:
    return read_contents([path], Reading(TensorboardUnreadable, True))


def points(series: list[Series]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        one.key: [
            (int(step), int(time), repr(float(value)))
            for step, time, value in zip(one.steps, one.times, one.values, strict=True)
        ]
        for one in series
    }


def test_alike_events_are_decoded_together_and_odd_ones_left() -> None:
    curves = Curves()
    odd = text_event("note", "hello", 3, 0)
    contents = [*scalars("a", list(range(200)), [0.5] * 200), odd, *scalars("b", [7] * 9, [1] * 9)]
    assert take_scalars(block_of(contents), 1000, curves) == [200]
    numbers, steps, walls, values = curves.joined("a")
    assert numbers.tolist() == list(range(1000, 1200))
    assert steps.tolist() == list(range(200))
    assert walls[:2].tolist() == [1_700_000_000.0, 1_700_000_001.0]
    assert set(values.tolist()) == {0.5}
    assert curves.joined("b")[1].tolist() == [7] * 9


STEPS = st.one_of(
    st.integers(0, 300), st.integers(-(2**63), 2**63 - 1), st.sampled_from([0, 127, 128, 1 << 35])
)
POINTS = st.tuples(st.sampled_from(["a", "b", "loss", "train/x", "ä"]), STEPS, st.floats(width=32))


@settings(max_examples=60, deadline=None)
@given(st.lists(POINTS, max_size=60), st.booleans())
def test_many_at_a_time_gives_what_one_by_one_gives(
    tmp_path_factory: Any, found: list[tuple[str, int, float]], mixed: bool
) -> None:
    folder = tmp_path_factory.mktemp("events")
    contents = [version_event(1_700_000_000_000_000)]
    contents += [event for tag, step, value in found for event in scalars(tag, [step], [value])]
    if mixed:
        contents.insert(len(contents) // 2, histogram_event("h", [0, 1, 2], [3, 4], 1, 0))
    path = write(folder / "events.out.tfevents.1700000000.x", contents)
    fast = points(contents_of(path).series())
    with patch.object(event_scalars, "_FEWEST", 1 << 30):
        slow = points(contents_of(path).series())
    assert fast == slow
    for tag in fast:
        expected = [(step, repr(value)) for name, step, value in found if name == tag]
        assert [(step, value) for step, _, value in fast[tag]] == expected


def test_events_with_several_values_keep_their_order() -> None:
    def value(tag: bytes, number: float) -> bytes:
        inner = b"\x0a" + bytes([len(tag)]) + tag + b"\x15" + struct.pack("<f", number)
        return b"\x0a" + bytes([len(inner)]) + inner

    def event(step: int) -> bytes:
        summary = value(b"a", step) + value(b"b", -step) + value(b"a", step + 0.5)
        return (
            b"\x09" + struct.pack("<d", 1.0) + b"\x10" + bytes([step, 0x2A, len(summary)]) + summary
        )

    curves = Curves()
    assert take_scalars(block_of([event(step) for step in range(1, 9)]), 0, curves) == []
    assert curves.joined("a")[3].tolist() == [n / 2 for n in range(2, 18)]
    assert curves.joined("b")[3].tolist() == [-float(step) for step in range(1, 9)]


def test_rows_that_only_look_alike_are_left() -> None:
    good = scalars("abcd", [5] * 6, [1.0] * 6)
    bad = [one[:9] + b"\x18" + one[10:] for one in good]  # field 3 as a number is no step
    curves = Curves()
    assert take_scalars(block_of([good[0], *bad, *good[1:]]), 0, curves) == list(range(1, 7))
    assert len(curves.joined("abcd")[0]) == 6


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_any_bytes_have_a_layout_or_none(data: bytes) -> None:
    layout = find_layout(data)
    assert layout is None or layout.spots


@settings(max_examples=150)
@given(st.integers(0, 60), st.integers(0, 255))
def test_changed_bytes_never_raise(place: int, byte: int) -> None:
    contents = scalars("train/loss", [300] * 8, [1.0] * 8)
    for index in range(0, 8, 3):
        changed = bytearray(contents[index])
        changed[place % len(changed)] = byte
        contents[index] = bytes(changed)
    block = block_of(contents)
    left = take_scalars(block, 0, Curves())
    assert left == sorted(set(left))
    assert set(left) <= set(range(8))
