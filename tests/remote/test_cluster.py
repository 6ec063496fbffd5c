"""A report made by a Dask cluster, from a store and to a site on object storage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runfolio.site import build_report
from runfolio.spreading import Engine
from tests.remote.conftest import Server
from tests.remote.test_reading import download
from tests.remote.test_site import files, objects
from tests.site.stores import split_finely, write_store

BUILD = "from runfolio.cli.report import main; main()"
distributed = pytest.importorskip("distributed", reason="distributed is not installed")


@pytest.fixture(autouse=True)
def _finely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    split_finely(monkeypatch)


@pytest.fixture
def cluster(server: Server) -> Iterator[Any]:
    """Three workers, each a process with the environment that leads to the object storage."""
    del server
    with distributed.LocalCluster(
        n_workers=3,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
    ) as found:
        yield found


def on(cluster: Any) -> Engine:
    return Engine(backend="dask", scheduler=cluster.scheduler_address)


def test_a_cluster_makes_the_same_site_from_and_to_object_storage(
    url: str, bucket: str, cluster: Any, tmp_path: Path
) -> None:
    write_store(url)
    near = download(url, tmp_path / "team" / "runs")
    summary = build_report(near, output=tmp_path / "near", engine=Engine(jobs=1))
    far = build_report(url, output=f"s3://{bucket}/site", engine=on(cluster))
    assert objects(f"s3://{bucket}/site") == files(tmp_path / "near")
    assert (far.runs, far.pages) == (summary.runs, summary.pages)
    assert far.published.files == summary.published.files
    assert far.published.bytes == summary.published.bytes
    before = objects(f"s3://{bucket}/site")
    again = build_report(url, output=f"s3://{bucket}/site", engine=on(cluster))
    assert objects(f"s3://{bucket}/site") == before
    assert again.published.files == far.published.files


def test_what_is_gone_from_the_store_goes_from_the_site(
    url: str, bucket: str, cluster: Any, tmp_path: Path
) -> None:
    import runfolio

    ids = write_store(url)
    build_report(url, output=f"s3://{bucket}/site", engine=on(cluster))
    runfolio.delete_runs(ids[7], store=url)
    build_report(url, output=f"s3://{bucket}/site", engine=on(cluster))
    near = download(url, tmp_path / "team" / "runs")
    build_report(near, output=tmp_path / "near", engine=Engine(jobs=1))
    assert objects(f"s3://{bucket}/site") == files(tmp_path / "near")


def test_a_shared_folder_is_written_by_all(cluster: Any, tmp_path: Path) -> None:
    store = tmp_path / "runs"
    write_store(store)
    build_report(store, output=tmp_path / "here", engine=Engine(jobs=1))
    build_report(store, output=tmp_path / "there", engine=on(cluster))
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_a_worker_that_is_killed_costs_no_page(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker is killed by its process id, as soon as it has written its first pages."""
    store, killed = tmp_path / "runs", []
    write_store(store, 30)
    build_report(store, output=tmp_path / "here", engine=Engine(jobs=1))
    with distributed.Client(cluster.scheduler_address) as client:
        workers = list(client.run(os.getpid).values())
    done = threading.Event()

    def kill_one() -> None:
        while not done.is_set():
            if any(tmp_path.glob(".there.*.tmp/runs/*.html")):
                os.kill(workers[0], signal.SIGKILL)
                killed.append(workers[0])
                return
            done.wait(0.005)

    killer = threading.Thread(target=kill_one)
    killer.start()
    try:
        summary = build_report(store, output=tmp_path / "there", engine=on(cluster))
    finally:
        done.set()
        killer.join()
    assert killed
    assert summary.runs == 29
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_the_command_takes_a_scheduler(cluster: Any, tmp_path: Path) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"
    write_store(store, 6)
    words = ["--backend", "dask", "--scheduler", cluster.scheduler_address, "--profile"]
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(store), "--output", str(site), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "make runs" in done.stderr
    assert len(list(site.glob("runs/*.html"))) == 5
