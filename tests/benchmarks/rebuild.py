"""Build the site of a store of many runs again and again: ``rebuild runfolio RUNS POINTS``.

After a build from scratch the store is changed step by step, as while it is watched: each change is
followed by a look at the store and a build in the same process. At the end another process builds
once more with nothing new. Prints the seconds of each.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from tests.benchmarks.many_runs import METRICS, write_many

STORE = Path("store")
REPEATS = 3
BUILD = "from runfolio.cli.report import main; main(['store', '--output', 'site'])"


def main(runs: int, points: int) -> None:
    """Write the store, and measure what each kind of change takes."""
    from runfolio.cli.lean import stay_lean

    stay_lean()
    os.environ["XDG_CACHE_HOME"] = str(Path("cache").absolute())
    write_many(STORE, runs=runs, points=points)
    found = {"scratch": measure_process()}
    found |= measure_changes(sorted(path.name for path in (STORE / "runs").iterdir()))
    found["another process"] = measure_process()
    print("\n" + json.dumps(found))


def measure_process() -> float:
    """The seconds of a build in a process of its own."""
    began = perf_counter()
    subprocess.run([sys.executable, "-c", BUILD], check=True, stdout=sys.stderr)
    return perf_counter() - began


def measure_changes(ids: list[str]) -> dict[str, float]:
    """The least seconds from a change to the end of the build, by what was changed."""
    import runfolio
    from runfolio.site import build_report
    from runfolio.site.memory import BuildMemory
    from runfolio.store.signature import store_signature

    memory, noise = BuildMemory(), random.Random(0)

    def build() -> None:
        store_signature(STORE)
        build_report(STORE, output="site", memory=memory)

    def least(change: Callable[[int], object]) -> float:
        seconds = []
        for number in range(REPEATS):
            change(number)
            began = perf_counter()
            build()
            seconds.append(perf_counter() - began)
        return min(seconds)

    build()
    found = {"nothing": least(lambda _: None)}
    live = runfolio.start_run(experiment="many", name="live", store=STORE, capture=False)

    def log_point(number: int) -> None:
        live.log_metrics({name: noise.random() for name in METRICS}, step=number)

    def end_another(number: int) -> None:
        log_point(number)
        with runfolio.start_run(
            experiment="many", name="ended", store=STORE, capture=False, nested=True
        ) as run:
            run.log_metrics({name: noise.random() for name in METRICS})

    log_point(0)
    build()
    found["a point"] = least(log_point)
    found["a tag"] = least(lambda n: runfolio.tag_runs(ids[n], {"a": "b"}, store=STORE))
    found["a new run"] = least(end_another)
    found["a deleted run"] = least(lambda n: runfolio.delete_runs(ids[-1 - n], store=STORE))
    live.finish()
    return found


if __name__ == "__main__":
    main(int(sys.argv[2]), int(sys.argv[3]))
