"""W&B's charts: results of a classifier are drawn; of charts of tables the tables are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from runfolio.compat.wandb.places import At
from runfolio.compat.wandb.refusals import refuse_name, warn_unsupported
from runfolio.compat.wandb.tables import Table
from runfolio.errors import InvalidValue
from runfolio.tracking.arrays import to_array

_ADVICE = "Draw it with matplotlib, Altair or Plotly and log the figure."


def line(table: Table, x: str, y: str, *unused: Any, **options: Any) -> Table:
    """The table of a line chart."""
    return _without_chart(table, x, y)


def scatter(table: Table, x: str, y: str, *unused: Any, **options: Any) -> Table:
    """The table of a scatter chart."""
    return _without_chart(table, x, y)


def bar(table: Table, label: str, value: str, *unused: Any, **options: Any) -> Table:
    """The table of a bar chart."""
    return _without_chart(table, label, value)


def histogram(table: Table, value: str, *unused: Any, **options: Any) -> Table:
    """The table of a histogram."""
    return _without_chart(table, value)


def line_series(
    xs: Sequence[Any],
    ys: Sequence[Sequence[Any]],
    keys: Sequence[Any] | None = None,
    *unused: Any,
    **options: Any,
) -> Table:
    """A table of several lines: a row for each point, with its line's name."""
    shared = not any(hasattr(one, "__len__") for one in xs)
    names = list(keys) if keys is not None else [f"key_{number}" for number in range(len(ys))]
    rows = [
        [x, name, y]
        for number, (name, values) in enumerate(zip(names, ys, strict=True))
        for x, y in zip(xs if shared else xs[number], values, strict=False)
    ]
    return _without_chart(Table(columns=["step", "lineKey", "lineVal"], data=rows))


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[Any] | None = None,
    title: str | None = None,
    **options: Any,
) -> Table:
    """A table of how many of each class were taken for each class."""
    if y_true is None or (probs is None) == (preds is None):
        raise InvalidValue("A confusion matrix needs y_true, and either preds or probs.")
    guesses = to_array(preds) if preds is not None else to_array(probs).argmax(axis=1)
    pairs = list(zip(to_array(y_true).tolist(), guesses.tolist(), strict=True))
    classes = sorted({one for pair in pairs for one in pair})
    if class_names is not None:
        classes = list(range(len(class_names)))
    names = [str(one) for one in (class_names if class_names is not None else classes)]
    counts = Counter(pairs)
    matrix = [[counts[true, taken] for taken in classes] for true in classes]
    return _ConfusionMatrix(names, matrix)


class _ConfusionMatrix(Table):
    """A confusion matrix as W&B's table of it, which is kept to be drawn."""

    def __init__(self, names: Sequence[str], matrix: Sequence[Sequence[int]]) -> None:
        rows = [
            [actual, guess, count]
            for actual, line in zip(names, matrix, strict=True)
            for guess, count in zip(names, line, strict=True)
        ]
        super().__init__(columns=["Actual", "Predicted", "nPredictions"], data=rows)
        self._names, self._matrix = names, matrix

    def keep(self, at: At) -> None:
        """Keep the counts in their series."""
        at.run.log_confusion_matrix(
            matrix=self._matrix, labels=self._names, path=at.key, step=at.step
        )


class _Curves:
    """Curves over the thresholds of a classifier."""

    def __init__(self, kind: str, y_true: Any, y_score: Any, labels: Sequence[Any] | None) -> None:
        if y_true is None or y_score is None:
            raise InvalidValue(f"A {kind} curve needs y_true and y_probas.")
        self._kind, self._cases, self._labels = kind, (y_true, y_score), labels

    def keep(self, at: At) -> None:
        """Keep the curves in their series."""
        log = at.run.log_roc_curve if self._kind == "roc" else at.run.log_pr_curve
        log(*self._cases, name=at.key, labels=self._labels, step=at.step)


def roc_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[Any] | None = None,
    *unused: Any,
    **options: Any,
) -> _Curves:
    """ROC curves, one for each class, or for the second of two."""
    return _Curves("roc", y_true, y_probas, labels)


def pr_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[Any] | None = None,
    *unused: Any,
    **options: Any,
) -> _Curves:
    """Curves of precision by recall, one for each class, or for the second of two."""
    return _Curves("pr", y_true, y_probas, labels)


def _without_chart(table: Table, *columns: str) -> Table:
    for column in columns:
        table.get_column(column)
    warn_unsupported("plot", f"the chart's table is kept, but the chart isn't drawn. {_ADVICE}")
    return table


def __getattr__(name: str) -> Any:
    if name == "plot_table":
        raise refuse_name(f"plot.{name}", _ADVICE)
    raise AttributeError(f"module 'runfolio.compat.wandb.plot' has no attribute {name!r}")
