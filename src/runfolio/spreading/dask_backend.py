"""joblib's backend for Dask, told also of what Dask gave up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from joblib._dask import DaskDistributedBackend

from runfolio.errors import WorkersLost


class DaskBackend(DaskDistributedBackend):  # type: ignore[misc]
    """joblib's own, which would wait for ever for a task whose worker died again and again.

    And which would do itself what there is one worker for.
    """

    def effective_n_jobs(self, n_jobs: int | None) -> int:
        """How many tasks there are places for; joblib runs all in this process where that is 1."""
        found: int = super().effective_n_jobs(n_jobs)
        return max(2, found)

    def submit(self, func: Any, callback: Callable[[Any], Any]) -> Future[Any]:
        """Hand a task over; `callback` hears of its result, and of the failure of Dask as well."""
        future: Future[Any] = super().submit(func, callback)

        def tell(ended: Future[Any]) -> None:
            if ended.exception() is not None:
                callback(ended)

        future.add_done_callback(tell)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """The result of a task, or what it raises; `WorkersLost` where Dask gave it up."""
        if isinstance(out, Future):
            raise WorkersLost(f"Dask gave up a task: {out.exception()}")
        return super().retrieve_result_callback(out)
