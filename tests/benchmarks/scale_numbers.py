"""What a million runs of ten billion points come to, from builds that are measured here.

``python -m tests.benchmarks.scale_numbers`` prints a table in Markdown, such as README.md has.
What a run costs is the difference between two stores, divided by their difference in runs, so that
what is made once doesn't count. The main process is looked at by itself, with runs of few points:
it reads no points.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.publishing.budget import RUN_PAGES, RUN_POINTS, RUN_SHARDS, kind_of, list_site
from runfolio.site.numbers import format_bytes, format_count
from runfolio.site.partition import count_blocks
from runfolio.store.packing import MAX_RUNS
from tests.benchmarks.beside_hugo import OUTPUT, build_cold
from tests.benchmarks.large import CURVES, SINGLES, write_packed
from tests.benchmarks.measurements import describe_machine

RUNS: Final = 1_000_000
POINTS: Final = 10_000_000_000
STEPS: Final = POINTS // RUNS // CURVES
LONG: Final = (2000, 4000)
"""Runs of the stores that are measured with all their points."""

SHORT: Final = (25_000, 100_000)
"""Runs of the stores that show what the main process takes; both are tables in parts."""

FEW_STEPS: Final = 2
WORKERS: Final = (2, 16, 64)
PUTS_A_SECOND: Final = 3500
"""What Amazon says a prefix of S3 takes at least."""

BUILD: Final = """
import json, resource, sys, time
from runfolio.cli.report import main
try:
    main()
finally:
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    own = {"seconds": time.process_time(), "megabytes": held}
    print("\\n" + json.dumps(own), file=sys.stderr)
"""
"""Builds a site and tells what this process took by itself, without those that help."""

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Costs:
    """What one run more costs; `long` with all its points, `short` with hardly any."""

    long: Numbers
    short: Numbers


def measure(runs: int, steps: int) -> dict[str, float]:
    """What a store of so many runs and its site take, by what it is."""
    write_packed(Path("store").absolute(), runs=runs, steps=steps)
    took = build_cold([sys.executable, "-c", BUILD, "store", "--output", str(OUTPUT)])
    own = json.loads(took.said.splitlines()[-1])
    sizes: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for path, size in list_site(OUTPUT).items():
        sizes[kind_of(path)] += size
        counts[kind_of(path)] += 1
    return {
        "runs": runs,
        "seconds": took.processor_seconds,
        "own seconds": own["seconds"],
        "own bytes": own["megabytes"] * (1 << 20),
        "store": sum(path.stat().st_size for path in Path("store").rglob("*") if path.is_file()),
        "site": sizes.total(),
        "files": counts.total(),
        "index": (OUTPUT / "data/index.json").stat().st_size,
        "finder": (OUTPUT / "data/finder.js").stat().st_size,
        **sizes,
    }


def a_run(few: Numbers, many: Numbers) -> dict[str, float]:
    """What one run more takes."""
    between = many["runs"] - few["runs"]
    return {name: (many[name] - few.get(name, 0)) / between for name in many}


def measure_pair(sizes: Sequence[int], steps: int) -> dict[str, float]:
    """What one run more takes, from two stores in folders of their own."""
    found = []
    for runs in sizes:
        with tempfile.TemporaryDirectory(prefix="runfolio-scale-") as folder, chdir(folder):
            found.append(measure(runs, steps))
    return a_run(*found)


def render(costs: Costs) -> str:
    """The table: what, what one run costs, and what a million come to."""
    rows = [("", "a run", f"{format_count(RUNS)} runs"), ("---", "---:", "---:"), *_rows(costs)]
    return "\n".join(f"| {what} | {one} | {all_} |" for what, one, all_ in rows)


def _rows(costs: Costs) -> Iterator[tuple[str, str, str]]:
    long, short = costs.long, costs.short
    packs = -(-RUNS // MAX_RUNS)
    yield _bytes("store, packed", long["store"])
    yield "objects of the store", "", format_count(packs * 9 + 1)
    yield _bytes("site", long["site"])
    yield _bytes("its pages of runs", long[RUN_PAGES])
    yield _bytes("its data of runs", long[RUN_SHARDS])
    yield _bytes("its points of long curves", long[RUN_POINTS])
    yield _bytes("its tables to download", long["tables to download"])
    yield _files("files, each a PUT on object storage", long["files"])
    puts = long["files"] * RUNS / PUTS_A_SECOND / 3600
    yield f"hours to put them at {format_count(PUTS_A_SECOND)} a second", "", f"{puts:.1f}"
    yield _hours("processor time", long["seconds"])
    yield _hours("of it in the main process", short["own seconds"])
    for workers in WORKERS:
        hours = wall_hours(costs, workers)
        yield f"hours with {workers} workers of one core", "", f"{hours:.1f}"
    needed = workers_for_an_hour(costs)
    yield "workers for one hour", "", format_count(needed) if needed else "not to be had"
    yield "blocks of runs that workers take", "", format_count(count_blocks(RUNS, POINTS))
    yield _bytes("memory of the main process", short["own bytes"])
    yield _bytes("tables of an experiment in the browser", long["data of experiments"])
    yield _bytes("`data/index.json`", long["index"])
    yield _bytes("`data/finder.js`", long["finder"])


def _bytes(what: str, one: float) -> tuple[str, str, str]:
    return what, format_bytes(round(one)), format_bytes(round(one * RUNS))


def _files(what: str, one: float) -> tuple[str, str, str]:
    return what, f"{one:.2f}", format_count(round(one * RUNS))


def _hours(what: str, seconds: float) -> tuple[str, str, str]:
    return what, f"{seconds * 1e3:.2f} ms", f"{seconds * RUNS / 3600:.1f} h"


def wall_hours(costs: Costs, workers: int) -> float:
    """Hours of a build where so many workers share what the main process does not do itself."""
    own = costs.short["own seconds"]
    return (own + (costs.long["seconds"] - own) / workers) * RUNS / 3600


def workers_for_an_hour(costs: Costs) -> int | None:
    """The workers with which a build takes an hour; None where the main process takes longer."""
    own = costs.short["own seconds"]
    left = 3600 / RUNS - own
    return -int(-(costs.long["seconds"] - own) // left) if left > 0 else None


def main() -> None:
    """Measure, and print the table."""
    costs = Costs(long=measure_pair(LONG, STEPS), short=measure_pair(SHORT, FEW_STEPS))
    points = CURVES * STEPS + SINGLES
    print(" · ".join(f"{key} {value}" for key, value in describe_machine().items()))
    print(f"{format_count(points)} points a run, {costs.long['store'] / points:.2f} bytes a point")
    print(f"\n{render(costs)}")


if __name__ == "__main__":
    main()
