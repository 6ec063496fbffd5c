"""A plain PyTorch loop, and the progress bar of any loop."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.programs import run_example
from tests.environment.apart import run_apart

BAR = """
import os, sys
os.dup2(1, 2)  # whatever anyone writes to stderr is seen by the test
import runfolio
from contextlib import nullcontext
from tqdm import tqdm

logging = sys.argv[1] == "logging"
shown = {"bar_format": "{desc} {n}/{total} |{bar:20}|", "mininterval": 0, "miniters": 1}
with runfolio.start_run(store="kept", system_metrics=False) if logging else nullcontext() as run:
    for step in tqdm(range(50), desc="training", **shown):
        if logging:
            run.log_metrics({"loss": 1 / (step + 1)}, step=step)
            run.log_param(f"p{step}", step)
            run.log_text("hello", f"{step}.txt")
"""


def test_the_example_logs_its_curves(tmp_path: Path) -> None:
    logged = run_example(tmp_path, "pytorch_loop.py")
    assert set(logged) == {"4 units", "32 units"}
    wide = logged["32 units"]
    assert wide.params == {"units": 32, "lr": 0.02, "steps": 40, "optimizer": "Adam"}
    assert [step for step, _ in wide.curves["loss"]] == list(range(40))
    assert wide.last["loss"] < wide.curves["loss"][0][1]
    assert {"curve.parquet", "model/MLmodel", "model/data/model.pt2"} <= wide.files


def test_a_progress_bar_is_the_same_with_and_without_logging(tmp_path: Path) -> None:
    plain = run_apart("frameworks", BAR, "plain", cwd=tmp_path)
    logging = run_apart("frameworks", BAR, "logging", cwd=tmp_path)
    assert "training 50/50 |████" in plain
    assert logging == plain
    assert (tmp_path / "kept").is_dir()
