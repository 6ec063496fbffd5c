"""The primitives on objects, and that nobody pays for them who keeps stores in folders."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from runfolio.errors import StoreWriteFailed
from runfolio.store.remote import RemoteStore, Upload
from runfolio.store.transport import explain
from tests.remote.processes import remote


def test_objects_are_put_listed_fetched_and_deleted(url: str, tmp_path: Path) -> None:
    store = remote(url)
    file = tmp_path / "file"
    file.write_bytes(b"from a file")
    store.put(file, "a/one")
    store.put(b"bytes", "a/two")
    store.put(b"", "b/empty")
    listed = store.list()
    assert {path: one.size for path, one in listed.items()} == {
        "a/one": 11,
        "a/two": 5,
        "b/empty": 0,
    }
    assert list(store.list("a")) == ["a/one", "a/two"]
    assert store.list("nowhere") == {}
    assert store.read("a/two") == b"bytes"
    assert store.read("a/three") is None
    assert store.fetch(listed.values(), tmp_path / "here") == set()
    assert (tmp_path / "here/a/one").read_bytes() == b"from a file"
    store.delete(["a/one", "a/gone", "b/empty"])
    assert list(store.list()) == ["a/two"]
    store.delete([])


def test_what_changed_since_it_was_listed_is_told(url: str, tmp_path: Path) -> None:
    store = remote(url)
    for name in ("kept", "gone", "changed"):
        store.put(name.encode(), name)
    listed = store.list()
    store.delete(["gone"])
    store.put(b"longer than before", "changed")
    assert store.fetch(listed.values(), tmp_path) == {"gone", "changed"}
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["kept"]


def test_signs_of_patterns_are_only_letters(url: str) -> None:
    store = remote(url)
    names = ["a?.txt", "a*.txt", "[ab].txt", "ab.txt", "a.txt", "a b#%.txt"]
    store.put_all(Upload(name, name.encode()) for name in names)
    assert sorted(store.list()) == sorted(names)
    store.delete(["a?.txt", "a*.txt", "[ab].txt"])
    assert sorted(store.list()) == ["a b#%.txt", "a.txt", "ab.txt"]


def test_a_prefix_that_begins_alike_is_another_store(url: str) -> None:
    remote(f"{url}2").put(b"x", "a")
    remote(url).put(b"y", "a")
    assert list(remote(url).list()) == ["a"]


def test_each_failure_is_one_line_with_a_next_step(url: str) -> None:
    missing = RemoteStore("s3://nowhere-at-all/x")
    with pytest.raises(
        StoreWriteFailed, match=r"^Couldn't write to 's3://nowhere-at-all/x': .*\.$"
    ):
        missing.put(b"x", "a")
    for error, said in (
        (PermissionError("Access Denied"), "Check the credentials"),
        (TimeoutError("timed out"), "Check the network"),
        (type("NoCredentialsError", (Exception,), {})("none"), "Set AWS_ACCESS_KEY_ID"),
        (OSError(), "it failed (OSError)."),
    ):
        assert said in explain(error)
        assert re.fullmatch(r"[^\n]+\.", explain(error))


def test_a_store_in_a_folder_never_imports_fsspec(tmp_path: Path) -> None:
    script = """
import sys, runfolio
with runfolio.start_run(store="runs", capture=False) as run:
    run.log_metric("loss", 1)
from runfolio.store import read_store
from runfolio.site import build_report
assert read_store("runs").runs.num_rows == 1
build_report("runs", output="site")
print([name for name in ("fsspec", "s3fs", "botocore") if name in sys.modules])
"""
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"


def test_an_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from runfolio.errors import MissingDependency

    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(MissingDependency, match=r"pip install 'runfolio\[s3\]'"):
        RemoteStore("s3://bucket/runs").list()
