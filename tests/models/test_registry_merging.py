"""Copies of a store that went separate ways merge by copying their edits, models too."""

from __future__ import annotations

import shutil
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import runfolio
from runfolio.store.edits import Edit, write_edit
from runfolio.store.registry import MODEL, VERSION, RegisteredModel, read_registry
from tests.models.kept_models import digest_of, log_model_run


def merge(source: Path, target: Path) -> None:
    """Copy what a store has into another, as ``cp -r`` or rsync do."""
    shutil.copytree(source, target, dirs_exist_ok=True)


def digests(model: RegisteredModel) -> dict[str, str | None]:
    """What files each alias leads to."""
    return {alias: one.digest for alias, one in model.aliases.items()}


def test_two_copies_that_registered_apart_give_one_registry(store: Path, tmp_path: Path) -> None:
    shared = log_model_run(store, "shared")
    runfolio.register_model(shared, "wine", aliases=["champion", "first"], store=store)
    other = tmp_path / "other"
    shutil.copytree(store, other)
    ours = runfolio.register_model(
        log_model_run(store, "ours"), "wine", aliases=["ours"], store=store
    )
    theirs = [
        runfolio.register_model(
            log_model_run(other, text), "wine", aliases=["champion", text], store=other
        )
        for text in ("theirs", "more")
    ]
    runfolio.tag_model("wine", {"from": "ours"}, store=store)
    runfolio.tag_model("wine", {"from": "theirs", "b": 1}, store=other)
    assert (ours.number, [one.number for one in theirs]) == (2, [2, 3])

    merge(other, store)
    merge(store, other)
    merged = runfolio.get_model("wine", store=store)
    assert runfolio.get_model("wine", store=other) == merged
    assert {one.id: one.number for one in merged.versions} == {
        merged.versions[0].id: 1,
        ours.id: 2,
        theirs[1].id: 3,
        theirs[0].id: 4,
    }
    assert digests(merged) == {
        "champion": digest_of("more"),
        "first": digest_of("shared"),
        "more": digest_of("more"),
        "ours": digest_of("ours"),
        "theirs": digest_of("theirs"),
    }
    assert dict(merged.tags) == {"from": "theirs", "b": "1"}
    assert runfolio.verify(store=store).problems == ()
    later = runfolio.register_model(log_model_run(store, "later"), "wine", store=store)
    assert later.number == 5
    assert runfolio.get_model("wine", store=store).versions[:4] == merged.versions


def test_the_same_model_registered_in_both_copies_is_one_version(
    store: Path, tmp_path: Path
) -> None:
    run_id = log_model_run(store)
    other = tmp_path / "other"
    shutil.copytree(store, other)
    one = runfolio.register_model(run_id, "wine", tags={"a": 1}, store=store)
    runfolio.register_model(log_model_run(other, "b"), "wine", store=other)
    two = runfolio.register_model(run_id, "wine", tags={"b": 2}, store=other)
    assert one.id == two.id
    merge(other, store)
    versions = runfolio.get_model("wine", store=store).versions
    assert [one.number for one in versions] == [1, 2]
    assert {one.id: dict(one.tags) for one in versions}[one.id] == {"a": "1", "b": "2"}


def test_a_model_deleted_in_one_copy_is_deleted_in_both(store: Path, tmp_path: Path) -> None:
    runfolio.register_model(log_model_run(store, "a"), "wine", aliases=["best"], store=store)
    other = tmp_path / "other"
    shutil.copytree(store, other)
    runfolio.register_model(log_model_run(store, "b"), "wine", store=store)
    runfolio.delete_model("wine", store=other)
    merge(other, store)
    assert runfolio.list_models(store=store) == []
    restored = runfolio.restore_model("wine", store=store)
    assert [one.aliases for one in restored.versions] == [("best",), ()]


Step = tuple[int, str, int]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(["register", "alias", "delete"]), st.integers(0, 3)
    ),
    max_size=12,
)


def take_step(root: Path, step: str, which: int, identity: str, clock: int) -> None:
    """Do one thing in a copy of the store, in the way that its registry stands there."""
    model = read_registry(root).get("wine")
    versions = model.versions if model is not None else ()
    if step == "register":
        number = max((one.number for one in versions), default=0) + 1
        changes = {"model": "wine", "number": number, "digest": identity}
        write_edit(root, Edit(clock, VERSION, identity, changes))
    elif versions:
        chosen = versions[which % len(versions)]
        if step == "alias":
            write_edit(root, Edit(clock, MODEL, "wine", {"aliases": {f"a{which}": chosen.id}}))
        else:
            write_edit(root, Edit(clock, VERSION, chosen.id, {"deleted": which % 2 == 0}))


@settings(max_examples=40)
@given(STEPS, st.lists(st.integers(-3, 3), min_size=12, max_size=12))
def test_merging_is_the_same_from_either_side(
    tmp_path_factory: object, steps: list[Step], clocks: list[int]
) -> None:
    base: Path = tmp_path_factory.mktemp("stores")  # type: ignore[attr-defined]
    copies = [base / "a", base / "b"]
    for root in copies:
        root.mkdir()
    for place, (side, step, which) in enumerate(steps):
        take_step(copies[side], step, which, f"{place:016x}", place + clocks[place])
    either, other = base / "ab", base / "ba"
    for target, order in ((either, copies), (other, copies[::-1])):
        target.mkdir()
        for root in order:
            merge(root, target)
    merged = read_registry(either)
    assert read_registry(other) == merged
    for model in merged.values():
        numbers = [one.number for one in model.versions]
        assert len(set(numbers)) == len(numbers)
        assert {one.digest for one in model.versions} == {one.id for one in model.versions}
    for root in copies:
        registered = {one.id for model in read_registry(root).values() for one in model.versions}
        assert registered <= {one.id for model in merged.values() for one in model.versions}
    before = {one.id: one.number for model in merged.values() for one in model.versions}
    take_step(either, "register", 0, "f" * 16, 100)
    after = {one.id: one.number for one in read_registry(either)["wine"].versions}
    assert {**after, **before} == after
