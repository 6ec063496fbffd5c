"""What a process left in the spool when it was killed reaches the store later."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

import runfolio
from runfolio.store import read_store
from runfolio.store.remote_run import upload_leftovers
from runfolio.store.remote_sealing import seal_remote
from runfolio.store.spool import list_spools
from tests.remote.processes import parts, read_line, remote, start

KILLED = """
    run = runfolio.start_run(store=url, capture=False)
    for step in range(100):
        run.log_metric("loss", step)
        if step == 50:
            run.log_text("text", "a b.txt")
            run._remote._upload.upload()
    run.log_text("more", "c.txt")
    print(run.id, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is uploaded but at the beginning, and where a script says so."""
    monkeypatch.setenv("RUNFOLIO_UPLOAD_INTERVAL", "3600")


def kill_a_run(url: str) -> str:
    """The id of a run whose process was killed before it had uploaded everything."""
    process = start(KILLED, url)
    run_id = read_line(process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    return run_id


def test_a_killed_process_loses_nothing_on_this_machine(url: str, spool: Path) -> None:
    run_id = kill_a_run(url)
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["KILLED"], "a reader on this machine can tell"
    assert tables.metrics.num_rows == 51
    before = parts(url)
    (left,) = upload_leftovers(url)
    assert (left.run_id, left.sealed, left.too_soon) == (run_id, True, False)
    tables = read_store(url)
    assert tables.metrics["value"].to_pylist() == list(range(100))
    assert tables.runs["status"].to_pylist() == ["KILLED"]
    folder = tables.root / "runs" / run_id / "artifacts"
    assert [(folder / name).read_text() for name in ("a b.txt", "c.txt")] == ["text", "more"]
    assert before
    assert not parts(url)
    assert not list(spool.glob("*"))
    assert upload_leftovers(url) == ()


def test_what_was_uploaded_is_not_put_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_a_run(url)
    before = parts(url)
    modified = {path: one.modified for path, one in remote(url).list("runs").items()}
    (left,) = upload_leftovers(url, seal=False)
    assert not left.sealed
    later = parts(url)
    assert {path: later[path] for path in before} == before
    assert len(later) == len(before) + 1
    again = {path: one.modified for path, one in remote(url).list("runs").items()}
    assert {path: again[path] for path in modified} == modified


def test_a_run_is_resumed_with_all_that_was_logged_here(url: str, spool: Path) -> None:
    run_id = kill_a_run(url)
    with runfolio.start_run(store=url, run_id=run_id, capture=False) as run:
        run.log_metric("loss", 100)
    tables = read_store(url)
    assert tables.metrics["step"].to_pylist() == list(range(101))
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert not list(spool.glob("*"))


def test_a_spool_in_use_is_left_alone(url: str) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_metric("loss", 1)
        assert len(list_spools(url)) == 1
        assert upload_leftovers(url) == ()
        assert len(parts(url)) == 1
    assert read_store(url).metrics.num_rows == 1


def test_a_dead_run_is_sealed_without_its_machine(url: str, tmp_path: Path) -> None:
    """As another machine does: it has no spool of the run."""
    run_id = kill_a_run(url)
    assert seal_remote(remote(url), run_id)
    tables = read_store(url)
    assert tables.runs["status"].to_pylist() == ["KILLED"]
    assert tables.metrics.num_rows == 51
    assert not parts(url)


def test_what_comes_after_others_have_sealed_is_kept_and_told(url: str) -> None:
    run_id = kill_a_run(url)
    assert seal_remote(remote(url), run_id)
    (left,) = upload_leftovers(url)
    assert left.too_soon
    assert left.folder.is_dir()
    assert read_store(url).metrics.num_rows == 51


def test_a_live_run_of_elsewhere_is_not_sealed(url: str) -> None:
    with runfolio.start_run(store=url, capture=False) as run:
        assert not seal_remote(remote(url), run.id)
        assert len(parts(url)) == 1


def test_what_a_sealing_left_that_was_killed_is_finished(url: str) -> None:
    """The manifest was put and the journal not yet deleted."""
    with runfolio.start_run(store=url, capture=False) as run:
        run.log_metric("loss", 1)
        assert run._remote is not None
        assert run._remote._upload is not None
        run._remote._upload.upload()
        journals = {path: remote(url).read(path) for path in parts(url)}
    for path, content in journals.items():
        remote(url).put(content or b"", path)
    assert read_store(url).metrics["value"].to_pylist() == [1]
    names = sorted(remote(url).list())
    assert seal_remote(remote(url), run.id)
    assert sorted(remote(url).list()) == [path for path in names if path not in journals]
