"""A store at an address is looked after with the same functions as a folder."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import runfolio
from runfolio.cli.main import main
from runfolio.errors import ExperimentNotFound, RunNotFound, StoreNotFound, StoreWriteFailed
from runfolio.schema import TABLES
from runfolio.store import read_store
from runfolio.store.remote import RemoteStore
from runfolio.store.remote_sealing import seal_remote
from runfolio.upkeep.changes import (
    delete_experiment,
    delete_runs,
    note_run,
    rename_experiment,
    rename_run,
    restore_experiment,
    restore_runs,
    tag_runs,
)
from runfolio.upkeep.garbage import gc
from runfolio.upkeep.packing import pack
from runfolio.upkeep.recovery import recover
from runfolio.upkeep.usage import du
from runfolio.upkeep.verification import verify
from tests.remote.processes import content, parts, read_line, remote, start

KILLED = """
    run = runfolio.start_run(store=url, experiment="wine", capture=False)
    for step in range(100):
        run.log_metric("loss", step)
        if step == 50:
            run._remote._upload.upload()
    print(run.id, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is uploaded but at the beginning, and where a script says so."""
    monkeypatch.setenv("RUNFOLIO_UPLOAD_INTERVAL", "3600")


def log_runs(url: str, count: int) -> list[str]:
    ids = []
    for _ in range(count):
        with runfolio.start_run(store=url, experiment="wine", capture=False) as run:
            run.log_metric("loss", 1)
            run.log_text("x" * 100, "a b/c.txt")
        ids.append(run.id)
    return ids


def kill_a_run(url: str) -> str:
    process = start(KILLED, url)
    run_id = read_line(process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    return run_id


def seen(url: str) -> dict[str, str]:
    """What readers see, as text."""
    read = read_store(url, view="all")
    assert not read.damage
    names = ("runs" if name == "run" else name for name in TABLES)
    return {name: repr(getattr(read, name).to_pylist()) for name in names}


def test_runs_are_changed(url: str) -> None:
    first, second = log_runs(url, 2)
    assert tag_runs(first, {"label": "best"}, store=url) == [first]
    assert note_run(first, "**good**", store=url) == first
    assert rename_run(first, "alone", store=url) == first
    assert delete_runs([second], store=url) == [second]
    read = read_store(url)
    assert read.runs.select(["run_id", "name", "note"]).to_pylist() == [
        {"run_id": first, "name": "alone", "note": "**good**"}
    ]
    assert read.tags.to_pylist() == [{"run_id": first, "key": "label", "value": "best"}]
    restore_runs(second, store=url)
    assert read_store(url).runs.num_rows == 2
    with pytest.raises(RunNotFound):
        delete_runs("nothing", store=url)


def test_experiments_are_changed(url: str) -> None:
    ids = sorted(log_runs(url, 2))
    rename_experiment("wine", "beer", store=url)
    assert set(read_store(url).runs["experiment"].to_pylist()) == {"beer"}
    assert sorted(delete_experiment("beer", store=url)) == ids
    assert read_store(url).runs.num_rows == 0
    assert sorted(restore_experiment("beer", store=url)) == ids
    with pytest.raises(ExperimentNotFound, match=url):
        delete_experiment("wine", store=url)


def test_what_a_killed_process_left_is_recovered(url: str) -> None:
    run_id = kill_a_run(url)
    with runfolio.start_run(store=url, capture=False) as live:
        live.log_metric("loss", 1)
        found = recover(store=url)
        assert found.running == (live.id,)
    (run,) = found.runs
    assert (run.id, run.experiment, run.status, run.points) == (run_id, "wine", "KILLED", 100)
    assert found.damaged == ()
    assert not parts(url)
    assert recover(store=url).runs == ()


def test_a_dead_run_is_recovered_without_its_spool(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_a_run(url)
    monkeypatch.setenv("RUNFOLIO_SPOOL", str(tmp_path / "elsewhere"))
    (run,) = recover(store=url).runs
    assert (run.status, run.points) == ("KILLED", 51)


def test_a_run_that_was_sealed_too_soon_is_told(url: str) -> None:
    run_id = kill_a_run(url)
    assert seal_remote(remote(url), run_id)
    found = recover(store=url)
    assert found.runs == ()
    (problem,) = found.damaged
    assert problem.run_id == run_id
    assert "before everything was uploaded" in problem.reason


def test_packing_changes_nothing_that_readers_see(url: str) -> None:
    ids = log_runs(url, 3)
    for number in range(20):
        tag_runs(ids[0], {"number": number}, store=url)
    before = seen(url)
    packed = pack(store=url)
    assert (packed.runs, packed.packs, packed.edits, packed.damaged) == (3, 1, 20, ())
    assert seen(url) == before
    kinds = {path.split("/")[2] for path in content(url) if path.startswith("runs/")}
    assert kinds == {"artifacts"}
    assert len(remote(url).list("edits")) == 1
    log_runs(url, 3)
    before = seen(url)
    assert (pack(store=url).packs, seen(url)) == (1, before)
    objects = content(url)
    assert pack(store=url).runs == 0
    assert content(url) == objects


def test_a_run_that_is_sealed_while_it_is_packed_keeps_its_tables(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = log_runs(url, 2)
    put_all = RemoteStore.put_all
    resumed: list[str] = []

    def resume(self: RemoteStore, *args: object, **options: object) -> None:
        if not resumed:
            resumed.append(first)
            with runfolio.start_run(store=url, run_id=first, capture=False) as run:
                run.log_metric("loss", 2)
        put_all(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(RemoteStore, "put_all", resume)
    assert pack(store=url).runs == 2
    assert sorted(read_store(url).metrics["value"].to_pylist()) == [1, 1, 2]
    tables = {path.split("/")[1] for path in remote(url).list("runs") if "/tables/" in path}
    assert tables == {first}
    assert second in read_store(url).runs["run_id"].to_pylist()


def test_a_pack_that_cannot_be_put_is_taken_back(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log_runs(url, 2)
    objects = content(url)
    put_all = RemoteStore.put_all

    def fail(self: RemoteStore, uploads: object) -> None:
        wanted = list(uploads)  # type: ignore[call-overload]
        put_all(self, wanted)
        if any(one.path.endswith("manifest.json") for one in wanted):
            raise StoreWriteFailed("no")

    with monkeypatch.context() as patched:
        patched.setattr(RemoteStore, "put_all", fail)
        with pytest.raises(StoreWriteFailed):
            pack(store=url)
    assert content(url) == objects


def test_a_damaged_object_is_found(url: str) -> None:
    (run_id,) = log_runs(url, 1)
    checked = verify(store=url)
    assert (checked.runs, checked.artifacts, checked.problems) == (1, 1, ())
    remote(url).put(b"y" * 100, f"runs/{run_id}/artifacts/a b/c.txt")
    (problem,) = verify(store=url).problems
    assert problem.path == f"{url}/runs/{run_id}/artifacts/a b/c.txt"
    assert "checksum" in problem.reason


@pytest.mark.parametrize("packed", [False, True])
def test_what_was_deleted_is_removed_for_good(url: str, packed: bool) -> None:
    kept, gone = log_runs(url, 2)
    delete_runs(gone, store=url)
    if packed:
        pack(store=url)
    assert gc(store=url) == []
    (planned,) = gc(store=url, older_than=0, dry_run=True)
    assert planned.id == gone
    assert planned.bytes >= 100
    assert read_store(url, view="all").runs.num_rows == 2
    assert gc(store=url, older_than=0) == [planned]
    assert read_store(url, view="all").runs["run_id"].to_pylist() == [kept]
    assert not remote(url).list(f"runs/{gone}")
    assert verify(store=url).problems == ()
    assert gc(store=url, older_than=0) == []


def test_what_a_cut_off_packing_left_goes_after_a_day(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_runs(url, 1)
    objects = content(url)
    remote(url).put(b"half", "packs/20200101-000000-aaaaaa/tables/run.parquet")
    gc(store=url)
    assert len(content(url)) == len(objects) + 1
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 2 * 86400)
    gc(store=url)
    assert content(url) == objects


def test_usage_counts_every_byte(url: str) -> None:
    log_runs(url, 2)
    with runfolio.start_run(store=url, experiment="beer", capture=False) as run:
        run.log_metric("loss", 1)
        first, second = du(store=url).experiments
        assert (first.experiment, first.runs, first.tables) == ("beer", 1, 0)
        assert first.journals > 0
        assert (second.experiment, second.runs, second.artifacts) == ("wine", 2, 200)
    tag_runs(run.id, {"a": 1}, store=url)
    pack(store=url)
    found = du(store=url)
    assert found.packs > 0
    listed = remote(url).list()
    assert found.total == sum(o.size for path, o in listed.items() if path != "runfolio.json")


def test_commands_take_an_address(url: str) -> None:
    (run_id,) = log_runs(url, 1)
    for arguments in (["ls"], ["tag", run_id, "a=b"], ["verify"], ["du"], ["pack"], ["recover"]):
        result = CliRunner().invoke(main, [*arguments, "--store", url])
        assert result.exit_code == 0, result.output
        assert result.output
    result = CliRunner().invoke(main, ["ls", "--store", url])
    assert "wine" in result.output


def test_an_address_without_a_store_is_refused(url: str) -> None:
    for call in (du, verify, pack, gc, recover):
        with pytest.raises(StoreNotFound):
            call(store=url)


def test_a_pack_that_is_being_put_is_no_damage(url: str) -> None:
    log_runs(url, 2)
    before = seen(url)
    remote(url).put(b"half of it", f"packs/{'a' * 16}/tables/metrics.parquet")
    assert seen(url) == before
