"""A store of many sealed runs, written by the store's own functions and without their waiting.

``python -m tests.benchmarks.many_runs STORE FROM TO POINTS`` writes the runs of those numbers.
"""

from __future__ import annotations

import itertools
import random
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.large import do_not_wait

PARAMS = 20
METRICS = tuple(f"m{number}" for number in range(10))
PROCESSES = 2
START = 1_700_000_000_000_000


def write_many(store: Path, *, runs: int, points: int) -> None:
    """Write the runs, each with 20 parameters and 10 metrics, spread over processes."""
    from runfolio.store.layout import create_store

    create_store(store)
    bounds = [runs * part // PROCESSES for part in range(PROCESSES + 1)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.many_runs"]
            + [str(word) for word in (store, first, end, points)]
        )
        for first, end in itertools.pairwise(bounds)
    ]
    codes = [process.wait() for process in processes]
    if any(codes):
        raise SystemExit("writing the runs failed")


def write_some(store: Path, numbers: range, points: int) -> None:
    """Write the runs of these numbers and seal each; nothing waits for the disk."""
    from runfolio.schema import new_run_id
    from runfolio.store import journal as records
    from runfolio.store.journal import JournalWriter
    from runfolio.store.layout import new_run_folder, show_run_folder
    from runfolio.store.liveness import describe_writer
    from runfolio.store.sealing import seal_run

    writer = describe_writer()
    for number in numbers:
        noise = random.Random(number)
        run_id = new_run_id()
        began = START + number * 1_000_000
        header = {"format": 1, "run_id": run_id, "experiment": "many", "name": f"run {number}"}
        header |= {"parent_id": None, "start_time": began, "writer": writer}
        folder = new_run_folder(store, run_id)
        path = folder.journals / f"{uuid.uuid4().hex}.journal"
        journal = JournalWriter(path, header)
        folder = show_run_folder(folder, store, run_id)
        journal.path = folder.journals / path.name
        journal.append(records.PARAMS, create_params(noise))
        for step, values in enumerate(create_values(noise, points)):
            journal.append_points(METRICS, step, began + step * 1000, values)
        ended = {"status": "FINISHED", "end_time": began + points * 1000, "duration": points / 1e3}
        journal.append(records.END, ended)
        journal.close()
        seal_run(folder)


def create_params(noise: random.Random) -> dict[str, list[Any]]:
    """Twenty parameters as a journal has them: a quarter integers, a quarter texts, else floats."""
    params: dict[str, list[Any]] = {}
    for number in range(PARAMS):
        if number % 4 == 0:
            whole = noise.randrange(10)
            params[f"p{number}"] = ["int", str(whole), float(whole)]
        elif number % 4 == 1:
            params[f"p{number}"] = ["string", noise.choice(["adam", "sgd", "lion"]), None]
        else:
            real = noise.random()
            params[f"p{number}"] = ["float", repr(real), real]
    return params


def create_values(noise: random.Random, points: int) -> Iterator[list[float]]:
    """The values of all metrics at each step, between 0 and 1 and with all their digits."""
    for _ in range(points):
        yield [noise.random() for _ in METRICS]


if __name__ == "__main__":
    do_not_wait()
    write_some(Path(sys.argv[1]), range(int(sys.argv[2]), int(sys.argv[3])), int(sys.argv[4]))
