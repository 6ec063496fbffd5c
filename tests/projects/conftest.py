"""What tests of projects share: an index of packages on this disk, and none other."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels which is all that uv and pip find, and a cache of the test's own."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for variable, value in {
        "UV_FIND_LINKS": str(folder),
        "UV_NO_INDEX": "1",
        "UV_OFFLINE": "1",
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_LINK_MODE": "copy",
        "PIP_FIND_LINKS": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_NO_CACHE_DIR": "1",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }.items():
        monkeypatch.setenv(variable, value)
    return folder
