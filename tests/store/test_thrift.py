"""Structures of Thrift's compact protocol are read and passed over alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.store.thrift import Wanted, read_struct

NONE: Wanted = {}
EVERYTHING: Wanted = dict.fromkeys(range(1, 40), NONE)
DEEP: Wanted = dict.fromkeys(range(1, 40), dict.fromkeys(range(1, 40), EVERYTHING))

Value = Any
"""A whole number, bytes, a list of one kind of these, or a structure: fields by their numbers."""

whole = st.integers(-(2**62), 2**62) | st.integers(-70, 70)
texts = st.binary(max_size=200)
simple = whole | texts


def structs(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.dictionaries(st.integers(1, 39), values, max_size=6)


def listed(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.lists(whole, max_size=20) | st.lists(texts, max_size=3) | st.lists(inner, max_size=3)


leaves = structs(simple)
middles = structs(simple | leaves | listed(leaves))
trees = structs(simple | middles | listed(middles))


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def zigzag(value: int) -> bytes:
    return varint(value << 1 if value >= 0 else ~(value << 1))


def kind_of(value: Value) -> int:
    return {int: 6, bytes: 8, list: 9, dict: 12}[type(value)]


def encode(value: Value) -> bytes:
    if isinstance(value, int):
        return zigzag(value)
    if isinstance(value, bytes):
        return varint(len(value)) + value
    if isinstance(value, list):
        kind = kind_of(value[0]) if value else 6
        count = len(value)
        head = bytes([count << 4 | kind]) if count < 15 else bytes([0xF0 | kind]) + varint(count)
        return head + b"".join(map(encode, value))
    return b"".join(fields_of(value)) + b"\0"


def fields_of(struct: dict[int, Value]) -> list[bytes]:
    """Fields in the order of the structure; a step of 1 to 15 stands beside the kind."""
    before, found = 0, []
    for number, value in struct.items():
        step = number - before
        kind = kind_of(value)
        head = bytes([step << 4 | kind]) if 0 < step <= 15 else bytes([kind]) + zigzag(number)
        found.append(head + encode(value))
        before = number
    return found


@given(trees, st.binary(max_size=3))
def test_what_is_read_is_what_was_written(tree: Value, behind: bytes) -> None:
    data = encode(tree)
    assert read_struct(data + behind, 0, DEEP) == (tree, len(data))


@given(trees, st.sets(st.integers(1, 39)))
def test_what_is_not_wanted_is_passed_over(tree: Value, some: set[int]) -> None:
    data = encode(tree)
    wanted = {number: DEEP[number] for number in some}
    expected = {number: value for number, value in tree.items() if number in some}
    assert read_struct(data, 0, wanted) == (expected, len(data))


@given(trees, st.data())
def test_what_is_cut_off_is_refused(tree: Value, data: st.DataObject) -> None:
    content = encode(tree)
    length = data.draw(st.integers(0, len(content) - 1))
    for wanted in (DEEP, NONE):
        with pytest.raises(ValueError, match="description"):
            read_struct(content[:length], 0, wanted)


@given(st.binary(max_size=60))
def test_anything_else_is_read_or_refused(content: bytes) -> None:
    for wanted in (DEEP, NONE):
        try:
            _, place = read_struct(content, 0, wanted)
        except ValueError:
            continue
        assert place <= len(content)


def test_a_field_that_comes_twice_is_refused() -> None:
    once = b"\x16\x02"
    assert read_struct(once + b"\0", 0, EVERYTHING) == ({1: 1}, 3)
    with pytest.raises(ValueError, match="twice"):
        read_struct(once + b"\x06\x02\x04\0", 0, EVERYTHING)
