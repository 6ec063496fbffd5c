"""The runs of a foreign store, checked; read in several places where each is read by itself."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from runfolio.schema import WholeRun
from runfolio.sources.checking import Checker
from runfolio.sources.kinds import load_source
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading, Skipped
from runfolio.sources.records import ForeignExperiment, ForeignModel, ForeignRun, Source
from runfolio.spreading import Engine, cut

Checked = WholeRun | ForeignExperiment | ForeignModel

HERE: Final = Engine(jobs=1)
"""Reads in this very process."""

_SHARE: Final = 100
"""The runs of a share: up to so many are read in this process, before another has started."""


@dataclass(frozen=True, slots=True)
class _Share:
    """Some runs of the store at a path; `number` is its place among the shares of one `reading`."""

    number: int
    reading: str
    path: Path
    kind: str
    told: Reading
    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """The runs of a share, each with what was skipped before it, and at last what was after."""

    number: int
    runs: list[tuple[WholeRun | None, tuple[Skipped, ...]]]


def read_checked(
    place: Place, source: Source, reading: Reading, engine: Engine
) -> Iterator[Checked]:
    """What a source yields, with its runs checked; the same and in the same order with any engine.

    With several jobs it is taken from the files as they are at the beginning.
    """
    if source.parts is None or engine.is_here:
        return _check(source.read(place, reading), Checker(source.kind, place, reading))
    return _read_spread(place, source, reading, engine)


def _check(
    found: Iterable[ForeignRun | ForeignExperiment | ForeignModel], checker: Checker
) -> Iterator[Checked]:
    for one in found:
        yield checker.check(one) if isinstance(one, ForeignRun) else one


def _read_spread(
    place: Place, source: Source, reading: Reading, engine: Engine
) -> Iterator[WholeRun]:
    assert source.parts is not None
    parts = cut(list(source.parts.find(place)), _SHARE)
    told, token = replace(reading, skipped=[]), os.urandom(8).hex()
    shares = [
        _Share(number, token, place.path, source.kind, told, one)
        for number, one in enumerate(parts)
    ]
    with engine.fitted(len(shares)).map(_read_share, shares) as results:
        for run, skipped in _in_order(results):
            reading.skipped.extend(skipped)
            if run is not None:
                yield run


def _in_order(results: Iterable[_Read]) -> Iterator[tuple[WholeRun | None, tuple[Skipped, ...]]]:
    """What was read, in the order of the shares; those that come too early wait."""
    waiting: dict[int, _Read] = {}
    following = 0
    for result in results:
        waiting[result.number] = result
        while following in waiting:
            yield from waiting.pop(following).runs
            following += 1


def _read_share(share: _Share) -> _Read:
    place = _open(share.path, share.reading)
    source = load_source(share.kind)
    assert source.parts is not None
    reading = replace(share.told, skipped=[])
    checker = Checker(source.kind, place, reading)
    runs: list[tuple[WholeRun | None, tuple[Skipped, ...]]] = []
    for found in source.parts.read(place, reading, share.parts):
        run = checker.check(found)
        runs.append((run, _taken(reading)))
    runs.append((None, _taken(reading)))
    return _Read(share.number, runs)


def _taken(reading: Reading) -> tuple[Skipped, ...]:
    """What was skipped since this was asked."""
    skipped = tuple(reading.skipped)
    reading.skipped.clear()
    return skipped


@lru_cache(maxsize=1)
def _open(path: Path, reading: str) -> Place:  # noqa: ARG001
    """The place of one reading, whose files are listed once in a process."""
    return Place(path)
