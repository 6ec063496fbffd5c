"""Parameters: how a value of any type is kept, with its kind and exact text."""

from __future__ import annotations

import json
import math
import re
from typing import NamedTuple

from runfolio.errors import InvalidValue

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,400})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class Param(NamedTuple):
    """A parameter's value as it is kept: its kind, exact text, and number if it is one."""

    kind: str
    text: str
    number: float | None

    def same_as(self, other: Param) -> bool:
        """Whether both stand for one value; 1 and 1.0 do, 1 and "1" do not."""
        if (self.kind, self.text) == (other.kind, other.text):
            return True
        mine, theirs = self._exact(), other._exact()
        return mine is not None and theirs is not None and mine == theirs

    def _exact(self) -> int | float | None:
        """The value as Python compares it: beyond 2**53 not every int is a float."""
        return int(self.text) if self.kind == "int" else self.number


def encode_param(value: object) -> Param:
    """A parameter's value with its type; what is neither plain nor JSON is kept as text."""
    try:
        return _encode(value)
    except (RecursionError, ValueError) as error:
        raise InvalidValue(
            f"A parameter of type {type(value).__name__} can't be written as text: {error}. "
            "Log a shorter value."
        ) from None


def read_param(text: str) -> Param:
    """A parameter that another tool kept as text: a number where `text` is just that.

    The text stays as it is, so that it can be handed back; ``.5``, ``nan`` and ``True``, which
    JSON would write otherwise, stay text.
    """
    text = as_text(text)
    if _INTEGER.fullmatch(text):
        number = float(text)
        return Param("int", text, number if math.isfinite(number) else None)
    if len(text) < 400 and _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return Param("float", text, float(text))
    return Param("string", text, None)


def _encode(value: object) -> Param:
    if isinstance(value, Param):
        return value
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, bool):
        return Param("bool", "true" if value else "false", None)
    if isinstance(value, int):
        number = int(value)
        return Param("int", str(number), float(number) if abs(number) < 2**1023 else None)
    if isinstance(value, float):
        return Param("float", float_text(float(value)), float(value))
    if isinstance(value, str):
        return Param("string", as_text(value), None)
    if value is None or isinstance(value, list | tuple | dict):
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
            return Param("json", as_text(text), None)
        except (TypeError, ValueError):
            return Param("string", as_text(value), None)
    return Param("string", as_text(value), None)


def as_text(value: object) -> str:
    """`value` as text that is valid Unicode, with question marks for what isn't."""
    return str(value).encode(errors="replace").decode()


def float_text(value: float) -> str:
    """A float as exact text; what JSON lacks is NaN, Infinity and -Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)
