"""Threads, forked and spawned children of a run."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

import runfolio
from runfolio.store import read_store
from tests.tracking.scripts import only_run, run_script

from .programs import counts_of, read_soundly

posix = pytest.mark.skipif(os.name != "posix", reason="forks as POSIX has them")

THREADS = 8
EACH = 400


def test_threads_log_to_one_run_at_once(store: Path) -> None:
    """Own and shared metrics, parameters, tags and artifacts, with syncs in between."""
    start = threading.Barrier(THREADS)
    with runfolio.start_run(store=store, capture=False, sync=0.001) as run:

        def log(number: int) -> None:
            start.wait()
            for step in range(EACH):
                run.log_metrics({f"own {number}": step})
                run.log_metrics({"shared": number})
                if step % 50 == 0:
                    run.log_params({f"p {number} {step}": step, "same": 1})
                    run.set_tags({f"t {number}": str(step)})
                    run.log_text(f"{number} {step}", f"{number}/{step}.txt")
                    run.log_text(f"{number}", "contested.txt")

        threads = [threading.Thread(target=log, args=[number]) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        live = read_soundly(store).metrics.num_rows
    tables = read_soundly(store)
    assert live == tables.metrics.num_rows == 2 * THREADS * EACH
    for number in range(THREADS):
        assert counts_of(tables, f"own {number}") == {run.id: list(range(EACH))}
    shared = [row for row in tables.metrics.to_pylist() if row["key"] == "shared"]
    assert sorted(row["step"] for row in shared) == list(range(THREADS * EACH))
    assert sorted(row["value"] for row in shared) == sorted(list(range(THREADS)) * EACH)
    assert tables.params.num_rows == THREADS * EACH // 50 + 1
    assert set(tables.tags["value"].to_pylist()) == {str(EACH - 50)}
    assert tables.artifacts.num_rows == THREADS * EACH // 50 + 1
    for row in tables.artifacts.to_pylist():
        content = (run.folder / "artifacts" / row["path"]).read_bytes()
        assert len(content) == row["size"]


@posix
def test_a_forked_child_is_told_what_to_do_and_harms_nothing(tmp_path: Path) -> None:
    code = """
    run = runfolio.start_run(name="a", params={"p": 1}, sync=0.001)
    for step in range(5):
        run.log_metric("counter", step)
    child = os.fork()
    if child == 0:
        try:
            run.log_metric("counter", 99)
        except runfolio.RunfolioError as error:
            print(error, flush=True)
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
    for step in range(5, 10):
        run.log_metric("counter", step)
    print(run.id)
    """
    done = run_script(tmp_path, code)
    assert (done.returncode, done.stderr) == (0, "")
    said, run_id = done.stdout.splitlines()
    assert "belongs to the process that started it" in said
    assert f"start_run(run_id='{run_id}', rank=1)" in said
    tables = read_soundly(tmp_path / "runs")
    assert only_run(tables)["status"] == "FINISHED"
    assert counts_of(tables) == {run_id: list(range(10))}
    assert tables.params.num_rows == 1


@posix
@pytest.mark.parametrize("ending", ["own.finish()", "sys.exit(0)", "os._exit(0)", "raise KeyError"])
@pytest.mark.parametrize("waits", [True, False])
def test_a_forked_child_joins_as_another_rank(tmp_path: Path, ending: str, waits: bool) -> None:
    code = f"""
    run = runfolio.start_run(name="a")
    run.log_metric("counter", 0)
    children = []
    for rank in (1, 2):
        child = os.fork()
        if child == 0:
            own = runfolio.start_run(run_id=run.id, rank=rank)
            for step in range(50):
                own.log_metric("counter", rank * 1000 + step)
            {ending}
            os._exit(0)
        children.append(child)
    run.log_metric("counter", 1)
    if {waits}:
        for child in children:
            os.waitpid(child, 0)
    run.log_metric("counter", 2)
    run.finish()
    if not {waits}:
        for child in children:
            os.waitpid(child, 0)
    """
    done = run_script(tmp_path, code)
    assert done.returncode == 0, done.stderr
    tables = read_soundly(tmp_path / "runs")
    assert only_run(tables)["status"] == "FINISHED"
    (values,) = counts_of(tables).values()
    if waits:
        assert values == [0, 1, 2, *range(1000, 1050), *range(2000, 2050)]
    else:  # rank 0 may have been sealed before the others joined
        assert sorted(values) == [0, 1, 2, *range(1000, 1050), *range(2000, 2050)]


SPAWNED = """
    import multiprocessing

    def work(run_id, rank):
        with runfolio.start_run(run_id=run_id, rank=rank) as own:
            for step in range(20):
                own.log_metric("counter", rank * 1000 + step)

    def idle(run):
        pass

    if __name__ == "__main__":
        context = multiprocessing.get_context("METHOD")
        with runfolio.start_run(name="a") as run:
            run.log_metric("counter", 0)
            if "METHOD" != "fork":
                try:
                    context.Process(target=idle, args=[run]).start()
                except runfolio.RunfolioError as error:
                    print(error)
            workers = [context.Process(target=work, args=[run.id, rank]) for rank in (1, 2)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
                assert worker.exitcode == 0
            run.log_metric("counter", 1)
"""


@pytest.mark.parametrize(
    "method",
    ["spawn", pytest.param("fork", marks=posix), pytest.param("forkserver", marks=posix)],
)
def test_workers_join_a_run_as_ranks(tmp_path: Path, method: str) -> None:
    done = run_script(tmp_path, SPAWNED.replace("METHOD", method))
    assert done.returncode == 0, done.stderr
    tables = read_store(tmp_path / "runs")
    assert tables.damage == ()
    run = only_run(tables)
    assert run["status"] == "FINISHED"
    assert counts_of(tables) == {run["run_id"]: [0, 1, *range(1000, 1020), *range(2000, 2020)]}
    if method != "fork":
        assert "belongs to this process and can't be sent to another" in done.stdout
        assert "start_run(run_id=id, rank=1)" in done.stdout
