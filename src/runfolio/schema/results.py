"""Results that are no metric: confusion matrices and curves, and the JSON files that hold them.

A file is an object with ``runfolio`` ("confusion-matrix" or "curve"), ``version`` and the fields of
the record.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from runfolio.errors import InvalidName, InvalidValue
from runfolio.schema.params import as_text
from runfolio.schema.tables import check_name

CONFUSION_MATRIX: Final = "confusion-matrix"
CURVE: Final = "curve"
RESULTS_VERSION: Final = 1
MAX_CLASSES: Final = 1000

CURVE_TITLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "roc": ("false positive rate", "true positive rate"),
        "pr": ("recall", "precision"),
        "calibration": ("predicted probability", "observed share"),
    }
)
"""The kinds of curves that are drawn with what belongs to them, and the titles of their axes."""


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """How often each class was taken for each: `counts` has a row for each true class."""

    name: str
    labels: tuple[str, ...]
    counts: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        check_name(self.name, "confusion matrix")
        _check_labels(self.labels)
        size = len(self.labels)
        if len(self.counts) != size or any(len(row) != size for row in self.counts):
            widths = sorted({len(row) for row in self.counts})
            raise InvalidValue(
                f"A confusion matrix of {size} labels has {size} rows and columns, not "
                f"{len(self.counts)} rows of {' or '.join(map(str, widths)) or 'no'} columns."
            )
        for row in self.counts:
            for count in row:
                if not _is_finite(count) or count < 0:
                    raise InvalidValue(
                        f"A confusion matrix holds counts from 0, not {count!r}. Check the matrix."
                    )


@dataclass(frozen=True, slots=True)
class ResultCurve:
    """A curve that is no metric by step, such as a ROC curve.

    `kind` is one of `CURVE_TITLES`, or None for any other curve. Curves of one name share a chart,
    where `label` tells them apart. `scores` are what the whole curve comes to, such as its AUC.
    """

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    x_title: str = "x"
    y_title: str = "y"
    kind: str | None = None
    label: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_name(self.name, "curve")
        if self.kind is not None and self.kind not in CURVE_TITLES:
            known = ", ".join(map(repr, CURVE_TITLES))
            raise InvalidValue(f"A curve is of kind {known} or None, not {self.kind!r}.")
        if len(self.x) != len(self.y) or not self.x:
            raise InvalidValue(
                f"The curve {self.name!r} needs as many x as y, and at least one: it has "
                f"{len(self.x)} x and {len(self.y)} y."
            )
        for axis, values in (("x", self.x), ("y", self.y), ("scores", self.scores.values())):
            for value in values:
                if not _is_finite(value):
                    raise InvalidValue(
                        f"The {axis} of the curve {self.name!r} must be finite numbers, not "
                        f"{value!r}."
                    )


Result = ConfusionMatrix | ResultCurve


def encode_result(result: Result) -> bytes:
    """The JSON file of a result."""
    if isinstance(result, ConfusionMatrix):
        shape = CONFUSION_MATRIX
        fields: dict[str, Any] = {
            "name": result.name,
            "labels": result.labels,
            "counts": result.counts,
        }
    else:
        shape = CURVE
        fields = {
            "name": result.name,
            "kind": result.kind,
            "label": result.label,
            "x_title": result.x_title,
            "y_title": result.y_title,
            "scores": dict(result.scores),
            "x": result.x,
            "y": result.y,
        }
    document = {"runfolio": shape, "version": RESULTS_VERSION, **fields}
    return (json.dumps(document, allow_nan=False, separators=(",", ":")) + "\n").encode()


def read_result(content: bytes) -> Result:
    """The result in a JSON file; raises `InvalidValue` when it holds none that can be used."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidValue(f"A result is a JSON file, but this is none: {error}.") from None
    shape = document.get("runfolio") if isinstance(document, dict) else None
    if not isinstance(shape, str) or shape not in _READERS:
        raise InvalidValue("The JSON file says of no result what it is.")
    if document.get("version") != RESULTS_VERSION:
        raise InvalidValue(
            f"The result is of version {document.get('version')!r}, and {RESULTS_VERSION} is read "
            "here. Install a newer Runfolio."
        )
    try:
        return _READERS[shape](document)
    except InvalidName as error:
        raise InvalidValue(str(error)) from None
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise InvalidValue(
            f"The file of a {shape} lacks a field, or one is of a wrong type: {error}."
        ) from None


def _read_matrix(document: Mapping[str, Any]) -> ConfusionMatrix:
    labels = tuple(map(as_text, document["labels"]))
    return ConfusionMatrix(document["name"], labels, tuple(map(tuple, document["counts"])))


def _read_curve(document: Mapping[str, Any]) -> ResultCurve:
    label = document.get("label")
    return ResultCurve(
        name=document["name"],
        x=tuple(document["x"]),
        y=tuple(document["y"]),
        x_title=as_text(document["x_title"]),
        y_title=as_text(document["y_title"]),
        kind=document.get("kind"),
        label=None if label is None else as_text(label),
        scores={as_text(key): value for key, value in document.get("scores", {}).items()},
    )


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Result]]] = {
    CONFUSION_MATRIX: _read_matrix,
    CURVE: _read_curve,
}


def _check_labels(labels: Sequence[str]) -> None:
    if not 1 <= len(labels) <= MAX_CLASSES:
        raise InvalidValue(
            f"A confusion matrix has 1 to {MAX_CLASSES:,} classes, not {len(labels):,}. "
            "Log labels, not scores."
        )
    if len(set(labels)) < len(labels):
        twice = next(one for at, one in enumerate(labels) if one in labels[:at])
        raise InvalidValue(
            f"Two classes of a confusion matrix read {twice!r}. Give labels of one type, each once."
        )


def _is_finite(value: object) -> bool:
    """Whether a value is a number that a float can hold."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
