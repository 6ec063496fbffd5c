"""JSON, YAML and protocol buffers of strangers are data, whatever they try to be."""

from __future__ import annotations

import math
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.documents import (
    MAX_YAML,
    flatten,
    microseconds,
    parse_json,
    parse_yaml,
    read_json,
    read_text,
    read_yaml,
)
from runfolio.sources.protobuf import Message, read_fields

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_yaml_makes_plain_data_of_tags() -> None:
    text = "a: !!python/tuple [1, 2]\nb: !!python/object/apply:os.system [touch made]\nc: !x 1\n"
    assert parse_yaml(text) == {"a": [1, 2], "b": ["touch made"], "c": "1"}
    assert not Path("made").exists()
    assert parse_yaml("a: &x [1]\nb: *x\n") == {"a": [1], "b": [1]}
    assert parse_yaml("") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BOMB, "more than 200,000 values"),
        ("a: &a [*a]", "more than 200,000 values"),
        ("a: [", "expected"),
        ("- " * 5000, "nested too deeply"),
        ("a: \x00", "special characters"),
        ("? [1]\n: 2", "unhashable"),
        ("a: 2020-99-99", "month"),
        ("a: !!int ''", "can't be read"),
    ],
)
def test_yaml_that_is_none_says_why(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_yaml(text)


@given(st.text(max_size=60))
def test_any_text_is_yaml_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        parse_yaml(text)


def test_files_are_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b'\xef\xbb\xbf{"a": NaN}')
    assert math.isnan(read_json(path)["a"])
    path.write_bytes(b"\xff")
    assert read_text(path) == "\ufffd"
    path.write_text("a" * (MAX_YAML + 1))
    with pytest.raises(ValueError, match="more than 1,048,576 bytes"):
        read_yaml(path)


def test_json_that_is_too_deep_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"nested too deeply|Expecting"):
        parse_json("[" * 100_000)


def test_nested_names_are_joined() -> None:
    assert flatten({"a": {"b": 1, "c": {}}, "d": [{"e": 2}]}) == {
        "a.b": 1,
        "a.c": {},
        "d": [{"e": 2}],
    }
    assert flatten({"a": {"b": 1}}, separator="/") == {"a/b": 1}
    assert flatten(1) == {}
    deep: Any = 1
    for _ in range(100_000):
        deep = {"a": deep}
    with pytest.raises(ValueError, match="nested too deeply"):
        flatten(deep)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2020-01-01T00:00:01", 1577836801_000_000),
        ("2020-01-01T01:00:01+01:00", 1577836801_000_000),
        ("yesterday", None),
        (5, None),
    ],
)
def test_times_without_a_zone_are_utc(moment: object, expected: int | None) -> None:
    assert microseconds(moment) == expected


def varint(value: int) -> bytes:
    """A number as protocol buffers write it."""
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def field(number: int, content: bytes) -> bytes:
    """A field of bytes, text or a message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def test_a_message_is_read_by_number() -> None:
    inner = varint(1 << 3) + varint((1 << 64) - 5)
    data = field(2, b"first") + field(2, b"zwei") + field(3, inner)
    data += varint(4 << 3 | 1) + struct.pack("<d", 0.5) + varint(5 << 3 | 5) + struct.pack("<f", 2)
    message = Message(data)
    assert message.all(2) == [b"first", b"zwei"]
    assert message.text(2) == "zwei"
    assert message.message(3).whole(1) == -5
    assert (message.double(4), message.double(5), message.double(6)) == (0.5, 2.0, 0.0)
    assert [one.whole(1) for one in message.messages(3)] == [-5]
    assert (2 in message, 9 in message) == (True, False)
    assert (message.whole(9), message.content(9), message.text(9)) == (0, b"", "")


@given(st.lists(st.tuples(st.integers(1, 2**29 - 1), st.binary(max_size=20)), max_size=8))
def test_what_is_written_is_read(fields: list[tuple[int, bytes]]) -> None:
    data = b"".join(field(number, content) for number, content in fields)
    assert list(read_fields(data)) == fields


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_value_error(data: bytes) -> None:
    with suppress(ValueError):
        assert all(number > 0 for number, _ in read_fields(data))
