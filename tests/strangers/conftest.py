"""One environment with the wheel for all tests of strangers."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.strangers.newcomer import Newcomer, install_wheel, own_packages


@pytest.fixture(scope="session")
def public() -> Iterator[Path]:
    """A folder into which every user may look; pytest's own are for one user only."""
    folder = Path(tempfile.mkdtemp(prefix="runfolio-strangers-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def newcomer(public: Path) -> Newcomer:
    """Somebody who has just installed the wheel."""
    return install_wheel(public, Path(sys.executable), own_packages())
