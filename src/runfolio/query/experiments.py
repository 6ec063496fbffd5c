"""The experiments of a store as a pandas table."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidFilter
from runfolio.query.directions import Primary, choose_primary
from runfolio.query.language import Field, evaluate, order_runs, parse_filter, parse_order
from runfolio.query.search import check_limit, check_view
from runfolio.schema import FAILED, KILLED
from runfolio.store import ExperimentSettings, read_overview
from runfolio.store.edited import View
from runfolio.store.layout import StorePath

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from runfolio.store import StoreOverview


def search_experiments(
    filter: str = "",  # noqa: A002
    order_by: str | Sequence[str] = (),
    *,
    limit: int | None = None,
    view: View = "active",
    store: StorePath | None = None,
) -> pd.DataFrame:
    """Find experiments and return them as a pandas table, a row each.

    `filter` and `order_by` are as those of `search_runs`, on ``name``, ``note``, ``start_time`` (of
    the first run) and ``end_time`` (the last activity); without `order_by` those with the latest
    activity come first. Columns: name, runs, start_time, last_activity (aware, UTC),
    primary_metric, direction, best, best_run_id, note.
    """
    import numpy as np
    import pandas as pd

    check_view(view)
    check_limit(limit)
    node = parse_filter(filter)
    keys = parse_order([order_by] if isinstance(order_by, str) else list(order_by))
    overview = read_overview(store, view=view)
    rows = describe_experiments(overview)
    rows.sort(key=lambda row: (-(row["last_activity"] or 0), row["name"]))
    columns = _ExperimentColumns(rows)
    shown = evaluate(node, columns, now=time.time_ns() // 1000)
    order = order_runs(keys, columns) if keys else np.arange(len(rows))
    chosen = [rows[place] for place in order[shown[order]][:limit].tolist()]
    frame = pd.DataFrame(chosen, columns=COLUMNS)
    for name in ("start_time", "last_activity"):
        moments = pd.Series(frame[name], dtype="float64")
        frame[name] = pd.to_datetime(moments, unit="us", utc=True).dt.as_unit("us")
    return frame.astype({"runs": "int64", "best": "float64"})


COLUMNS = (
    *("name", "runs", "start_time", "last_activity"),
    *("primary_metric", "direction", "best", "best_run_id", "note"),
)


class _ExperimentColumns:
    """Experiments as the columns that a filter asks for."""

    _NAMES: Final = {"run_name": "name", "experiment": "name", "run_id": "name", "note": "note"}
    _TIMES: Final = {"start_time": "start_time", "end_time": "last_activity"}

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self.count = len(rows)

    def text(self, field: Field) -> np.ndarray:
        import numpy as np

        values = np.full(self.count, None, object)
        values[:] = [row[self._name(field, self._NAMES)] for row in self._rows]
        return values

    def numbers(self, field: Field) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        values = [row[self._name(field, self._TIMES)] for row in self._rows]
        present = np.array([value is not None for value in values], np.bool_)
        return np.array([value or 0 for value in values], np.float64), present

    @staticmethod
    def _name(field: Field, names: dict[str, str]) -> str:
        if field.entity != "attribute" or field.key not in names:
            raise InvalidFilter(
                f"Experiments have no {field.key!r} to search by. "
                "Use name, note, start_time or end_time."
            )
        return names[field.key]

    def has_metric(self, key: str) -> bool:  # noqa: ARG002
        return False

    def datasets(self) -> list[list[tuple[str, str, str | None]]]:
        return [[] for _ in self._rows]


def describe_experiments(overview: StoreOverview) -> list[dict[str, Any]]:
    """Each experiment as a row, by name; experiments without runs too."""
    rows = _runs_by_experiment(overview)
    known = sorted({*rows, *overview.experiments})
    values = _last_values(overview)
    return [
        _describe(name, rows.get(name, []), values, overview.experiments.get(name))
        for name in known
    ]


def _runs_by_experiment(overview: StoreOverview) -> dict[str, list[dict[str, Any]]]:
    import pyarrow as pa

    table = overview.runs.select(["run_id", "experiment", "status", "start_time", "end_time"])
    for name in ("start_time", "end_time"):
        place = table.column_names.index(name)
        table = table.set_column(place, name, table[name].cast(pa.int64()))
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        rows.setdefault(row["experiment"], []).append(row)
    return rows


def _last_values(overview: StoreOverview) -> dict[str, dict[str, float]]:
    """The last value of each metric of each run."""
    values: dict[str, dict[str, float]] = {}
    columns = (overview.summaries[name].to_pylist() for name in ("run_id", "key", "last"))
    for run_id, key, last in zip(*columns, strict=True):
        values.setdefault(run_id, {})[key] = last
    return values


def _describe(
    name: str,
    runs: list[dict[str, Any]],
    values: dict[str, dict[str, float]],
    settings: ExperimentSettings | None,
) -> dict[str, Any]:
    counts = Counter(key for run in runs for key in values.get(run["run_id"], {}))
    primary = choose_primary(dict(counts), setting=settings)
    best, best_run = _best(runs, values, primary)
    moments = [run["end_time"] or run["start_time"] for run in runs]
    return {
        "name": name,
        "runs": len(runs),
        "start_time": min((run["start_time"] for run in runs), default=None),
        "last_activity": max(moments, default=None),
        "primary_metric": primary.metric if primary else None,
        "direction": primary.direction if primary else None,
        "best": best,
        "best_run_id": best_run,
        "note": settings.note if settings else None,
    }


def _best(
    runs: list[dict[str, Any]], values: dict[str, dict[str, float]], primary: Primary | None
) -> tuple[float | None, str | None]:
    """The best last value of the primary metric; of runs that broke off only if all did."""
    if primary is None:
        return None, None
    sound = [run for run in runs if run["status"] not in (FAILED, KILLED)] or runs
    found = [(values.get(run["run_id"], {}).get(primary.metric), run["run_id"]) for run in sound]
    known = [(value, run_id) for value, run_id in found if value is not None and value == value]
    choose = max if primary.direction == "up" else min
    return choose(known, key=lambda pair: pair[0], default=(None, None))
