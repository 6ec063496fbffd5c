"""Registered models are what edits say, in any order in which stores are merged."""

from __future__ import annotations

from runfolio.store.edits import Edit
from runfolio.store.registry import MODEL, VERSION, find_registered, shown_models


def version(time: int, identity: str, number: object, **more: object) -> Edit:
    run = {"run_id": "0123456789abcdef", "path": "model"}
    return Edit(time, VERSION, identity, {"model": "wine", "number": number, **run, **more})


def test_versions_are_told_by_number_and_aliases_point_to_them() -> None:
    edits = [
        version(1, "aa", 1, digest="d1"),
        version(2, "bb", 2),
        Edit(3, MODEL, "wine", {"aliases": {"champion": "aa", "old": "aa"}, "note": "Good."}),
        Edit(4, MODEL, "wine", {"aliases": {"champion": "bb"}, "tags": {"task": "regression"}}),
        Edit(5, MODEL, "wine", {"aliases": {"old": None}, "tags": {"gone": None}}),
    ]
    model = find_registered(edits)["wine"]
    assert [(one.number, one.id, one.aliases) for one in model.versions] == [
        (1, "aa", ()),
        (2, "bb", ("champion",)),
    ]
    assert model.aliases["champion"].number == 2
    assert (model.note, dict(model.tags), model.time) == ("Good.", {"task": "regression"}, 3)
    assert model.versions[0].digest == "d1"
    assert model.latest is model.versions[1]


def test_of_two_versions_that_claim_a_number_the_earlier_one_has_it() -> None:
    ours = [version(1, "aa", 1), version(5, "bb", 2)]
    theirs = [version(1, "aa", 1), version(4, "cc", 2), version(6, "dd", 3)]
    merged = sorted({one.name: one for one in [*ours, *theirs]}.values(), key=lambda one: one.time)
    model = find_registered(merged)["wine"]
    assert {one.id: one.number for one in model.versions} == {"aa": 1, "cc": 2, "dd": 3, "bb": 4}


def test_a_number_given_after_a_merge_stays_whatever_is_registered_later() -> None:
    edits = [version(1, "aa", 1), version(2, "bb", 1), version(3, "cc", 1), version(4, "dd", 2)]
    for number in (5, 6):
        found = find_registered(edits)["wine"]
        numbers = {one.id: one.number for one in found.versions}
        assert [numbers[one] for one in ("aa", "bb", "cc", "dd")] == [1, 3, 4, 2]
        edits.append(version(number, f"e{number}", max(numbers.values()) + 1))


def test_many_versions_that_claim_the_same_numbers_are_counted_at_once() -> None:
    edits = [version(time, f"{time:05}", time // 2 % 20_000) for time in range(1, 60_000)]
    found = find_registered(edits)["wine"]
    assert [one.number for one in found.versions] == list(range(1, 60_000))


def test_deleted_versions_keep_their_number_and_lose_their_aliases() -> None:
    edits = [
        version(1, "aa", 1),
        version(2, "bb", 2),
        Edit(3, MODEL, "wine", {"aliases": {"champion": "bb"}}),
        Edit(4, VERSION, "bb", {"deleted": True}),
        Edit(5, MODEL, "other", {"deleted": True}),
    ]
    models = find_registered(edits)
    assert [one.deleted for one in models["wine"].versions] == [False, True]
    assert models["wine"].aliases == {}
    (shown,) = shown_models(models)
    assert [one.number for one in shown.versions] == [1]
    assert models["other"].deleted


def test_nothing_that_an_edit_says_breaks_the_reading() -> None:
    edits = [
        version(1, "aa", "one"),
        version(2, "bb", True),
        version(3, "cc", 10**30, run_id=7, path=None, tags=[1], note={}),
        Edit(4, VERSION, "dd", {"model": ["wine"]}),
        Edit(5, MODEL, "", {"tags": {"a": 1}, "aliases": 3}),
        Edit(6, MODEL, "wine", {"aliases": {"champion": 4, "best": "nowhere"}}),
    ]
    (model,) = shown_models(find_registered(edits))
    assert [one.number for one in model.versions] == [1, 2, 3]
    assert model.versions[2].run_id is None
    assert model.aliases == {}
