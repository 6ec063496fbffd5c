"""What events hold beside plain scalars: tensors of every type, histograms, sound, odd messages."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runfolio.exports.tensorboard.events import (
    end_event,
    frame_all,
    histogram_event,
    hparams_events,
    image_event,
    scalar_events,
    text_event,
    version_event,
)
from runfolio.schema import FileRecord
from runfolio.sources.histograms import histogram_of_rows
from runfolio.sources.protobuf import Message
from runfolio.sources.tensorboard.histograms import read_old_histogram
from runfolio.sources.tensorboard.runs import SOURCE
from runfolio.sources.tensorboard.tensors import read_numbers
from tests.sources.reads import Found, points_of, read_all

START = 1_700_000_000_000_000


def field(number: int, content: bytes) -> bytes:
    """A field of a message, text or bytes."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return bytes([number << 3 | 2]) + length + content


def whole(number: int, value: int) -> bytes:
    return bytes([number << 3, value])


def tensor(kind: int, shape: tuple[int, ...], content: bytes) -> bytes:
    dimensions = b"".join(field(2, whole(1, size)) for size in shape)
    return whole(1, kind) + field(2, dimensions) + content


def event(tag: str, value: bytes, plugin: str = "") -> bytes:
    metadata = field(9, field(1, field(1, plugin.encode()))) if plugin else b""
    summary = field(1, field(1, tag.encode()) + value + metadata)
    return b"\x09" + struct.pack("<d", START / 1e6) + whole(2, 4) + field(5, summary)


def read(folder: Path, *contents: bytes) -> Found:
    """What a run of these events holds."""
    content = frame_all([version_event(START), *contents])
    (folder / "events.out.tfevents.1700000000.x").write_bytes(content)
    return read_all(SOURCE, folder)


def files_of(found: Found) -> list[FileRecord]:
    return [file for run in found.runs for file in run.files]


def document(file: FileRecord) -> Any:
    assert isinstance(file.source, bytes)
    return json.loads(file.source)


TYPES = [
    (1, "<f4"),
    (2, "<f8"),
    (3, "<i4"),
    (4, "<u1"),
    (5, "<i2"),
    (6, "<i1"),
    (9, "<i8"),
    (17, "<u2"),
    (19, "<f2"),
    (22, "<u4"),
    (23, "<u8"),
]


@pytest.mark.parametrize(("kind", "form"), TYPES)
def test_tensors_of_every_type_are_read_from_their_bytes(kind: int, form: str) -> None:
    values = np.array([[1, 2, 3], [4, 5, 6]], form)
    found = read_numbers(tensor(kind, (2, 3), field(4, values.tobytes())))
    assert found.tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (tensor(1, (), field(5, struct.pack("<f", 0.5))), 0.5),
        (tensor(1, (), b"\x2d" + struct.pack("<f", 0.5)), 0.5),
        (tensor(2, (), field(6, struct.pack("<d", 0.1))), 0.1),
        (tensor(3, (), field(7, b"\xff" * 9 + b"\x01")), -1.0),
        (tensor(3, (), whole(7, 5)), 5.0),
        (tensor(19, (), field(13, b"\x80\x78")), 1.0),
        (tensor(14, (), field(13, b"\x80\x7f")), 1.0),
        (tensor(10, (), field(11, b"\x01")), 1.0),
    ],
)
def test_one_number_of_any_type_is_a_point(tmp_path: Path, content: bytes, expected: float) -> None:
    found = read(tmp_path, *[event("x", field(8, content), "scalars")] * 5)
    assert points_of(found.runs[0], "x") == [(4, expected)] * 5
    assert found.skipped == []


