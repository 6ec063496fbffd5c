"""Read a folder of MLflow's runs with one tracker: ``import_mlflow TOOL RUNS METRICS POINTS``.

The folder is written file by file as MLflow writes it. MLflow reads it with `search_runs` and
`get_metric_history` of each metric; ours reads it, and imports it into an empty store. A small
folder is read first, so that the imports of modules are not measured.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

PARAMS = 10
REPEATS = 3
START = 1_700_000_000_000

META = """\
artifact_uri: file:///home/user/project/mlruns/1/{run}/artifacts
end_time: {end}
entry_point_name: ''
experiment_id: '1'
lifecycle_stage: active
run_id: {run}
run_name: run-{number}
source_name: ''
source_type: 4
source_version: ''
start_time: {start}
status: 3
tags: []
user_id: user
"""


def main(tool: str, runs: int, metrics: int, points: int) -> None:
    """Write the folder, then time each way to read it."""
    folder, small = Path("mlruns"), Path("small")
    write_runs(small, runs=1, metrics=2, points=3)
    write_runs(folder, runs=runs, metrics=metrics, points=points)
    measure = measure_theirs if tool == "mlflow" else measure_ours
    measure(small, 6)
    print("\n" + json.dumps(measure(folder, runs * metrics * points)))


def write_runs(folder: Path, *, runs: int, metrics: int, points: int) -> None:
    """Write an experiment of runs, each with ten parameters, a tag, and the metrics."""
    noise = random.Random(0)
    write(folder / "1" / "meta.yaml", "experiment_id: '1'\nlifecycle_stage: active\nname: many\n")
    for number in range(runs):
        run = f"{noise.getrandbits(128):032x}"
        place = folder / "1" / run
        for name in ("artifacts", "metrics", "params", "tags"):
            (place / name).mkdir(parents=True)
        start = START + number * 1_000_000
        meta = META.format(run=run, number=number, start=start, end=start + points)
        write(place / "meta.yaml", meta)
        write(place / "tags" / "mlflow.runName", f"run-{number}")
        for key in range(PARAMS):
            write(place / "params" / f"p{key}", str(noise.random()))
        for key in range(metrics):
            lines = (f"{start + step} {noise.random()} {step}\n" for step in range(points))
            write(place / "metrics" / f"m{key}", "".join(lines))


def write(path: Path, text: str) -> None:
    """Write one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def measure_ours(folder: Path, expected: int) -> dict[str, float]:
    """Seconds to read all runs with their points, and to import them into a store."""
    from runfolio.sources.importing import import_runs

    read = statistics.median(time_reading(count_ours, folder, expected) for _ in range(REPEATS))
    began = perf_counter()
    done = import_runs(folder, store=Path(f"store of {folder}"))
    imported = perf_counter() - began
    if done.skipped or not done.added:
        raise SystemExit(f"{done.added} runs were imported and {len(done.skipped)} parts skipped")
    return {"read": read, "import": imported}


def count_ours(folder: Path) -> int:
    """Read all runs and count their points."""
    from runfolio.sources.mlflow.stores import SOURCE
    from runfolio.sources.place import open_place
    from runfolio.sources.reading import Reading
    from runfolio.sources.records import ForeignRun

    found = SOURCE.read(open_place(folder), Reading(SOURCE.error))
    runs = (one for one in found if isinstance(one, ForeignRun))
    return sum(len(series.steps) for run in runs for series in run.metrics)


def measure_theirs(folder: Path, expected: int) -> dict[str, float]:
    """Seconds that MLflow takes to find all runs and all points of their metrics."""
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    warnings.simplefilter("ignore")
    read = statistics.median(time_reading(count_theirs, folder, expected) for _ in range(REPEATS))
    return {"read": read}


def count_theirs(folder: Path) -> int:
    """Let MLflow find all runs and the points of their metrics, and count them."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=str(folder.absolute()))
    return sum(
        len(client.get_metric_history(run.info.run_id, key))
        for run in client.search_runs(["1"], max_results=50_000)
        for key in run.data.metrics
    )


def time_reading(count: Callable[[Path], int], folder: Path, expected: int) -> float:
    """Seconds to read a folder; stops where not all points are read."""
    began = perf_counter()
    points = count(folder)
    taken = perf_counter() - began
    if points != expected:
        raise SystemExit(f"{points:,} points were read and {expected:,} written")
    return taken


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
