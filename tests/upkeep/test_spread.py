"""Recovering and packing with several jobs: the same bytes as with one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runfolio.errors import InvalidValue
from runfolio.spreading import Engine
from runfolio.store import packing, read_store, replay
from runfolio.store.layout import PackFolder, list_pack_folders, list_run_folders
from runfolio.store.liveness import describe_writer
from runfolio.store.pack_shares import PackShare, write_share
from runfolio.store.sealed import read_run_manifest, read_sealed_tables
from runfolio.store.sealing import write_sealed
from runfolio.upkeep import recovery
from runfolio.upkeep.packing import pack
from runfolio.upkeep.recovery import recover
from tests.store.samples import begin_run, write_sealed_run

GONE = {"boot": "an earlier one"}
HERE = Engine(1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
    ) as found:
        yield found


@pytest.fixture(params=["loky", "threading", "dask"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "dask":
        found = request.getfixturevalue("cluster")
        return Engine(backend="dask", scheduler=found.scheduler_address)
    return Engine(2, request.param)


def write_dead_runs(store: Path) -> None:
    """Seven runs of a process that is gone, one of them damaged, and one that is alive."""
    for number in range(7):
        _, journal = begin_run(store, writer=describe_writer() | GONE, name=f"run {number}")
        for step in range(20):
            journal.append_points(("loss", "acc"), step, step, [step, -step / 3])
        journal.close()
    broken = list_run_folders(store)[3]
    (path,) = broken.journals.iterdir()
    path.write_bytes(b"x" * 100)
    begin_run(store)[1].close()


def contents(root: Path) -> dict[str, bytes]:
    """All files of a store by path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_recovering_is_the_same_with_several_jobs(
    store: Path, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "_SHARE", 2)
    write_dead_runs(store)
    other = tmp_path / "other"
    shutil.copytree(store, other)
    mine, theirs = recover(store=store, engine=HERE), recover(store=other, engine=engine)
    assert (len(mine.runs), len(mine.running), len(mine.damaged)) == (6, 1, 1)
    assert (theirs.runs, theirs.running) == (mine.runs, mine.running)
    assert [one.run_id for one in theirs.damaged] == [one.run_id for one in mine.damaged]
    assert contents(other) == contents(store)
    assert recover(store=other, engine=engine).runs == ()


def points_of(store: Path) -> str:
    """All points, of which some are no numbers and equal nothing."""
    return repr(read_store(store).metrics.to_pylist())


def packed_tables(store: Path) -> list[dict[str, bytes]]:
    """The tables of each pack, whose ids are drawn."""
    found = [
        {path.name: path.read_bytes() for path in sorted(one.tables.glob("*.parquet"))}
        for one in list_pack_folders(store)
    ]
    return sorted(found, key=lambda tables: tables["run.parquet"])


def test_packing_is_the_same_with_several_jobs(
    store: Path, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "MAX_RUNS", 3)
    for number in range(8):
        write_sealed_run(store, name=f"run {number}")
    (list_run_folders(store)[4].tables / "params.parquet").write_bytes(b"broken")
    other = tmp_path / "other"
    shutil.copytree(store, other)
    shown: list[tuple[int, int]] = []
    mine = pack(store=store, engine=HERE)
    theirs = pack(store=other, engine=engine, progress=lambda *both: shown.append(both))
    assert (mine.runs, mine.packs) == (theirs.runs, theirs.packs) == (7, 3)
    assert [one.run_id for one in theirs.damaged] == [one.run_id for one in mine.damaged]
    assert packed_tables(other) == packed_tables(store)
    assert points_of(other) == points_of(store)
    assert shown[-1] == (7, 8)
    assert [one.run_id for one in list_run_folders(other)] == [mine.damaged[0].run_id]


def test_a_share_that_is_packed_twice_is_packed_once(store: Path) -> None:
    ids = tuple(sorted(write_sealed_run(store).run_id for _ in range(3)))
    before = points_of(store)
    share = PackShare(str(store), "ab" * 8, ids)
    first = write_share(share)
    after = contents(store)
    assert first.runs == 3
    assert write_share(share) == first
    assert contents(store) == after
    assert points_of(store) == before
    assert list_run_folders(store) == []


def test_a_share_goes_on_where_its_worker_was_killed(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runfolio.store import pack_shares

    class Killed(BaseException):
        pass

    def stop(*_: object) -> None:
        raise Killed

    ids = tuple(sorted(write_sealed_run(store).run_id for _ in range(3)))
    before = points_of(store)
    share = PackShare(str(store), "ab" * 8, ids)
    with monkeypatch.context() as patched:
        patched.setattr(pack_shares, "retire_tables", stop)
        with pytest.raises(Killed):
            write_share(share)
    assert PackFolder(store / "packs" / share.pack_id).path.exists()
    assert len(list_run_folders(store)) == 3
    assert write_share(share).runs == 3
    assert list_run_folders(store) == []
    assert points_of(store) == before


def test_a_run_sealed_anew_meanwhile_keeps_its_tables(store: Path) -> None:
    ids = tuple(sorted(write_sealed_run(store).run_id for _ in range(2)))
    share = PackShare(str(store), "ab" * 8, ids)
    folder = list_run_folders(store)[0]
    tables = read_sealed_tables(folder, read_run_manifest(folder))
    write_share(share)
    folder.path.mkdir()
    write_sealed(folder, tables, turn=2)
    write_share(share)
    assert folder.is_sealed


def test_a_store_at_an_address_is_packed_on_this_machine() -> None:
    pytest.importorskip("distributed", reason="distributed is not installed")
    with pytest.raises(InvalidValue, match=r"'s3://bucket/runs' is packed in a copy"):
        pack(store="s3://bucket/runs", engine=Engine(2, "dask"))


def test_what_a_worker_takes_for_alive_is_looked_at_again_here(
    store: Path, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, journal = begin_run(store)
    journal.close()
    engine = Engine(backend="dask", scheduler=cluster.scheduler_address)
    assert recover(store=store, engine=engine).running == (folder.run_id,)
    monkeypatch.setattr(replay, "is_dead", lambda *_, **__: True)  # in this process alone
    found = recover(store=store, engine=engine)
    assert ([one.id for one in found.runs], found.running) == ([folder.run_id], ())