def test_every_pattern_of_nan_is_nan(tmp_path: Path) -> None:
    patterns = [bytes.fromhex(one) for one in ("0100807f", "0000a07f", "ffffffff", "0000c07f")]
    plain = [event("x", b"\x15" + one) for one in patterns]
    typed = [event("y", field(8, tensor(1, (), field(5, one))), "scalars") for one in patterns]
    found = read(
        tmp_path, *plain, *typed, event("z", field(8, tensor(19, (), field(13, b"\x81\xf9\x01"))))
    )
    assert [(one.key, len(one.values)) for one in found.runs[0].metrics] == [
        ("x", 4),
        ("y", 4),
        ("z", 1),
    ]
    assert all(np.isnan(one.values).all() for one in found.runs[0].metrics)


def test_one_value_stands_for_all_of_a_tensor() -> None:
    found = read_numbers(tensor(1, (2, 2), field(5, struct.pack("<f", 2))))
    assert found.tolist() == [[2, 2], [2, 2]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (tensor(7, (), b""), "holds no numbers"),
        (tensor(1, (2,), b""), "has 0 values"),
        (tensor(1, (1,), field(4, b"abc")), "no whole number of values"),
        (tensor(1, (1,), field(4, bytes(8))), "has 2 values"),
        (tensor(1, (127, 127, 127, 127), field(4, bytes(4))), "can't have the shape"),
    ],
)
def test_tensors_that_hold_no_numbers_are_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_numbers(content)


def old_histogram(limits: list[float], counts: list[float], numbers: list[float]) -> bytes:
    doubles = b"".join(
        bytes([number << 3 | 1]) + struct.pack("<d", value)
        for number, value in enumerate(numbers, 1)
    )
    packed = [struct.pack(f"<{len(one)}d", *one) for one in (limits, counts)]
    return doubles + field(6, packed[0]) + field(7, packed[1])


def test_an_old_histogram_goes_from_its_first_filled_bucket_to_its_last() -> None:
    content = old_histogram([-1, 0, 1, 2, 1e308], [0, 3, 0, 1, 0], [-0.5, 1.5, 4, 2, 5])
    found = read_old_histogram(Message(content))
    assert found["edges"] == [-0.5, 0, 1, 1.5]
    assert found["counts"] == [3, 0, 1]
    assert (found["count"], found["min"], found["max"], found["mean"]) == (4, -0.5, 1.5, 0.5)
    assert found["std"] == 1.0


@pytest.mark.parametrize(
    "content",
    [
        old_histogram([1, 2], [1], [0, 1, 1, 1, 1]),
        old_histogram([2, 1, 0], [1, 1, 1], [0, 1, 1, 1, 1]),
        old_histogram([float("nan"), 1], [1, 1], [0, 1, 1, 1, 1]),
        old_histogram([1, 2], [-1, 1], [float("inf"), 1, 1, 1, 1]),
    ],
)
def test_old_histograms_that_can_not_be_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="histogram"):
        read_old_histogram(Message(content))


def test_gaps_between_bins_are_empty_bins_and_a_point_gets_some_width() -> None:
    found = histogram_of_rows(np.array([[0.0, 1, 5], [2, 3, 7]]))
    assert (found["edges"], found["counts"]) == ([0, 1, 2, 3], [5, 0, 7])
    found = histogram_of_rows(np.array([[2.0, 2, 0], [2, 2, 9]]))
    assert (found["edges"], found["counts"]) == ([1.5, 2.5], [9])
    assert histogram_of_rows(np.zeros((0, 3)))["count"] == 0


