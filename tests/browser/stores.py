"""Stores for the browser tests: one like people's own, one of everything odd."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import runfolio
from runfolio.documents import write_yaml
from runfolio.store import Edit, write_edit
from runfolio.store.registry import MODEL, VERSION

NOTE = """
# What was tried

A *smaller* rate, see [the paper](https://example.org/paper) and `train.py`.

| rate | loss |
|------|-----:|
| 0.1  |  0.4 |

* one
* two
"""

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(3)"><circle r="9"/></svg>'
ESTIMATOR = (
    '<div class="sk-item" onclick="alert(7)"><style>body { display: none }</style><label>'
    '<a href="javascript:alert(8)">Pipeline</a><script>alert(9)</script></label>'
    "<pre>Pipeline(&lt;script&gt;alert(10)&lt;/script&gt;)</pre><div class='sk-serial'>"
    '<div class="sk-item"><label for="main" id="main"><img src=x onerror=alert(11)>Ridge</label>'
    '<form action="https://example.org/"><input name="a"></form>'
    '<iframe src="https://example.org/"></iframe><svg onload="alert(12)"></svg></div></div></div>'
)
PAGE = "<!doctype html><title>x</title><script>alert(4)</script><img src='https://example.org/x'>"


def write_usual_store(store: Path) -> None:
    """Two experiments of several runs with curves, images and other artifacts."""
    runfolio.describe_experiment("wine", primary_metric="rmse", direction="down", store=store)
    for number, model in enumerate(["linear", "ridge", "forest", "boosting"]):
        _write_wine_run(store, number, model)
    with runfolio.start_run(experiment="wine", name="sweep", store=store, capture=False) as sweep:
        for depth in (2, 4):
            with runfolio.start_run(
                experiment="wine", name=f"depth {depth}", store=store, parent=sweep, capture=False
            ) as run:
                run.log_params({"model": "forest", "depth": depth})
                run.log_metrics({"rmse": 0.7 - depth / 100, "r2": 0.3 + depth / 100})
    for seed in range(2):
        with runfolio.start_run(experiment="curves", store=store, capture=False) as run:
            run.log_params({"seed": seed})
            for step in range(20):
                run.log_metric("accuracy", 1 - 1 / (step + seed + 2), step=step)


def _write_wine_run(store: Path, number: int, model: str) -> None:
    with runfolio.start_run(
        experiment="wine", name=f"{model} {number}", tags={"label": "all"}, store=store
    ) as run:
        run.set_note(NOTE)
        run.log_params({"model": model, "rate": 0.1 / (number + 1), "depth": number + 1})
        run.log_params({"shuffle": number % 2 == 0, "layers": [8, 16]})
        for step in range(30):
            loss = (1 + number / 5) / (step + 1)
            run.log_metrics({"loss": loss, "validation loss": loss * 1.2}, step=step)
            run.log_metric("system/cpu", 50 + 10 * math.sin(step), step=step)
        run.log_metrics({"rmse": 0.79 - number / 20, "r2": 0.2 + number / 20})
        _log_artifacts(run)
        if model in ("linear", "ridge"):
            _register_model(run, number, store)


def _register_model(run: runfolio.Run, number: int, store: Path) -> None:
    """Log a small pipeline, and register it as a version of the model ``cellar``."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = {"alcohol": [9.0, 10.0, 11.5], "sulphates": [0.4, 0.6, 0.5]}
    table = pd.DataFrame(rows)
    model = make_pipeline(StandardScaler(), Ridge(alpha=number + 1.0)).fit(table, [5.0, 6.0, 7.0])
    run.log_model(model, input_example=table, metadata={"team": "tasters"})
    alias = "champion" if number else "first"
    runfolio.register_model(run, "cellar", note=NOTE, aliases=[alias], store=store)


def _log_artifacts(run: runfolio.Run) -> None:
    """One artifact of each kind that has a preview."""
    run.log_text("first line\nsecond line\n", "notes/log.txt")
    run.log_text("def train(rate: float) -> None:\n    pass\n", "train.py")
    run.log_text("a,b\n1,2\n3,4\n", "table.csv")
    run.log_text("# Title\n\nText with **weight**.\n", "report.md")
    run.log_dict({"classes": [1, 2, 3], "name": "wine"}, "classes.json")
    ramp = np.linspace(0, 255, 64 * 48, dtype=np.uint8).reshape(48, 64)
    run.log_image(ramp, "ramp.png")


def write_odd_store(store: Path) -> None:
    """Runs that crashed, failed, have no metrics, or carry hostile text and extreme numbers."""
    with runfolio.start_run(experiment="no metrics", store=store, capture=False) as run:
        run.log_param("only", "a parameter")
    _write_failed_run(store)
    _write_dead_run(store)
    with runfolio.start_run(
        experiment=HOSTILE, name=HOSTILE, tags={HOSTILE: HOSTILE}, store=store, capture=False
    ) as run:
        run.set_note(f"{HOSTILE}\n\n[link](javascript:alert(5)) ![image](https://example.org/y)")
        run.log_params({HOSTILE: HOSTILE, "json": json.dumps(HOSTILE)})
        run.log_metrics({HOSTILE: 1.5, "nan": math.nan, "up": math.inf, "tiny": 5e-324})
        for step in (-3, 0, 2**40):
            run.log_metric("far", 1e300 * (step or 1), step=step)
        run.log_text(SVG, "picture.svg")
        run.log_text(PAGE, "page.html")
        run.log_text(HOSTILE, f"{HOSTILE.replace('/', '∕')}.txt")
        run.log_confusion_matrix(matrix=[[3, 1], [0, 2]], labels=[HOSTILE, "__proto__"])
        run.log_roc_curve([0, 1, 0, 1], [0.1, 0.9, 0.3, 0.2], label=HOSTILE)
        _write_hostile_model(run, store)
    with runfolio.start_run(
        experiment="خبرة 🍷", name="long " * 48, store=store, capture=False
    ) as run:
        run.log_metrics({f"metric {number}": number / 7 for number in range(40)})


def _write_hostile_model(run: runfolio.Run, store: Path) -> None:
    """A model all of whose words are hostile, and versions without files and without a run."""
    flavors = {HOSTILE: {"library_version": HOSTILE}, "python_function": {"python_version": PAGE}}
    column = {"type": HOSTILE, "name": HOSTILE, "required": False}
    parameter = {"name": HOSTILE, "type": "string", "default": HOSTILE}
    signature = {"inputs": json.dumps([column]), "params": json.dumps([parameter])}
    metadata = {HOSTILE: HOSTILE, "runfolio": {"digest": HOSTILE}}
    document = {"flavors": flavors, "signature": signature, "metadata": metadata}
    run.log_text(write_yaml(document), "model/MLmodel")
    run.log_text(f"{HOSTILE}==1\n", "model/requirements.txt")
    run.log_text(ESTIMATOR, "model/estimator.html")
    run.log_text(json.dumps({HOSTILE: HOSTILE}), "model/input_example.json")
    run.log_text("flavors: [1, 2", "damaged/MLmodel")
    words = {"user": HOSTILE, "note": f"{HOSTILE}\n[link](javascript:alert(6))"}
    for number, (path, run_id) in enumerate((("model", run.id), ("damaged", run.id), ("", None))):
        said = {"model": HOSTILE, "number": number + 1, "path": path, "run_id": run_id}
        said |= words | {"source": HOSTILE, "tags": {HOSTILE: HOSTILE}}
        write_edit(store, Edit(0, VERSION, f"{HOSTILE}{number}", said))
    aliases = {HOSTILE: f"{HOSTILE}0", "champion": f"{HOSTILE}0"}
    write_edit(store, Edit(0, MODEL, HOSTILE, {"aliases": aliases, "note": words["note"]}))
    write_edit(store, Edit(0, MODEL, "without versions", {"note": "none yet"}))


def _write_failed_run(store: Path) -> None:
    try:
        with runfolio.start_run(
            experiment="ends", name="failed", store=store, capture=False
        ) as run:
            run.log_metric("loss", 1.0)
            raise ValueError("the data ended")
    except ValueError:
        pass


def _write_dead_run(store: Path) -> None:
    """A run whose process vanished without a word."""
    code = (
        "import os, runfolio\n"
        f"run = runfolio.start_run(experiment='ends', name='vanished', store={str(store)!r})\n"
        "run.log_metric('loss', 2.0)\n"
        "os._exit(1)\n"
    )
    path = os.pathsep.join(path for path in sys.path if path)
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": path}, timeout=60)


def write_foreign_logs(project: Path) -> None:
    """Lightning's logs of three runs, one of them with hostile names and one damaged."""
    for number, name in enumerate(("loss", "val/acc", HOSTILE)):
        folder = project / "lightning_logs" / f"version_{number}"
        folder.mkdir(parents=True)
        quoted = '"' + name.replace('"', '""') + '"'
        rows = [f"{step},{1 / (step + number + 1)}" for step in range(12)]
        (folder / "metrics.csv").write_text("\n".join([f"step,{quoted}", *rows, ""]))
        (folder / "hparams.yaml").write_text(f"rate: {number / 10}\nmodel: {json.dumps(HOSTILE)}\n")
    (project / "lightning_logs" / "version_0" / "hparams.yaml").write_text("rate: [1, 2")
