"""Archives that somebody sends: what is in them goes nowhere but into the store that is named."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from runfolio.archive.layout import CRATE, MANIFEST
from runfolio.cli.report import main as report_command
from runfolio.reproduction.archives import hold_the_same
from tests.hostile import commands, native
from tests.hostile.names import plant

Add = Callable[[zipfile.ZipFile], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive as `build-report` writes it."""
    folder = tmp_path_factory.mktemp("whole")
    native.make_run(folder / "store")
    commands.call(report_command, folder / "store", "--archive", folder / "report.zip")
    return folder / "report.zip"


def _with(whole: Path, target: Path, add: Add) -> Path:
    """A copy of an archive with one more member."""
    shutil.copyfile(whole, target)
    with zipfile.ZipFile(target, "a") as archive:
        add(archive)
    return target


def _member(name: str, kind: int = stat.S_IFREG, flags: int = 0) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = (kind | 0o644) << 16
    member.flag_bits = flags
    return member


def _put(name: str, content: bytes = b"x", kind: int = stat.S_IFREG) -> Add:
    return lambda archive: archive.writestr(_member(name, kind), content)


NAMES = (
    *("../evil", "store/../../evil", "/evil", "//evil", "C:/evil", "C:evil", "a/./b", "a//b"),
    *("..", ".", "", "store/runs/../../../evil", "..\\evil", "a\\..\\..\\evil", "\\\\srv\\evil"),
)


def _refused(path: Path, tmp_path: Path, *, says: str) -> None:
    """Both ways to read an archive refuse it, in one line, and write nothing."""
    before = set(tmp_path.rglob("*"))
    for words in (("verify", str(path)), ("import", str(path), "--store", str(tmp_path / "new"))):
        result = commands.run(*words)
        assert result.exit_code != 0
        said = result.output.strip()
        assert says in said, said
        assert len(said) < 1000
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", NAMES)
def test_members_that_lead_out_are_named_and_refused(
    name: str, whole: Path, tmp_path: Path
) -> None:
    path = _with(whole, tmp_path / "a.zip", _put(name))
    _refused(path, tmp_path, says="leads out of the archive")


def test_a_nul_in_a_name_hides_nothing(whole: Path, tmp_path: Path) -> None:
    """Python cuts a name at a NUL, others don't."""
    path = _with(whole, tmp_path / "a.zip", _put("a_b.txt"))
    path.write_bytes(path.read_bytes().replace(b"a_b.txt", b"a\0b.txt"))
    _refused(path, tmp_path, says="'a' leads out of the archive")


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK]
)
def test_links_and_devices_are_refused(kind: int, whole: Path, tmp_path: Path) -> None:
    path = _with(whole, tmp_path / "a.zip", _put("store/link", b"/etc/passwd", kind))
    _refused(path, tmp_path, says="'store/link' is a link or no plain file")


def test_a_name_that_comes_twice_is_refused(whole: Path, tmp_path: Path) -> None:
    """One reader would take the first, another the last."""
    with pytest.warns(UserWarning, match="Duplicate"):
        path = _with(whole, tmp_path / "a.zip", _put(CRATE))
    _refused(path, tmp_path, says=f"'{CRATE}' is there twice")


def test_encrypted_members_are_refused(whole: Path, tmp_path: Path) -> None:
    path = _with(whole, tmp_path / "a.zip", _put("secret"))
    content = bytearray(path.read_bytes())
    entry = content.rfind(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(content)
    _refused(path, tmp_path, says="'secret' is encrypted")


def test_other_packings_are_refused(whole: Path, tmp_path: Path) -> None:
    def add(archive: zipfile.ZipFile) -> None:
        archive.writestr("packed", b"x", compress_type=zipfile.ZIP_LZMA)

    path = _with(whole, tmp_path / "a.zip", add)
    _refused(path, tmp_path, says="is packed in a way that is not used here")


@pytest.mark.parametrize("name", ["INDEX.html", "Index.HTML", "readme.md", "stray", "a" * 60_000])
def test_members_that_no_manifest_names_are_said(name: str, whole: Path, tmp_path: Path) -> None:
    """Such as one that would overwrite another where case counts for nothing."""
    path = _with(whole, tmp_path / "a.zip", _put(name))
    result = commands.run("verify", path)
    assert result.exit_code == 1
    assert name[:100] in result.output
    assert commands.run("import", path, "--store", tmp_path / "new").exit_code != 0
    assert not (tmp_path / "new").exists()


def test_an_archive_of_very_many_members(whole: Path, tmp_path: Path) -> None:
    """70,000 of them need the long form of the list."""

    def add(archive: zipfile.ZipFile) -> None:
        for number in range(70_000):
            archive.writestr(_member(f"many/{number}"), b"")

    path = _with(whole, tmp_path / "a.zip", add)
    result = commands.run("verify", path)
    assert result.exit_code == 1
    assert "many/69999: it is not in the manifest" in result.output
    assert commands.run("import", path, "--store", tmp_path / "new").exit_code != 0
    assert not (tmp_path / "new").exists()


def test_a_list_that_claims_a_huge_size_is_refused(whole: Path, tmp_path: Path) -> None:
    content = bytearray(whole.read_bytes())
    end = content.rfind(b"PK\x05\x06")
    content[end + 12 : end + 16] = struct.pack("<I", 0xF0000000)
    (tmp_path / "a.zip").write_bytes(content)
    _refused(tmp_path / "a.zip", tmp_path, says="has a list of files of")


def test_a_long_form_that_lies_is_no_whole_archive(whole: Path, tmp_path: Path) -> None:
    """The record of ZIP64 says how many bytes the list has, and where it begins."""
    content = whole.read_bytes()
    end = content.rfind(b"PK\x05\x06")
    count, size, start = struct.unpack("<HII", content[end + 10 : end + 20])
    for lie in ((1 << 62, start), (size, 1 << 62), (size + 1, start), (size, start + 7)):
        record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, *lie)
        locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
        tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, *[0xFFFFFFFF] * 2, 0)
        path = tmp_path / "a.zip"
        path.write_bytes(content[:end] + record + locator + tail)
        _refused(path, tmp_path, says="Error: ")


