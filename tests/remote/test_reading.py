"""Reading a store on object storage: damage, changes, copies, and what is fetched."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest

import runfolio
from runfolio.errors import ExperimentNotFound, StoreDamaged
from runfolio.store import Edit, read_overview, read_store, write_edit
from runfolio.store.mirror import Mirror
from runfolio.store.packing import pack_store
from runfolio.store.remote import RemoteStore, StoredObject
from runfolio.store.remote_sealing import seal_remote
from tests.remote.processes import content, parts, remote
from tests.store.samples import write_run, write_sealed_run


def upload(folder: Path, url: str) -> None:
    """Copy a store to an address, as ``aws s3 sync`` does."""
    for path in folder.rglob("*"):
        if path.is_file():
            remote(url).put(path, path.relative_to(folder).as_posix())


def download(url: str, folder: Path) -> Path:
    """Copy a store from an address, as ``aws s3 sync`` does."""
    for path, data in content(url).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def same(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables are equal; NaN equals itself here."""
    return one.schema == other.schema and repr(one.to_pydict()) == repr(other.to_pydict())


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were downloaded since it was last cleared."""
    paths: list[str] = []
    fetch = RemoteStore.fetch

    def note(self: RemoteStore, objects: Iterable[StoredObject], into: Path) -> set[str]:
        wanted = list(objects)
        paths.extend(one.path for one in wanted)
        return fetch(self, wanted, into)

    monkeypatch.setattr(RemoteStore, "fetch", note)
    return paths


def test_a_store_is_moved_either_way_by_copying(url: str, store: Path, tmp_path: Path) -> None:
    write_sealed_run(store)
    write_run(store)
    upload(store, url)
    far, near = read_store(url), read_store(store)
    for name in ("runs", "params", "tags", "metrics", "summaries"):
        assert same(getattr(far, name), getattr(near, name)), name
    back = read_store(download(url, tmp_path / "back"))
    assert same(back.metrics, near.metrics)


def test_a_live_run_is_copied_with_its_journal_in_parts(url: str, tmp_path: Path) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        for step in range(3):
            run.log_metric("loss", step)
            assert run._remote is not None
            assert run._remote._upload is not None
            run._remote._upload.upload()
        copy = download(url, tmp_path / "copy")
        assert len(list(copy.glob("runs/*/journal/*"))) == 4
        tables = read_store(copy)
        assert tables.metrics["value"].to_pylist() == [0, 1, 2]
        assert tables.runs["status"].to_pylist() == ["RUNNING"]


def test_parts_count_up_to_the_first_gap(url: str, store: Path) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        for step in range(3):
            run.log_metric("loss", step)
            assert run._remote is not None
            assert run._remote._upload is not None
            run._remote._upload.upload()
        third = list(parts(url))[2]
        remote(url).delete([third])
        assert read_store(url).metrics["value"].to_pylist() == [0]


def test_only_what_changed_is_fetched_again(url: str, store: Path, fetched: list[str]) -> None:
    write_sealed_run(store)
    upload(store, url)
    read_store(url)
    assert len(fetched) == 9
    fetched.clear()
    read_store(url)
    assert fetched == []
    other = write_sealed_run(store)
    upload(store, url)
    assert read_store(url).runs.num_rows == 2
    assert len(fetched) == 8
    assert all(other.run_id in path for path in fetched)
    fetched.clear()
    remote(url).delete([path for path in remote(url).list() if other.run_id in path])
    assert read_store(url).runs.num_rows == 1
    assert fetched == []


def test_an_overview_fetches_one_object_a_run(url: str, store: Path, fetched: list[str]) -> None:
    for _ in range(3):
        write_sealed_run(store)
    upload(store, url)
    assert same(read_overview(url).summaries, read_overview(store).summaries)
    assert sorted({path.rpartition("/")[2] for path in fetched}) == [
        "manifest.json",
        "runfolio.json",
    ]
    assert len(fetched) == 4


def test_packed_and_resumed_runs_are_read(url: str, store: Path, fetched: list[str]) -> None:
    folders = [write_sealed_run(store) for _ in range(3)]
    pack_store(store)
    upload(store, url)
    assert read_overview(url).params == read_overview(store).params
    assert not [path for path in fetched if "/metrics" in path]
    run_id = folders[1].run_id
    with runfolio.start_run(store=url, run_id=run_id, capture=False) as run:
        run.log_metric("loss", 7)
        assert sorted(read_overview(url).runs["status"].to_pylist())[-1] == "RUNNING"
    tables = read_store(url)
    assert tables.runs["run_id"].to_pylist() == sorted(one.run_id for one in folders)
    assert tables.metrics.num_rows == 3 * 4 + 1
    assert seal_remote(remote(url), run_id)


@pytest.mark.parametrize("name", ["metrics", "run", "manifest"])
def test_a_damaged_object_is_reported_under_its_address(name: str, url: str, store: Path) -> None:
    whole, damaged = write_sealed_run(store), write_sealed_run(store)
    upload(store, url)
    (path,) = [
        path for path in remote(url).list(f"runs/{damaged.run_id}") if f"/tables/{name}." in path
    ]
    remote(url).put(b"x" + (remote(url).read(path) or b"")[1:], path)
    tables = read_store(url)
    assert tables.runs["run_id"].to_pylist() == [whole.run_id]
    (damage,) = tables.damage
    assert damage.run_id == damaged.run_id
    assert damage.path == f"{url}/{path}"
    assert f"'{url}/{path}' " in damage.reason


def test_tables_without_a_manifest_do_not_count(url: str, store: Path) -> None:
    """As while they are put: the journal tells the run until the manifest is there."""
    live = write_run(store)
    sealed = write_sealed_run(store)
    for table in sealed.tables.glob("*.parquet"):
        remote(url).put(table, f"runs/{live.run_id}/tables/{table.name}")
    upload(live.path, f"{url}/runs/{live.run_id}")
    remote(url).create()
    tables = read_store(url)
    assert tables.runs["run_id"].to_pylist() == [live.run_id]
    assert tables.metrics.num_rows == 4
    assert tables.damage == ()


def test_a_missing_table_is_damage(url: str, store: Path) -> None:
    folder = write_sealed_run(store)
    upload(store, url)
    remote(url).delete([f"runs/{folder.run_id}/tables/metrics.parquet"])
    (damage,) = read_store(url).damage
    assert damage.path == f"{url}/runs/{folder.run_id}/tables/metrics.parquet"


def test_a_run_that_is_sealed_while_it_is_fetched_is_read_sealed(
    url: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_run(store)
    upload(store, url)
    fetch = RemoteStore.fetch
    sealed = False

    def seal_first(self: RemoteStore, objects: Iterable[StoredObject], into: Path) -> set[str]:
        nonlocal sealed
        if not sealed:
            sealed = True
            assert seal_remote(remote(url), folder.run_id)
        return fetch(self, objects, into)

    monkeypatch.setattr(RemoteStore, "fetch", seal_first)
    tables = read_store(url)
    assert tables.metrics.num_rows == 4
    assert tables.damage == ()
    assert not parts(url)


def test_edits_are_single_objects(url: str, store: Path) -> None:
    folder = write_sealed_run(store)
    upload(store, url)
    before = content(url)
    first = write_edit(url, Edit(1, "run", folder.run_id, {"name": "renamed"}))
    second = write_edit(url, Edit(1, "run", folder.run_id, {"note": "x"}))
    assert second.time == first.time + 1
    after = content(url)
    assert {path: after[path] for path in before} == before
    assert len(after) == len(before) + 2
    (row,) = read_store(url).runs.to_pylist()
    assert (row["name"], row["note"]) == ("renamed", "x")


def test_experiments_are_described_and_shown(url: str) -> None:
    runfolio.describe_experiment("wine", primary_metric="loss", direction="down", store=url)
    with runfolio.start_run(store=url, experiment="wine", name="one", capture=False) as run:
        run.log_metric("loss", 1)
    experiment = runfolio.get_experiment("wine", store=url)
    assert [one["name"] for one in experiment.runs] == ["one"]
    assert read_store(url).experiments["wine"].direction == "down"
    with pytest.raises(ExperimentNotFound, match=f"No experiment 'beer' in '{url}'"):
        runfolio.get_experiment("beer", store=url)


def test_the_environment_may_name_an_address(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFOLIO_STORE", f"{url}/")
    with runfolio.start_run(capture=False) as run:
        run.log_metric("loss", 1)
    assert read_store().metrics.num_rows == 1


def test_a_damaged_marker_is_named_by_its_address(url: str) -> None:
    remote(url).put(b"{}", "runfolio.json")
    with pytest.raises(StoreDamaged, match=f"'{url}/runfolio.json' doesn't say a format"):
        read_store(url)


def test_objects_that_would_lie_elsewhere_are_left_out(
    bucket: str, url: str, store: Path, tmp_path: Path
) -> None:
    import s3fs

    write_sealed_run(store)
    upload(store, url)
    storage = s3fs.S3FileSystem(skip_instance_cache=True)
    prefix = url.removeprefix("s3://")
    for name in ("runs/../../escaped", "runs/x/../../../escaped", "runs/a//b", "runs/" + "x" * 300):
        storage.call_s3("put_object", Bucket=bucket, Key=f"team/runs/{name}", Body=b"x")
    storage.call_s3("put_object", Bucket=bucket, Key="team/runs/runs/", Body=b"")
    mirror = Mirror(RemoteStore(url), tmp_path / "mirror" / "root")
    mirror.bring("everything")
    found = {
        path.relative_to(tmp_path / "mirror").parts[0] for path in (tmp_path / "mirror").rglob("*")
    }
    assert found == {"root"}
    assert read_store(url).runs.num_rows == 1
    storage.pipe_file(f"{prefix}/packs", b"a file where a folder is expected")
    with pytest.raises(StoreDamaged, match=r"/packs' is no folder\. Restore it"):
        read_store(url)


def test_the_mirror_keeps_the_times_of_the_objects(url: str, store: Path) -> None:
    folder = write_run(store)
    upload(store, url)
    root = read_store(url).root
    for path, one in remote(url).list("runs").items():
        assert (root / path).stat().st_mtime == pytest.approx(one.modified, abs=1e-3)
    assert folder.journals.is_dir()


def test_a_store_in_memory_works_as_well() -> None:
    """Nothing is special about S3: any protocol of fsspec will do."""
    url = "memory://team/runs"
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_metric("loss", 1)
        run.log_text("text", "a b?.txt")
    tables = read_store(url)
    assert tables.metrics["value"].to_pylist() == [1]
    assert (tables.root / "runs" / run.id / "artifacts" / "a b?.txt").read_text() == "text"
    assert not parts(url)
