"""A program: children that log and tell what was acknowledged, each killed at some instant.

``kills STORE FIRST LAST``: one child and one run for each of the seeds FIRST to LAST. Prints, for
each, the run's id (None when it was killed before `start_run` returned) and what was acknowledged.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import runfolio

from .forking import fork, kill, wait_for

LONGEST = 0.02


def train(store: Path, seed: int, told: int) -> None:
    """Log a counter for ever; each odd run also parameters, tags, artifacts and an input."""

    def tell(*words: object) -> None:
        os.write(told, (" ".join(map(str, words)) + "\n").encode())

    run = runfolio.start_run(
        store=store,
        experiment="kills",
        name=f"seed {seed}",
        params={"seed": seed},
        sync=0 if seed % 8 == 0 else 1.0,
        capture=False,
    )
    tell("run", run.id)
    for number in count():
        run.log_metrics({"counter": number, "half": number / 2})
        tell("counter", number)
        if seed % 2 and number % 3 == 0:
            run.log_params({f"p{number}": number})
            tell("params", f"p{number}")
            run.set_tags({"newest": str(number)})
            tell("tags", number)
            run.log_text(f"text {number}", f"texts/{number}.txt")
            tell("artifacts", f"texts/{number}.txt")
            run.log_input("https://example.org/data.csv", name=f"data {number}", digest="0" * 8)
            tell("inputs", f"data {number}")


def kill_one(store: Path, seed: int) -> dict[str, Any]:
    """Start a child, kill it, and return what it told before."""
    read, told = os.pipe()
    child = fork(lambda: train(store, seed, told))
    os.close(told)
    chance = random.Random(seed)
    lines = b""
    if seed % 5:  # the others may be killed before they have a run
        lines = os.read(read, 1 << 16)
    time.sleep(chance.random() * LONGEST)
    kill(child)
    while piece := os.read(read, 1 << 16):
        lines += piece
    os.close(read)
    wait_for(child)
    told_of: dict[str, Any] = {"run": None, "seed": seed}
    for line in lines.decode().splitlines():
        kind, _, what = line.partition(" ")
        if kind == "run":
            told_of["run"] = what
        elif kind in ("counter", "tags"):
            told_of[kind] = int(what)
        else:
            told_of.setdefault(kind, []).append(what)
    return told_of


def main(store: Path, first: int, last: int) -> None:
    """Kill one child for each seed."""
    for seed in range(first, last):
        print(json.dumps(kill_one(store, seed)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