@pytest.mark.parametrize("share", [0, 1, 10, 50, 90, 99])
def test_a_cut_archive_is_refused(share: int, whole: Path, tmp_path: Path) -> None:
    content = whole.read_bytes()
    (tmp_path / "a.zip").write_bytes(content[: len(content) * share // 100])
    for words in (("verify",), ("import", "--store", str(tmp_path / "new"))):
        result = commands.run(*words, tmp_path / "a.zip")
        assert result.exit_code != 0
        assert len(result.output) < 1000
    assert not (tmp_path / "new").exists()


def test_a_long_comment_is_read_over(whole: Path, tmp_path: Path) -> None:
    """It may look like another list of members."""
    path = tmp_path / "a.zip"
    shutil.copyfile(whole, path)
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as inner:
        inner.writestr("../evil", b"x")
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = (b"\x1b[31m" + other.getvalue()).ljust(65_535, b"c")
    result = commands.run("verify", path)
    assert "\x1b" not in result.output
    assert not (tmp_path.parent / "evil").exists()


def test_members_over_each_other_are_refused(tmp_path: Path) -> None:
    """Many members that share the bytes of one, as the densest bombs do."""
    one = io.BytesIO()
    with zipfile.ZipFile(one, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a0000", b"\0" * 5_000_000)
    content = one.getvalue()
    start = content.rfind(b"PK\x01\x02")
    end = content.rfind(b"PK\x05\x06")
    entry = content[start:end]
    entries = b"".join(entry.replace(b"a0000", b"a%04d" % number) for number in range(2000))
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2000, 2000, len(entries), start, 0)
    (tmp_path / "a.zip").write_bytes(content[:start] + entries + tail)
    _refused(tmp_path / "a.zip", tmp_path, says="would unpack to")


def test_an_archive_in_an_archive_stays_one_file(whole: Path, tmp_path: Path) -> None:
    path = _with(whole, tmp_path / "a.zip", _put("inner.zip", whole.read_bytes()))
    assert "inner.zip" in commands.run("verify", path).output


@pytest.mark.parametrize("where", ["top", "store"])
def test_a_folder_of_links_is_no_archive(where: str, whole: Path, tmp_path: Path) -> None:
    """An archive that was unpacked, in which something was replaced."""
    plant(tmp_path / "outside")
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(folder)
    if where == "store":
        shutil.rmtree(folder / "store")
        (folder / "store").symlink_to(tmp_path / "outside")
    else:
        (folder / "README.md").unlink()
        (folder / "README.md").symlink_to(tmp_path / "outside" / "canary.txt")
    result = commands.run("import", folder, "--store", tmp_path / "new")
    assert result.exit_code != 0
    assert "is a link or no plain file" in result.output
    assert not (tmp_path / "new").exists()


def test_a_store_in_an_archive_is_as_foreign_as_any(whole: Path, tmp_path: Path) -> None:
    """Its tables vouch for themselves and name what they like; nothing is written elsewhere."""
    folder = tmp_path / "made"
    native.make_run(folder)
    run = native.make_run(folder)
    native.list_artifacts(run, ["../../../../evil.txt", "/evil.txt", "a\\..\\evil.txt"])
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as archive:
        kept = [one for one in source.namelist() if not one.startswith("store/")]
        lines = []
        members = [(one, source.read(one)) for one in kept if one != MANIFEST]
        members += [
            (f"store/{one.relative_to(folder).as_posix()}", one.read_bytes())
            for one in folder.rglob("*")
            if one.is_file()
        ]
        for name, content in members:
            archive.writestr(name, content)
            lines.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        archive.writestr(MANIFEST, "".join(lines))
    shutil.rmtree(folder)
    result = commands.run("import", path, "--store", tmp_path / "new" / "store")
    assert len(result.output) < 2000
    assert not list(tmp_path.rglob("evil*"))
    assert not list(tmp_path.parent.glob("evil*"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06", b"x" * 100])
def test_models_that_are_no_archives_differ(content: bytes, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(content)
    assert not hold_the_same(tmp_path / "a", tmp_path / "b")


def test_models_of_very_many_members_are_not_compared(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for number in range(10_001):
                archive.writestr(_member(str(number)), b"")
    assert not hold_the_same(tmp_path / "a", tmp_path / "b")
