"""What the fields of a filter are: their names and synonyms, their kinds, and what each kind takes.

Of the five kinds, ``text`` and ``number`` speak for themselves; a ``time`` is compared with
moments; a ``duration`` is a number of seconds; a ``param`` is compared as number or as text,
whichever the values are.
"""

from __future__ import annotations

from typing import Final, Literal

from runfolio.query.language.syntax import Ago, Comparison, Day, Entity, Field, Instant, Value

Kind = Literal["text", "number", "time", "duration", "param"]

ENTITIES: Final[dict[str, Entity]] = {
    "metrics": "metric",
    "metric": "metric",
    "params": "param",
    "param": "param",
    "parameters": "param",
    "parameter": "param",
    "tags": "tag",
    "tag": "tag",
    "attributes": "attribute",
    "attribute": "attribute",
    "attr": "attribute",
    "run": "attribute",
    "datasets": "dataset",
    "dataset": "dataset",
}

ATTRIBUTES: Final[dict[str, Kind]] = {
    "run_id": "text",
    "run_name": "text",
    "experiment": "text",
    "status": "text",
    "start_time": "time",
    "end_time": "time",
    "duration": "duration",
    "user_id": "text",
    "parent_id": "text",
    "note": "text",
    "host": "text",
    "source": "text",
    "git_commit": "text",
    "git_branch": "text",
    "git_dirty": "text",
    "artifact_uri": "text",
}

SYNONYMS: Final = {
    "id": "run_id",
    "name": "run_name",
    "run name": "run_name",
    "Run name": "run_name",
    "Run Name": "run_name",
    "user": "user_id",
    "created": "start_time",
    "Created": "start_time",
}
"""Other names of attributes; `created` and those with a capital or a space are MLflow's."""

DATASET_KEYS: Final = ("name", "digest", "context")

ORDERINGS: Final = frozenset({"<", "<=", ">", ">=", "BETWEEN", "NOT BETWEEN"})
PATTERNS: Final = frozenset(
    {"LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "CONTAINS", "NOT CONTAINS"},
)
OPERATORS: Final = (
    frozenset({"=", "!=", "IN", "NOT IN", "IS NULL", "IS NOT NULL"}) | ORDERINGS | PATTERNS
)


def kind_of(field: Field) -> Kind:
    """The kind of a field."""
    if field.entity == "metric":
        return "number"
    if field.entity == "param":
        return "param"
    return ATTRIBUTES[field.key] if field.entity == "attribute" else "text"


def takes_patterns(field: Field) -> bool:
    """Whether LIKE, CONTAINS and the like make sense for a field."""
    return kind_of(field) in ("text", "param")


def fits(comparison: Comparison) -> bool:
    """Whether the operator is one that the field takes, with as many values of the right type."""
    operator, values = comparison.operator, comparison.values
    if operator not in OPERATORS or not _right_number(operator, len(values)):
        return False
    if operator in PATTERNS and not all(isinstance(value, str) for value in values):
        return False
    return _right_types(kind_of(comparison.field), values)


def is_field(field: Field) -> bool:
    """Whether a field of that name can be asked for."""
    if field.entity == "attribute":
        return field.key in ATTRIBUTES
    return field.key in DATASET_KEYS if field.entity == "dataset" else field.key != ""


def _right_number(operator: str, count: int) -> bool:
    if operator in ("IN", "NOT IN"):
        return count > 0
    if operator in ("IS NULL", "IS NOT NULL"):
        return count == 0
    return count == (2 if operator in ("BETWEEN", "NOT BETWEEN") else 1)


def _right_types(kind: Kind, values: tuple[Value, ...]) -> bool:
    if kind == "time":
        return all(isinstance(value, Instant | Ago | Day) for value in values)
    numbers = all(isinstance(value, float) for value in values)
    texts = all(isinstance(value, str) for value in values)
    if kind == "param":
        return numbers or texts
    return texts if kind == "text" else numbers
