"""Read scalars of event files: ``import_tensorboard TOOL TAGS STEPS``.

Runfolio writes ``logs`` in the working folder as tensorboardX would, reads it and imports it into
a store; TensorBoard's own reader then reads the same file.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

LOGS = Path("logs")


def write(tags: int, steps: int) -> None:
    """Write one run of noisy curves, one event for each point, step by step."""
    import numpy as np

    from runfolio.exports.tensorboard.events import frame_all, scalar_events, version_event

    start = 1_700_000_000_000_000
    noise, whole = np.random.default_rng(0), np.arange(steps)
    curves = [
        scalar_events(f"train/metric_{tag}", whole, start + whole * 1000, noise.random(steps))
        for tag in range(tags)
    ]
    events = [event for row in zip(*curves, strict=True) for event in row]
    (LOGS / "run").mkdir(parents=True)
    file = LOGS / "run" / "events.out.tfevents.1700000000.box"
    file.write_bytes(frame_all([version_event(start), *events]))


def read_theirs() -> tuple[float, int]:
    """Seconds that TensorBoard's own reader takes for every point, and how many it finds."""
    name = "tensorboard.backend.event_processing.event_accumulator"
    accumulator: Any = importlib.import_module(name).EventAccumulator
    began = perf_counter()
    events = accumulator(str(LOGS / "run"), {"scalars": 0}).Reload()
    points = sum(len(events.Scalars(tag)) for tag in events.Tags()["scalars"])
    return perf_counter() - began, points


def read_ours() -> tuple[float, int]:
    """Seconds that our reader takes for every point, and how many it finds."""
    from runfolio.sources.place import open_place
    from runfolio.sources.reading import Reading
    from runfolio.sources.records import ForeignRun
    from runfolio.sources.tensorboard.runs import SOURCE

    began = perf_counter()
    found = list(SOURCE.read(open_place(LOGS), Reading(SOURCE.error)))
    points = 0
    for run in found:
        if isinstance(run, ForeignRun):
            points += sum(len(series.steps) for series in run.metrics)
    return perf_counter() - began, points


def import_ours() -> float:
    """Seconds to import everything into a new store."""
    from runfolio.sources.importing import import_runs

    began = perf_counter()
    import_runs(LOGS, store=Path("store"), kind="tensorboard")
    return perf_counter() - began


def main(tool: str, tags: int, steps: int) -> None:
    """Do a tool's part and print what it took."""
    ours = tool == "runfolio"
    if ours:
        write(tags, steps)
    seconds, points = read_ours() if ours else read_theirs()
    if points != tags * steps:
        raise SystemExit(f"{points} points were read of {tags * steps}")
    found = {"read_seconds": seconds}
    if ours:
        found["import_seconds"] = import_ours()
    print("\n" + json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
