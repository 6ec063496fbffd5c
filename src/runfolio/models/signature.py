"""What a model takes and gives: columns or tensors, and parameters, as MLflow writes them.

The form is that of the ``signature`` in an ``MLmodel`` file: three texts of JSON, as in
mlflow/models/signature.py and mlflow/types/schema.py of MLflow 2 and 3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from runfolio.documents import parse_json
from runfolio.models.words import clean, list_some, show

COLUMN_TYPES: Final = (
    *("boolean", "integer", "long", "float", "double", "string", "binary", "datetime"),
)
"""The types of columns and parameters that are no lists or objects; 32 bits are integer, float."""

MAX_DEPTH: Final = 100
"""How deep a signature may be nested."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `type` is one of `COLUMN_TYPES`, or a document such as an array of them."""

    name: str | None
    type: str | Mapping[str, Any]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array: `dtype` is NumPy's name of its type, and -1 in `shape` is any length."""

    name: str | None
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of predict, with its default: `shape` is None for one value, (-1,) for a list."""

    name: str
    type: str | Mapping[str, Any]
    default: Any
    shape: tuple[int, ...] | None = None


Field = Column | Tensor


@dataclass(frozen=True, slots=True)
class Signature:
    """What a model takes and gives; None is what nobody said.

    Inputs and outputs are all columns or all tensors. Where there are names, each has one.
    """

    inputs: tuple[Field, ...] | None = None
    outputs: tuple[Field, ...] | None = None
    params: tuple[Parameter, ...] | None = None

    @classmethod
    def parse(cls, document: object) -> Signature | None:
        """The signature that an ``MLmodel`` file tells; None for none. Raises `ValueError`."""
        if not isinstance(document, Mapping):
            return None
        inputs, outputs, params = (
            _read_list(document.get(key)) for key in ("inputs", "outputs", "params")
        )
        return cls(
            None if inputs is None else tuple(map(_read_field, inputs)),
            None if outputs is None else tuple(map(_read_field, outputs)),
            None if params is None else tuple(map(_read_parameter, params)),
        )

    def document(self) -> dict[str, str | None]:
        """The form that ``MLmodel`` files have it in."""
        return {
            "inputs": _write_list(self.inputs, _write_field),
            "outputs": _write_list(self.outputs, _write_field),
            "params": _write_list(self.params, _write_parameter),
        }


def describe_type(field: Field | Parameter) -> str:
    """A type in words, such as "double", "list of string" or "float32 (-1, 28, 28)"."""
    if isinstance(field, Tensor):
        shape = ", ".join(map(str, field.shape))
        return clean(f"{field.dtype} ({shape}{',' if len(field.shape) == 1 else ''})")
    if isinstance(field, Parameter) and field.shape is not None:
        return f"list of {_words(field.type)}"
    return _words(field.type)


def _words(said: object, depth: int = 0) -> str:
    if not isinstance(said, Mapping) or depth > 8:
        return clean(said) if isinstance(said, str) else "object"
    kind = said.get("type")
    if kind == "array":
        return f"list of {_words(said.get('items'), depth + 1)}"
    if kind == "map":
        return f"map of {_words(said.get('values'), depth + 1)}"
    if kind == "object" and isinstance(said.get("properties"), Mapping):
        pairs = said["properties"].items()
        inner = (f"{clean(str(name))}: {_words(one, depth + 1)}" for name, one in pairs)
        return f"{{{list_some(inner)}}}"
    return clean(kind) if isinstance(kind, str) else "object"


def _read_list(told: object) -> list[Any] | None:
    if told is None:
        return None
    found = parse_json(told) if isinstance(told, str) else told
    _check_depth(found)
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise ValueError(f"a signature is a list of objects, not {show(told, 80)}")
    return found


def _check_depth(value: Any, left: int = MAX_DEPTH) -> None:
    if left < 0:
        raise ValueError("a signature is nested too deeply")
    inside = value.values() if isinstance(value, Mapping) else value
    for one in inside if isinstance(value, Mapping | list) else ():
        _check_depth(one, left - 1)


def _read_field(told: Mapping[str, Any]) -> Field:
    name = told.get("name")
    name = name if isinstance(name, str) else None
    if told.get("type") == "tensor":
        spec = told.get("tensor-spec")
        if not isinstance(spec, Mapping):
            raise ValueError(f"the tensor {show(name)} of a signature has no tensor-spec")
        return Tensor(name, str(spec.get("dtype")), _read_shape(spec.get("shape")))
    required = told.get("required", not told.get("optional", False))
    return Column(name, _read_type(told), required is not False)


def _read_type(told: Mapping[str, Any]) -> str | Mapping[str, Any]:
    """A type by its name, or with all that MLflow says of what is in it."""
    kind = told.get("type")
    if not isinstance(kind, str):
        raise ValueError(f"a column of a signature has the type {show(kind)}")
    inside = _inside(told)
    return {"type": kind, **inside} if inside else kind


def _inside(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: told[key] for key in ("items", "properties", "values") if key in told}


def _read_parameter(told: Mapping[str, Any]) -> Parameter:
    shape = told.get("shape")
    return Parameter(
        str(told.get("name")),
        _read_type({"type": told.get("type") or told.get("dtype"), **_inside(told)}),
        told.get("default"),
        None if shape is None else _read_shape(shape),
    )


def _read_shape(told: object) -> tuple[int, ...]:
    if not isinstance(told, list) or not all(map(_is_length, told)):
        raise ValueError(f"a signature has the shape {show(told, 80)}")
    return tuple(told)


def _is_length(told: object) -> bool:
    return isinstance(told, int) and -1 <= told < 2**63


def _write_list(fields: Sequence[Any] | None, write: Any) -> str | None:
    return None if fields is None else json.dumps([write(one) for one in fields])


def _write_field(field: Field) -> dict[str, Any]:
    named = {} if field.name is None else {"name": field.name}
    if isinstance(field, Tensor):
        spec = {"dtype": field.dtype, "shape": list(field.shape)}
        return {"type": "tensor", "tensor-spec": spec, **named}
    return {**_write_type(field.type), **named, "required": field.required}


def _write_type(kind: str | Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind} if isinstance(kind, str) else dict(kind)


def _write_parameter(one: Parameter) -> dict[str, Any]:
    shape = None if one.shape is None else list(one.shape)
    return {"name": one.name, **_write_type(one.type), "default": one.default, "shape": shape}
