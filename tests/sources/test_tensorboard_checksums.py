"""CRC32C, against a slow one that follows the definition bit by bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.sources.tensorboard.checksums import masked_checksum, masked_checksums


def slow_checksum(data: bytes) -> int:
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = (state >> 1) ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF


def mask(checksum: int) -> int:
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8) & 0xFFFFFFFF


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        (b"123456789", 0xE3069283),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
    ],
)
def test_the_examples_of_the_standard(data: bytes, checksum: int) -> None:
    assert slow_checksum(data) == checksum
    assert masked_checksum(data) == mask(checksum)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 20_000])
def test_any_length_gives_what_the_definition_gives(size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    assert masked_checksum(data) == mask(slow_checksum(data))


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=200), max_size=30))
def test_parts_of_many_lengths_are_checked_together(parts: list[bytes]) -> None:
    lengths = np.array([len(part) for part in parts], np.int64)
    starts = np.cumsum(lengths) - lengths
    data = np.frombuffer(b"".join(parts), np.uint8)
    found = masked_checksums(data, starts, lengths).tolist()
    assert found == [mask(slow_checksum(part)) for part in parts]
