"""Log a large store with the public API, build its site and watch the memory.

``python -m tests.benchmarks.build_site runfolio RUNS STEPS`` prints seconds, megabytes and pages
of the first build, and of a second one with nothing changed.
"""

from __future__ import annotations

import json
import math
import random
import sys
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.benchmarks.watching import watch_apart

BUILD = "from runfolio.cli.report import main; main(['store', '--output', 'site'])"
PARAMS = 20
CURVES = 5
SINGLES = 5


def main(runs: int, steps: int) -> None:
    """Make the store, then build twice, each time in a process that is watched."""
    began = perf_counter()
    write_store(Path("store"), runs=runs, steps=steps)
    logged = perf_counter() - began
    builds = [watch_build() for _ in range(2)]
    print("\n" + json.dumps({"log_seconds": logged, "first": builds[0], "again": builds[1]}))


def write_store(store: Path, *, runs: int, steps: int) -> None:
    """Log `runs` runs of one experiment, each with parameters, curves and single values."""
    import runfolio

    noise = random.Random(0)
    for number in range(runs):
        with runfolio.start_run(
            experiment="large", name=f"run {number}", store=store, capture=False
        ) as run:
            run.log_params(create_params(noise))
            floor, speed = noise.random(), noise.uniform(1, 5)
            for step in range(steps):
                fall = math.exp(-speed * step / steps)
                run.log_metrics(
                    {f"curve {n}": floor + n + fall + noise.gauss(0, 0.01) for n in range(CURVES)},
                    step=step,
                )
            run.log_metrics({f"single {n}": noise.random() for n in range(SINGLES)}, step=0)


def create_params(noise: random.Random) -> dict[str, Any]:
    """Twenty parameters: a quarter each of floats, integers, texts, and constants."""
    params: dict[str, Any] = {}
    for number in range(PARAMS // 4):
        params[f"float {number}"] = noise.random()
        params[f"integer {number}"] = noise.randrange(10)
        params[f"text {number}"] = noise.choice(["adam", "sgd", "lion"])
        params[f"constant {number}"] = number
    return params


def watch_build() -> dict[str, Any]:
    """Build the site once and tell what it took."""
    took = watch_apart([sys.executable, "-c", BUILD], memory=True)
    files = [path for path in Path("site").rglob("*") if path.is_file()]
    return asdict(took) | {
        "megabytes_on_disk": sum(path.stat().st_size for path in files) / 1e6,
        "pages": sum(path.suffix == ".html" for path in files),
    }


if __name__ == "__main__":
    main(int(sys.argv[2]), int(sys.argv[3]))
