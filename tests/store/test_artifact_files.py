from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import InvalidPath, StoreWriteFailed
from runfolio.store.artifacts import (
    check_artifact_path,
    copy_artifact,
    guess_media_type,
    write_artifact,
)

from .samples import write_sealed_run


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            ".",
            "..",
            "/",
            "/abs",
            "../x",
            "a/../b",
            "a/..",
            "./a",
            "a/./b",
            "a//b",
            "a/",
            "//x",
        ),
        *("a\\b", "\\\\host\\x", "C:/x", "c:x", "C:", "a\0b", "\0", "a\nb", "a\x7f", "x\udce9"),
        *("a" * 256, "é" * 128, "/".join(["a"] * 501)),
    ],
)
def test_a_path_that_leaves_the_run_or_means_another_file_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(InvalidPath, match="artifact path"):
        check_artifact_path(path)


@pytest.mark.parametrize("path", [b"a", Path("/abs"), Path()])
def test_a_path_object_is_checked_too(path: str) -> None:
    with pytest.raises(InvalidPath, match="artifact path"):
        check_artifact_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "plots/quality.png",
        "…/ü \U0001f377.txt",
        'it\'s "quoted".md',
        "..a",
        "a..",
        "...",
        "ab:c",
    ],
)
def test_any_other_path_is_fine(path: str) -> None:
    assert check_artifact_path(path) == path


@given(path=st.text(max_size=30))
def test_an_accepted_path_stays_in_its_folder(path: str) -> None:
    try:
        checked = check_artifact_path(path)
    except InvalidPath:
        return
    assert os.path.normpath(f"/run/artifacts/{checked}") == f"/run/artifacts/{checked}"


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("a.PNG", "image/png"),
        ("a.parquet", "application/vnd.apache.parquet"),
        ("x/y.tar.gz", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.svg", "image/svg+xml"),
        ("a.mp4", "video/mp4"),
    ],
)
def test_the_media_type_follows_the_name(path: str, media_type: str) -> None:
    assert guess_media_type(path) == media_type


def test_what_is_listed_is_what_is_kept(tmp_path: Path) -> None:
    folder = write_sealed_run(tmp_path)
    content = bytes(range(256)) * 10_000
    (tmp_path / "source.bin").write_bytes(content)
    copied = copy_artifact(folder, "deep/er/a.bin", tmp_path / "source.bin")
    written = write_artifact(folder, "b.txt", b"")
    assert copied == {
        "path": "deep/er/a.bin",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "media_type": "application/octet-stream",
    }
    assert (folder.artifacts / "deep" / "er" / "a.bin").read_bytes() == content
    assert (written["size"], written["media_type"]) == (0, "text/plain")


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a/b", "a"), ("a/b", "a/b/c/d")])
def test_a_file_and_a_folder_cannot_share_a_path(tmp_path: Path, first: str, second: str) -> None:
    folder = write_sealed_run(tmp_path)
    write_artifact(folder, first, b"first")
    with pytest.raises(InvalidPath, match=r"or the other way round\. Choose another path"):
        write_artifact(folder, second, b"second")
    assert [p.read_bytes() for p in folder.artifacts.rglob("*") if p.is_file()] == [b"first"]


def test_a_failed_write_leaves_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_sealed_run(tmp_path)
    write_artifact(folder, "a.txt", b"first")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(122, "Disk quota exceeded")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreWriteFailed, match="the quota is used up"):
        write_artifact(folder, "a.txt", b"second")
    (kept,) = folder.artifacts.iterdir()
    assert kept.read_bytes() == b"first"
