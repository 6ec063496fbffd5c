"""The framing of W&B's files: whole records, cut ones, damaged ones."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.sources.wandb.records import BLOCK, FIRST, FULL, HEADER, LAST, MIDDLE, RecordReader


def part(kind: int, content: bytes) -> bytes:
    """One part of a record with its checksum."""
    checksum = zlib.crc32(bytes((kind,)) + content)
    return struct.pack("<IHB", checksum, len(content), kind) + content


def write_log(records: list[bytes]) -> bytes:
    """A file of records, as W&B writes it."""
    log = bytearray(HEADER)
    for record in records:
        begun, rest = False, record
        while True:
            room = BLOCK - len(log) % BLOCK
            if room < 7:
                log += bytes(room)
                room = BLOCK
            piece, rest = rest[: room - 7], rest[room - 7 :]
            kind = {(False, False): FULL, (False, True): FIRST, (True, True): MIDDLE}.get(
                (begun, bool(rest)), LAST
            )
            log += part(kind, piece)
            begun = True
            if not rest:
                break
    return bytes(log)


def read_log(log: bytes) -> tuple[list[bytes], str | None]:
    """The records of a file and what is said to be damaged."""
    reader = RecordReader(io.BytesIO(log))
    return list(reader.read()), reader.damage


LONG = [b"first", b"x" * 40_000, b"", b"y" * 100_000, b"last"]


@given(st.lists(st.binary(max_size=200) | st.integers(0, 70_000).map(bytes), max_size=8))
def test_what_is_written_is_read(records: list[bytes]) -> None:
    assert read_log(write_log(records)) == (records, None)


@pytest.mark.parametrize("length", range(BLOCK - 30, BLOCK + 1))
def test_records_that_end_near_the_end_of_a_block_are_read(length: int) -> None:
    records = [bytes(length), b"next"]
    assert read_log(write_log(records)) == (records, None)


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_header_give_records_or_a_reason(tail: bytes) -> None:
    records, damage = read_log(HEADER + tail)
    assert damage is not None or records or not any(tail)


@given(st.binary(min_size=1, max_size=40))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    if content.startswith(HEADER) or HEADER.startswith(content):
        read_log(content)
    else:
        with pytest.raises(ValueError, match=r"doesn't begin|version"):
            read_log(content)


def test_a_newer_version_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="its version e1be01 is not known"):
        read_log(HEADER[:6] + b"\x01")


def test_an_empty_file_has_no_records() -> None:
    assert read_log(b"") == ([], None)
    assert read_log(HEADER[:3]) == ([], None)


def test_a_file_cut_anywhere_gives_its_whole_records() -> None:
    records = [b"one", b"two", b"three"]
    log = write_log(records)
    ends = [len(write_log(records[:count])) for count in range(4)]
    for cut in range(len(HEADER), len(log)):
        found, damage = read_log(log[:cut])
        assert found == records[: sum(end <= cut for end in ends[1:])]
        assert (damage is None) == (cut in ends)


@pytest.mark.parametrize("cut", [BLOCK - 1, BLOCK, BLOCK + 3, BLOCK + 7, 2 * BLOCK, 80_000])
def test_a_long_record_that_is_cut_is_left_out_with_one_reason(cut: int) -> None:
    found, damage = read_log(write_log([b"first", b"x" * 100_000])[:cut])
    assert found == [b"first"]
    assert damage is not None
    assert "the last record" in damage
    assert "is cut short" in damage


def test_a_flipped_bit_costs_no_record_before_it_and_none_of_later_blocks() -> None:
    records = [b"a" * 100, b"b" * 100, b"c" * (BLOCK - 300), b"d" * 100, b"e" * 100, b"f" * 100]
    log = bytearray(write_log(records))
    log[len(HEADER) + 150] ^= 4
    found, damage = read_log(bytes(log))
    assert found == [records[0], *records[4:]]
    assert damage is not None
    assert "the record at byte 114 has a wrong checksum" in damage
    assert "the next block is read again" in damage


@given(st.integers(0, len(write_log(LONG)) - len(HEADER) - 1), st.integers(0, 7))
def test_any_flipped_bit_is_noticed_and_leaves_the_records_before_it(at: int, bit: int) -> None:
    log = bytearray(write_log(LONG))
    place = len(HEADER) + at
    log[place] ^= 1 << bit
    found, damage = read_log(bytes(log))
    before = [one for n, one in enumerate(LONG, 1) if len(write_log(LONG[:n])) <= place]
    assert found[: len(before)] == before
    assert all(one in LONG for one in found)
    assert damage is not None or found == LONG  # where only padding was hit


@pytest.mark.parametrize(
    ("parts", "expected", "reason"),
    [
        ([(LAST, b"x"), (FULL, b"y")], [b"y"], "has no beginning"),
        ([(FIRST, b"x"), (FULL, b"y")], [b"y"], "before the one before it has ended"),
        ([(FIRST, b"x"), (FIRST, b"y"), (LAST, b"z")], [b"yz"], "has ended"),
        ([(9, b"x"), (FULL, b"y")], [b"y"], "is of the unknown kind 9"),
    ],
)
def test_parts_out_of_order_are_told(
    parts: list[tuple[int, bytes]], expected: list[bytes], reason: str
) -> None:
    found, damage = read_log(HEADER + b"".join(part(*one) for one in parts))
    assert found == expected
    assert damage is not None
    assert reason in damage


def test_several_damaged_blocks_are_one_reason() -> None:
    log = bytearray(write_log([bytes(BLOCK - 20)] * 5))
    for block in range(3):
        log[block * BLOCK + 1000] ^= 1
    _, damage = read_log(bytes(log))
    assert damage is not None
    assert "and 2 more" in damage
