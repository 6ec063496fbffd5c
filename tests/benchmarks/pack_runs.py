"""Pack a store of many runs and print what it took: ``pack_runs runfolio RUNS POINTS``.

The runs are written by processes of their own, and packed in one that does nothing else.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.benchmarks.many_runs import METRICS, write_many
from tests.benchmarks.sealed_size import measure_folder

STORE = Path("store")


def main(runs: int, points: int) -> None:
    """Write the store, search it, pack it, and search it again: the tables have to be equal."""
    import pandas as pd

    import runfolio

    began = perf_counter()
    write_many(STORE, runs=runs, points=points)
    written = perf_counter() - began
    loose = measure_folder(STORE)
    before = runfolio.search_runs(store=STORE)
    found = pack_apart(STORE)
    pd.testing.assert_frame_equal(runfolio.search_runs(store=STORE), before)
    total = runs * len(METRICS) * points
    found |= {
        "write_seconds": written,
        "loose_bytes_per_point": loose / total,
        "bytes_per_point": measure_folder(STORE) / total,
    }
    print("\n" + json.dumps(found))


def pack_apart(store: Path) -> dict[str, Any]:
    """Pack a store in a process of its own; return seconds and megabytes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.pack_runs", "pack", str(store)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def pack(store: Path) -> None:
    """Pack a store; print seconds and the most memory that this process has held."""
    import runfolio

    began = perf_counter()
    runfolio.pack(store=store)
    seconds = perf_counter() - began
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print("\n" + json.dumps({"seconds": seconds, "megabytes": held}))


if __name__ == "__main__":
    if sys.argv[1] == "pack":
        pack(Path(sys.argv[2]))
    else:
        main(int(sys.argv[2]), int(sys.argv[3]))
