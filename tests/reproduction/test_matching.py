from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from runfolio.errors import NotReproducible
from runfolio.query.runs import RunRecord
from runfolio.reproduction.matching import find_kin, find_match

from .test_plan import record


def made(run_id: str, **changes: Any) -> RunRecord:
    number = changes.pop("number", None)
    context = {} if number is None else {"number": number}
    texts = {key: str(value) for key, value in changes.get("params", {}).items()}
    return dataclasses.replace(record(), id=run_id, context=context, param_texts=texts, **changes)


def found(run: RunRecord, *candidates: RunRecord) -> str:
    return find_match(run, candidates).id


def test_number_name_and_parameters_tell_a_run() -> None:
    run = made("x", number=1, name="a", params={"lr": 1})
    same = made("s", number=1, name="a", params={"lr": 1})
    others = [
        made("1", number=0, name="a", params={"lr": 1}),
        made("2", number=1, name="b", params={"lr": 1}),
        made("3", number=1, name="a", params={"lr": 2}),
    ]
    assert found(run, *others, same) == "s"
    assert found(run, *others) == "3"
    assert found(run, *others[:2]) == "1"


def test_made_up_names_count_for_nothing() -> None:
    run = made("x", number=1, name="run 3f2a9c")
    assert found(
        run, made("1", number=0, name="run 000000"), made("2", number=1, name="run bbbbbb")
    ) == ("2")


def test_runs_of_several_processes_are_told_by_their_parameters() -> None:
    run = made("x", number=0, name="trial", params={"lr": 1})
    candidates = [made(str(lr), number=0, name="trial", params={"lr": lr}) for lr in range(3)]
    assert found(run, *candidates) == "1"


def test_an_experiment_may_have_another_name_now() -> None:
    run = made("x", number=1, experiment="renamed", name="a")
    assert found(run, made("1", number=0, name="b"), made("2", number=1, name="a")) == "2"


def test_a_run_without_a_number_is_told_by_its_name() -> None:
    run = made("x", name="b")
    assert found(run, made("1", number=0, name="a"), made("2", number=1, name="b")) == "2"


def test_what_is_in_doubt_is_refused() -> None:
    run = made("x", number=0, name="a")
    with pytest.raises(NotReproducible, match=r"2 of the runs .* look like 'a'.*Give them names"):
        found(run, made("1", number=0, name="a"), made("2", number=0, name="a"))
    strangers = [made(str(at), number=at, experiment="z", name=f"z {at}") for at in range(6)]
    with pytest.raises(NotReproducible, match=r"corresponds to 'a' of 'e': it logged 'z 1'.*more"):
        found(run, *strangers[1:], made("7", number=9, experiment="z", name="y"))
    with pytest.raises(NotReproducible, match="logged no run"):
        found(run)


def test_kin_are_those_above_and_below() -> None:
    tree = {"a": None, "b": "a", "c": "b", "d": "b", "e": "a", "f": "c", "g": "gone", "h": "h"}
    runs = {name: made(name, parent_id=parent) for name, parent in tree.items()}
    kin = {
        name: {one.id for one in find_kin(run, list(runs.values()))} for name, run in runs.items()
    }
    assert kin["b"] == {"a", "b", "c", "d", "f"}
    assert kin["f"] == {"a", "b", "c", "f"}
    assert (kin["g"], kin["h"]) == ({"g"}, {"h"})
