"""Drivers that were ranked before, by this process or for an earlier build.

A forest takes longer than all else of an experiment's page. What it found is kept with the user's
caches, named by a digest of what was asked and of the program, so that equal questions have the
answer that ranking them once more would give. What can't be read there is ranked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np

from runfolio.analysis.drivers import Driver, Drivers, rank_drivers
from runfolio.errors import InvalidPath, StoreWriteFailed
from runfolio.query.runs import ParamValue
from runfolio.site.details import digest, digest_code, templates_folder
from runfolio.site.kept import forget_oldest, read_kept, write_kept
from runfolio.store.files import cache_folder

MAX_KEPT: Final = 512
"""So many rankings are kept, those that were found last."""


@dataclass(frozen=True, slots=True)
class Question:
    """What drivers are ranked from: parameters and a target with a value for each run.

    `said` is the digest of it all.
    """

    said: str
    params: Mapping[str, list[ParamValue]] = field(compare=False)
    target: list[float] = field(compare=False)
    direction: str = field(compare=False)
    metric: str = field(compare=False)
    trees: int = field(compare=False)


@lru_cache(maxsize=64)
def rank_once(asked: Question) -> Drivers | None:
    """The drivers of a metric, ranked unless they were before."""
    try:
        place = cache_folder() / "drivers" / f"{digest(asked.said, _program())}.json"
    except InvalidPath:
        return _rank(asked)
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = _decode(read_kept(place))
        with suppress(OSError):
            place.touch()  # what is asked for stays
        return found
    found = _rank(asked)
    with suppress(OSError, StoreWriteFailed):
        write_kept(place, found and astuple(found))
        forget_oldest(place.parent.glob("*.json"), MAX_KEPT)
    return found


def _rank(asked: Question) -> Drivers | None:
    return rank_drivers(
        asked.params,
        np.array(asked.target),
        direction=asked.direction,
        metric=asked.metric,
        trees=asked.trees,
    )


@cache
def _program() -> str:
    return digest_code(templates_folder(), ())


def _decode(document: Any) -> Drivers | None:
    if document is None:
        return None
    items, r2, runs, method = document
    return Drivers(tuple(Driver(*one) for one in items), r2, runs, method)
