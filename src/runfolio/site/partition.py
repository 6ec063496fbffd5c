"""Which runs of an experiment are worked on together: those whose ids begin with the same bits.

That goes by nothing but the ids and roughly by how many there are, so that a new run changes what
is made of few others, and that it doesn't matter how a store keeps its runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MAX_RUNS: Final = 1000
MAX_POINTS: Final = 2_000_000
"""What a block holds on average at most."""

_BITS: Final = 40
_DIGITS: Final = _BITS // 4
"""So much of an id can tell blocks apart."""


def count_blocks(runs: int, points: int) -> int:
    """How many blocks so many runs with so many points in all are in: a power of two."""
    wanted, blocks = max(runs / MAX_RUNS, points / MAX_POINTS), 1
    while blocks < min(wanted, runs):
        blocks *= 2
    return blocks


def block_of(run_id: str, blocks: int) -> int:
    """The number of the block that a run is in, from 0."""
    return int(run_id[:_DIGITS], 16) * blocks >> _BITS if blocks > 1 else 0


def split_ids(run_ids: Iterable[str], blocks: int) -> list[list[str]]:
    """The ids in each block, in ascending order."""
    found: list[list[str]] = [[] for _ in range(blocks)]
    for run_id in sorted(run_ids):
        found[block_of(run_id, blocks)].append(run_id)
    return found
