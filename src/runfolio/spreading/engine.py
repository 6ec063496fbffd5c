"""The engine: how many tasks run at a time, and where.

Whatever may run elsewhere is a function of a module and a plain value, both of which can be
pickled, and does no harm when it is done twice: a cluster that loses a worker gives what it was
doing to another one.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar

from runfolio.errors import InvalidValue, WorkersLost
from runfolio.spreading import clusters
from runfolio.spreading.calls import Call, do_call

Backend = Literal["loky", "threading", "dask", "ray"]

BACKENDS: Final[tuple[Backend, ...]] = ("loky", "threading", "dask", "ray")
"""joblib's names: processes and threads of this machine, a Dask cluster, and Ray."""

LOCAL: Final = ("loky", "threading")

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Engine:
    """Runs `jobs` tasks at a time, by default as many as the machine or the cluster has cores.

    `scheduler` is the address of Dask's. One job on this machine runs in this very process.
    """

    jobs: int | None = None
    backend: str = "loky"
    scheduler: str | None = None

    def __post_init__(self) -> None:
        """Raise unless tasks can be run so, as far as it can be told before any is."""
        if self.backend not in BACKENDS:
            raise InvalidValue(
                f"There is no backend {self.backend!r}. Choose from {', '.join(BACKENDS)}."
            )
        if self.scheduler is not None and self.backend != "dask":
            raise InvalidValue(
                f"A scheduler is Dask's, and the backend is {self.backend!r}. Leave one out."
            )
        if self.jobs is not None and self.jobs < 1:
            raise InvalidValue(f"{self.jobs} jobs are none. Take at least one.")
        clusters.check_library(self.backend)

    @property
    def workers(self) -> int:
        """How many tasks run at a time, as far as it is known before they do."""
        if self.jobs is not None:
            return self.jobs
        connected = clusters.count_dask_cores(self.scheduler) if self.backend == "dask" else 0
        return connected or _count_cores()

    @property
    def is_local(self) -> bool:
        """Whether tasks run on this machine, rather than wherever a cluster has workers."""
        return self.backend in LOCAL

    @property
    def is_here(self) -> bool:
        """Whether tasks run in this very process, one after another."""
        return self.is_local and self.workers == 1

    def fitted(self, tasks: int) -> Engine:
        """This engine with no more jobs than there are tasks; on a cluster as it is."""
        if not self.is_local:
            return self
        return replace(self, jobs=1 if tasks <= 1 else min(tasks, self.workers))

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Stay connected to a cluster for all that is mapped within the block."""
        with self._joined(threads=False):
            yield

    @contextmanager
    def map(
        self, function: Callable[[T], R], tasks: Iterable[T], *, waiting: bool = False
    ) -> Iterator[Iterator[R]]:
        """Give what `function` makes of each task as they end, in any order.

        `tasks` are taken one by one, by other threads, a few ahead of those that run. What a task
        raises is raised here, and the rest is dropped, as it is where the block ends early.
        `waiting` says that tasks only wait for programs: none is handed over ahead. Raises
        `WorkersLost` where processes were killed and the backend gives up.
        """
        if self.is_here:
            yield map(function, tasks)
            return
        import joblib

        # A process that got large ends after a task, and another one takes its place.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        with ExitStack() as stack:
            backend = self._make_backend(stack.enter_context(self._joined(threads=waiting)))
            stack.enter_context(joblib.parallel_config(backend, n_jobs=self.jobs or -1))
            parallel = joblib.Parallel(
                return_as="list" if self.backend == "ray" else "generator_unordered",
                batch_size=1,
                pre_dispatch=self._ahead(waiting),
            )
            calls = (joblib.delayed(do_call)(Call(function, task)) for task in tasks)
            results = iter(parallel(calls))
            stack.callback(_drop, results)
            yield _told(results)

    def _joined(self, *, threads: bool) -> Any:
        if self.backend != "dask":
            return nullcontext()
        return clusters.joined_dask(self.scheduler, self.jobs, threads=threads)

    def _make_backend(self, client: Any) -> Any:
        if self.backend == "dask":
            return clusters.make_dask_backend(client)
        return clusters.make_ray_backend() if self.backend == "ray" else self.backend

    def _ahead(self, waiting: bool) -> int | str:
        """How many tasks are handed over at a time, in joblib's words."""
        if self.backend == "dask" and self.jobs is not None:
            return self.jobs  # joblib has as many jobs as the cluster has cores
        return "n_jobs" if waiting else "2 * n_jobs"


def _told(results: Iterator[R]) -> Iterator[R]:
    try:
        yield from results
    except BrokenExecutor:
        raise WorkersLost(
            "A process that worked was killed, mostly for want of memory. Take fewer jobs."
        ) from None


def _drop(results: Any) -> None:
    """Give up what was not yet taken of a map, of which joblib would warn."""
    if hasattr(results, "close"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.close()


def _count_cores() -> int:
    import joblib

    count: int = joblib.cpu_count()
    return count
