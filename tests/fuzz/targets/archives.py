"""Archives of reports that anybody may have packed: checked and imported, or refused whole."""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

import runfolio
from runfolio.archive import archive_store, import_archive, verify_archive
from runfolio.archive.layout import MANIFEST
from runfolio.errors import RunfolioError
from runfolio.reproduction.archives import hold_the_same
from tests.fuzz.target import Target, fresh_folder, join_pieces, split_pieces, workshop


@cache
def _sample() -> tuple[bytes, dict[str, bytes]]:
    """The archive of a small store, and the members that an import reads."""
    folder = workshop() / "archived"
    with runfolio.start_run(store=folder / "runs", name="a", capture=False) as run:
        run.log_metric("loss", 0.5)
        run.log_text("words", "words.txt")
    path = folder / "a.zip"
    archive_store(folder / "runs", path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
    return path.read_bytes(), {name: one for name, one in files.items() if "store/" in name}


def _check_import(content: bytes) -> None:
    """Check and import an archive: what is written lies in the store and nowhere else."""
    folder = fresh_folder("import")
    (folder / "outside.txt").write_bytes(b"as it was")
    archive, store = folder / "a.zip", folder / "inner" / "runs"
    archive.write_bytes(content)
    with suppress(RunfolioError):
        verify_archive(archive)
    with _temporary_files(folder / "temporary"), suppress(RunfolioError):
        import_archive(archive, store=store)
    (folder / "temporary").rmdir()  # where nothing may be left
    assert sorted(one.name for one in folder.iterdir()) in (
        ["a.zip", "outside.txt"],
        ["a.zip", "inner", "outside.txt"],
    )
    assert (folder / "outside.txt").read_bytes() == b"as it was"
    if store.exists():
        runfolio.search_runs(store=store)


@contextmanager
def _temporary_files(folder: Path) -> Iterator[None]:
    """Let temporary files be made in a folder, so that what gets out of theirs is seen."""
    folder.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _pack(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A ZIP file of these members with a manifest that fits."""
    digests = "".join(f"{hashlib.sha256(one).hexdigest()}  {name}\n" for name, one in members)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content)
        archive.writestr(zipfile.ZipInfo(MANIFEST), digests.encode(errors="replace"))
    return packed.getvalue()


def _check_members(data: bytes) -> None:
    """Pieces are names and contents, in turn, of an archive whose manifest vouches for them."""
    pieces = split_pieces(data)
    members: dict[str, bytes] = {}
    for name, content in zip(pieces[::2], pieces[1::2], strict=False):
        text = name.decode(errors="replace")
        if 0 < len(text) < 200 and "\0" not in text and text != MANIFEST:  # zipfile cuts there
            members[text] = content
    _check_import(_pack(list(members.items())))


def _seeds_of_members() -> Sequence[bytes]:
    files = _sample()[1]
    escaping = {"store/packs/../../../escaped.txt": b"x", "store/edits/..\\..\\escaped.txt": b"x"}
    return [
        join_pieces(part for name, one in members.items() for part in (name.encode(), one))
        for members in (files, files | escaping)
    ]


def _check_same(data: bytes) -> None:
    """Models that are compared after a reproduction: archives of skops and Keras."""
    folder = fresh_folder("same")
    one, other = folder / "one.skops", folder / "other.skops"
    one.write_bytes(data)
    shutil.copyfile(one, other)
    hold_the_same(one, other)


def _skops() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("schema.json", '{"__id__": 1, "content": {"file": "1.npy", "a": [1]}}')
        archive.writestr("1.npy", b"x")
    return packed.getvalue()


_WORDS: Final = (
    *(b"../x", b"/etc/x", b"C:\\x", b"a\\b", b"a/../../b", b"store/runfolio.json", b"PK\x01\x02"),
    *(b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"store/edits/x.json", b"CON"),
)

TARGETS: Final = (
    Target("archive", _check_import, lambda: [_sample()[0]], _WORDS, 80),
    Target("archive-members", _check_members, _seeds_of_members, _WORDS, 60),
    Target("same-archives", _check_same, lambda: [_skops()], _WORDS, 100),
)
