"""Drivers that were ranked before, by this process or for an earlier build.

A forest takes longer than all else of an experiment's page. What it found is kept with the user's
caches, named by a digest of what was asked and of the program, so that equal questions have the
answer that ranking them once more would give. What can't be read there is ranked again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from runfolio.analysis.drivers import Driver, Drivers, rank_drivers
from runfolio.errors import InvalidPath, StoreWriteFailed
from runfolio.query.runs import ParamValue
from runfolio.site.details import digest, digest_code, forget_oldest, templates_folder
from runfolio.store.files import cache_folder, write_quickly

MAX_KEPT: Final = 512
"""So many rankings are kept, those that were found last."""


@dataclass(frozen=True, eq=False, slots=True)
class Question:
    """What drivers are ranked from: parameters and a target with a value for each run.

    `said` is the digest of it all.
    """

    said: str
    params: Mapping[str, list[ParamValue]]
    target: list[float]
    direction: str
    metric: str
    trees: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Question) and other.said == self.said

    def __hash__(self) -> int:
        return hash(self.said)


@lru_cache(maxsize=64)
def rank_once(asked: Question) -> Drivers | None:
    """The drivers of a metric, ranked unless they were before."""
    return _recall(f"{asked.said}-{_program()}", lambda: _rank(asked))


def _rank(asked: Question) -> Drivers | None:
    return rank_drivers(
        asked.params,
        np.array(asked.target),
        direction=asked.direction,
        metric=asked.metric,
        trees=asked.trees,
    )


@lru_cache(maxsize=1)
def _program() -> str:
    return digest_code(templates_folder(), ())


def _recall(name: str, find: Callable[[], Drivers | None]) -> Drivers | None:
    try:
        place = cache_folder() / "drivers" / f"{digest(name)}.json"
    except InvalidPath:
        return find()
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = _decode(place.read_bytes())
        with suppress(OSError):
            place.touch()  # what is asked for stays
        return found
    found = find()
    with suppress(OSError, StoreWriteFailed):
        _keep(place, _encode(found))
    return found


def _keep(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    write_quickly(place, content)
    forget_oldest(place.parent.glob("*.json"), MAX_KEPT)


def _encode(found: Drivers | None) -> bytes:
    items = [[one.name, one.share, one.effect] for one in found.items] if found else []
    told = [items, found.r2, found.runs, found.method] if found else None
    text = json.dumps(told).encode()
    return hashlib.sha256(text).hexdigest().encode() + b"\n" + text


def _decode(content: bytes) -> Drivers | None:
    """What was kept; raises ValueError where it isn't what was written."""
    said, _, text = content.partition(b"\n")
    if said.decode() != hashlib.sha256(text).hexdigest():
        raise ValueError("damaged")
    told = json.loads(text)
    if told is None:
        return None
    items, r2, runs, method = told
    return Drivers(tuple(Driver(*one) for one in items), r2, runs, method)
