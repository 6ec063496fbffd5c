"""The verbs for what a model's answers come to: confusion matrices and curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal

from runfolio.errors import InvalidValue
from runfolio.schema import as_text
from runfolio.schema.results import (
    CONFUSION_MATRIX,
    CURVE,
    CURVE_TITLES,
    ConfusionMatrix,
    Result,
    ResultCurve,
    encode_result,
)
from runfolio.tracking.arrays import to_array
from runfolio.tracking.artifacts import ArtifactLog, safe_name

CurveKind = Literal["roc", "pr", "calibration"]


class ResultLog(ArtifactLog):
    """Keeps results as JSON files under ``results``, one for each, or a series of them by step."""

    def log_confusion_matrix(
        self,
        y_true: Any = None,
        y_pred: Any = None,
        *,
        matrix: Any = None,
        labels: Sequence[Any] | None = None,
        path: str = "confusion_matrix",
        step: int | None = None,
    ) -> None:
        """Keep how often each class was taken for each, at ``results/confusion_matrix.json``.

        Give the true and the predicted label of each case, or a square `matrix` of counts with a
        row for each true class. `labels` are the classes in the order to show, or names for classes
        that are numbers from 0. With `step` the matrix is one of a series. Raises `InvalidValue`
        for what is no confusion matrix.
        """
        given = matrix is not None
        if given is (y_true is not None) or given is (y_pred is not None):
            raise InvalidValue("A confusion matrix needs y_true and y_pred, or else matrix.")
        if given:
            names, counts = _read_matrix(matrix, labels)
        else:
            from runfolio.tracking.scores import count_classes

            names, counts = count_classes(y_true, y_pred, labels)
        name = path.removesuffix(".json")
        result = ConfusionMatrix(name, tuple(names), tuple(map(tuple, counts)))
        self._keep_result(result, name, name, step, kind=CONFUSION_MATRIX)

    def log_curve(
        self,
        name: str,
        x: Any,
        y: Any,
        *,
        x_title: str | None = None,
        y_title: str | None = None,
        kind: CurveKind | None = None,
        label: str | None = None,
        step: int | None = None,
    ) -> None:
        """Keep a curve that is no metric by step, at ``results/NAME.json``.

        Curves of one name and different `label` share a chart. `kind` "roc", "pr" or "calibration"
        is drawn with its diagonal and gives the axes their titles. With `step` the curve is one of
        a series. All points are kept. Raises `InvalidValue` for what is no curve.
        """
        self._keep_curve(name, x, y, {}, kind, label, step, titles=(x_title, y_title))

    def log_roc_curve(
        self,
        y_true: Any,
        y_score: Any,
        *,
        name: str = "roc",
        label: str | None = None,
        labels: Sequence[Any] | None = None,
        pos_label: Any = None,
        step: int | None = None,
    ) -> None:
        """Keep the ROC curve with the area under it, from true classes and scores.

        `y_score` is a score of the positive class for each case (`pos_label`, else the greater one
        of two), or a column of scores for each class, which keeps a curve for each: `labels` are
        then the classes in the order of the columns, or names for classes that are numbers from 0.
        A class that has no case, or all of them, has no curve. Raises `InvalidValue` where none is
        left, and for scores that are not finite.
        """
        from runfolio.tracking.scores import roc_points

        self._keep_curves(roc_points, y_true, y_score, "roc", name, label, labels, pos_label, step)

    def log_pr_curve(
        self,
        y_true: Any,
        y_score: Any,
        *,
        name: str = "precision-recall",
        label: str | None = None,
        labels: Sequence[Any] | None = None,
        pos_label: Any = None,
        step: int | None = None,
    ) -> None:
        """Keep precision by recall with the average precision; takes what `log_roc_curve` does."""
        from runfolio.tracking.scores import pr_points

        self._keep_curves(pr_points, y_true, y_score, "pr", name, label, labels, pos_label, step)

    def log_calibration_curve(
        self,
        y_true: Any,
        y_prob: Any,
        *,
        bins: int = 10,
        name: str = "calibration",
        label: str | None = None,
        labels: Sequence[Any] | None = None,
        pos_label: Any = None,
        step: int | None = None,
    ) -> None:
        """Keep which share was positive by predicted probability, in `bins`, with Brier's score.

        Takes what `log_roc_curve` does, but probabilities for scores.
        """
        from runfolio.tracking.scores import calibration_points

        points = partial(calibration_points, bins=bins)
        kind: CurveKind = "calibration"
        self._keep_curves(points, y_true, y_prob, kind, name, label, labels, pos_label, step)

    def _keep_curves(
        self,
        points: Callable[..., Any],
        y_true: Any,
        y_score: Any,
        kind: CurveKind,
        name: str,
        label: str | None,
        labels: Sequence[Any] | None,
        pos_label: Any,
        step: int | None,
    ) -> None:
        from runfolio.tracking.scores import draw_curves

        drawn = draw_curves(points, y_true, y_score, labels=labels, pos_label=pos_label)
        for of_class, (x, y, scores) in list(drawn):
            named = ", ".join(one for one in (label, of_class) if one is not None) or None
            self._keep_curve(name, x, y, scores, kind, named, step)

    def _keep_curve(
        self,
        name: str,
        x: Any,
        y: Any,
        scores: dict[str, float],
        kind: CurveKind | None,
        label: str | None,
        step: int | None,
        titles: tuple[str | None, str | None] = (None, None),
    ) -> None:
        usual = CURVE_TITLES.get(kind or "", ("x", "y"))
        x_title, y_title = (given or known for given, known in zip(titles, usual, strict=True))
        result = ResultCurve(
            name=name,
            x=_read_numbers(x, f"The x of the curve {name!r}"),
            y=_read_numbers(y, f"The y of the curve {name!r}"),
            x_title=as_text(x_title),
            y_title=as_text(y_title),
            kind=kind,
            label=None if label is None else as_text(label),
            scores=scores,
        )
        path = name if result.label is None else f"{name}/{safe_name(result.label)}"
        key = name if result.label is None else f"{name}/{result.label}"
        self._keep_result(result, path, key, step, kind=CURVE)

    def _keep_result(
        self, result: Result, path: str, key: str, step: int | None, *, kind: str
    ) -> None:
        content = encode_result(result)
        if step is None:
            self._keep(content, f"results/{path}.json", kind=kind)
        else:
            self._keep_in_series(content, key, step, kind=kind, suffix=".json", folder="results")


def _read_numbers(values: Any, what: str) -> tuple[float, ...]:
    import numpy as np

    try:
        array = to_array(values).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"{what} must be numbers: {error}.") from None
    if array.ndim != 1:
        raise InvalidValue(f"{what} must be a list of numbers, not of shape {array.shape}.")
    return tuple(array.tolist())


def _read_matrix(matrix: Any, labels: Sequence[Any] | None) -> tuple[list[str], list[list[Any]]]:
    try:
        array = to_array(matrix)
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"A confusion matrix must be numbers: {error}.") from None
    if array.ndim != 2 or array.dtype.kind not in "iuf":
        raise InvalidValue(
            f"A confusion matrix is a square table of counts, not {array.dtype} of shape "
            f"{array.shape}."
        )
    names = range(array.shape[0]) if labels is None else labels
    return [as_text(one) for one in names], array.tolist()
