"""One store for all tests of reports: reading it changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.site.narrative.choosing import Source
from tests.site.narrative.sources import source_of, write_runs
from tests.site.narrative.sweeps import write_sweep


@pytest.fixture(scope="session")
def wine_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of four runs."""
    store = tmp_path_factory.mktemp("wine") / "runs"
    write_runs(store)
    return store


@pytest.fixture(scope="session")
def source(wine_store: Path) -> Source:
    """What panels and values of a report on that store read from."""
    return source_of(wine_store)


@pytest.fixture(scope="session")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """What panels of a report on some sweeps read from."""
    store = tmp_path_factory.mktemp("sweep") / "runs"
    write_sweep(store)
    return source_of(store)
