"""MLflow's calls that read runs: one by one, their points, and by search."""
# mypy: allow-untyped-calls

from __future__ import annotations

from dataclasses import replace

import mlflow.entities as entities
from mlflow.store.entities.paged_list import PagedList
from mlflow.utils.search_utils import SearchUtils
from mlflow.utils.validation import _validate_metric_name

from runfolio.compat.mlflow.base import StoreBase
from runfolio.compat.mlflow.experiment_store import STAGES, check_max_results
from runfolio.compat.mlflow.failures import as_mlflow_says
from runfolio.compat.mlflow.latest import choose_last
from runfolio.compat.mlflow.runs import make_runs
from runfolio.store import read_overview
from runfolio.store.single import SingleRun


class SearchStore(StoreBase):
    """Runs as they stand in the store, whoever logs to them."""

    @as_mlflow_says()
    def get_run(self, run_id: str) -> entities.Run:
        return self._describe(self._writers.read(run_id))

    def _describe(self, read: SingleRun) -> entities.Run:
        deleted = read.deleted is not None
        tables = replace(read.tables, summaries=choose_last(read.tables))
        (run,) = make_runs(tables, self._edits.read(), deleted=deleted)
        return run

    @as_mlflow_says()
    def get_metric_history(
        self,
        run_id: str,
        metric_key: str,
        max_results: int | None = None,
        page_token: str | None = None,
    ) -> PagedList[entities.Metric]:
        import pyarrow as pa
        import pyarrow.compute as pc

        _validate_metric_name(metric_key)
        points = self._writers.read(run_id).tables.metrics
        points = points.filter(pc.equal(points["key"], metric_key))
        times = pc.divide(points["time"].cast(pa.int64()), 1000).to_pylist()
        rows = zip(points["value"].to_pylist(), times, points["step"].to_pylist(), strict=True)
        history = [entities.Metric(metric_key, *row, run_id=run_id) for row in rows]
        if max_results is None:
            offset = SearchUtils.parse_start_offset_from_page_token(page_token)
            return PagedList(history[offset:], None)
        return PagedList(*SearchUtils.paginate(history, page_token, max_results))

    @as_mlflow_says()
    def _search_runs(
        self,
        experiment_ids: list[str],
        filter_string: str | None,
        run_view_type: int,
        max_results: int,
        order_by: list[str] | None,
        page_token: str | None,
    ) -> tuple[list[entities.Run], str | None]:
        """Search without points, and the schemas and profiles of data sets; `get_run` reads them.

        So where a metric's greatest step repeats, a search knows the value that was logged last.
        """
        check_max_results(max_results)
        wanted = {str(one) for one in experiment_ids}
        runs = self._list_runs(run_view_type, wanted)
        ordered = SearchUtils.sort(SearchUtils.filter(runs, filter_string), order_by)
        page, token = SearchUtils.paginate(ordered, page_token, max_results)
        return page, token

    def _list_runs(self, view: int, experiments: set[str]) -> list[entities.Run]:
        words = self._edits.read()
        found: list[entities.Run] = []
        for stage in STAGES[view]:
            tables = read_overview(self._root, view=stage)
            deleted = stage == "deleted"
            found += make_runs(tables, words, deleted=deleted, experiments=experiments)
        return found
