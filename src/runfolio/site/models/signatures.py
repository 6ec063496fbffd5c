"""What a model takes and gives, as rows of tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runfolio.analysis.numbers import count_noun
from runfolio.models.signature import Column, Parameter, Signature, Tensor, describe_type

if TYPE_CHECKING:
    from runfolio.models.signature import Field

MAX_FIELDS: Final = 200
MAX_VALUE: Final = 120


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A column, tensor or parameter: its name, its type, and what else there is to say of it."""

    name: str
    type: str
    more: str


@dataclass(frozen=True, slots=True)
class FieldTable:
    """The inputs, outputs or parameters of a model; `hint` says when some are left out."""

    title: str
    head: str
    count: str
    rows: tuple[FieldRow, ...]
    hint: str


def view_signature(signature: Signature | None) -> tuple[FieldTable, ...]:
    """A table each of inputs, outputs and parameters, as far as a signature tells of them."""
    if signature is None:
        return ()
    tables = (
        _table("Inputs", "input", signature.inputs, map(_field, signature.inputs or ())),
        _table("Outputs", "output", signature.outputs, map(_field, signature.outputs or ())),
        _table("Parameters", "parameter", signature.params, map(_param, signature.params or ())),
    )
    return tuple(one for one in tables if one is not None)


def _table(
    title: str, head: str, told: Sequence[object] | None, rows: Iterable[FieldRow]
) -> FieldTable | None:
    if not told:
        return None
    shown = tuple(rows)[:MAX_FIELDS]
    left = len(told) - len(shown)
    hint = f"and {left:,} more" if left else ""
    return FieldTable(title, head, _count(told), shown, hint)


def _count(told: Sequence[object]) -> str:
    noun = {Column: "column", Tensor: "tensor", Parameter: "parameter"}[type(told[0])]
    return count_noun(len(told), noun)


def _field(field: Field) -> FieldRow:
    optional = isinstance(field, Column) and not field.required
    return FieldRow(field.name or "", describe_type(field), "optional" if optional else "")


def _param(param: Parameter) -> FieldRow:
    default = json.dumps(param.default, ensure_ascii=False, default=str)
    shown = default if len(default) <= MAX_VALUE else f"{default[: MAX_VALUE - 1]}…"
    return FieldRow(param.name, describe_type(param), f"default {shown}")
