"""Stores with models whose files are written by hand, which is quicker than training any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import runfolio
from runfolio.documents import write_yaml
from runfolio.store import Edit, write_edit
from runfolio.store.registry import MODEL, VERSION

SIGNATURE = {
    "inputs": json.dumps(
        [
            {"type": "double", "name": "alcohol", "required": True},
            {"type": "long", "name": "year", "required": False},
        ]
    ),
    "outputs": json.dumps([{"type": "double", "required": True}]),
    "params": json.dumps([{"name": "scale", "type": "double", "default": 1.5, "shape": None}]),
}
DESCRIPTION: dict[str, Any] = {
    "artifact_path": "model",
    "flavors": {
        "python_function": {"loader_module": "mlflow.sklearn", "python_version": "3.12.1"},
        "sklearn": {"sklearn_version": "1.9.1", "serialization_format": "skops"},
    },
    "metadata": {"team": "cellar", "runfolio": {"flavor": "sklearn", "digest": "d" * 64}},
    "saved_input_example_info": {"artifact_path": "input_example.json"},
    "signature": SIGNATURE,
    "utc_time_created": "2026-11-24 02:10:57.744205",
}
FILES = {
    "MLmodel": write_yaml(DESCRIPTION),
    "requirements.txt": "scikit-learn==1.9.1\nskops==0.16.0\n",
    "input_example.json": json.dumps({"columns": ["alcohol", "year"], "data": [[9.5, 2020]]}),
    "model.skops": "no real one",
}
DIAGRAM = (
    "<div class='sk-item'><label>Pipeline</label><pre>Pipeline(steps=[…])</pre>"
    "<div class='sk-serial'>"
    "<div class='sk-item'><label>StandardScaler</label></div>"
    "<div class='sk-item'><label>Ridge</label><pre>Ridge(alpha=2.0)</pre></div></div></div>"
)


def log_model(
    store: Path, name: str, rmse: float, *, experiment: str = "wine", **files: str | None
) -> str:
    """Log a run with a metric and a model, and return its id.

    Files named in `files`, a dot as two underscores, take the place of the usual ones; None leaves
    one out.
    """
    named = {key.replace("__", "."): text for key, text in files.items()}
    with runfolio.start_run(experiment=experiment, name=name, store=store, capture=False) as run:
        run.log_params({"model": name})
        run.log_metrics({"rmse": rmse, "r2": 1 - rmse, "epoch": 3, "system/cpu": 50.0})
        for path, text in {**FILES, **named}.items():
            if text is not None:
                run.log_text(text, f"model/{path}")
    return run.id


def register(
    store: Path, run_id: str | None, number: int, *, model: str = "wine", **changes: Any
) -> str:
    """Register a run's model as a version of this number, and return the version's id."""
    version = f"{number:02x}" * 8
    said = {"model": model, "number": number, "run_id": run_id, "path": "model", **changes}
    write_edit(store, Edit(0, VERSION, version, said))
    return version


def say(store: Path, model: str = "wine", **changes: Any) -> None:
    """Say something of a registered model: its note, tags or aliases."""
    write_edit(store, Edit(0, MODEL, model, changes))


def write_wine(store: Path) -> list[str]:
    """Three versions of a model, of which the second is the champion; the ids of their runs."""
    runfolio.describe_experiment("wine", primary_metric="rmse", direction="down", store=store)
    runs = [log_model(store, f"run {n}", rmse) for n, rmse in enumerate((0.9, 0.6, 0.7), 1)]
    versions = [register(store, run_id, n) for n, run_id in enumerate(runs, 1)]
    say(store, aliases={"champion": versions[1], "first": versions[0]}, note="Rates **wine**.")
    return runs
