"""A program: ranks of one run that start and finish at the same moment, again and again.

``ranks STORE FIRST LAST SEALED POINTS``: each of the runs number FIRST to LAST is logged by four
processes. With SEALED = 1 the run was sealed before, and all of them resume it. Prints the errors.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import runfolio

from .forking import Gate, fork, wait_for

RANKS = 4
ORDERS = list(itertools.permutations(range(RANKS)))


def run_id_of(number: int) -> str:
    """The id that all ranks were given."""
    return f"{number:016x}"


def log_rank(store: Path, number: int, rank: int, gates: Sequence[Gate], points: int) -> None:
    """One rank: start, log and finish, each when the others do; gates may be left out."""
    start, finish = (*gates, None, None)[:2]
    if start is not None:
        start.pass_through()
    run = runfolio.start_run(
        store=store,
        run_id=run_id_of(number),
        rank=rank,
        experiment="ranks",
        name="shared",
        capture=False,
        params={"shared": 1, f"only {rank}": rank},
        tags={"rank": str(rank)},
    )
    for step in range(points):
        run.log_metrics({"counter": rank * 1000 + step}, step=step)
    if finish is not None:
        finish.pass_through()
    run.finish()


def log_together(store: Path, number: int, points: int) -> int:
    """Log one run by all ranks at once, begun in one of the possible orders; count failures."""
    start, finish = Gate(), Gate()
    children = [
        fork(lambda rank=rank: log_rank(store, number, rank, [start, finish], points))  # type: ignore[misc]
        for rank in ORDERS[number % len(ORDERS)]
    ]
    start.open(RANKS)
    finish.open(RANKS)
    return sum(wait_for(child) != 0 for child in children)


def main(store: Path, first: int, last: int, sealed: int, points: int) -> None:
    """Log the runs, and print how many processes failed."""
    failures = 0
    log_rank(store.parent / "warm", 0, 0, [], 1)  # so that nobody waits for imports any more
    for number in range(first, last):
        if sealed:
            before = fork(lambda n=number: log_rank(store, n, 0, [], points))  # type: ignore[misc]
            failures += wait_for(before) != 0
        failures += log_together(store, number, points)
    print(json.dumps(failures))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:6]))
