"""The committed demo report is what this version builds from the demo store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.environment.demo_site import DEMO_SITE, build_demo_site

ACTUAL = Path(__file__).parent / "actual" / "site"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def differing(expected: Path, actual: Path) -> list[str]:
    """The paths whose bytes differ between two folders, or that only one of them has."""
    left, right = contents(expected), contents(actual)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))


def test_the_demo_site_is_current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")  # the environment must not show
    fresh = tmp_path / "site"
    build_demo_site(fresh)
    changed = differing(DEMO_SITE, fresh)
    if changed:
        shutil.rmtree(ACTUAL, ignore_errors=True)
        shutil.copytree(fresh, ACTUAL)
    assert not changed, f"`make site` changes {changed}; the fresh build is kept in {ACTUAL}"


def test_a_difference_is_noticed(tmp_path: Path) -> None:
    for name, text in (("one", "a"), ("two", "b")):
        (tmp_path / name / "runs").mkdir(parents=True)
        (tmp_path / name / "runs" / "x.html").write_text(text)
        (tmp_path / name / "same.html").write_text("same")
    (tmp_path / "two" / "new.css").write_text("")
    assert differing(tmp_path / "one", tmp_path / "two") == ["new.css", "runs/x.html"]
