"""The types of plain values, lists and dicts, as documents that MLflow's signatures are made of.

A type is ``{"type": "long"}``, an array with its ``items``, or an object with its ``properties``;
"any" stands for what is not known. The rules are those of mlflow/types/utils.py and schema.py.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from runfolio.models.words import name_one

Type = dict[str, Any]

ANY: Final[Type] = {"type": "any"}
_MIXED: Final = "it has values of several types"


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, or what pandas has for them."""
    if isinstance(value, float):
        return math.isnan(value)
    import pandas as pd

    return value is None or value is pd.NA or value is pd.NaT


def type_of(value: Any) -> Type | None:
    """The type of a value, None for an array without content; raises `ValueError`."""
    import numpy as np

    if is_missing(value) or (isinstance(value, list | dict) and not value):
        return ANY
    if isinstance(value, Mapping):
        return _type_of_object(value)
    if isinstance(value, list | np.ndarray):
        return type_of_items(value)
    kind = _scalars().get(type(value))
    if kind is None:
        raise ValueError(f"it has a value of the type {type(value).__qualname__}")
    return {"type": kind}


def type_of_items(values: Iterable[Any]) -> Type | None:
    """The array that values make, None where they say nothing; raises `ValueError`."""
    found: Type | None = None
    for value in values:
        kind = type_of(value)
        if kind is not None:
            found = kind if found is None else merge(found, kind)
    return None if found is None else {"type": "array", "items": found}


def merge(one: Type, other: Type) -> Type:
    """The type that values of both types have; raises `ValueError` where there is none."""
    if one == other:
        return one
    if one == ANY:
        one, other = other, one
    if other == ANY:
        return _make_optional(one) if one["type"] == "object" else one
    if one["type"] != other["type"]:
        raise ValueError(_MIXED)
    if one["type"] == "array":
        return {"type": "array", "items": merge(one["items"], other["items"])}
    if one["type"] == "object":
        return _merge_objects(one["properties"], other["properties"])
    raise ValueError(_MIXED)


def _type_of_object(value: Mapping[Any, Any]) -> Type:
    properties = {}
    for name, inner in sorted(value.items(), key=lambda item: str(item[0])):
        if not isinstance(name, str):
            raise ValueError(f"it has a dict with the key {name_one(name)}, which is no text")
        kind = type_of(inner)
        if kind is None:
            raise ValueError("it has a dict with an array without content")
        properties[name] = {**kind, "required": kind != ANY}
    return {"type": "object", "properties": properties}


def _make_optional(one: Type) -> Type:
    properties = {key: {**inner, "required": False} for key, inner in one["properties"].items()}
    return {"type": "object", "properties": properties}


def _merge_objects(ones: Type, others: Type) -> Type:
    """An object with all properties of two; those that one of them lacks are optional."""
    merged = {}
    for name in sorted({*ones, *others}):
        one, other = ones.get(name), others.get(name)
        if one is None or other is None:
            merged[name] = {**(one or other or {}), "required": False}
        else:
            kind = merge(_bare(one), _bare(other))
            merged[name] = {**kind, "required": one["required"] and other["required"]}
    return {"type": "object", "properties": merged}


def _bare(one: Type) -> Type:
    return {key: value for key, value in one.items() if key != "required"}


@cache
def _scalars() -> dict[type, str]:
    import numpy as np

    kinds: dict[str, tuple[type, ...]] = {
        "boolean": (bool, np.bool_),
        "integer": (np.int32,),
        "long": (int, np.int64),
        "float": (np.float32,),
        "double": (float, np.float64),
        "string": (str, np.str_),
        "binary": (bytes, np.bytes_, bytearray),
        "datetime": (datetime.date, datetime.datetime, np.datetime64),
    }
    return {one: kind for kind, ones in kinds.items() for one in ones}
