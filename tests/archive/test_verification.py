"""Checking an archive: what is missing, changed or extra, and what no archive has."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from runfolio.archive import contents, is_archive, verify_archive
from runfolio.errors import ArchiveUnreadable
from tests.archive.conftest import Sample
from tests.archive.samples import rewrite
from tests.archive.test_writing import unpack


def copied(sample: Sample, tmp_path: Path) -> Path:
    return Path(shutil.copy(sample.archive, tmp_path / "report.zip"))


def test_a_whole_archive_has_no_problem(sample: Sample, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    found = verify_archive(sample.archive, progress=lambda *one: told.append(one))
    assert found.problems == []
    assert told[-1] == (found.files - 1, found.files - 1)
    assert verify_archive(unpack(sample.archive, tmp_path / "a")).problems == []


def test_missing_changed_and_extra_files_are_named(sample: Sample, tmp_path: Path) -> None:
    change = {"README.md": None, "index.html": b"other", "added.txt": b"new"}
    found = verify_archive(rewrite(copied(sample, tmp_path), change))
    assert (found.missing, found.changed) == (("README.md",), ("index.html",))
    assert found.extra == ("added.txt",)
    assert found.problems == [
        ("README.md", "it is missing"),
        ("added.txt", "it is not in the manifest"),
        ("index.html", "it doesn't match its checksum"),
    ]


def test_the_same_in_a_folder(sample: Sample, tmp_path: Path) -> None:
    folder = unpack(sample.archive, tmp_path / "a")
    (folder / "README.md").unlink()
    (folder / "index.html").write_text("other")
    (folder / "store" / "added.txt").write_text("new")
    found = verify_archive(folder)
    assert [path for path, _ in found.problems] == ["README.md", "index.html", "store/added.txt"]


def test_flipped_bits_are_found(sample: Sample, tmp_path: Path) -> None:
    """Also in what is packed, where the ZIP format's own checksum speaks first."""
    with zipfile.ZipFile(sample.archive) as file:
        member = file.getinfo("index.html")
    whole = bytearray(sample.archive.read_bytes())
    whole[member.header_offset + 30 + len(member.filename) + 40] ^= 0x10
    damaged = tmp_path / "report.zip"
    damaged.write_bytes(whole)
    assert verify_archive(damaged).changed == ("index.html",)


@pytest.mark.parametrize("kept", [10, 1000, -30])
def test_a_cut_archive_is_no_whole_zip_file(sample: Sample, tmp_path: Path, kept: int) -> None:
    damaged = tmp_path / "report.zip"
    damaged.write_bytes(sample.archive.read_bytes()[:kept])
    assert is_archive(damaged)
    with pytest.raises(ArchiveUnreadable, match=r"is no whole ZIP file"):
        verify_archive(damaged)


def test_what_has_no_manifest_is_no_archive(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnreadable, match=r"has no manifest-sha256\.txt"):
        verify_archive(rewrite(copied(sample, tmp_path), {"manifest-sha256.txt": None}))
    with pytest.raises(ArchiveUnreadable, match=r"Couldn't read .*No such file"):
        verify_archive(tmp_path / "nowhere.zip")
    assert not is_archive(tmp_path / "nowhere.zip")
    assert not is_archive(sample.store)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        (b"\xff\xfe", "is no UTF-8 text"),
        (b"12  a.txt\n", "Line 1 of manifest-sha256.txt is no digest and path: '12  a.txt'"),
        (b"0" * 64 + b"  a\n" + b"1" * 64 + b"  a\n", "Line 2 of .* names a file twice"),
    ],
)
def test_a_broken_manifest(sample: Sample, tmp_path: Path, manifest: bytes, message: str) -> None:
    damaged = rewrite(copied(sample, tmp_path), {"manifest-sha256.txt": manifest})
    with pytest.raises(ArchiveUnreadable, match=message):
        verify_archive(damaged)


def link(file: zipfile.ZipFile) -> None:
    member = zipfile.ZipInfo("store/link")
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    file.writestr(member, "/etc/passwd")


def encrypt(file: zipfile.ZipFile) -> None:
    file.writestr("locked.txt", "x")
    file.getinfo("locked.txt").flag_bits |= 1


def add(name: str, **options: int) -> Callable[[zipfile.ZipFile], None]:
    return lambda file: file.writestr(zipfile.ZipInfo(name), "x", **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (add("../outside.txt"), r"'\.\./outside\.txt' leads out of the archive"),
        (add("/etc/outside"), "leads out of the archive"),
        (add("a/../../b"), "leads out of the archive"),
        (add("a//b"), "leads out of the archive"),
        (add("C:evil"), "leads out of the archive"),
        (add("a\\b"), "leads out of the archive"),
        (link, "'store/link' is a link or no plain file"),
        (encrypt, "'locked.txt' is encrypted"),
        (add("odd", compress_type=zipfile.ZIP_LZMA), "is packed in a way that is not used"),
    ],
)
def test_tricks_are_refused(
    sample: Sample, tmp_path: Path, change: Callable[[zipfile.ZipFile], None], message: str
) -> None:
    archive = copied(sample, tmp_path)
    with zipfile.ZipFile(archive, "a") as file:
        change(file)
    with pytest.raises(ArchiveUnreadable, match=message):
        verify_archive(archive)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice_is_refused(sample: Sample, tmp_path: Path) -> None:
    archive = copied(sample, tmp_path)
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("index.html", "another")
    with pytest.raises(ArchiveUnreadable, match=r"'index.html' is there twice"):
        verify_archive(archive)


def test_what_unpacks_to_far_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "FREE_BYTES", 1 << 20)
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(8 << 20))
    with pytest.raises(ArchiveUnreadable, match=r"would unpack to 8,388,608"):
        verify_archive(bomb)


def test_members_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as file:
        file.writestr("a", "x" * 1000)
        again = zipfile.ZipInfo("b")
        whole = file.getinfo("a")
        for name in ("header_offset", "CRC", "compress_size", "file_size", "external_attr"):
            setattr(again, name, getattr(whole, name))
        file.filelist.append(again)
    with pytest.raises(ArchiveUnreadable, match=r"is refused: its .* would unpack to 2,000"):
        verify_archive(twice)


def test_too_long_a_list_of_files_is_refused(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MAX_FILES", 3)
    with pytest.raises(ArchiveUnreadable, match=r"holds more than 3 files"):
        verify_archive(sample.archive)
    monkeypatch.setattr(contents, "MAX_LIST", 100)
    with pytest.raises(ArchiveUnreadable, match=r"has a list of files of .* bytes"):
        verify_archive(sample.archive)


def test_a_link_in_a_folder_is_refused(sample: Sample, tmp_path: Path) -> None:
    folder = unpack(sample.archive, tmp_path / "a")
    (folder / "store" / "link").symlink_to("/etc/passwd")
    with pytest.raises(ArchiveUnreadable, match=r"'store/link' is a link or no plain file"):
        verify_archive(folder)


def test_nothing_is_written_while_checking(sample: Sample, tmp_path: Path) -> None:
    archive = copied(sample, tmp_path)
    verify_archive(archive)
    assert [path.name for path in tmp_path.iterdir()] == ["report.zip"]
