"""Logging to object storage, and reading it again, is as it is with a folder."""

from __future__ import annotations

import json
import re
import threading
import time
from functools import partial
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import (
    InvalidValue,
    MissingDependency,
    RunNotFound,
    StoreNotFound,
    StoreTooNew,
    StoreUnreachable,
    StoreWriteFailed,
)
from runfolio.store import read_overview, read_store
from runfolio.store.remote import RemoteStore
from runfolio.store.remote_run import upload_leftovers
from tests.remote.conftest import Server
from tests.remote.processes import content, parts, read_line, remote, run, start, wait_until


def log_run(store: str | Path) -> str:
    """A run with something of everything, and its id."""
    with runfolio.start_run(experiment="wine", name="one", store=store, capture=False) as run:
        run.log_params({"depth": 3, "rate": 0.5, "name": "é"})
        run.set_tags({"kind": "test"})
        run.set_note("A *note*.")
        for step in range(5):
            run.log_metrics({"loss": 1 / (step + 1)}, step=step, time=1_700_000_000 + step)
        run.log_text("hello", "a/b.txt")
    return run.id


def has_more_parts(url: str, than: int) -> bool:
    """Whether more than some parts of journals are in a store."""
    return len(parts(url)) > than


def log_slowly(run: runfolio.Run, steps: range) -> None:
    """One value every tenth of a second."""
    for step in steps:
        run.log_metric("loss", step)
        time.sleep(0.1)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads follow each other ten times a second."""
    monkeypatch.setenv("RUNFOLIO_UPLOAD_INTERVAL", "0.1")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is uploaded between the beginning and the end."""
    monkeypatch.setenv("RUNFOLIO_UPLOAD_INTERVAL", "3600")


def test_a_run_reads_as_one_in_a_folder(url: str, store: Path, spool: Path) -> None:
    there, here = log_run(url), log_run(store)
    far, near = read_store(url), read_store(store)
    assert there != here
    for name in ("params", "tags", "metrics", "summaries", "artifacts"):
        known = getattr(near, name).column_names
        columns = [one for one in known if one not in ("run_id", "time")]
        assert getattr(far, name).select(columns) == getattr(near, name).select(columns), name
    assert far.runs["run_id"].to_pylist() == [there]
    assert far.runs["status"].to_pylist() == ["FINISHED"]
    assert (far.root / "runs" / there / "artifacts/a/b.txt").read_text() == "hello"
    assert read_overview(url).params["run_id"].to_pylist() == [there] * 3
    assert far.damage == ()


def test_a_finished_run_leaves_whole_objects_and_nothing_here(url: str, spool: Path) -> None:
    run_id = log_run(url)
    names = sorted(remote(url).list())
    tables = "artifacts|inputs|metrics|params|run|summaries|tags"
    expected = [
        "runfolio.json",
        rf"runs/{run_id}/artifacts/a/b\.txt",
        *[rf"runs/{run_id}/tables/({tables})\.[0-9a-f]{{8}}\.parquet"] * 7,
        rf"runs/{run_id}/tables/manifest\.json",
    ]
    found = [name for name in names if "/manifest" not in name] + [
        name for name in names if "/manifest" in name
    ]
    assert len(found) == len(expected)
    assert all(re.fullmatch(one, name) for one, name in zip(expected, found, strict=True)), found
    assert not list(spool.glob("*"))


@pytest.mark.usefixtures("quick")
def test_a_journal_grows_by_parts_that_never_change(url: str) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        first = parts(url)
        assert [path[-15:] for path in first] == [".journal.000001"]
        for step in range(3):
            known = len(parts(url))
            run.log_metric("loss", step)
            wait_until(partial(has_more_parts, url, known))
        seen = parts(url)
        assert len(seen) >= 4
        assert {path: seen[path] for path in first} == first
        run.log_metric("loss", 3)
        wait_until(lambda: len(parts(url)) > len(seen))
        later = parts(url)
        assert {path: later[path] for path in seen} == seen
    assert read_store(url).metrics["value"].to_pylist() == [0, 1, 2, 3]
    assert parts(url) == {}


