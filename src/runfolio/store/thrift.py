"""Reads structures of Thrift's compact protocol, in which Parquet describes itself.

Every Parquet file of a store is looked at in this way before it is read, so these functions are
written for speed: each takes the bytes and a place, and gives what is there and the place behind.
What contradicts itself raises `ValueError`: readers would not agree on what it says. Source:
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Struct = dict[int, object]
"""Fields of a structure by their numbers: whole numbers, bytes, lists, structures, else None."""

Wanted = Mapping[int, "Wanted"]
"""The numbers of the fields to read, each with those of the structures that it holds."""

_TRUE, _FALSE, _BYTE = 1, 2, 3
_WHOLE: Final = (5, 6, 4)
_DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 7, 8, 9, 10, 12
_FIXED: Final = {_BYTE: 1, _DOUBLE: 8}
_MANY: Final = 15
"""The length of a list that doesn't fit beside its kind."""

_MAX_DEPTH: Final = 12
_MAX_BITS: Final = 64


def read_struct(data: bytes, place: int, wanted: Wanted) -> tuple[Struct, int]:
    """The wanted fields of the structure that begins at a place; the others are passed over."""
    try:
        fields, place = _read_struct(data, place, wanted, 0)
    except IndexError:
        raise ValueError("a description is cut off") from None
    if place > len(data):
        raise ValueError("a description is cut off")
    return fields, place


def _read_struct(data: bytes, place: int, wanted: Wanted, depth: int) -> tuple[Struct, int]:
    fields: Struct = {}
    number = 0
    while head := data[place]:
        place += 1
        if head > _MANY:
            number += head >> 4
        else:
            number, place = _read_whole(data, place)
        kind = head & _MANY
        if number not in wanted:
            if kind not in _WHOLE:
                place = _skip(data, place, kind, depth)
                continue
            while data[place] > 0x7F:
                place += 1
            place += 1
            continue
        if number in fields:
            raise ValueError("a description says something twice")
        coded = data[place]
        if kind in _WHOLE and coded < 0x80:
            fields[number], place = (coded >> 1) ^ -(coded & 1), place + 1
        else:
            fields[number], place = _read_value(data, place, kind, wanted[number], depth)
    return fields, place + 1


def _read_value(
    data: bytes, place: int, kind: int, wanted: Wanted, depth: int
) -> tuple[object, int]:
    if kind in _WHOLE:
        return _read_whole(data, place)
    if kind == _BINARY:
        length, place = _read_varint(data, place)
        return data[place : place + length], place + length
    if kind == _STRUCT:
        return _read_struct(data, place, wanted, depth + 1)
    if kind == _LIST and depth <= _MAX_DEPTH:
        count, inner, place = _read_head(data, place)
        values: list[object] = []
        for _ in range(count):
            value, place = _read_value(data, place, inner, wanted, depth + 1)
            values.append(value)
        return values, place
    return None, _skip(data, place, kind, depth)


def _skip(data: bytes, place: int, kind: int, depth: int) -> int:
    """The place behind a value of a structure."""
    if kind in _WHOLE:
        while data[place] > 0x7F:
            place += 1
        return place + 1
    if kind in (_TRUE, _FALSE):
        return place
    if kind == _BINARY:
        length, place = _read_varint(data, place)
        return place + length
    if depth > _MAX_DEPTH:
        raise ValueError("a description is nested too deeply")
    if kind == _STRUCT:
        while head := data[place]:
            place += 1
            if head <= _MANY:
                _, place = _read_varint(data, place)
            kind = head & _MANY
            if kind in _WHOLE:  # what most fields are; a call for each would take long
                while data[place] > 0x7F:
                    place += 1
                place += 1
            elif kind == _BINARY and data[place] < 0x80:
                place += 1 + data[place]
            else:
                place = _skip(data, place, kind, depth + 1)
        return place + 1
    if kind in (_LIST, _SET):
        count, inner, place = _read_head(data, place)
        for _ in range(count):
            truth = inner in (_TRUE, _FALSE)  # a byte each, unlike as a field
            place = place + 1 if truth else _skip(data, place, inner, depth + 1)
        return place
    if kind in _FIXED:
        return place + _FIXED[kind]
    raise ValueError("a description holds what none has")


def _read_head(data: bytes, place: int) -> tuple[int, int, int]:
    """How many values a list has, of which kind, and where they begin."""
    head = data[place]
    place += 1
    count = head >> 4
    if count == _MANY:
        count, place = _read_varint(data, place)
    if count > len(data) - place:
        raise ValueError("a list in a description is longer than the file")
    return count, head & _MANY, place


def _read_whole(data: bytes, place: int) -> tuple[int, int]:
    coded = data[place]
    place += 1
    if coded > 0x7F:
        coded, place = _read_varint(data, place - 1)
    return (coded >> 1) ^ -(coded & 1), place


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, _MAX_BITS + 6, 7):
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise ValueError("a number in a description has no end")


def whole_number(fields: Struct, number: int, otherwise: int | None = None) -> int:
    """A field that is a whole number; raises `ValueError` where it is none or not there."""
    found = fields.get(number, otherwise)
    if not isinstance(found, int):
        raise ValueError("a description lacks a number")
    return found


def structures(fields: Struct, number: int) -> list[Struct]:
    """A field that is a list of structures; raises `ValueError` where it is none."""
    found = fields.get(number)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError("a description lacks a list")
    return found


def structure(fields: Struct, number: int) -> Struct:
    """A field that is a structure; raises `ValueError` where it is none."""
    found = fields.get(number)
    if not isinstance(found, dict):
        raise ValueError("a description lacks a part")
    return found
