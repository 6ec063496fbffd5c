"""The verbs that say something of a run: parameters, metrics, tags, the note and its data."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from runfolio.errors import ParameterConflict
from runfolio.schema import Param, as_text, check_name, encode_param
from runfolio.store import journal as records
from runfolio.tracking.models import ModelLog
from runfolio.tracking.values import (
    check_mapping,
    check_metrics,
    check_step,
    check_time,
    now,
)

_PLAIN: Final = {float, int}


class FactLog(ModelLog):
    """Writes what is said of a run to its journal."""

    def __init__(self) -> None:
        super().__init__()
        self._params: dict[str, Param] = {}
        self._given: set[str] = set()  # parameters of a launch that the program has not logged yet
        self._next_steps: dict[str, int] = {}
        self._checked: set[tuple[str, ...]] = set()

    def log_param(self, key: str, value: object) -> None:
        """Log one parameter; see `log_params`."""
        self.log_params({key: value})

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log parameters with their types: numbers, bools, text, and lists or dicts as JSON.

        The same value may be logged again; another one for the same name raises
        `ParameterConflict`, and then none of `params` is logged.
        """
        items = check_mapping(params, "parameters").items()
        encoded = {check_name(key, "parameter"): encode_param(value) for key, value in items}
        with self._lock:
            for key, param in encoded.items():
                self._check_conflict(key, param)
            new = {
                key: param
                for key, param in encoded.items()
                if key not in self._params or (key in self._given and param != self._params[key])
            }
            if new:
                self._journal.append(records.PARAMS, new)
                self._params |= new
            else:
                self._journal.check_open()
            self._given -= encoded.keys()

    def _check_conflict(self, key: str, param: Param) -> None:
        earlier = self._params.get(key)
        if earlier is not None and key not in self._given and not earlier.same_as(param):
            raise ParameterConflict(
                f"The parameter {key!r} of this run is {earlier.text!r} already and can't "
                f"become {param.text!r}. Log it under another name or start another run."
            )

    def log_metric(
        self,
        key: str,
        value: float,
        *,
        step: int | None = None,
        time: float | datetime | None = None,
    ) -> None:
        """Log one value of one metric; see `log_metrics`."""
        self.log_metrics({key: value}, step=step, time=time)

    def log_metrics(
        self,
        metrics: Mapping[str, Any],
        *,
        step: int | None = None,
        time: float | datetime | None = None,
    ) -> None:
        """Log one value for each metric; when this returns, a killed process loses none of them.

        `step` is an integer of any sign and may repeat; without it each metric takes the step
        after its last one, from 0. `time` is seconds since 1970 or an aware datetime, by default
        now. NaN and infinities are kept. Raises `InvalidValue` for what is no real number.
        """
        if type(metrics) is not dict:
            check_mapping(metrics, "metrics")
        if not metrics:
            self._journal.check_open()
            return
        moment = now() if time is None else check_time(time)
        if step is None:
            self._append_next(metrics, moment)
            return
        if type(step) is not int:
            step = check_step(step)
        names = tuple(metrics)
        self._append(names, step, moment, metrics)
        self._next_steps.update(dict.fromkeys(names, step + 1))

    def _append_next(self, metrics: Mapping[str, Any], moment: int) -> None:
        """Log each metric at the step after its last, those with equal steps together."""
        with self._lock:
            together: dict[int, Mapping[str, Any]] = {}
            steps = [self._next_steps.get(name, 0) for name in metrics]
            if steps.count(steps[0]) == len(steps):
                together[steps[0]] = metrics
            else:
                values = zip(metrics, check_metrics(metrics), strict=True)
                for step, (name, value) in zip(steps, values, strict=True):
                    together[step] = {**together.get(step, {}), name: value}
            for step, part in together.items():
                names = tuple(part)
                self._append(names, step, moment, part)
                self._next_steps.update(dict.fromkeys(names, step + 1))

    def _append(
        self, names: tuple[str, ...], step: int, moment: int, metrics: Mapping[str, Any]
    ) -> None:
        if names not in self._checked:
            check_metrics(metrics)
            self._checked.add(names)
        values: Iterable[Any] = metrics.values()
        try:
            if not _PLAIN.issuperset(map(type, values)):  # a tensor warns when it becomes a float
                values = [one.item() if hasattr(one, "item") else one for one in values]
            self._journal.append_points(names, step, moment, values)  # type: ignore[arg-type]
        except (struct.error, TypeError, ValueError, OverflowError):
            self._journal.append_points(names, check_step(step), moment, check_metrics(metrics))

    def set_tag(self, key: str, value: object) -> None:
        """Set one tag; see `set_tags`."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags, texts to find and group runs by; a later value replaces an earlier one."""
        items = check_mapping(tags, "tags").items()
        encoded = {check_name(key, "tag"): as_text(value) for key, value in items}
        self._journal.append(records.TAGS, encoded)

    def set_note(self, note: str) -> None:
        """Set the run's note, in Markdown; it replaces an earlier one."""
        self._journal.append(records.NOTE, as_text(note))

    def log_input(
        self,
        data: Any,
        *,
        name: str | None = None,
        source: str | None = None,
        context: str | None = None,
        digest: str | None = None,
    ) -> None:
        """Log which data was used: its name, digest, source, schema and profile, not the data.

        `data` is a table (pandas, Arrow, Polars), an array, or the path or address of a file.
        `context` says what for, such as "training".
        """
        from runfolio.tracking.dataset import describe_dataset

        described = describe_dataset(data, name=name, source=source, context=context, digest=digest)
        self._journal.append(records.INPUT, described)
