"""Build the site of a large packed store from cold, and again: ``scale runfolio RUNS STEPS``.

Prints what the first build took. With a third number also the least seconds of so many builds with
nothing new and after a run more, in another process and in one that goes on watching.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np

from tests.benchmarks.beside_hugo import OUTPUT, build_cold, build_ours, caches
from tests.benchmarks.large import EXPERIMENT, METRICS, PARAMS, write_packed
from tests.benchmarks.watching import watch_apart

STORE: Final = Path("packed")


def main(runs: int, steps: int, repeats: int) -> None:
    """Write the store, build its site, and then again."""
    write_packed(STORE, runs=runs, steps=steps)
    first = asdict(build_cold(build_ours(str(STORE)), memory=True))
    found = {"first": first, "store_bytes": size_of(STORE), "site_bytes": size_of(OUTPUT)}
    if repeats:
        least = partial(find_least, repeats, partial(log_run, steps))
        found |= {"apart": least(build_apart), "watching": least(make_watcher())}
    print("\n" + json.dumps(found))


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def build_apart() -> float:
    """The seconds of building in a process of its own."""
    return watch_apart(build_ours(str(STORE)), variables=caches()).seconds


def make_watcher() -> Callable[[], float]:
    """A function that looks at the store as ``--watch`` does, builds in this process where there is
    something new, and gives the seconds."""
    from runfolio.cli.lean import stay_lean
    from runfolio.site import build_report
    from runfolio.site.memory import BuildMemory
    from runfolio.store.signature import store_signature

    stay_lean()
    os.environ |= caches()
    memory, known = BuildMemory(), None

    def build() -> float:
        nonlocal known
        began = perf_counter()
        before, known = known, store_signature(STORE)
        if known != before:
            build_report(STORE, output=OUTPUT, memory=memory)
        return perf_counter() - began

    build()
    return build


def find_least(
    repeats: int, change: Callable[[], None], build: Callable[[], float]
) -> dict[str, float]:
    """The least seconds of some builds with nothing new, and of some after a run more each."""
    nothing = min(build() for _ in range(repeats))
    seconds = []
    for _ in range(repeats):
        change()
        seconds.append(build())
    return {"nothing": nothing, "a new run": min(seconds)}


def log_run(steps: int) -> None:
    """Log a run like those of the store."""
    import runfolio

    noise = np.random.default_rng()
    with runfolio.start_run(
        experiment=EXPERIMENT, name="new", store=STORE, capture=False, note="One *more*."
    ) as run:
        run.log_params({f"p{number:02}": float(noise.random()) for number in range(PARAMS)})
        for step in range(steps):
            values = noise.random(len(METRICS)).tolist()
            run.log_metrics(dict(zip(METRICS, values, strict=True)), step=step)


if __name__ == "__main__":
    main(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