@pytest.mark.usefixtures("quick")
def test_a_live_run_is_read_by_another_process(url: str) -> None:
    with runfolio.start_run(store=url, name="live", capture=False) as run_:
        run_.log_metric("loss", 0.5)
        run_.log_text("text", "notes.txt")
        wait_until(lambda: len(parts(url)) > 1)
        script = """
            from runfolio.store import read_store
            tables = read_store(url)
            run_id, = tables.runs["run_id"].to_pylist()
            print(tables.runs["status"].to_pylist(), tables.metrics["value"].to_pylist())
            print((tables.root / "runs" / run_id / "artifacts/notes.txt").read_text())
        """
        assert run(script, url) == "['RUNNING'] [0.5]\ntext\n"


@pytest.mark.usefixtures("slow")
def test_a_writer_with_nothing_to_say_shows_that_it_lives(url: str) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        assert run._remote is not None
        assert run._remote._upload is not None
        run.log_metric("loss", 1)
        run._remote._upload.upload(heartbeat=-1)
        sizes = [one.size for one in remote(url).list("runs").values()]
        assert sizes[-1] == 0
        run.log_metric("loss", 2)
    assert read_store(url).metrics["value"].to_pylist() == [1, 2]


@pytest.mark.usefixtures("slow")
def test_artifacts_are_there_before_the_records_that_name_them(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    put_all = RemoteStore.put_all

    def note(self: RemoteStore, uploads: object, **options: object) -> None:
        wanted = list(uploads)  # type: ignore[call-overload]
        order.extend(one.path for one in wanted)
        put_all(self, wanted, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(RemoteStore, "put_all", note)
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_text("text", "a.txt")
    kinds = [re.sub(r"^runs/\w+/|[0-9a-f]{8,}\.", "", path) for path in order]
    assert kinds[:4] == ["runfolio.json", *kinds[1:2], "artifacts/a.txt", *kinds[3:4]]
    assert kinds[1].endswith("journal.000001")
    assert kinds[3].endswith("journal.000002")
    assert kinds[-1] == "tables/manifest.json"


NAMES = (
    "a b.txt",
    "é/ü 漢字.txt",
    "#1.txt",
    "50%.txt",
    "100%25.txt",
    "what?.txt",
    "[a]*.txt",
    "+&=.txt",
)


def test_artifacts_may_have_any_name(url: str) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        for name in NAMES:
            run.log_text(name, name)
    tables = read_store(url)
    assert sorted(tables.artifacts["path"].to_pylist()) == sorted(NAMES)
    for name in NAMES:
        assert (tables.root / "runs" / run.id / "artifacts" / name).read_text() == name


@pytest.mark.usefixtures("quick")
def test_an_artifact_that_is_logged_again_is_uploaded_again(url: str) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_text("old", "a.txt")
        path = f"runs/{run.id}/artifacts/a.txt"
        wait_until(lambda: remote(url).read(path) == b"old")
        run.log_text("new", "a.txt")
    assert remote(url).read(path) == b"new"


def test_two_processes_log_side_by_side(url: str) -> None:
    script = """
        with runfolio.start_run(store=url, name=sys.argv[2], capture=False) as run:
            print("begun", flush=True)
            sys.stdin.readline()
            for step in range(20):
                run.log_metric("loss", step)
    """
    processes = [start(script, url, name) for name in ("one", "two")]
    for process in processes:
        assert read_line(process) == "begun"
    for process in processes:
        _, errors = process.communicate("go\n", timeout=60)
        assert process.returncode == 0, errors
    tables = read_store(url)
    assert sorted(tables.runs["name"].to_pylist()) == ["one", "two"]
    assert tables.runs["status"].to_pylist() == ["FINISHED"] * 2
    assert tables.metrics.num_rows == 40


def test_the_last_rank_to_leave_seals(url: str, spool: Path) -> None:
    script = """
        run_id, rank = sys.argv[2], int(sys.argv[3])
        run = runfolio.start_run(store=url, run_id=run_id, rank=rank, capture=False)
        print("begun", flush=True)
        run.log_metric(f"loss {run.rank}", 1)
        sys.stdin.readline()
        run.finish()
        print("ended", flush=True)
    """
    run_id = "00112233445566ff"
    ranks = [start(script, url, run_id, str(rank)) for rank in range(3)]
    for process in ranks:
        assert read_line(process) == "begun"
    for process in ranks[:2]:
        process.communicate("go\n", timeout=60)
    assert read_store(url).runs["status"].to_pylist() == ["RUNNING"]
    assert read_store(url).metrics["key"].to_pylist()[:2] == ["loss 0", "loss 1"]
    ranks[2].communicate("go\n", timeout=60)
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert tables.metrics["key"].to_pylist() == ["loss 0", "loss 1", "loss 2"]
    assert parts(url) == {}
    assert not list(spool.glob("*"))


def test_ranks_that_leave_at_once_leave_one_whole_run(url: str) -> None:
    script = """
        run_id, rank = sys.argv[2], int(sys.argv[3])
        run = runfolio.start_run(store=url, run_id=run_id, rank=rank, capture=False)
        print("begun", flush=True)
        run.log_metric(f"loss {run.rank}", 1)
        sys.stdin.readline()
        run.finish()
    """
    ranks = [start(script, url, "00112233445566aa", str(rank)) for rank in range(4)]
    for process in ranks:
        assert read_line(process) == "begun"
    for process in ranks:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in ranks:
        _, errors = process.communicate(timeout=60)
        assert not errors
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert tables.metrics["key"].to_pylist() == [f"loss {rank}" for rank in range(4)]
    assert tables.damage == ()


def test_a_run_is_resumed(url: str) -> None:
    run_id = log_run(url)
    with runfolio.start_run(store=url, run_id=run_id[:7], capture=False) as run:
        assert run.name == "one"
        run.log_param("depth", 3)
        run.log_metric("loss", 9)
        assert read_store(url).runs["status"].to_pylist() == ["RUNNING"]
    tables = read_store(url)
    assert tables.metrics["step"].to_pylist() == [0, 1, 2, 3, 4, 5]
    names = [path for path in remote(url).list() if path.endswith(".parquet")]
    assert len(names) == 7, "the tables that were replaced are gone"
    with pytest.raises(RunNotFound, match="No run 'ffff'"):
        runfolio.start_run(store=url, run_id="ffff")


def test_a_child_finds_its_parent(url: str) -> None:
    with (
        runfolio.start_run(store=url, name="parent", capture=False) as parent,
        runfolio.start_run(store=url, name="child", nested=True, capture=False),
    ):
        pass
    rows = read_store(url).runs.select(["name", "parent_id"]).to_pylist()
    assert {row["name"]: row["parent_id"] for row in rows} == {"parent": None, "child": parent.id}


def test_a_decorated_function_leaves_only_its_calls(url: str) -> None:
    @runfolio.start_run(store=url, capture=False)
    def train() -> int:
        runfolio.log_metric("loss", 1)
        return 3

    assert not remote(url).list("runs")
    assert train() == train() == 3
    assert read_store(url).runs.num_rows == 2


def test_a_run_says_where_it_is(url: str) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_metric("loss", 0.25)
        assert run.url == f"{url}/runs/{run.id}"
        assert "0.25" in run._repr_html_()
    assert "0.25" in run._repr_html_()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_run_that_nobody_finished_is_finished_at_exit(
    host: str, url: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python gives its thread pools no work any more then, and names of hosts need one."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{server.port}")
    script = """
        run = runfolio.start_run(store=url, capture=False)
        run.log_metric("loss", 1)
        run._remote.remote._connect()[0]._s3 = None  # as when its connections were closed
    """
    assert run(script, url) == ""
    assert read_store(url).runs["status"].to_pylist() == ["FINISHED"]
    assert parts(url) == {}


def test_a_terminated_process_ends_its_run(url: str) -> None:
    script = """
        run = runfolio.start_run(store=url, capture=False)
        run.log_metric("loss", 1)
        print("begun", flush=True)
        sys.stdin.readline()
    """
    process = start(script, url)
    assert read_line(process) == "begun"
    process.terminate()
    process.communicate(timeout=30)
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["KILLED"]
    assert tables.metrics.num_rows == 1
    assert not parts(url)


def test_a_forked_child_leaves_the_run_to_its_parent(url: str) -> None:
    script = """
        import os
        from runfolio.errors import RunFinished
        run = runfolio.start_run(store=url, capture=False)
        child = os.fork()
        if child == 0:
            try:
                run.log_metric("loss", 1)
            except RunFinished:
                with runfolio.start_run(store=url, name="child", capture=False) as own:
                    own.log_metric("loss", 2)
            os._exit(0)
        os.waitpid(child, 0)
        run.log_metric("loss", 3)
        run.finish()
    """
    run(script, url)
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["FINISHED", "FINISHED"]
    assert sorted(tables.metrics["value"].to_pylist()) == [2, 3]


def test_a_store_that_cannot_be_reached_fails_at_the_start(
    url: str, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StoreUnreachable, match=r"127\.0\.0\.1:9.*Check the network"):
        runfolio.start_run(store=url, capture=False)
    assert not list(spool.glob("*/*"))


@pytest.mark.usefixtures("slow")
def test_training_goes_on_without_the_store_where_that_is_asked_for(
    url: str, server: Server, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.warns(UserWarning, match="is uploaded when that can be done"):
        run = runfolio.start_run(store=url, capture=False, on_error="warn")
    run.log_metric("loss", 1)
    run.log_text("text", "a.txt")
    with pytest.warns(UserWarning, match="is kept in .*runfolio recover --store s3://"):
        run.finish()
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    (left,) = upload_leftovers(url)
    assert (left.run_id, left.sealed) == (run.id, True)
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert (tables.root / "runs" / run.id / "artifacts/a.txt").read_text() == "text"
    assert not list(spool.glob("*"))


def test_a_bucket_that_is_not_there_is_named(server: Server) -> None:
    with pytest.raises(StoreWriteFailed, match=r"'s3://nowhere-at-all/runs'.*make the bucket"):
        runfolio.start_run(store="s3://nowhere-at-all/runs", capture=False)
    with pytest.raises(StoreUnreachable, match="'s3://nowhere-at-all/runs'"):
        read_store("s3://nowhere-at-all/runs")


def test_an_address_that_names_no_store_is_said_to_be_one(url: str, bucket: str) -> None:
    with pytest.raises(StoreNotFound, match=f"No run store at '{url}'"):
        read_store(url)
    with pytest.raises(StoreNotFound, match="names no bucket"):
        read_store("s3://")
    with pytest.raises(StoreNotFound, match="A Path can't hold the address 's3://bucket/runs'"):
        read_store(Path("s3://bucket/runs"))


def test_a_newer_store_is_refused(url: str) -> None:
    remote(url).put(json.dumps({"format": 99}).encode(), "runfolio.json")
    with pytest.raises(StoreTooNew, match=f"'{url}' has format 99"):
        runfolio.start_run(store=url, capture=False)
    with pytest.raises(StoreTooNew, match=f"'{url}' has format 99"):
        read_store(url)


def test_a_protocol_without_its_library_says_what_to_install() -> None:
    with pytest.raises(MissingDependency, match=r"gcsfs.*pip install 'fsspec\[full\]'"):
        read_store("gs://bucket/runs")
    with pytest.raises(StoreNotFound, match="Protocol not known: nonsense"):
        read_store("nonsense://bucket/runs")


def test_an_interval_that_is_none_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFOLIO_UPLOAD_INTERVAL", "soon")
    with pytest.raises(InvalidValue, match=r"RUNFOLIO_UPLOAD_INTERVAL.*'soon'"):
        runfolio.start_run(store="s3://bucket/runs", capture=False)


@pytest.mark.usefixtures("quick")
def test_a_server_that_goes_away_and_comes_back_costs_nothing(url: str, server: Server) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_metric("loss", 0)
        wait_until(lambda: len(parts(url)) == 2)
        server.stop()
        try:
            with pytest.warns(UserWarning, match="The run goes on") as told:
                log_slowly(run, range(1, 10))
            assert len(told) == 1
        finally:
            server.start()
        run.log_metric("loss", 10)
        wait_until(lambda: len(parts(url)) > 2)
        run.log_metric("loss", 11)
    assert read_store(url).metrics["value"].to_pylist() == list(range(12))


@pytest.mark.usefixtures("slow")
def test_a_server_that_is_away_at_the_end_fails_once_and_can_be_tried_again(
    url: str, server: Server, spool: Path
) -> None:
    run = runfolio.start_run(store=url, capture=False)
    run.log_metric("loss", 1)
    server.stop()
    try:
        with pytest.raises(StoreWriteFailed, match=f"recover --store {url}` uploads it"):
            run.finish()
    finally:
        server.start()
    assert run.status == "FINISHED"
    assert read_store(url).metrics.num_rows == 0
    run.finish()
    assert read_store(url).metrics["value"].to_pylist() == [1]
    assert not list(spool.glob("*"))


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("broken", range(1, 12))
def test_an_upload_that_breaks_anywhere_is_taken_up(
    broken: int, url: str, monkeypatch: pytest.MonkeyPatch, spool: Path
) -> None:
    """Whichever request of the end fails, readers see a whole run and the next try ends it."""
    run = runfolio.start_run(store=url, capture=False)
    run.log_metric("loss", 1)
    run.log_text("text", "a.txt")
    calls = 0

    def breaking(method: str) -> None:
        original = getattr(RemoteStore, method)

        def call(self: RemoteStore, *arguments: object, **options: object) -> object:
            nonlocal calls
            calls += 1
            if calls == broken:
                raise StoreWriteFailed("Couldn't write to the store: it broke.")
            return original(self, *arguments, **options)

        monkeypatch.setattr(RemoteStore, method, call)

    for method in ("list", "read", "fetch", "put_all", "delete"):
        breaking(method)
    with pytest.raises(StoreWriteFailed, match=r"it broke\. .* is kept in"):
        run.finish()
    assert calls == broken, "one failure is enough to stop trying"
    tables = read_store(url)
    assert tables.damage == ()
    assert tables.metrics["value"].to_pylist() in ([], [1])
    run.finish()
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert tables.metrics["value"].to_pylist() == [1]
    assert (tables.root / "runs" / run.id / "artifacts/a.txt").read_text() == "text"
    assert not parts(url)
    assert not list(spool.glob("*"))


def test_logging_goes_on_while_an_upload_is_under_way(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNFOLIO_UPLOAD_INTERVAL", "0.05")
    blocked, go_on = threading.Event(), threading.Event()
    put = RemoteStore.put

    def slowly(self: RemoteStore, source: Path | bytes, path: str) -> None:
        if path.endswith(".000002"):
            blocked.set()
            go_on.wait(10)
        put(self, source, path)

    monkeypatch.setattr(RemoteStore, "put", slowly)
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_metric("loss", 0)
        assert blocked.wait(10)
        began = time.monotonic()
        for step in range(100):
            run.log_metric("loss", step)
        assert time.monotonic() - began < 1
        go_on.set()
    assert read_store(url).metrics.num_rows == 101
    assert content(url)
