"""Searching a store's runs and experiments."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from runfolio.errors import InvalidValue
from runfolio.query.columns import StoreColumns
from runfolio.query.frame import make_frame
from runfolio.query.language import evaluate, order_runs, parse_filter, parse_order
from runfolio.schema import list_texts
from runfolio.store.edited import View
from runfolio.store.layout import StorePath
from runfolio.store.narrowing import check_experiments
from runfolio.store.reading import read_overview

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from runfolio.store import StoreOverview

VIEWS = ("active", "deleted", "all")


def search_runs(
    experiments: str | Collection[str] | None = None,
    filter: str = "",  # noqa: A002
    order_by: str | Sequence[str] = (),
    *,
    limit: int | None = None,
    view: View = "active",
    aggregates: str | Sequence[str] = (),
    store: StorePath | None = None,
) -> pd.DataFrame:
    """Find runs and return them as a pandas table, a row each.

    `experiments` is a name or several, by default all. `filter` is an expression such as
    ``metrics.loss < 0.1 and params.model = 'cnn'``, and `order_by` holds columns such as
    ``metrics.loss ASC``; without it the newest come first. `view` is "active", "deleted" or "all".

    Columns: run_id, experiment, name, status, start_time, end_time (aware, UTC), duration in
    seconds, parent_id, note, host, user, source, git_commit, git_branch, git_dirty; then
    ``params.NAME`` with their types, ``metrics.NAME`` (the last value), for each of `aggregates`
    ("min", "max", "best", "mean", "first", "count") ``metrics.NAME.min`` and so on, and
    ``tags.NAME``. Raises `InvalidFilter`, `ExperimentNotFound` and `StoreNotFound`.
    """
    columns, chosen = choose_runs(
        experiments, filter, order_by, limit=limit, view=view, store=store
    )
    asked = [aggregates] if isinstance(aggregates, str) else aggregates
    return make_frame(columns, chosen, aggregates=asked)


def choose_runs(
    experiments: str | Collection[str] | None,
    filter: str = "",  # noqa: A002
    order_by: str | Sequence[str] = (),
    *,
    limit: int | None,
    view: View,
    store: StorePath | None,
) -> tuple[StoreColumns, np.ndarray]:
    """All runs of a view, and the places of those that `search_runs` finds, in its order."""
    check_view(view)
    check_limit(limit)
    node = parse_filter(filter)
    keys = parse_order(list_texts(order_by, "An ordering", "Write 'metrics.loss DESC'."))
    overview = read_overview(store, view=view)
    columns = StoreColumns(overview)
    shown = _in_experiments(overview, columns, experiments, store)
    if node is not None:
        shown &= evaluate(node, columns, now=time.time_ns() // 1000)
    order = order_runs(keys, columns)
    return columns, order[shown[order]][:limit]


def _in_experiments(
    overview: StoreOverview,
    columns: StoreColumns,
    experiments: str | Collection[str] | None,
    store: StorePath | None,
) -> np.ndarray:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if experiments is None:
        return np.ones(columns.count, np.bool_)
    wanted = list_texts(experiments, "An experiment's name", "`runfolio ls` lists them.")
    if not _known(overview).issuperset(wanted):
        # Perhaps it is only that other views show their runs.
        check_experiments(read_overview(store, view="all"), wanted, overview.root)
    chosen = pc.is_in(columns.attribute("experiment"), value_set=pa.array(wanted, pa.string()))
    return np.asarray(chosen.to_numpy(zero_copy_only=False))


def _known(overview: StoreOverview) -> set[str]:
    return {*overview.runs["experiment"].unique().to_pylist(), *overview.experiments}


def check_view(view: object) -> None:
    """Raise `InvalidValue` unless `view` is one of `VIEWS`."""
    if view not in VIEWS:
        raise InvalidValue(f"A view is 'active', 'deleted' or 'all', not {view!r}.")


def check_limit(limit: object) -> None:
    """Raise `InvalidValue` unless `limit` is None or a number of rows."""
    if limit is not None and (type(limit) is not int or limit < 0):
        raise InvalidValue(f"A limit is a number of runs from 0, or None, not {limit!r}.")
