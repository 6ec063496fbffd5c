"""Sites to publish, and a repository to publish them from."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import runfolio
from runfolio.site import build_report
from tests.publishing.repositories import clone, commit_files, make_remote


def log_run(store: Path, name: str = "first", **params: object) -> str:
    """Log a small run, and return its id."""
    with runfolio.start_run(experiment="wine", name=name, store=store, capture=False) as run:
        run.log_params(params or {"alpha": 1})
        run.log_metrics({"loss": 0.5}, step=0)
        run.log_text("all is well\n", "summary.txt")
    return run.id


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one run, for reading only."""
    folder = tmp_path_factory.mktemp("small")
    log_run(folder / "runs")
    build_report(folder / "runs", output=folder / "site", title="Wine & cheese")
    return folder / "site"


@pytest.fixture
def site(small_site: Path, tmp_path: Path) -> Path:
    """A site of one run, to change at will."""
    return Path(shutil.copytree(small_site, tmp_path / "site"))


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git as it is in a fresh container: without a name, an address and other settings."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty bare repository."""
    return make_remote(tmp_path / "remote.git")


@pytest.fixture
def work(remote: Path, tmp_path: Path) -> Path:
    """A clone of the remote with some code on its main branch."""
    folder = clone(remote, tmp_path / "work")
    commit_files(folder, {"train.py": "print('hello')\n", "src/one.py": "1\n"})
    return folder
