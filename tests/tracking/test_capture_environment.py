from __future__ import annotations

import getpass
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from runfolio.tracking.capture.environment import (
    read_environment,
    read_host,
    read_installed,
    read_packages,
)


def install(folder: Path, name: str, metadata: str | bytes) -> None:
    info = folder / f"{name}.dist-info"
    info.mkdir()
    content = metadata if isinstance(metadata, bytes) else metadata.encode()
    (info / "METADATA").write_bytes(content)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in front of Python's path for packages; the list is read afresh around it."""
    read_installed.cache_clear()
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    read_installed.cache_clear()


def test_the_environment() -> None:
    found = read_environment()
    assert found["python"] == platform.python_version()
    assert found["implementation"] == platform.python_implementation()
    assert platform.machine() in found["platform"]
    assert found["cpu_count"] >= 1
    assert f"pyarrow=={version('pyarrow')}" in found["packages"]


def test_packages_are_sorted_and_named_once(packages: Path) -> None:
    names = [package.partition("==")[0].lower().replace("_", "-") for package in read_packages()]
    assert names == sorted(set(names))


def test_the_package_that_python_would_import_counts(packages: Path) -> None:
    install(packages, "pyarrow-0.1", "Name: PyArrow\nVersion: 0.1\n\nName: other\n")
    assert "PyArrow==0.1" in read_packages()
    assert f"pyarrow=={version('pyarrow')}" not in read_packages()


def test_broken_metadata_is_left_out(packages: Path) -> None:
    install(packages, "empty-1.0", "")
    install(packages, "nameless-1.0", "Version: 1.0\n")
    install(packages, "binary-1.0", b"Name: \xff\xfe\n")
    install(packages, "versionless-1.0", "Name: versionless\n")
    (packages / "hollow-1.0.dist-info").mkdir()
    found = read_packages()
    assert "versionless" in found
    assert not any(package.startswith(("empty", "nameless", "hollow", "==")) for package in found)


def test_packages_that_no_index_has_are_told(packages: Path) -> None:
    install(packages, "Mine-1.0", "Name: Mine\nVersion: 1.0\n")
    install(packages, "theirs-1.0", "Name: theirs\nVersion: 1.0\n")
    note = packages / "Mine-1.0.dist-info" / "direct_url.json"
    note.write_text('{"url": "file:///home/ada/mine", "dir_info": {"editable": true}}')
    found = read_environment()
    assert "Mine" in found["local"]
    assert "theirs" not in found["local"]
    assert "Mine==1.0" in found["packages"]


def test_the_host() -> None:
    found = read_host()
    assert set(found) == {"host", "user", "os"}
    assert found["host"]
    assert found["os"]


@pytest.mark.skipif(sys.platform == "win32", reason="users have no number on Windows")
def test_a_user_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    with pytest.raises((KeyError, OSError)):
        getpass.getuser()
    assert read_host()["user"] is None
