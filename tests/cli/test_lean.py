"""The command's own process stays small, and no other process is changed by it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import runfolio

_GIVE_UP = """
    import sys
    from pathlib import Path
    from runfolio.cli.lean import stay_lean

    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    if sys.argv[1] == "lean":
        stay_lean()
    bytes(1 << 20)  # from the first piece on that is given back, glibc keeps others of its size
    pieces = [b"x" * (500 << 10) for _ in range(200)]
    most = resident()
    pieces = pieces[9::10]
    print(resident() / most)
"""


def test_building_a_report_loads_neither_pandas_nor_altair(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(experiment="first", store=store, capture=False) as run:
        run.log_params({"alpha": 1})
        run.log_metric("loss", 0.5)
        run.log_table({"a": [1, None], "b": ["x", "y"]}, "table")
    code = """
import atexit, sys
from runfolio.cli.report import main
loaded = lambda: [name for name in ("pandas", "altair") if name in sys.modules]
atexit.register(lambda: print("loaded", *loaded()))
main()
"""
    words = [sys.executable, "-c", code, str(store), "--output", str(tmp_path / "site")]
    said = subprocess.check_output(words, text=True)
    assert said.splitlines()[-1].strip() == "loaded", said


def test_a_process_that_has_arrow_keeps_pandas() -> None:
    code = "import pyarrow; from runfolio.cli.lean import stay_lean; stay_lean(); import pandas"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="It is about glibc's memory.")
def test_memory_is_given_back() -> None:
    assert measure("lean") < 0.4
    assert measure("as it comes") > 0.6


def measure(how: str) -> float:
    """The share of its memory that a process still has that gave up nine tenths of most of it."""
    command = [sys.executable, "-c", textwrap.dedent(_GIVE_UP), how]
    kept = {key: one for key, one in os.environ.items() if not key.startswith("MALLOC_")}  # Dask's
    return float(subprocess.check_output(command, env=kept, text=True))
