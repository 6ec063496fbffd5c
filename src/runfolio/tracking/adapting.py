"""What the adapters for frameworks share: which run they log to, and values made fit to log."""

from __future__ import annotations

import json
import re
import threading
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any, Final

from runfolio.errors import MissingDependency, ParameterConflict
from runfolio.schema import FAILED, FINISHED, MAX_NAME_LENGTH
from runfolio.tracking.active import active_run, start_run
from runfolio.tracking.lifecycle import Mark, Training, end_leftovers, find_call, trainings
from runfolio.tracking.run import Run

MAX_TEXT: Final = 500
"""Longer values of parameters are cut: a default that is a whole array helps nobody."""

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_RESUMED: Final = ("store", "sync", "on_error")


def missing(adapter: str, error: ImportError, *, install: str | None = None) -> MissingDependency:
    """The error for an adapter whose library can't be imported."""
    return MissingDependency(
        f"runfolio.{adapter} can't import what it is for: {error}. pip install {install or adapter}"
    )


class Held:
    """The run that an adapter logs to, which it ends only where it started it.

    That is the given one, else the active one, else one that is started with `options`, which are
    those of `start_run`. A training goes on in one of the `functions` of the adapter's library;
    where it leaves that without an end, its run ends as `abandoned`.
    """

    def __init__(
        self,
        adapter: str,
        run: Run | None = None,
        *,
        abandoned: str = FAILED,
        functions: Collection[str] = (),
        **options: Any,
    ) -> None:
        self.run: Run | None = None
        self.owned = False
        self._adapter = adapter
        self._abandoned = abandoned
        self._functions = functions
        self._given = run
        self._options = options

    def begin(self, **defaults: Any) -> Run:
        """Take or start the run of a training; `defaults` are options that the user may override.

        A run that the same adapter started in this thread and never ended is over too, and ends as
        `abandoned`, unless this training is known to be a part of it.
        """
        run = self._given or self._active()
        self.owned = run is None
        if run is None:
            run = self._start(**(defaults | self._options))
        self.run = run
        return run

    def go_on(self) -> Run:
        """The run to log to after its training, gone on with where it was ended here."""
        if self.run is None or not (self.owned or self.run.live):
            return self.begin()
        if not self.run.live:
            kept = {key: value for key, value in self._options.items() if key in _RESUMED}
            if active_run() is not None:
                kept |= {"nested": True, "experiment": self.run.experiment}
            self.run = self._start(run_id=self.run.id, capture=False, **kept)
        return self.run

    def end(self, status: str = FINISHED) -> None:
        """End the run if it was started here."""
        if self.run is not None and self.owned:
            self.run.finish(status)

    def end_by(self, error: BaseException | None) -> None:
        """End the run if it was started here, by how its training ended."""
        if self.run is not None and self.owned:
            self.run.finish_by(error)

    def _active(self) -> Run | None:
        end_leftovers()
        while (run := active_run()) is not None:
            training = trainings.get(run.id)
            if training is None:
                return run
            if training.thread != threading.get_ident():
                return None
            if training.adapter != self._adapter:
                return run
            if training.call not in (None, self._find_call()):
                return None
            run.finish(self._abandoned)
        return None

    def _start(self, **options: Any) -> Run:
        """Start a run that doesn't stand in the way of others, should nobody end it.

        In a context of its own it is active only as the process's only run.
        """
        run = copy_context().run(start_run, **options)
        trainings[run.id] = Training(run, self._adapter, self._abandoned, self._find_call())
        run.on_end(_forget)
        return run

    def _find_call(self) -> Mark | None:
        return find_call(self._adapter, self._functions)

    def __deepcopy__(self, _memo: object) -> Held:
        """Estimators are copied with their callbacks, and a run can't be."""
        return Held(self._adapter, self._given, **self._settings())

    def __reduce__(self) -> tuple[Callable[[], Held], tuple[()]]:
        """Estimators are saved with their callbacks; a run stays in its process."""
        return partial(Held, self._adapter, **self._settings()), ()

    def _settings(self) -> dict[str, Any]:
        own = {"abandoned": self._abandoned, "functions": self._functions}
        return self._options | own


def outer_run() -> Run | None:
    """The active run, where it is one that the user started."""
    end_leftovers()
    run = active_run()
    return None if run is None or run.id in trainings else run


def _forget(run: Run) -> None:
    trainings.pop(run.id, None)


def store_of(run: Run) -> Path | str:
    """The store that `run` is in, for what belongs beside it."""
    if run.url.startswith("file:"):
        return run.folder.parents[1]
    return run.url.removesuffix(f"/runs/{run.id}")


def log_new_params(run: Run, params: Mapping[str, Any]) -> None:
    """Log parameters, but those that have another value already, which one warning names."""
    tidy = tidy_params(params)
    try:
        run.log_params(tidy)
    except ParameterConflict:
        refused = [key for key, value in tidy.items() if not _is_logged(run, key, value)]
        named = ", ".join(map(repr, refused[:5])) + (" and others" if len(refused) > 5 else "")
        warnings.warn(
            f"The run {run.name!r} has other values already for the parameters {named}, which "
            "stay. Start a run for each training.",
            stacklevel=2,
        )


def _is_logged(run: Run, key: str, value: object) -> bool:
    try:
        run.log_params({key: value})
    except ParameterConflict:
        return False
    return True


def tidy_params(params: Mapping[Any, Any]) -> dict[str, Any]:
    """`params` with names and values that can be logged; names without any text are left out."""
    named = {str(key)[:MAX_NAME_LENGTH]: value for key, value in params.items()}
    return {key: tidy_value(value) for key, value in named.items() if key.strip()}


def tidy_value(value: Any) -> Any:
    """`value` as a number, text or JSON of sensible length; estimators and functions by name."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return tidy_value(value.item())
    if isinstance(value, Mapping | list | tuple):
        plain = _plain(value)
        text = json.dumps(plain, ensure_ascii=False, default=str)
        return plain if len(text) <= MAX_TEXT else _cut(text)
    return _cut(_name_of(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return tidy_value(value)


def _name_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if hasattr(value, "get_params") and not isinstance(value, type):
        return type(value).__name__
    if isinstance(value, type) or callable(value):
        name = getattr(value, "__qualname__", None)
        if isinstance(name, str):
            return name
    return _ADDRESS.sub("", str(value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def flatten(params: Mapping[Any, Any], *, separator: str = "/") -> dict[str, Any]:
    """Nested mappings as one, with names joined by `separator`."""
    return dict(_walk(params, "", separator))


def _walk(params: Mapping[Any, Any], prefix: str, separator: str) -> Iterator[tuple[str, Any]]:
    for key, value in params.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from _walk(value, f"{name}{separator}", separator)
        else:
            yield name, value


def find_numbers(values: Mapping[Any, Any]) -> dict[str, float]:
    """Those of `values` that are numbers, or arrays and tensors of one, as floats by name."""
    numbers = {str(key)[:MAX_NAME_LENGTH]: _as_number(value) for key, value in values.items()}
    return {key: value for key, value in numbers.items() if value is not None and key.strip()}


def _as_number(value: Any) -> float | None:
    if value is None or isinstance(value, str | bytes | complex):
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
