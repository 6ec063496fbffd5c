"""The engine on one machine: in this process, in others, in threads."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from runfolio.errors import InvalidFilter, InvalidValue, MissingDependency, WorkersLost
from runfolio.spreading import Engine, cut
from runfolio.spreading.calls import Call
from tests.spreading.tasks import double, end_itself, fail_at_three, grow_too_large, tell_process

ENGINES = [Engine(1), Engine(2), Engine(2, "threading")]


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_all_results_come_in_some_order(engine: Engine) -> None:
    with engine.map(double, range(50)) as results:
        assert sorted(results) == [2 * number for number in range(50)]
    with engine.map(double, ()) as results:
        assert list(results) == []


def test_one_job_runs_in_this_process_and_two_in_others() -> None:
    with Engine(1).map(tell_process, range(3)) as results:
        assert set(results) == {os.getpid()}
    with Engine(2).map(tell_process, range(40)) as results:
        found = set(results)
    assert len(found) == 2
    assert os.getpid() not in found


def test_joblib_is_imported_only_for_more_than_one_job() -> None:
    code = (
        "import sys\n"
        "from runfolio.spreading import Engine\n"
        "with Engine().fitted(1).map(abs, [-1]) as results:\n"
        "    print(list(results), 'joblib' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[1] False\n"


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_tasks_are_taken_only_a_few_ahead(engine: Engine) -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield number

    with engine.map(tell_process, tasks()) as results:
        for _ in range(4):
            next(results)
        assert taken < 50
    time.sleep(0.2)
    assert taken < 50  # what was left is dropped with the block


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_what_a_task_raises_is_raised_here(engine: Engine) -> None:
    with (
        pytest.raises(InvalidFilter, match="three is no good") as caught,
        engine.map(fail_at_three, range(50)) as results,
    ):
        list(results)
    assert caught.value.column == 7
    with engine.map(double, [1]) as results:
        assert list(results) == [2]


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_what_the_tasks_raise_is_raised_here(engine: Engine) -> None:
    def tasks() -> Iterator[int]:
        yield from range(20)
        raise OSError("no more of them")

    with (
        pytest.raises(OSError, match="no more of them"),
        engine.map(double, tasks()) as results,
    ):
        list(results)


def test_a_process_that_was_killed_is_told_in_a_line() -> None:
    with (
        pytest.raises(WorkersLost, match=r"was killed, mostly for want of memory.*fewer jobs"),
        Engine(2).map(end_itself, range(20)) as results,
    ):
        list(results)
    with Engine(2).map(double, range(5)) as results:
        assert sorted(results) == [0, 2, 4, 6, 8]


def test_a_process_that_got_large_is_replaced_without_a_word() -> None:
    with Engine(2).map(grow_too_large, range(12)) as results:
        assert sorted(results) == list(range(12))
    with Engine(2).map(tell_process, range(8)) as results:
        assert len(list(results)) == 8


def test_no_more_jobs_than_tasks() -> None:
    assert Engine(8).fitted(3) == Engine(3)
    assert Engine(2).fitted(30) == Engine(2)
    assert Engine().fitted(1) == Engine().fitted(0) == Engine(1)
    assert Engine(4, "dask").fitted(1) == Engine(4, "dask")
    assert Engine().workers >= 1
    assert Engine(1).is_here
    assert not Engine(1, "dask").is_here


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, "spark"), "no backend 'spark'. Choose from loky, threading, dask, ray"),
        ((0,), "0 jobs are none"),
        ((2, "loky", "tcp://x"), "A scheduler is Dask's, and the backend is 'loky'"),
    ],
)
def test_mistakes_are_told_before_anything_runs(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        Engine(*arguments)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingDependency, match=r"needs ray: .*pip install 'runfolio\[ray\]'"):
        Engine(2, "ray")


def test_a_large_task_travels_with_its_function() -> None:
    with pytest.raises(TypeError):  # else joblib leaves it with one worker of Dask
        weakref.ref(Call(double, 1))


def test_items_are_cut_in_their_order() -> None:
    assert list(cut("abcdefg", 3)) == [("a", "b", "c"), ("d", "e", "f"), ("g",)]
    assert list(cut([], 3)) == []
