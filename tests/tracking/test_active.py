from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runfolio
from runfolio.errors import InvalidValue, NoActiveRun, RunAlreadyActive, RunFinished
from runfolio.store import read_store
from runfolio.tracking import active
from runfolio.tracking.run import Run

from .scripts import only_run


@pytest.fixture(autouse=True)
def _quiet(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFOLIO_STORE", str(store))
    monkeypatch.setenv("RUNFOLIO_CAPTURE", "none")


def _rows(store: Path) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in read_store(store).runs.to_pylist()}


def test_every_verb_acts_on_the_active_run(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.txt").write_text("x")
    with runfolio.start_run() as run:
        runfolio.log_param("a", 1)
        runfolio.log_params({"b": 2})
        runfolio.log_metric("loss", 1, step=4, time=1)
        runfolio.log_metrics({"loss": 2})
        runfolio.set_tag("t", "u")
        runfolio.set_tags({"v": "w"})
        runfolio.set_note("note")
        runfolio.log_artifact("file.txt", "files")
        runfolio.log_artifacts("folder")
        runfolio.log_text("text", "a.txt")
        runfolio.log_dict({"a": 1}, "a.json")
        runfolio.log_table(pd.DataFrame({"a": [1]}), "a.parquet")
        runfolio.log_image(np.zeros((2, 2), np.uint8), "a.png")
        runfolio.log_histogram([1, 2, 3], "weights", step=2, bins=4)
        assert runfolio.active_run() is run
        runfolio.finish("FAILED")
        assert runfolio.active_run() is None
    tables = read_store(store)
    assert only_run(tables)["status"] == "FAILED"
    assert tables.params["key"].to_pylist() == ["a", "b"]
    assert tables.metrics["step"].to_pylist() == [4, 5]
    assert tables.tags["key"].to_pylist() == ["t", "v"]
    assert len(tables.artifacts) == 7


def _parameters(function: Any) -> list[tuple[Any, ...]]:
    parameters = inspect.signature(function).parameters.values()
    return [(one.name, one.kind, one.default) for one in parameters]


def test_a_function_takes_what_the_method_takes() -> None:
    for name in runfolio.__all__:
        function = getattr(runfolio, name)
        if inspect.isfunction(function) and hasattr(Run, name):
            method = _parameters(getattr(Run, name))
            assert _parameters(function) == method[1:], name


def test_every_verb_of_a_run_is_a_function() -> None:
    verbs = {name for name in dir(Run) if name.startswith(("log_", "set_")) or name == "finish"}
    assert verbs <= set(runfolio.__all__)


@pytest.mark.parametrize("verb", [lambda: runfolio.log_metric("a", 1), runfolio.finish])
def test_without_a_run_a_verb_says_how_to_start_one(verb: Any) -> None:
    with pytest.raises(NoActiveRun, match=r"Start one with runfolio\.start_run"):
        verb()


def test_a_second_run_must_say_that_it_is_nested(store: Path) -> None:
    with runfolio.start_run(name="outer"):
        with pytest.raises(RunAlreadyActive, match=r"'outer' is active already.*nested=True"):
            runfolio.start_run()
        assert set(_rows(store)) == {"outer"}


def test_nested_runs_have_parents_and_give_way_to_them(store: Path) -> None:
    with runfolio.start_run(name="a") as a:
        with runfolio.start_run(name="b", nested=True) as b:
            with runfolio.start_run(name="c", nested=True):
                runfolio.log_metric("in", 3)
            assert runfolio.active_run() is b
        with runfolio.start_run(name="d", parent=a):
            pass
        assert runfolio.active_run() is a
    with runfolio.start_run(name="e", parent=a.id):
        pass
    with runfolio.start_run(name="f", nested=True):
        pass
    rows = _rows(store)
    parents = {name: row["parent_id"] for name, row in rows.items()}
    assert parents == {"a": None, "b": a.id, "c": b.id, "d": a.id, "e": a.id, "f": None}
    assert read_store(store).metrics["run_id"].to_pylist() == [rows["c"]["run_id"]]


def test_an_outer_run_may_end_first() -> None:
    outer = runfolio.start_run()
    inner = runfolio.start_run(nested=True)
    outer.finish()
    assert runfolio.active_run() is inner
    inner.finish()
    assert runfolio.active_run() is None


def test_a_run_ended_in_another_thread_is_active_nowhere() -> None:
    run = runfolio.start_run()
    thread = threading.Thread(target=run.finish)
    thread.start()
    thread.join()
    assert runfolio.active_run() is None
    with pytest.raises(NoActiveRun):
        runfolio.log_metric("a", 1)
    runfolio.start_run().finish()


def _in_thread(act: Any) -> list[Any]:
    results: list[Any] = []

    def work() -> None:
        try:
            results.append(act())
        except runfolio.RunfolioError as error:
            results.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return results


def test_a_thread_logs_to_the_only_active_run(store: Path) -> None:
    with runfolio.start_run() as run:
        assert _in_thread(runfolio.active_run) == [run]
        _in_thread(lambda: runfolio.log_metric("a", 1))
    assert read_store(store).metrics.num_rows == 1


def test_a_thread_does_not_guess_between_runs() -> None:
    with runfolio.start_run(name="a"), runfolio.start_run(name="b", nested=True):
        (error,) = _in_thread(lambda: runfolio.log_metric("a", 1))
    assert isinstance(error, NoActiveRun)
    assert "Several runs are active ('a', 'b')" in str(error)


def test_a_thread_may_have_runs_of_its_own(store: Path) -> None:
    def work() -> None:
        with runfolio.start_run(name="own") as own:
            assert runfolio.active_run() is own
        with runfolio.start_run(name="child", nested=True):
            pass

    with runfolio.start_run(name="main") as run:
        assert _in_thread(work) == [None]
        assert runfolio.active_run() is run
    parents = {name: row["parent_id"] for name, row in _rows(store).items()}
    assert parents == {"main": None, "own": None, "child": run.id}


def test_tasks_have_runs_of_their_own(store: Path) -> None:
    async def work(number: int) -> None:
        with runfolio.start_run(name=f"task {number}"):
            for step in range(3):
                await asyncio.sleep(0)
                runfolio.log_metric("number", number, step=step)

    async def work_together() -> None:
        await asyncio.gather(*(work(number) for number in range(4)))

    asyncio.run(work_together())
    tables = read_store(store)
    names = {row["run_id"]: row["name"] for row in tables.runs.to_pylist()}
    found = [(names[row["run_id"]], row["value"]) for row in tables.metrics.to_pylist()]
    assert sorted(found) == [(f"task {n}", n) for n in range(4) for _ in range(3)]


def test_a_decorated_functions_calls_are_runs(store: Path) -> None:
    @runfolio.start_run(experiment="wine", name="fit", params={"depth": 3})
    def fit(loss: float, *, twice: bool = False) -> float:
        """Fit something."""
        runfolio.log_metric("loss", loss)
        return loss * (2 if twice else 1)

    assert not store.exists()
    assert runfolio.active_run() is None
    assert (fit.__name__, fit.__doc__) == ("fit", "Fit something.")
    assert list(inspect.signature(fit).parameters) == ["loss", "twice"]
    assert (fit(1.0), fit(2.0, twice=True)) == (1.0, 4.0)
    tables = read_store(store)
    assert tables.runs["name"].to_pylist() == ["fit", "fit"]
    assert tables.params["text"].to_pylist() == ["3", "3"]
    assert sorted(tables.metrics["value"].to_pylist()) == [1.0, 2.0]


def test_a_decorated_function_may_fail(store: Path) -> None:
    @runfolio.start_run()
    def fit() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fit()
    tables = read_store(store)
    assert only_run(tables)["status"] == "FAILED"
    assert tables.artifacts["path"].to_pylist() == ["traceback.txt"]


def test_decorating_leaves_an_earlier_store_alone(store: Path) -> None:
    runfolio.start_run(name="earlier").finish()

    @runfolio.start_run()
    def fit() -> None: ...

    assert set(_rows(store)) == {"earlier"}
    assert len(list((store / "runs").iterdir())) == 1


def test_a_decorated_function_may_call_itself(store: Path) -> None:
    @runfolio.start_run(nested=True)
    def fit(depth: int) -> None:
        runfolio.set_tag("depth", depth)
        if depth:
            fit(depth - 1)

    fit(2)
    tables = read_store(store)
    depths = {row["run_id"]: row["value"] for row in tables.tags.to_pylist()}
    parents = {
        depths[row["run_id"]]: depths.get(row["parent_id"]) for row in tables.runs.to_pylist()
    }
    assert parents == {"2": None, "1": "2", "0": "1"}


def test_a_decorated_coroutine_function_is_a_run_while_it_runs(store: Path) -> None:
    @runfolio.start_run()
    async def fit(value: float) -> float:
        await asyncio.sleep(0)
        runfolio.log_metric("loss", value)
        return value

    async def work_together() -> list[float]:
        return list(await asyncio.gather(fit(1.0), fit(2.0)))

    assert inspect.iscoroutinefunction(fit)
    assert asyncio.run(work_together()) == [1.0, 2.0]
    tables = read_store(store)
    assert tables.runs["status"].to_pylist() == ["FINISHED", "FINISHED"]
    assert sorted(tables.metrics["value"].to_pylist()) == [1.0, 2.0]


def test_a_decorated_generator_is_a_run_while_it_is_read(store: Path) -> None:
    @runfolio.start_run()
    def losses() -> Iterator[float]:
        for value in (1.0, 2.0):
            runfolio.log_metric("loss", value)
            yield value

    assert list(losses()) == [1.0, 2.0]
    assert read_store(store).metrics["value"].to_pylist() == [1.0, 2.0]


def test_an_asynchronous_generator_is_refused(store: Path) -> None:
    async def losses() -> Any:
        yield 1.0

    with pytest.raises(InvalidValue, match=r"asynchronous generator .*Use `with"):
        runfolio.start_run()(losses)
    assert not store.exists()
    assert runfolio.active_run() is None


def test_only_functions_are_decorated(store: Path) -> None:
    with pytest.raises(InvalidValue, match="A run decorates a function, not 5"):
        runfolio.start_run()(5)  # type: ignore[arg-type]
    assert not store.exists()
    assert runfolio.active_run() is None


def test_an_ended_run_decorates_nothing_and_keeps_what_it_logged(store: Path) -> None:
    with runfolio.start_run() as run:
        runfolio.log_metric("loss", 1)
    with pytest.raises(RunFinished, match=r"has ended\. Decorate with"):
        run(lambda: None)
    assert read_store(store).metrics.num_rows == 1


def test_no_list_of_runs_grows() -> None:
    for _ in range(3):
        with runfolio.start_run():
            pass
    assert active._all == []
    assert active._here.get() == ()


def test_the_experiment_is_the_scripts_name(tmp_path: Path) -> None:
    from .scripts import read_runs, run_script

    run_script(tmp_path, "with runfolio.start_run(name='a'): pass", RUNFOLIO_STORE="runs")
    assert read_runs(tmp_path)["a"]["experiment"] == "train"


def test_the_store_is_the_argument_else_the_variable_else_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("argument", "variable", "runs"):
        monkeypatch.setenv("RUNFOLIO_STORE", "variable")
        if name == "runs":
            monkeypatch.delenv("RUNFOLIO_STORE")
        with runfolio.start_run(store=name if name == "argument" else None) as run:
            assert run.folder.parents[1] == tmp_path / name


def test_a_child_belongs_to_its_parents_experiment_unless_another_is_named(store: Path) -> None:
    outer = runfolio.start_run(experiment="outer", store=store, capture=False)
    same = runfolio.start_run(nested=True, store=store, capture=False)
    same.finish()
    other = runfolio.start_run(experiment="other", nested=True, store=store, capture=False)
    other.finish()
    outer.finish()
    assert (same.experiment, other.experiment) == ("outer", "other")
