"""What every test gets: a folder of its own, no store from outside, no run left active."""

from __future__ import annotations

import getpass
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.pop("RUNFOLIO_STORE", None)
# What builds remember goes to a place of the tests; matplotlib's list of fonts stays where it is.
os.environ.setdefault("MPLCONFIGDIR", str(Path("~/.cache/matplotlib").expanduser()))
os.environ["XDG_CACHE_HOME"] = str(
    Path(tempfile.gettempdir()) / f"runfolio-tests-{getpass.getuser()}"
)

# What is started in the background by a shell ignores Ctrl-C, and so do its children.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Examples take as long as the machine lets them; the same ones each time in CI.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where a test may keep a store; nothing is there yet."""
    return tmp_path / "runs"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test works in a folder of its own, so that `./runs` never lands in the checkout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RUNFOLIO_STORE", raising=False)


@pytest.fixture(autouse=True)
def _no_run_left_active(_own_folder: None) -> Iterator[None]:
    """A test that leaves a run active fails, and the next one starts clean."""
    yield
    runfolio = sys.modules.get("runfolio")
    if runfolio is None:
        return
    left = []
    while (run := runfolio.active_run()) is not None:
        left.append(run.name)
        run.finish()
    assert not left, f"the test left runs active: {left!r}"
