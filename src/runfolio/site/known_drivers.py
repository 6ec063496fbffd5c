"""Drivers that were ranked before, by this process or for an earlier build.

A forest takes longer than all else of an experiment's page. What it found is kept with the user's
caches, named by a digest of what was asked and of the program, so that equal questions have the
answer that ranking them once more would give. What can't be read there is ranked again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import Any, Final

import numpy as np

from runfolio.analysis.drivers import Driver, Drivers, rank_drivers
from runfolio.query.runs import ParamValue
from runfolio.site.kept import Shelf

MAX_KEPT: Final = 512
"""So many rankings are kept, those that were found last, and so many are at hand."""

_shelf: Final = Shelf("drivers", MAX_KEPT)
_answers: dict[str, Answer] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Answer:
    """The drivers that are the answer to the question with the digest `said`."""

    said: str
    drivers: Drivers | None


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions to be answered in one go, by any process of this machine."""

    asked: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to some questions, and the processor time that they took, in seconds."""

    found: tuple[Answer, ...]
    processor: float


def answer_all(questions: Questions) -> Answers:
    """Rank the drivers of each."""
    begun = time.thread_time()
    found = tuple(Answer(one.said, _rank(one)) for one in questions.asked)
    return Answers(found, time.thread_time() - begun)


def rank_once(asked: Question) -> Drivers | None:
    """The drivers of a metric, ranked unless they were before."""
    found = find_answer(asked) or keep_answer(Answer(asked.said, _rank(asked)))
    return found.drivers


def find_answer(asked: Question) -> Answer | None:
    """The answer to a question, if it is known."""
    if (known := _answers.get(asked.said)) is not None:
        return known
    with suppress(LookupError, TypeError, ValueError):
        return _remember(Answer(asked.said, _decode(_shelf.find(asked.said))))
    return None


def keep_answer(answer: Answer) -> Answer:
    """Keep an answer for whoever asks again."""
    _shelf.keep(answer.said, answer.drivers and astuple(answer.drivers))
    return _remember(answer)


def _remember(answer: Answer) -> Answer:
    with _lock:
        _answers[answer.said] = answer
        while len(_answers) > MAX_KEPT:
            del _answers[next(iter(_answers))]
    return answer


def _rank(asked: Question) -> Drivers | None:
    return rank_drivers(
        asked.params,
        np.array(asked.target),
        direction=asked.direction,
        metric=asked.metric,
        trees=asked.trees,
    )


def _decode(document: Any) -> Drivers | None:
    if document is None:
        return None
    items, r2, runs, method = document
    return Drivers(tuple(Driver(*one) for one in items), float(r2), runs, method)
