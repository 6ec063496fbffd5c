"""Log a large store with the public API, build its site and watch the memory.

``python -m tests.benchmarks.build_site runfolio RUNS STEPS`` prints seconds, megabytes and pages
of the first build, and of a second one with nothing changed.
"""

from __future__ import annotations

import json
import math
import random
import resource
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

BUILD = "from runfolio.cli.report import main; main(['store', '--output', 'site'])"
PARAMS = 20
CURVES = 5
SINGLES = 5


@dataclass(frozen=True)
class Build:
    """What one build took: the largest process by itself, and all processes together."""

    seconds: float
    processor_seconds: float
    largest_megabytes: float
    together_megabytes: float
    pages: int
    megabytes_on_disk: float


def main(runs: int, steps: int) -> None:
    """Make the store, then build twice, each time watched from a fresh process."""
    began = perf_counter()
    write_store(Path("store"), runs=runs, steps=steps)
    logged = perf_counter() - began
    builds = [watch_apart() for _ in range(2)]
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


def watch_apart() -> dict[str, Any]:
    """Watch one build from a process that has no other children."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.build_site", "watch"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    build: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return build


def watch() -> None:
    """Build the site once; print what it took."""
    began = perf_counter()
    process = subprocess.Popen([sys.executable, "-c", BUILD], stdout=sys.stderr)
    together = [0.0]
    sampler = threading.Thread(target=sample_memory, args=(process, together), daemon=True)
    sampler.start()
    if process.wait() != 0:
        raise SystemExit(f"build-report ended with code {process.returncode}")
    seconds = perf_counter() - began
    sampler.join()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    largest = used.ru_maxrss / unit
    processor = used.ru_utime + used.ru_stime
    files = [path for path in Path("site").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    pages = sum(path.suffix == ".html" for path in files)
    build = Build(seconds, processor, largest, max(together), pages, size)
    print("\n" + json.dumps(asdict(build)))


def sample_memory(process: subprocess.Popen[bytes], together: list[float]) -> None:
    """Note, five times a second, the megabytes a process and its children hold together.

    Pages that several share count once where the system can tell (PSS, on Linux).
    """
    while process.poll() is None:
        together.append(sum(held_by(pid) for pid in family_of(process.pid)) / (1 << 20))
        threading.Event().wait(0.2)


def family_of(pid: int) -> list[int]:
    """The ids of a process and all its descendants."""
    import psutil

    try:
        parent = psutil.Process(pid)
        return [pid, *(child.pid for child in parent.children(recursive=True))]
    except psutil.Error:
        return []


def held_by(pid: int) -> int:
    """The bytes of memory a process holds; 0 once it has gone."""
    import psutil

    try:
        memory = psutil.Process(pid).memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    except psutil.Error:
        return 0


if __name__ == "__main__":
    if sys.argv[1] == "watch":
        watch()
    else:
        main(int(sys.argv[2]), int(sys.argv[3]))
