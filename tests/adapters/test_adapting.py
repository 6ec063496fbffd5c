"""What adapters share: whose run it is, and values made fit to log."""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio
from runfolio.errors import MissingDependency, NoActiveRun
from runfolio.store import read_store
from runfolio.tracking.adapting import (
    MAX_TEXT,
    Held,
    find_numbers,
    flatten,
    log_new_params,
    outer_run,
    store_of,
    tidy_params,
)
from runfolio.tracking.lifecycle import trainings
from tests.adapters.programs import read_logged


def train_by(library: str, held: Held, go_on: Callable[[], object]) -> Held:
    """Begin a run within a library's function, and go on there; its failure is caught."""
    module: dict[str, Any] = {"__name__": f"{library}.training"}
    exec("def train(*steps):\n    for step in steps:\n        step()", module)
    with suppress(ArithmeticError):
        module["train"](held.begin, go_on)
    return held


def fail() -> None:
    """Fail as a training does."""
    raise ArithmeticError("on purpose")


@pytest.mark.parametrize(
    ("adapter", "blocked", "install"),
    [
        ("keras", ["keras"], "keras"),
        ("lightning", ["lightning", "pytorch_lightning"], "lightning"),
        ("transformers", ["transformers"], "transformers"),
        ("xgboost", ["xgboost"], "xgboost"),
        ("lightgbm", ["lightgbm"], "lightgbm"),
        ("optuna", ["optuna"], "optuna"),
        ("sklearn", ["sklearn"], "scikit-learn"),
    ],
)
def test_a_missing_library_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, adapter: str, blocked: list[str], install: str
) -> None:
    monkeypatch.delitem(sys.modules, f"runfolio.{adapter}", raising=False)
    for library in blocked:
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingDependency, match=rf"runfolio\.{adapter} .* pip install {install}$"):
        importlib.import_module(f"runfolio.{adapter}")


def test_a_run_of_its_own_ends_and_goes_on(store: Path) -> None:
    held = Held("tool", store=store, experiment="e")
    run = held.begin(name="default")
    held.end()
    assert (run.name, run.status) == ("default", "FINISHED")
    again = held.go_on()
    assert again.id == run.id
    again.log_metric("late", 1)
    held.end()
    assert read_logged(store)["default"].last == {"late": 1}


def test_a_run_goes_on_inside_another(store: Path) -> None:
    held = Held("tool", store=store, experiment="e", name="inner")
    held.begin()
    held.end()
    with runfolio.start_run(store=store, experiment="other", name="outer"):
        held.go_on().log_metric("late", 1)
        held.end()
    assert read_logged(store)["inner"].last == {"late": 1}


def test_the_active_and_the_given_run_are_not_ended(store: Path) -> None:
    with runfolio.start_run(store=store) as run:
        held = Held("tool", experiment="unused")
        assert held.begin() is run
        held.end("FAILED")
        assert run.live
        with runfolio.start_run(store=store, nested=True):
            given = Held("tool", run)
            assert given.begin() is run
            given.end()
        assert run.live


def test_what_a_failed_training_left_is_failed(store: Path) -> None:
    left = Held("tool", store=store).begin()
    held = Held("tool", store=store)
    run = held.begin()
    assert (left.status, run.live) == ("FAILED", True)
    assert run is not left
    other = Held("another tool", store=store)
    assert other.begin() is run
    other.end()
    assert run.live
    held.end()


def test_what_a_caught_failure_left_is_failed_by_the_next_run(store: Path) -> None:
    held = train_by("tool", Held("tool", functions=("train",), store=store, name="left"), fail)
    assert held.run is not None
    assert held.run.live
    with runfolio.start_run(store=store, name="next") as run:
        assert held.run.status == "FAILED"
        assert runfolio.active_run() is run
    assert not trainings


def test_a_bare_verb_finds_no_training_that_is_over(store: Path) -> None:
    held = train_by("tool", Held("tool", functions=("train",), store=store), fail)
    with pytest.raises(NoActiveRun, match="No run is active"):
        runfolio.log_metric("loss", 1)
    assert held.run is not None
    assert held.run.status == "FAILED"


