"""Which runs a filter matches, worked out column by column.

What is missing: a comparison with a value that a run does not have is false, whichever the
operator, as in MLflow; so ``!=``, ``NOT LIKE``, ``NOT CONTAINS``, ``NOT IN`` and ``NOT BETWEEN``
never match a missing value. NOT before a comparison is the plain complement: what
``metrics.loss > 1`` does not match, ``NOT metrics.loss > 1`` does, runs without the metric too.

NaN: ``!=`` matches it and nothing else does, where ``NOT IN`` counts as several ``!=``, and
``NOT BETWEEN`` as ``<`` or ``>``.

Data sets: a comparison is true when it is for any data set of the run; ``IS NULL`` when no data
set of the run has that fact.

Texts are compared by code point, letter case counts, and CONTAINS looks for the text as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from runfolio.query.language.columns import numbers_of_param, resolve
from runfolio.query.language.patterns import compile_like
from runfolio.query.language.rules import DATASET_KEYS, kind_of
from runfolio.query.language.syntax import (
    And,
    Comparison,
    Field,
    Node,
    Not,
    Value,
)
from runfolio.query.language.times import microseconds_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from runfolio.query.language.columns import Mask, Numbers, RunColumns, Texts

Test = Callable[[str], bool]


def evaluate(node: Node | None, columns: RunColumns, *, now: int) -> Mask:
    """For each run whether it matches; `now` is the time of the search in microseconds."""
    if node is None:
        return np.ones(columns.count, np.bool_)
    if isinstance(node, Not):
        return ~evaluate(node.node, columns, now=now)
    if isinstance(node, Comparison):
        return _compare(node, columns, now)
    join = np.logical_and if isinstance(node, And) else np.logical_or
    return reduce(join, (evaluate(one, columns, now=now) for one in node.nodes))


def _compare(comparison: Comparison, columns: RunColumns, now: int) -> Mask:
    field = resolve(comparison.field, columns)
    if field.entity == "dataset":
        return _compare_datasets(field, comparison, columns)
    kind = kind_of(field)
    texts = kind == "text" or (kind == "param" and not _has_numbers(comparison))
    if comparison.operator in ("IS NULL", "IS NOT NULL"):
        present = _present(columns.text(field)) if texts else columns.numbers(field)[1]
        return present if comparison.operator == "IS NOT NULL" else ~present
    if texts:
        return _compare_texts(columns.text(field), comparison)
    numbers = numbers_of_param(field, columns) if kind == "param" else columns.numbers(field)
    return _compare_numbers(numbers, comparison.operator, _numbers(comparison.values, now))


def _has_numbers(comparison: Comparison) -> bool:
    return any(isinstance(value, float) for value in comparison.values)


def _numbers(values: tuple[Value, ...], now: int) -> list[float]:
    return [
        value if isinstance(value, float) else microseconds_of(value, now)
        for value in values
        if not isinstance(value, str)
    ]


def _compare_numbers(column: Numbers, operator: str, values: list[float]) -> Mask:
    numbers, present = column
    return present & cast("Mask", _NUMBER_TESTS[operator](numbers, values))


_NUMBER_TESTS: Final[dict[str, Callable[[NDArray[Any], list[float]], NDArray[Any]]]] = {
    "=": lambda numbers, values: numbers == values[0],
    "!=": lambda numbers, values: numbers != values[0],
    "<": lambda numbers, values: numbers < values[0],
    "<=": lambda numbers, values: numbers <= values[0],
    ">": lambda numbers, values: numbers > values[0],
    ">=": lambda numbers, values: numbers >= values[0],
    "IN": lambda numbers, values: np.isin(numbers, values),
    "NOT IN": lambda numbers, values: ~np.isin(numbers, values),
    "BETWEEN": lambda numbers, values: (numbers >= values[0]) & (numbers <= values[1]),
    "NOT BETWEEN": lambda numbers, values: (numbers < values[0]) | (numbers > values[1]),
}


def _compare_texts(texts: Texts, comparison: Comparison) -> Mask:
    values = _texts(comparison)
    if comparison.operator == "=":
        return cast("Mask", (texts == values[0]).astype(np.bool_))
    test = text_test(comparison.operator, values)
    known: dict[Any, bool] = {None: False}
    for text in set(texts.tolist()) - {None}:
        known[text] = test(text)
    return np.fromiter(map(known.__getitem__, texts.tolist()), np.bool_, len(texts))


def _present(texts: Texts) -> Mask:
    return np.fromiter((text is not None for text in texts.tolist()), np.bool_, len(texts))


def _texts(comparison: Comparison) -> list[str]:
    return [value for value in comparison.values if isinstance(value, str)]


def text_test(operator: str, values: list[str]) -> Test:
    """What a text must be like to match an operator and its values."""
    if operator.startswith("NOT "):
        positive = text_test(operator.removeprefix("NOT "), values)
        return lambda text: not positive(text)
    if operator in ("LIKE", "ILIKE"):
        return compile_like(values[0], ignore_case=operator == "ILIKE")
    return _TEXT_TESTS[operator](values)


_TEXT_TESTS: Final[dict[str, Callable[[list[str]], Test]]] = {
    "=": lambda values: values[0].__eq__,
    "!=": lambda values: values[0].__ne__,
    "<": lambda values: values[0].__gt__,
    "<=": lambda values: values[0].__ge__,
    ">": lambda values: values[0].__lt__,
    ">=": lambda values: values[0].__le__,
    "IN": lambda values: frozenset(values).__contains__,
    "BETWEEN": lambda values: lambda text: values[0] <= text <= values[1],
    "CONTAINS": lambda values: lambda text: values[0] in text,
}


def _compare_datasets(field: Field, comparison: Comparison, columns: RunColumns) -> Mask:
    place = DATASET_KEYS.index(field.key)
    facts = [[one[place] for one in datasets] for datasets in columns.datasets()]
    if comparison.operator in ("IS NULL", "IS NOT NULL"):
        present = np.array([any(fact is not None for fact in some) for some in facts], np.bool_)
        return present if comparison.operator == "IS NOT NULL" else ~present
    test = text_test(comparison.operator, _texts(comparison))
    matches = [any(fact is not None and test(fact) for fact in some) for some in facts]
    return np.array(matches, np.bool_)
