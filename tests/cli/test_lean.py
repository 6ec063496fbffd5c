"""The command's own process stays small, and no other process is changed by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import runfolio


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
