"""The engine on a Dask cluster: processes on loopback, of which some are killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runfolio.errors import InvalidFilter, InvalidValue, WorkersLost
from runfolio.spreading import Engine
from tests.spreading.tasks import (
    Page,
    double,
    end_itself,
    fail_at_three,
    read_mark,
    tell_process,
    text_of,
    write_page,
)

distributed = pytest.importorskip("distributed", reason="distributed is not installed")


def start(workers: int) -> Any:
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with start(3) as found:
        yield found


@pytest.fixture
def engine(cluster: Any) -> Engine:
    return Engine(backend="dask", scheduler=cluster.scheduler_address)


def test_all_results_come_from_the_workers(engine: Engine) -> None:
    with engine.opened():
        assert engine.workers == 3
        with engine.map(double, range(40)) as results:
            assert sorted(results) == [2 * number for number in range(40)]
        with engine.map(tell_process, range(40)) as results:
            found = set(results)
    assert len(found) == 3
    assert os.getpid() not in found


def test_what_a_task_raises_is_raised_here(engine: Engine) -> None:
    with (
        pytest.raises(InvalidFilter, match="three is no good"),
        engine.map(fail_at_three, range(20)) as results,
    ):
        list(results)


def test_a_worker_that_is_killed_costs_no_result(engine: Engine, tmp_path: Path) -> None:
    pages = [Page(str(tmp_path), number, waits=7) for number in range(60)]
    with engine.map(write_page, pages) as results:
        found = [next(results) for _ in range(5)]
        killed = read_mark(tmp_path / "waiting")
        os.kill(killed, signal.SIGKILL)
        found += results
    assert sorted(number for number, _ in found) == list(range(60))
    assert dict(found)[7] != killed
    for number in range(60):
        assert (tmp_path / f"{number}.txt").read_text() == text_of(number)


def test_a_task_that_kills_every_worker_is_given_up() -> None:
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        start(1) as cluster,
        pytest.raises(WorkersLost, match="Dask gave up a task"),
        Engine(backend="dask", scheduler=cluster.scheduler_address).map(
            end_itself, range(5)
        ) as results,
    ):
        list(results)


def test_one_worker_does_it_rather_than_this_process() -> None:
    with start(1) as cluster:
        engine = Engine(1, "dask", cluster.scheduler_address)
        with engine.map(tell_process, range(5)) as results:
            found = set(results)
    assert len(found) == 1
    assert os.getpid() not in found


def test_without_a_scheduler_a_cluster_is_started() -> None:
    with Engine(2, "dask").opened(), Engine(2, "dask").map(tell_process, range(20)) as results:
        found = set(results)
    assert len(found) == 2
    assert os.getpid() not in found


def test_a_scheduler_that_is_not_there_is_told_in_a_line() -> None:
    import dask

    engine = Engine(backend="dask", scheduler="tcp://127.0.0.1:1")
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "500ms"}),
        pytest.raises(InvalidValue, match=r"'tcp://127.0.0.1:1' can't be reached: .*running\?"),
        engine.map(double, [1]),
    ):
        raise AssertionError("it was reached")


def test_a_cluster_without_workers_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from runfolio.spreading import clusters

    monkeypatch.setattr(clusters, "_PATIENCE", 0.5)
    with start(0) as cluster:
        engine = Engine(backend="dask", scheduler=cluster.scheduler_address)
        with pytest.raises(WorkersLost, match="has no worker"), engine.map(double, [1]):
            raise AssertionError("it has one")
