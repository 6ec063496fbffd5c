"""Functions each of whose calls is a run: what `start_run` makes of them as a decorator."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, TypeVar, cast

from runfolio.errors import InvalidValue

P = ParamSpec("P")
R = TypeVar("R")

Start = Callable[[], AbstractContextManager[object]]


def check_function(function: object) -> None:
    """Raise `InvalidValue` unless calls of `function` can be runs."""
    if not callable(function):
        raise InvalidValue(f"A run decorates a function, not {function!r}. Write @start_run(…).")
    if inspect.isasyncgenfunction(function):
        raise InvalidValue(
            f"The asynchronous generator {function!r} can't be decorated with a run. "
            "Use `with runfolio.start_run():` inside it."
        )


def decorate(function: Callable[P, R], start: Start) -> Callable[P, R]:
    """Wrap a function, coroutine function or generator function so that `start` opens its calls."""
    wrapper: Any
    if inspect.iscoroutinefunction(function):

        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> Any:
            with start():
                return await function(*args, **kwargs)

    elif inspect.isgeneratorfunction(function):

        def wrapper(*args: P.args, **kwargs: P.kwargs) -> Any:
            with start():
                return (yield from function(*args, **kwargs))

    else:

        def wrapper(*args: P.args, **kwargs: P.kwargs) -> Any:
            with start():
                return function(*args, **kwargs)

    return cast("Callable[P, R]", functools.wraps(function)(wrapper))
