"""Start and finish runs with one tracker and print what one takes: ``lifecycle TOOL RUNS``."""

from __future__ import annotations

import json
import statistics
import sys
from time import perf_counter

from tests.benchmarks.tools import create_tool


def main(name: str, runs: int) -> None:
    """Time each run from its start to its end, with one point in between."""
    tool = create_tool(name)
    taken = []
    for _ in range(runs):
        began = perf_counter()
        tool.start()
        tool.log({"loss": 0.5}, 0)
        tool.finish()
        taken.append((perf_counter() - began) * 1e3)
    print("\n" + json.dumps({"milliseconds": statistics.median(taken), "first": taken[0]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
