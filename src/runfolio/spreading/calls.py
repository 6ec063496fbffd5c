"""What is sent to a worker: a function and the one value that it is called with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Call(Generic[T, R]):
    """A function and its task, sent as one value.

    joblib's Dask backend would put a large task into the memory of one worker, where it is lost
    with it; it lets alone what can't be referred to weakly, as this.
    """

    function: Callable[[T], R]
    task: T


def do_call(call: Call[T, R]) -> R:
    """What the function makes of its task."""
    return call.function(call.task)
