"""A tool that can't be had comes with its reason, and is a failure only in CI."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.environment import tools
from tests.environment.provide import InstallError, first_error, provide, run, same_packages
from tests.environment.tools import Tool, require


def finder(folder: Path) -> Callable[[], Tool]:
    """Finds `folder`/tool once it is there."""

    def find() -> Tool:
        path = folder / "tool"
        return Tool("tool", path if path.exists() else None, "not here; `make test` tries")

    return find


def refuse() -> None:
    raise InstallError("no network")


def test_the_first_way_that_works_is_enough(tmp_path: Path) -> None:
    ways = (refuse, (tmp_path / "tool").touch, (tmp_path / "other").touch)
    assert provide(finder(tmp_path), *ways) == ""
    assert not (tmp_path / "other").exists()


def test_a_tool_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tool").touch()
    assert provide(finder(tmp_path), (tmp_path / "other").touch) == ""
    assert not (tmp_path / "other").exists()


def test_every_way_that_failed_is_a_reason(tmp_path: Path) -> None:
    assert provide(finder(tmp_path), refuse) == "not here; no network"


def test_an_installer_that_fails_gives_its_own_error() -> None:
    with pytest.raises(InstallError, match=r"^couldn't install it: E: no such package$"):
        run("it", "sh", "-c", "echo reading; echo 'E: no such package' >&2; echo bye; exit 100")
    with pytest.raises(InstallError, match=r"couldn't install it: .*No such file"):
        run("it", "/nowhere/installer")


def test_an_installer_without_words_gives_none() -> None:
    assert first_error("…\n\n") == "no reason given"
    assert first_error("one\nnpm error code E404\nlast\n") == "npm error code E404"
    assert first_error("one\nlast\n") == "last"


def test_lock_files_are_compared_by_version(tmp_path: Path) -> None:
    paths = []
    for name, version in (("a", "1.0"), ("b", "1.0"), ("c", "1.1")):
        packages = {"": {"version": name}, "node_modules/x": {"version": version}}
        paths.append(tmp_path / name)
        paths[-1].write_text(json.dumps({"packages": packages}))
    assert same_packages(paths[0], paths[1])
    assert not same_packages(paths[0], paths[2])


def test_a_missing_tool_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="java is missing: not allowed"):
        require(Tool("java", None, "not allowed"))


def test_a_missing_tool_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="java is missing: not allowed"):
        require(Tool("java", None, "not allowed"))


def test_a_noted_reason_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "NOTES", tmp_path / "tools.json")
    assert tools.reason_for("java", "none") == "none; `make test` tries to install it"
    (tmp_path / "tools.json").write_text('{"java": "only root may"}')
    assert tools.reason_for("java", "none") == "only root may"
