"""Dask and Ray, joined through joblib's backends for them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from runfolio.errors import InvalidValue, MissingDependency, WorkersLost

_LIBRARIES: Final = {"dask": "distributed", "ray": "ray"}

_RAY_ACTORS: Final = {"max_restarts": 3, "max_task_retries": 3}
"""A worker of Ray that was killed is started anew, so often, and does again what it was doing."""


_PATIENCE: Final = 10.0
"""Seconds that workers of a cluster may take to be there."""


def check_library(backend: str) -> None:
    """Raise `MissingDependency` where what a backend needs is not installed."""
    if backend in _LIBRARIES:
        _import(backend)


@contextmanager
def joined_dask(scheduler: str | None, workers: int | None, *, threads: bool) -> Iterator[Any]:
    """A client of the Dask at `scheduler`, else of the one that is there, else of a cluster made.

    A cluster that is made has so many workers, by default one for each core: processes, or
    `threads` of this one.
    """
    distributed = _import("dask")
    present = _present_client(scheduler)
    if present is not None:
        yield present
    elif scheduler is not None:
        with _connect(scheduler) as client:
            yield client
    else:
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=not threads,
            dashboard_address="127.0.0.1:0",  # without one, Dask's own port on every interface
            scheduler_kwargs={"dashboard": False},
        )
        with cluster, distributed.Client(cluster) as client:
            yield client


def make_dask_backend(client: Any) -> Any:
    """joblib's backend for Dask, by the client to use; raises where it has no worker."""
    from runfolio.spreading.dask_backend import DaskBackend

    _await_workers(client)
    return DaskBackend(client=client)


def make_ray_backend() -> Any:
    """joblib's backend for Ray, as Ray itself has it."""
    backend = importlib.import_module("ray.util.joblib.ray_backend")
    return backend.RayBackend(ray_remote_args=_RAY_ACTORS)


def count_dask_cores(scheduler: str | None) -> int:
    """The cores of the Dask cluster that this process is connected to; 0 for none."""
    client = _present_client(scheduler)
    return 0 if client is None else sum(client.ncores().values())


def _present_client(scheduler: str | None) -> Any:
    """The client that this process has, if it is one of that scheduler's."""
    distributed = _import("dask")
    try:
        client = distributed.default_client()
    except ValueError:
        return None
    return client if scheduler in (None, client.scheduler.address) else None


def _connect(scheduler: str) -> Any:
    distributed = _import("dask")
    try:
        return distributed.Client(scheduler)
    except (OSError, TimeoutError, ValueError) as error:
        raise InvalidValue(
            f"Dask's scheduler {scheduler!r} can't be reached: {error}. Is it running?"
        ) from None


def _await_workers(client: Any) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise WorkersLost(
            f"Dask's cluster at {client.scheduler.address!r} has no worker. Start some, with "
            "`dask worker`."
        ) from None


def _import(backend: str) -> Any:
    name = _LIBRARIES[backend]
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingDependency(
            f"The backend {backend} needs {name}: {error}. pip install 'runfolio[{backend}]'"
        ) from None