def test_bare_verbs_of_threads_go_to_the_trainings_of_their_own(store: Path) -> None:
    barrier = threading.Barrier(2, timeout=20)

    def train(name: str) -> None:
        held = Held("tool", store=store, name=name)
        held.begin()
        barrier.wait()
        runfolio.log_metric(name, 1)
        barrier.wait()
        held.end()

    threads = [threading.Thread(target=train, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = read_logged(store)
    assert (found["a"].last, found["b"].last) == ({"a": 1}, {"b": 1})


def test_another_adapter_is_offered_only_a_training_that_goes_on(store: Path) -> None:
    def train_within() -> None:
        inner = Held("other")
        assert inner.begin() is held.run
        inner.end()
        fail()

    held = Held("tool", functions=("train",), store=store, name="left")
    train_by("tool", held, train_within)
    other = Held("other", store=store, name="own")
    assert other.begin() is not held.run
    assert held.run is not None
    assert held.run.status == "FAILED"
    other.end()


def test_a_training_that_goes_on_stays_open_beside_other_runs(store: Path) -> None:
    def train_within() -> None:
        assert held.run is not None
        runfolio.log_metric("by hand", 1)
        with runfolio.start_run(store=store, name="child", nested=True) as child:
            assert child.parent_id == held.run.id
        with runfolio.start_run(store=store, name="apart"):
            assert outer_run() is not None
        assert outer_run() is None
        inner = Held("tool", functions=("train",), store=store, name="inner")
        train_by("tool", inner, inner.end)
        assert held.run.live
        held.end()

    held = Held("tool", functions=("train",), store=store, name="outer")
    train_by("tool", held, train_within)
    found = read_logged(store)
    assert set(found) == {"outer", "child", "apart", "inner"}
    assert {one.run["status"] for one in found.values()} == {"FINISHED"}
    assert found["outer"].last == {"by hand": 1}


def test_what_a_thread_that_is_gone_left_is_failed(store: Path) -> None:
    held = Held("tool", functions=("train",), store=store)
    thread = threading.Thread(target=train_by, args=("tool", held, fail))
    thread.start()
    thread.join()
    assert outer_run() is None
    assert held.run is not None
    assert held.run.status == "FAILED"


@pytest.mark.parametrize("status", ["FAILED", "FINISHED"])
def test_what_nobody_ended_is_abandoned_at_the_end_of_the_process(store: Path, status: str) -> None:
    code = f"""
from runfolio.tracking.adapting import Held
Held("tool", abandoned="{status}", name="left").begin()
"""
    variables = {**os.environ, "RUNFOLIO_STORE": str(store)}
    subprocess.run([sys.executable, "-c", code], env=variables, check=True)
    assert read_logged(store)["left"].run["status"] == status


def test_a_holder_is_saved_without_its_run(store: Path) -> None:
    with runfolio.start_run(store=store) as run:
        held = Held("tool", run, functions=("train",), store=store, name="own")
        held.begin()
        saved = pickle.loads(pickle.dumps(held))
    own = saved.begin()
    assert (own.name, saved.owned) == ("own", True)
    saved.end()


def test_a_training_in_another_thread_is_left_alone(store: Path) -> None:
    here = Held("tool", store=store, name="here")
    run = here.begin()

    def train() -> None:
        there = Held("tool", store=store, name="there")
        there.begin().log_metric("loss", 1)
        there.end()

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert run.live
    here.end()
    assert set(read_logged(store)) == {"here", "there"}


def test_the_store_of_a_run_is_found(store: Path) -> None:
    with runfolio.start_run(store=store) as run:
        assert store_of(run) == store


def test_parameters_are_made_fit_to_log(store: Path) -> None:
    class Estimator:
        def get_params(self) -> dict[str, int]:
            return {}

    told = {
        "n": np.int64(3),
        "nested": {"f": max, "e": Estimator()},
        "steps": [("scale", Estimator()), ("fit", None)],
        "object": object(),
        "long": "x" * 9999,
        "array": np.arange(3),
        "": 1,
        "k" * 300: 1,
        7: True,
    }
    tidy = tidy_params(told)
    assert tidy == {
        "n": 3,
        "nested": {"f": "max", "e": "Estimator"},
        "steps": [["scale", "Estimator"], ["fit", None]],
        "object": "<object object>",
        "long": "x" * (MAX_TEXT - 1) + "…",
        "array": "[0 1 2]",
        "k" * 250: 1,
        "7": True,
    }
    with runfolio.start_run(store=store) as run:
        run.log_params(tidy)
    assert len(read_store(store).params) == len(tidy)


def test_parameters_that_differ_stay_as_they_are_with_a_warning(store: Path) -> None:
    said = "other values already for the parameters 'a', which"
    with (
        runfolio.start_run(store=store, name="r", params={"a": 1, "b": 2}) as run,
        pytest.warns(UserWarning, match=said),
    ):
        log_new_params(run, {"a": 5, "b": 2, "c": 3})
    assert read_logged(store)["r"].params == {"a": 1, "b": 2, "c": 3}


def test_nested_names_are_joined() -> None:
    assert flatten({"a": {"b": {"c": 1}, "d": {}}, "e": [2]}) == {"a/b/c": 1, "a/d": {}, "e": [2]}


def test_only_numbers_are_metrics() -> None:
    values = {
        "int": 1,
        "array": np.array([2.5]),
        "scalar": np.float32(0.5),
        "nan": float("nan"),
        "text": "3",
        "none": None,
        "several": np.arange(3),
        "list": [1],
        "": 1,
    }
    found = find_numbers(values)
    assert np.isnan(found.pop("nan"))
    assert found == {"int": 1.0, "array": 2.5, "scalar": 0.5}
