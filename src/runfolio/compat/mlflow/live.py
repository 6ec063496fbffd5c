"""A run that MLflow code logs to: MLflow says when it began and ended, and gives values as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from runfolio.errors import ParameterConflict, UnsupportedCall
from runfolio.schema import Param, read_param
from runfolio.sources.mlflow.artifacts import make_file
from runfolio.store import journal as records
from runfolio.store.artifacts import check_artifact_path, copy_artifact
from runfolio.store.journal import JournalWriter
from runfolio.tracking.joining import Joined
from runfolio.tracking.options import RunOptions
from runfolio.tracking.run import Run


class Point(Protocol):
    """What is needed of one of MLflow's metrics; `timestamp` is milliseconds since 1970."""

    @property
    def key(self) -> str: ...

    @property
    def value(self) -> float: ...

    @property
    def timestamp(self) -> int: ...

    @property
    def step(self) -> int: ...


class LiveRun(Run):
    """A run that this process logs to; `guest` says that another process speaks for it."""

    def __init__(
        self, options: RunOptions, *, parent_id: str | None = None, start_time: int | None = None
    ) -> None:
        self._told_start = start_time
        self._told_end: dict[str, Any] = {}
        self._inputs: set[tuple[str, str]] = set()
        super().__init__(options, start=_refuse_to_decorate, parent_id=parent_id)
        self.guest = self.rank > 0

    def _begin_journal(self, joined: Joined, *, sync_each: bool) -> JournalWriter:
        start = joined.start_time or self._told_start
        return super()._begin_journal(replace(joined, start_time=start), sync_each=sync_each)

    def _end(self, status: str) -> None:
        super()._end(status)
        if self._ending is not None:
            self._ending |= self._told_end

    def end(self, status: str, time: int | None = None, *, duration: float | None = None) -> None:
        """End the run at `time` (microseconds since 1970), by default now."""
        told = {"end_time": time, "duration": duration}
        self._told_end = {key: value for key, value in told.items() if value is not None}
        self.finish(status)

    def know(self, params: Mapping[str, Param], inputs: Iterable[Mapping[str, Any]]) -> None:
        """Take in what others have logged to the run, so that none of it is contradicted."""
        self._params = {**params, **self._params}
        self._inputs.update(map(_data_set_of, inputs))

    def log_texts(self, params: Mapping[str, str]) -> None:
        """Log parameters, typed where their text is just a number; none when one was another."""
        for key, text in params.items():
            earlier = self._params.get(key)
            if earlier is not None and key not in self._given and earlier.text != text:
                raise ParameterConflict(
                    f"Changing param values is not allowed. Param with key={key!r} was already "
                    f"logged with value={earlier.text!r} for run ID={self.id!r}. Attempted "
                    f"logging new value {text!r}."
                )
        self.log_params({key: read_param(text) for key, text in params.items()})

    def log_points(self, points: Sequence[Point]) -> None:
        """Log points in their order, those of one step and time together."""
        together: dict[str, float] = {}
        place: tuple[int, int] | None = None
        for point in points:
            if place != (point.step, point.timestamp) or point.key in together:
                self._log_together(together, place)
                together, place = {}, (point.step, point.timestamp)
            together[point.key] = point.value
        self._log_together(together, place)

    def _log_together(self, values: dict[str, float], place: tuple[int, int] | None) -> None:
        if values and place is not None:
            step = int(place[0]) if place[0] == int(place[0]) else place[0]
            self.log_metrics(values, step=step, time=place[1] / 1000)

    def log_input_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Say which data was used, in the columns of the table ``inputs``.

        What is said without a context of a data set that is known adds nothing: MLflow says so with
        every metric that is measured on it.
        """
        for row in rows:
            if row["context"] is not None or _data_set_of(row) not in self._inputs:
                self._journal.append(records.INPUT, dict(row))
            self._inputs.add(_data_set_of(row))

    def keep_file(self, source: Path, path: str) -> None:
        """Keep a file as the artifact `path`; a picture of an MLflow series joins one."""
        file = make_file(check_artifact_path(path), source)
        listed = copy_artifact(self._open_folder(), file.path, source)
        self._note_artifact(listed, kind=file.kind, key=file.key, step=file.step)


def _data_set_of(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["name"], row["digest"]


def _refuse_to_decorate(options: RunOptions) -> Run:
    raise UnsupportedCall(f"A run of MLflow code can't decorate a function: {options.name!r}.")
