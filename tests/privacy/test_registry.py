"""Registered models are shown without what should not be published."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio
from runfolio.errors import InvalidSelection
from runfolio.privacy import Disclosure, disclose, find_secrets
from runfolio.store import Edit, RegisteredModel, StoreTables, read_store, write_edit
from runfolio.store.registry import MODEL, VERSION
from tests.privacy.samples import make_token

SECRET = make_token("github", "registry")


def make_store(root: Path) -> tuple[StoreTables, list[str]]:
    """Two models: one of two runs with everything said of it, one of another run."""
    ids = []
    for name in ("first", "second", "third"):
        with runfolio.start_run(store=root, experiment=name, name=name, capture=False) as run:
            run.log_text(f"password = {SECRET}\n", "model/notes.txt")
            run.log_text("flavors: {}\n", "model/MLmodel")
            run.set_tag("team", "reds")
        ids.append(run.id)
    for number, run_id in enumerate(ids, 1):
        name = "wine" if number < 3 else "other"
        said = {"model": name, "number": number, "run_id": run_id, "path": "model"}
        more = {"digest": "d", "user": "mvandyke", "note": f"key {SECRET}", "tags": {"team": "x"}}
        write_edit(root, Edit(number, VERSION, f"{number:016x}", said | more))
    note, tags = f"By mvandyke with {SECRET}.", {"token": SECRET, "team": "reds"}
    aliases = {"champion": f"{2:016x}"}
    write_edit(root, Edit(9, MODEL, "wine", {"note": note, "tags": tags, "aliases": aliases}))
    return read_store(root), ids


def shown(tables: StoreTables, scratch: Path, disclosure: Disclosure) -> list[RegisteredModel]:
    scratch.mkdir()
    return list(disclose(tables, disclosure, scratch=scratch).models)


def test_notes_tags_and_users_are_masked(tmp_path: Path) -> None:
    tables, _ = make_store(tmp_path / "runs")
    other, wine = shown(tables, tmp_path / "redacted", Disclosure(redact=True))
    assert (other.name, wine.name) == ("other", "wine")
    assert SECRET not in repr((other, wine))
    assert "mvandyke" not in repr((other, wine))
    assert wine.tags["team"] == "reds"
    assert wine.aliases["champion"].number == 2
    assert {one.digest for one in wine.versions} == {None}, "their files are others now"
    _, anonymous = shown(tables, tmp_path / "anonymous", Disclosure(anonymous=True))
    assert {one.user for one in anonymous.versions} == {None}


def test_what_is_secret_in_them_is_found(tmp_path: Path) -> None:
    tables, _ = make_store(tmp_path / "runs")
    places = {one.place for one in find_secrets(tables) if one.severity == "secret"}
    assert any("note of model 'wine'" in one for one in places)
    assert any("tag of model 'token'" in one for one in places)


def test_models_are_taken_or_left_out_by_name_and_with_their_runs(tmp_path: Path) -> None:
    tables, ids = make_store(tmp_path / "runs")
    (wine,) = shown(tables, tmp_path / "a", Disclosure(exclude=("models:oth*",)))
    assert wine.name == "wine"
    (wine,) = shown(tables, tmp_path / "b", Disclosure(include=("runs:name = 'first'",)))
    assert [one.run_id for one in wine.versions] == [ids[0]]
    assert wine.aliases == {}
    with pytest.raises(
        InvalidSelection, match=r"models:nope matches nothing\. The models: 'other'"
    ):
        shown(tables, tmp_path / "c", Disclosure(exclude=("models:nope",)))


def test_tags_that_are_left_out_are_those_of_models_too(tmp_path: Path) -> None:
    tables, _ = make_store(tmp_path / "runs")
    _, wine = shown(tables, tmp_path / "a", Disclosure(exclude=("tags:team",)))
    assert set(wine.tags) == {"token"}
    assert {tuple(one.tags) for one in wine.versions} == {()}


def test_paths_and_names_that_are_masked_stay_apart(tmp_path: Path) -> None:
    root, scratch = tmp_path / "runs", tmp_path / "scratch"
    with runfolio.start_run(store=root, experiment="e", capture=False) as run:
        run.log_text("flavors: {}\n", "of mvandyke/MLmodel")
        run.log_param("token", SECRET)
    other = make_token("github", "another")
    for number, name in enumerate((SECRET, other), 1):
        said = {"model": name, "number": 1, "run_id": run.id, "path": "of mvandyke"}
        write_edit(root, Edit(number, VERSION, f"{number:016x}", {**said, "user": "mvandyke"}))
    scratch.mkdir()
    tables = disclose(read_store(root), Disclosure(redact=True), scratch=scratch)
    assert len({one.name for one in tables.models}) == 2
    assert SECRET not in repr(tables.models)
    assert other not in repr(tables.models)
    (path,) = tables.artifacts["path"].to_pylist()
    assert "mvandyke" not in path
    assert {f"{one.versions[0].path}/MLmodel" for one in tables.models} == {path}
