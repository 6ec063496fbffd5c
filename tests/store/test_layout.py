from __future__ import annotations

import json
from pathlib import Path

import pytest

from runfolio.errors import StoreDamaged, StoreNotFound, StoreTooNew, StoreWriteFailed
from runfolio.store.layout import (
    MARKER,
    check_store,
    choose_store,
    create_store,
    list_run_folders,
    new_run_folder,
    run_folder,
    show_run_folder,
)
from runfolio.store.removal import remove_empty_store, remove_run

from .samples import write_run


def test_the_store_is_the_argument_else_the_variable_else_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert choose_store() == tmp_path / "runs"
    monkeypatch.setenv("RUNFOLIO_STORE", "elsewhere")
    assert choose_store() == tmp_path / "elsewhere"
    assert choose_store("here") == choose_store(Path("here")) == tmp_path / "here"
    monkeypatch.setenv("HOME", "/home/somebody")
    assert choose_store("~/runs") == Path("/home/somebody/runs")


def test_an_address_is_no_store_yet() -> None:
    with pytest.raises(StoreNotFound, match="'s3://bucket/runs' is an address"):
        choose_store("s3://bucket/runs")


def test_a_store_is_created_once(tmp_path: Path) -> None:
    assert create_store(tmp_path / "a" / "b")
    assert not create_store(tmp_path / "a" / "b")
    assert json.loads((tmp_path / "a" / "b" / MARKER).read_bytes()) == {"format": 1}
    check_store(tmp_path / "a" / "b")


@pytest.mark.parametrize("content", ["", "{}", "[]", "no json", '{"format": "1"}', '{"format": 0}'])
def test_a_marker_that_says_no_version_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKER).write_text(content)
    for act in (check_store, create_store):
        with pytest.raises(StoreDamaged, match=r"doesn't say a format version\. Restore it"):
            act(tmp_path)


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / MARKER).write_text('{"format": 2}')
    for act in (check_store, create_store):
        with pytest.raises(StoreTooNew, match=r"has format 2; .* up to format 1\. Upgrade with"):
            act(tmp_path)


def test_a_folder_without_a_marker_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFound, match=r"No run store at .*runfolio\.json"):
        check_store(tmp_path)


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("x")
    with pytest.raises(StoreNotFound, match="is a file, not a run store"):
        check_store(tmp_path / "runs")
    for store in (tmp_path / "runs", tmp_path / "runs" / "deeper"):
        with pytest.raises(StoreWriteFailed, match="a part of the path is a file"):
            create_store(store)


def test_a_new_run_is_not_seen_before_it_is_shown(tmp_path: Path) -> None:
    create_store(tmp_path)
    hidden = new_run_folder(tmp_path, "0" * 16)
    assert list_run_folders(tmp_path) == []
    shown = show_run_folder(hidden, tmp_path, "0" * 16)
    assert list_run_folders(tmp_path) == [shown] == [run_folder(tmp_path, "0" * 16)]


def test_a_store_in_use_is_not_taken_back(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "runs")
    remove_empty_store(tmp_path / "runs")
    assert list_run_folders(tmp_path / "runs") == [folder]
    remove_run(folder)
    remove_empty_store(tmp_path / "runs")
    assert list(tmp_path.iterdir()) == []
