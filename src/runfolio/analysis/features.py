"""Parameters of any kind as columns of numbers that a forest can split."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NOT_SET: Final = "not set"
MAX_CATEGORIES: Final = 16
_LABEL_SHARE: Final = 0.8
_MIN_FOR_LABEL: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """A parameter: columns (runs × width), and its numbers (NaN: not set) or its labels."""

    name: str
    columns: Floats
    numbers: Floats | None
    labels: tuple[str, ...]


def build_features(params: Mapping[str, Sequence[Any]]) -> list[Feature]:
    """Features of the parameters that may tell something, in the given order.

    Left out are constants, and texts that differ in more than 80 % of the runs: they name runs.
    That a number is missing becomes a column of its own, unless a category says so already (the
    depth of trees is missing wherever the model is linear, and must not take the model's share).
    """
    texts = {name: _labels(values) for name, values in params.items() if not _are_numbers(values)}
    texts = {name: labels for name, labels in texts.items() if _tells(labels)}
    categories = [labels for labels in texts.values() if NOT_SET not in labels]
    found = (
        _category(name, texts[name]) if name in texts else _number(name, values, categories)
        for name, values in params.items()
        if name in texts or _are_numbers(values)
    )
    return [feature for feature in found if feature is not None]


def label_of(value: object) -> str:
    """A value as a category's name, with true and false as in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def is_number(value: object) -> bool:
    """Whether a value is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_numbers(values: Sequence[Any]) -> bool:
    kinds = {type(value) for value in values if value is not None}
    return all(issubclass(kind, int | float) and kind is not bool for kind in kinds)


def _labels(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(NOT_SET if value is None else label_of(value) for value in values)


def _tells(labels: tuple[str, ...]) -> bool:
    counts = Counter(labels)
    if len(counts) < 2:
        return False
    held = len(labels) - counts.pop(NOT_SET, 0)
    return held < _MIN_FOR_LABEL or len(counts) <= _LABEL_SHARE * held


def _category(name: str, labels: tuple[str, ...]) -> Feature:
    """One column per category, for the commonest ones only when there are many."""
    counts = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    common = [label for label, _ in counts[:MAX_CATEGORIES]]
    array = np.array(labels, dtype=object)
    columns = np.stack([array == label for label in common], axis=1).astype(np.float64)
    return Feature(name, columns, None, labels)


def _number(
    name: str, values: Sequence[Any], categories: Sequence[tuple[str, ...]]
) -> Feature | None:
    """The rank of each number: splits of a tree do not change, and no number is too large."""
    numbers = np.array([_float(value) for value in values])
    missing = np.isnan(numbers)
    distinct, ranks = np.unique(numbers[~missing], return_inverse=True)
    if missing.all() or (len(distinct) < 2 and not missing.any()):
        return None
    column = np.full(len(numbers), float(np.median(ranks)))
    column[~missing] = ranks
    columns = [column] if len(distinct) > 1 else []
    if missing.any() and not any(_settles(labels, missing) for labels in categories):
        columns.append(missing.astype(np.float64))
    if not columns:
        return None
    return Feature(name, np.stack(columns, axis=1), numbers, ())


def _float(value: float | None) -> float:
    try:
        return math.nan if value is None else float(value)
    except OverflowError:
        return math.inf if value is not None and value > 0 else -math.inf


def _settles(labels: tuple[str, ...], missing: NDArray[np.bool_]) -> bool:
    """Whether each category has the number set in all of its runs or in none."""
    return len(set(zip(labels, missing.tolist(), strict=True))) == len(set(labels))
