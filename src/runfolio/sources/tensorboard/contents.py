"""What the event files of one run hold together."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runfolio.schema import Series
from runfolio.sources.tensorboard.hparams import LATEST, Session
from runfolio.sources.tensorboard.scalars import Curves


@dataclass(frozen=True, slots=True)
class Held:
    """Where an event with files lies: its file, first byte and length."""

    path: Path
    start: int
    length: int


@dataclass(slots=True)
class Contents:
    """The points, files and session of a run.

    `count` is the number of events, `firsts` has the number of each file's first one, `began` is
    the wall time of the very first, and `otherwise` the time (microseconds) for those without one.
    `plugins` has the plug-in of each tag, and `unknown` those that nothing is taken from.
    """

    curves: Curves = field(default_factory=Curves)
    session: Session = field(default_factory=Session)
    plugins: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    held: list[Held] = field(default_factory=list)
    count: int = 0
    firsts: list[int] = field(default_factory=list)
    began: float | None = None
    otherwise: int = 0

    def __bool__(self) -> bool:
        return bool(self.curves.parts or self.held or self.session.told)

    def absorb(self, later: Contents) -> None:
        """Take over what other files hold, as if they were read after these."""
        for tag, parts in later.curves.parts.items():
            for numbers, *columns in parts:
                self.curves.add(tag, numbers + self.count, *columns)
        self.session.merge(later.session)
        self.plugins = later.plugins | self.plugins
        self.held += later.held
        self.firsts += [self.count + first for first in later.firsts]
        self.count += later.count

    def series(self) -> list[Series]:
        """Each tag's points in log order, or of files of one time in the order of time."""
        return [self._series(tag) for tag in sorted(self.curves.parts)]

    def _series(self, tag: str) -> Series:
        numbers, steps, walls, values = self.curves.joined(tag)
        times = self._times(walls)
        if _overlap(np.split(times, np.searchsorted(numbers, self.firsts[1:]))):
            order = np.argsort(times, kind="stable")
            steps, times, values = steps[order], times[order], values[order]
        return Series(tag, steps, times, values)

    def _times(self, walls: NDArray[Any]) -> NDArray[np.int64]:
        told = (walls > 0) & (walls < LATEST)
        times = np.rint(np.where(told, walls, 0) * 1e6).astype(np.int64)
        return np.where(told, times, self.otherwise)


def _overlap(files: list[NDArray[np.int64]]) -> bool:
    """Whether the points of a file begin before those of the one before it end."""
    filled = [times for times in files if len(times)]
    return any(later.min() < before.max() for before, later in pairwise(filled))
