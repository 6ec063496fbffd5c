"""A program: logs runs one after another into a store that others log to as well.

``logging_runs STORE NAME RUNS POINTS``.
"""

from __future__ import annotations

import sys

import runfolio


def main(store: str, name: str, runs: int, points: int) -> None:
    """Each run has a parameter, an artifact and a counter."""
    for number in range(runs):
        with runfolio.start_run(
            store=store,
            experiment=f"experiment {number % 2}",
            name=f"{name} {number}",
            params={"number": number},
            capture=False,
        ) as run:
            for step in range(points):
                run.log_metrics({"counter": step})
            run.log_text(run.name, "name.txt")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
