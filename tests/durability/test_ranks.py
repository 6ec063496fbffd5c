"""Many ranks of one run: begun in any order, finished at once, killed, and started again."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runfolio.schema import TABLES
from runfolio.store import StoreTables, read_store
from runfolio.store.layout import run_folder
from runfolio.store.sealing import seal_run

from .programs import content_of, counts_of, program_environment, read_soundly, start_program
from .ranks import ORDERS, RANKS, run_id_of

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and forks as POSIX has them")

POINTS = 4
ALL = [rank * 1000 + step for rank in range(RANKS) for step in range(POINTS)]


def _tags_and_params(tables: StoreTables) -> set[tuple[str, str]]:
    params = zip(tables.params["key"].to_pylist(), tables.params["text"].to_pylist(), strict=True)
    tags = zip(tables.tags["key"].to_pylist(), tables.tags["value"].to_pylist(), strict=True)
    return {*params, *tags}


@pytest.mark.parametrize("resumed", [False, True])
def test_ranks_that_start_and_finish_at_the_same_moment_lose_nothing(
    store: Path, resumed: bool
) -> None:
    runs = len(ORDERS)
    program = start_program("ranks", store, 0, runs, int(resumed), POINTS)
    seen: dict[str, int] = {}
    while program.poll() is None:
        if not (store / "runfolio.json").exists():
            continue
        tables = read_soundly(store)  # also while they finish
        found = dict.fromkeys(tables.runs["run_id"].to_pylist(), 0)
        found |= {one: len(values) for one, values in counts_of(tables).items()}
        assert {one: found.get(one, -1) >= count for one, count in seen.items()} == dict.fromkeys(
            seen, True
        )
        seen = found
    assert program.communicate() == ("0\n", "")

    tables = read_soundly(store)
    assert tables.runs["status"].to_pylist() == ["FINISHED"] * runs
    expected = [*range(POINTS), *ALL] if resumed else ALL
    assert counts_of(tables) == {run_id_of(number): expected for number in range(runs)}
    said = {("shared", "1"), ("rank", "0"), *((f"only {n}", str(n)) for n in range(RANKS))}
    assert _tags_and_params(tables) == said
    for number in range(runs):
        folder = run_folder(store, run_id_of(number))
        assert [path.name for path in folder.path.iterdir()] == ["tables"]
        assert len(list(folder.tables.iterdir())) == len(TABLES) + 1


RANK = """
import sys
import runfolio

store, run_id, rank, first = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
run = runfolio.start_run(store=store, run_id=run_id, rank=rank, params={"p": 1}, capture=False)
for step in range(first, first + 3):
    run.log_metrics({"counter": rank * 1000 + step})
print("ready", flush=True)
for line in sys.stdin:
    run.log_metrics({"counter": rank * 1000 + int(line)})
    print("logged", flush=True)
run.finish()
"""


@contextmanager
def _ranks(
    store: Path, run_id: str, *, count: int = RANKS, first: int = 0
) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes of all ranks that have logged three points each."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", RANK, str(store), run_id, str(rank), str(first)],
            env=program_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in reversed(range(count))
    ][::-1]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def _finish(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    for process in processes:
        assert process.communicate()[1] == ""
        assert process.returncode == 0


def _log(process: subprocess.Popen[str], step: int) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{step}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "logged\n"


@pytest.mark.parametrize(("victim", "status"), [(0, "KILLED"), (2, "FINISHED")])
def test_a_killed_rank_keeps_what_it_logged_and_the_others_finish(
    store: Path, victim: int, status: str
) -> None:
    run_id = secrets.token_hex(8)
    with _ranks(store, run_id) as processes:
        for process in processes:
            _log(process, 3)
        processes[victim].kill()
        processes[victim].wait()
        _log(processes[1], 4)
        _finish([one for one in processes if one is not processes[victim]])
    tables = read_soundly(store)
    assert tables.runs["status"].to_pylist() == [status]
    per_rank = {rank: [rank * 1000 + step for step in range(4)] for rank in range(RANKS)}
    per_rank[1].append(1004)
    expected = [value for values in per_rank.values() for value in values]
    assert counts_of(tables) == {run_id: expected}
    assert run_folder(store, run_id).is_sealed


def test_a_run_is_live_until_its_last_rank_has_left(store: Path) -> None:
    run_id = secrets.token_hex(8)
    with _ranks(store, run_id) as processes:
        for number, process in enumerate(processes):
            assert read_soundly(store).runs["status"].to_pylist() == ["RUNNING"]
            assert not run_folder(store, run_id).is_sealed
            _finish([process])
            assert counts_of(read_soundly(store)) == {
                run_id: [rank * 1000 + step for rank in range(RANKS) for step in range(3)]
            }, number
    assert read_soundly(store).runs["status"].to_pylist() == ["FINISHED"]
    assert run_folder(store, run_id).is_sealed


@pytest.mark.parametrize("recovered", [False, True])
def test_all_ranks_killed_and_started_again_go_on(store: Path, recovered: bool) -> None:
    run_id = secrets.token_hex(8)
    with _ranks(store, run_id) as processes:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
    before = read_soundly(store)
    assert before.runs["status"].to_pylist() == ["KILLED"]
    first = [rank * 1000 + step for rank in range(RANKS) for step in range(3)]
    assert counts_of(before) == {run_id: first}
    if recovered:
        assert seal_run(run_folder(store, run_id))
        assert content_of(read_soundly(store)) == content_of(before)

    with _ranks(store, run_id, first=3) as processes:
        for process in processes:
            _log(process, 6)
        assert read_soundly(store).runs["status"].to_pylist() == ["RUNNING"]
        _finish(processes)
    after = read_store(store)
    assert after.damage == ()
    assert after.runs["status"].to_pylist() == ["FINISHED"]
    second = [rank * 1000 + step for rank in range(RANKS) for step in range(3, 7)]
    assert counts_of(after) == {run_id: [*first, *second]}
    assert after.params["text"].to_pylist() == ["1"]
    assert run_folder(store, run_id).is_sealed


def test_fewer_ranks_may_go_on_than_were_killed(store: Path) -> None:
    run_id = secrets.token_hex(8)
    with _ranks(store, run_id) as processes:
        for process in processes:
            process.send_signal(signal.SIGKILL)
            process.wait()
    with _ranks(store, run_id, count=2, first=3) as processes:
        _finish(processes)
    tables = read_soundly(store)
    assert tables.runs["status"].to_pylist() == ["FINISHED"]
    assert len(counts_of(tables)[run_id]) == 3 * RANKS + 3 * 2
