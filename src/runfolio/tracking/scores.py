"""From true classes and scores to what is logged of them: counts, and curves over thresholds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from runfolio.errors import InvalidValue
from runfolio.schema import as_text
from runfolio.tracking.arrays import to_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = tuple[list[float], list[float], dict[str, float]]


def count_classes(
    y_true: Any, y_pred: Any, labels: Sequence[Any] | None
) -> tuple[list[str], list[list[int]]]:
    """The classes as text, and how often each (a row) was taken for each (a column).

    `labels` are the classes in the order to show, or names for classes that are numbers from 0.
    """
    import numpy as np

    true, guessed = _read_classes(y_true, "y_true"), _read_classes(y_pred, "y_pred")
    _check_lengths(len(true), len(guessed), "y_pred")
    classes = _sort_classes({*true, *guessed}) if labels is None else _plain_list(labels)
    places = _place_classes(classes, {*true, *guessed})
    size = len(classes)
    flat = [places[one] * size + places[other] for one, other in zip(true, guessed, strict=True)]
    counts = np.bincount(flat, minlength=size * size).reshape(size, size)
    return [as_text(one) for one in classes], counts.tolist()


def roc_points(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> Points:
    """The ROC curve and the area under it."""
    from sklearn.metrics import auc, roc_curve

    false_rate, true_rate, _ = roc_curve(positive, scores)
    return false_rate.tolist(), true_rate.tolist(), {"auc": float(auc(false_rate, true_rate))}


def pr_points(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> Points:
    """Precision by recall, the average precision, and the precision of guessing at random."""
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(positive, scores, drop_intermediate=True)
    facts = {
        "average_precision": float(average_precision_score(positive, scores)),
        "base_rate": float(positive.mean()),
    }
    return recall[::-1].tolist(), precision[::-1].tolist(), facts


def calibration_points(
    positive: NDArray[np.bool_], scores: NDArray[np.float64], *, bins: int
) -> Points:
    """The share that is positive by predicted probability, in `bins` equal ones; Brier's score."""
    from sklearn.calibration import calibration_curve
    from sklearn.metrics import brier_score_loss

    if scores.min() < 0 or scores.max() > 1:
        raise InvalidValue(
            f"Calibration is of probabilities from 0 to 1, not {float(scores.min()):g} to "
            f"{float(scores.max()):g}. Give predict_proba, not decision_function."
        )
    observed, predicted = calibration_curve(positive, scores, n_bins=bins)
    facts = {"brier": float(brier_score_loss(positive, scores))}
    return predicted.tolist(), observed.tolist(), facts


def draw_curves(
    points: Callable[[Any, Any], Points],
    y_true: Any,
    y_score: Any,
    *,
    labels: Sequence[Any] | None,
    pos_label: Any,
) -> Iterator[tuple[str | None, Points]]:
    """The curve of each class with its name, or of the positive one of two without a name."""
    cases = list(_split_cases(y_true, y_score, labels, pos_label))
    usable = [(name, one, score) for name, one, score in cases if 0 < one.sum() < len(one)]
    if not usable:
        raise InvalidValue(
            "A curve over thresholds needs cases of both classes in y_true; all of "
            f"{len(cases[0][1])} are of one."
        )
    for name, one, score in usable:
        yield name, points(one, score)


def _split_cases(
    y_true: Any, y_score: Any, labels: Sequence[Any] | None, pos_label: Any
) -> Iterator[tuple[str | None, NDArray[np.bool_], NDArray[np.float64]]]:
    """What is positive and how it was scored, for each class that a curve is for."""
    import numpy as np

    scores, true = _read_scores(y_score), _read_classes(y_true, "y_true")
    _check_lengths(len(true), len(scores), "y_score")
    classes = _sort_classes(set(true)) if labels is None else _plain_list(labels)
    columns = scores.shape[1]
    if columns > 1 and columns != len(classes):
        raise InvalidValue(
            f"y_score has {columns} columns for {len(classes)} classes: {classes[:5]!r}. "
            "Give labels=… in the order of the columns."
        )
    if columns == 1 and pos_label is None and len(classes) > 2:
        raise InvalidValue(
            f"y_true has {len(classes)} classes: {classes[:5]!r}. Give a column of scores for "
            "each, or pos_label."
        )
    places = _place_classes(classes, set(true))

    def case(place: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        positive = np.array([places[one] == place for one in true])
        return positive, scores[:, place if columns > 1 else 0]

    if pos_label is not None:
        known = places | {one: place for place, one in enumerate(classes)}
        if pos_label not in known:
            raise InvalidValue(f"No class is pos_label={pos_label!r}, but {classes[:5]!r}.")
        yield None, *case(known[pos_label])
    elif len(classes) <= 2:
        yield None, *case(len(classes) - 1)
    else:
        for place, name in enumerate(classes):
            yield as_text(name), *case(place)


def _read_scores(y_score: Any) -> NDArray[np.float64]:
    """Scores as a table with a column for each class, or one."""
    import numpy as np

    try:
        scores = to_array(y_score).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"y_score must be numbers: {error}.") from None
    if scores.ndim not in (1, 2) or not scores.size:
        raise InvalidValue(
            "y_score is a score for each case, or a column of them for each class, not of shape "
            f"{scores.shape}."
        )
    if not np.isfinite(scores).all():
        bad = int((~np.isfinite(scores)).sum())
        raise InvalidValue(f"y_score must be finite, but {bad:,} of {scores.size:,} are not.")
    return scores.reshape(len(scores), -1)


def _read_classes(values: Any, what: str) -> list[Any]:
    """One class for each case, as plain values."""
    array = to_array(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array.ravel()
    if array.ndim != 1 or not array.size:
        raise InvalidValue(
            f"{what} holds one label for each case, not values of shape {array.shape}."
        )
    listed: list[Any] = array.tolist()
    for value in listed:
        if value is None or value != value or not _is_hashable(value):
            raise InvalidValue(f"{what} holds {value!r}, which is no label.")
    return listed


def _is_hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _plain_list(labels: Any) -> list[Any]:
    return [one.item() if hasattr(one, "item") else one for one in labels]


def _sort_classes(classes: set[Any]) -> list[Any]:
    try:
        return sorted(classes)
    except TypeError:
        return sorted(classes, key=lambda one: (type(one).__name__, str(one)))


def _place_classes(classes: Sequence[Any], seen: set[Any]) -> dict[Any, int]:
    """Where each class stands; `classes` may also be the names of classes numbered from 0."""
    places = {one: place for place, one in enumerate(classes)}
    if seen <= places.keys():
        return places
    if seen <= set(range(len(classes))):
        return {place: place for place in range(len(classes))}
    unknown = next(one for one in _sort_classes(seen) if one not in places)
    raise InvalidValue(
        f"The class {unknown!r} is none of the labels {list(classes[:5])!r}. Give all labels, or "
        "none."
    )


def _check_lengths(true: int, other: int, what: str) -> None:
    if true != other:
        raise InvalidValue(
            f"y_true and {what} must be equally long: {true:,} and {other:,} cases were given."
        )
