"""The frames of event files: whole, cut short, and damaged at any byte."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.exports.tensorboard.events import frame_all
from runfolio.sources.tensorboard import records as event_records
from runfolio.sources.tensorboard.records import read_blocks


def frame(content: bytes) -> bytes:
    return frame_all([content])


CONTENTS = [b"first", b"", b"second" * 30, b"x", b"third" * 500, b"second" * 30]
FILE = b"".join(map(frame, CONTENTS))


def read(data: bytes, *, size: int = 1 << 20) -> tuple[list[bytes], str | None]:
    """The records of a file's content, and what was said of its damage."""
    blocks = list(read_blocks(io.BytesIO(data), size=size))
    records = [block.record(place) for block in blocks for place in range(len(block.starts))]
    return records, blocks[-1].damage if blocks else None


def test_records_come_as_they_were_written_however_little_is_read_at_once() -> None:
    for size in (1, 7, 16, 100, 1 << 20):
        assert read(FILE, size=size) == (CONTENTS, None)


def test_blocks_know_the_place_of_their_records() -> None:
    places = []
    for block in read_blocks(io.BytesIO(FILE), size=64):
        places += [block.place(index) for index in range(len(block.starts))]
    found = [FILE[at : at + len(one)] for at, one in zip(places, CONTENTS, strict=True)]
    assert found == CONTENTS


def test_a_file_that_is_cut_anywhere_keeps_its_whole_records() -> None:
    ends = [len(b"".join(map(frame, CONTENTS[:count]))) for count in range(len(CONTENTS) + 1)]
    for length in range(len(FILE)):
        whole = sum(end <= length for end in ends) - 1
        records, damage = read(FILE[:length])
        assert records == CONTENTS[:whole]
        cut = None if length in ends else f"the last record, at byte {ends[whole]:,}, is cut short"
        assert damage == cut


def test_a_flipped_bit_anywhere_is_noticed_and_ends_the_file() -> None:
    ends = [len(b"".join(map(frame, CONTENTS[:count]))) for count in range(len(CONTENTS) + 1)]
    for place in range(0, len(FILE), 3):
        damaged = bytearray(FILE)
        damaged[place] ^= 1 << (place % 8)
        whole = sum(end <= place for end in ends) - 1
        for size in (50, 1 << 20):
            records, damage = read(bytes(damaged), size=size)
            assert records == CONTENTS[:whole]
            assert damage is not None
            assert f"the record at byte {ends[whole]:,} has a wrong checksum" in damage


def test_a_length_beyond_reason_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_records, "MAX_RECORD", 1000)
    records, damage = read(FILE, size=300)
    assert records == CONTENTS[:4]
    assert damage is not None
    assert "has 2,500 bytes, too many to read" in damage


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_give_records_or_a_reason(data: bytes) -> None:
    records, damage = read(data)
    assert b"".join(map(frame, records)) == data[: sum(len(one) + 16 for one in records)]
    assert (damage is None) == (len(b"".join(map(frame, records))) == len(data))
