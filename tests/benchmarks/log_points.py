"""Log points with one tracker and print what it took: ``log_points TOOL STEPS``."""

from __future__ import annotations

import json
import sys
from time import perf_counter

from tests.benchmarks.points import NAMES, create_rows
from tests.benchmarks.tools import create_tool


def main(name: str, steps: int) -> None:
    """Start a run, log five values a step, finish; time the middle and the end by themselves."""
    rows = create_rows(steps)
    tool = create_tool(name)
    tool.start()  # what only the first run of a process pays is not a point's cost
    tool.log(rows[0], 0)
    tool.finish()
    tool.start()
    log = tool.log
    began = perf_counter()
    for step, row in enumerate(rows):
        log(row, step)
    logged = perf_counter()
    tool.finish()
    finished = perf_counter()
    points = steps * len(NAMES)
    taken = {
        "microseconds": (logged - began) / points * 1e6,
        "microseconds_to_the_end": (finished - began) / points * 1e6,
    }
    print("\n" + json.dumps(taken))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
