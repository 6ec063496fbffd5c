"""W&B's charts of tables: their tables are kept, the charts aren't drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

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
    names = list(class_names) if class_names is not None else classes
    counts = Counter(pairs)
    rows = [
        [str(actual), str(guess), counts[classes[row], classes[column]]]
        for row, actual in enumerate(names)
        for column, guess in enumerate(names)
    ]
    return _without_chart(Table(columns=["Actual", "Predicted", "nPredictions"], data=rows))


def _without_chart(table: Table, *columns: str) -> Table:
    for column in columns:
        table.get_column(column)
    warn_unsupported("plot", f"the chart's table is kept, but the chart isn't drawn. {_ADVICE}")
    return table


def __getattr__(name: str) -> Any:
    if name in ("roc_curve", "pr_curve", "plot_table"):
        raise refuse_name(f"plot.{name}", _ADVICE)
    raise AttributeError(f"module 'runfolio.compat.wandb.plot' has no attribute {name!r}")