def test_sound_is_a_file_and_several_pictures_are_series_of_their_own(tmp_path: Path) -> None:
    png = b"\x89PNG\r\n\x1a\n rest"
    strings = b"".join(field(8, one) for one in (b"4", b"5", png, b"GIF89a"))
    sounds = b"".join(field(8, one) for one in (b"RIFF one", b"label", b"RIFF two", b"label"))
    found = read(
        tmp_path,
        event("p", field(8, tensor(7, (4,), strings)), "images"),
        event("s", field(8, tensor(7, (2, 2), sounds)), "audio"),
        event("old", field(6, field(4, b"RIFF") + field(5, b"audio/wav"))),
        event("jpg", field(4, field(4, b"\xff\xd8\xff rest"))),
        event("bmp", field(4, field(4, b"BM rest"))),
    )
    assert [(one.path, one.kind, one.key) for one in files_of(found)] == [
        ("images/p/0/4.png", "image", "p/0"),
        ("images/p/1/4.gif", "image", "p/1"),
        ("audio/s/0/4.wav", "file", "s/0"),
        ("audio/s/1/4.wav", "file", "s/1"),
        ("audio/old/4.wav", "file", "old"),
        ("images/jpg/4.jpg", "image", "jpg"),
    ]
    assert [one.reason for one in found.skipped] == [
        "'bmp' of step 4: the picture is no PNG, JPEG or GIF"
    ]


def test_metadata_is_told_once_and_texts_may_be_lists_or_tables(tmp_path: Path) -> None:
    cells = b"".join(field(8, one) for one in (b"a", b"b", b"c", b"d"))
    found = read(
        tmp_path,
        event("t", field(8, tensor(7, (4,), cells)), "text"),
        event("t", field(8, tensor(7, (2, 2), cells))),
        event("t", field(8, tensor(7, (2, 99), cells))),
    )
    files = files_of(found)
    assert [one.source for one in files] == [
        b"a\n\nb\n\nc\n\nd",
        b"| | |\n|---|---|\n| a | b |\n| c | d |",
    ]
    assert [one.path for one in files] == ["text/t/4.md", "text/t/4-2.md"]
    assert "a table of 4 cells can't have 99 columns" in found.skipped[0].reason


def test_an_unknown_plugin_is_named_once_and_known_ones_of_no_use_never(tmp_path: Path) -> None:
    content = field(8, tensor(1, (2,), field(4, bytes(8))))
    found = read(
        tmp_path,
        event("m", content, "mesh"),
        event("m", content),
        event("g", content, "graph_keras_model"),
        event("x", b"\x15" + bytes(4)),
    )
    assert [one.reason for one in found.skipped] == ["what the plug-in 'mesh' wrote is left out"]
    assert points_of(found.runs[0], "x") == [(4, 0.0)]


CONTENTS: list[Callable[[], list[bytes]]] = [
    lambda: list(scalar_events("loss", np.arange(6), np.arange(6) + START, np.arange(6) / 2)),
    lambda: [text_event("words", "hello", 1, START)],
    lambda: [image_event("picture", b"\x89PNG\r\n\x1a\n", (3, 4), 1, START)],
    lambda: [histogram_event("h", [0, 1, 2], [3, 4], 1, START)],
    lambda: list(hparams_events({"lr": 0.5, "name": "x", "flag": True}, ["loss"], START)),
    lambda: [end_event(1, START, START)],
    lambda: [event("old", field(5, old_histogram([1, 2], [1, 2], [0, 2, 3, 3, 3])))],
    lambda: [event("pr", field(8, tensor(1, (6, 1), field(4, bytes(24)))), "pr_curves")],
]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(CONTENTS),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4),
    st.binary(max_size=20),
)
def test_events_that_were_made_to_harm_are_read_or_skipped(
    tmp_path: Path,
    make: Callable[[], list[bytes]],
    changes: list[tuple[int, int]],
    more: bytes,
) -> None:
    contents = [bytearray(one) for one in make()]
    for place, byte in changes:
        changed = contents[place % len(contents)]
        changed[place % len(changed)] = byte
    good = scalar_events("good", np.arange(3), np.arange(3) + START, np.arange(3.0))
    found = read(tmp_path, *map(bytes, contents), more, *good)
    assert points_of(found.runs[0], "good")[:3] == [(0, 0.0), (1, 1.0), (2, 2.0)]
    for file in files_of(found):
        assert isinstance(file.source, bytes)
        assert ".." not in file.path.split("/")
