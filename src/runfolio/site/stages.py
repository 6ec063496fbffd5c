"""Where the time of a build goes: seconds by stage, of this process and of those that help."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Spent:
    """Seconds by the clock on the wall, and of processor time; several processes add up."""

    wall: float = 0.0
    processor: float = 0.0


@dataclass(slots=True)
class Stages:
    """What each stage took, in the order in which they began first.

    What a thread does counts by itself, and with the stage that the process is in meanwhile.
    """

    spent: dict[str, Spent] = field(default_factory=dict)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        """Count what happens within the block as part of a stage."""
        is_main = threading.current_thread() is threading.main_thread()
        clock = time.process_time if is_main else time.thread_time
        wall, processor = time.perf_counter(), clock()
        try:
            yield
        finally:
            found = self.spent.setdefault(stage, Spent())
            found.wall += time.perf_counter() - wall
            found.processor += clock() - processor

    def add(self, stage: str, processor: float) -> None:
        """Add processor time that other processes took meanwhile, in seconds."""
        self.spent.setdefault(stage, Spent()).processor += processor

    def join(self, other: Stages) -> None:
        """Add what another process took."""
        for stage, spent in other.spent.items():
            found = self.spent.setdefault(stage, Spent())
            found.wall += spent.wall
            found.processor += spent.processor


def render_stages(stages: Stages, seconds: float) -> str:
    """The stages as a table for a terminal; `seconds` is what the whole build took."""
    rows = [("stage", "processor", "wall"), *map(_row, stages.spent.items())]
    rows.append(("the whole build", "", f"{seconds:.2f} s"))
    first, second, third = (max(len(row[column]) for row in rows) for column in range(3))
    return "\n".join(
        f"{name:<{first}}  {processor:>{second}}  {wall:>{third}}".rstrip()
        for name, processor, wall in rows
    )


def _row(item: tuple[str, Spent]) -> tuple[str, str, str]:
    name, spent = item
    return name, f"{spent.processor:.2f} s", f"{spent.wall:.2f} s"
