"""A run as another tool keeps it, checked and made into one that a store can hold."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from runfolio.errors import InvalidName, InvalidPath, InvalidValue
from runfolio.schema import (
    END_STATUSES,
    FINISHED,
    MAX_NAME_LENGTH,
    SECONDS,
    STATUSES,
    FileRecord,
    InputRecord,
    Param,
    Series,
    WholeRun,
    as_text,
    check_name,
    derive_run_id,
    encode_param,
)
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun
from runfolio.store.artifacts import check_artifact_path

T = TypeVar("T")

_TIMES: Final = range(SECONDS.start * 1_000_000, SECONDS.stop * 1_000_000)
"""Microseconds since 1970 of the years 1 to 9999."""

_DIFF: Final = "code/changes.diff"
"""Where a page looks for changes that were not committed."""

_TEXTS: Final = ("host", "user", "source", "git_commit", "git_branch")


class Checker:
    """Checks the runs of one place; what can't be kept is told to the reading, one by one."""

    def __init__(self, kind: str, place: Place, reading: Reading) -> None:
        self._kind = kind
        self._place = place
        self._reading = reading
        self._written = place.path.stat().st_mtime_ns // 1000

    def check(self, run: ForeignRun) -> WholeRun:
        """The run as a record, without the names and values that no store takes."""
        at = f"{self._place.path}: run {run.name!r}"
        metrics = self._metrics(run, at)
        start, end = self._times(run, metrics)
        untold = not run.timed and run.start_time is None
        files = tuple(self._files(run, at))
        return WholeRun(
            id=derive_run_id(self._kind, run.identity),
            experiment=self._reading.experiment or fit_name(run.experiment, self._place.name),
            name=fit_name(run.name, "run"),
            status=run.status if run.status in STATUSES else FINISHED,
            start_time=start,
            end_time=end,
            duration=None if untold and run.duration is None else _duration(run, start, end),
            parent_id=None if run.parent is None else derive_run_id(self._kind, run.parent),
            note=as_text(run.note) if run.note else None,
            params=dict(self._params(run.params, at)),
            tags={key: as_text(value) for key, value in self._named(run.tags, "tag", at)},
            metrics=metrics,
            files=files,
            inputs=tuple(_input(one) for one in run.inputs),
            context=self._context(run, changed=any(one.path == _DIFF for one in files)),
            deleted=run.deleted,
            timed=run.timed,
            guessed=run.guessed,
        )

    def _named(self, items: Mapping[str, T], what: str, at: str) -> Iterator[tuple[str, T]]:
        for key, value in items.items():
            try:
                yield check_name(key, what), value
            except InvalidName as error:
                self._reading.skip(at, str(error).removesuffix("."))

    def _params(self, params: Mapping[str, Any], at: str) -> Iterator[tuple[str, Param]]:
        for key, value in self._named(params, "parameter", at):
            try:
                yield key, encode_param(value)
            except InvalidValue as error:
                self._reading.skip(at, f"parameter {key!r}: {str(error).removesuffix('.')}")

    def _metrics(self, run: ForeignRun, at: str) -> tuple[Series, ...]:
        parts: dict[str, list[Series]] = {}
        for series in run.metrics:
            for key, one in self._named({series.key: series}, "metric", at):
                try:
                    found = _as_arrays(one)
                except (ValueError, TypeError, OverflowError) as error:
                    self._reading.skip(at, f"metric {key!r}: {error}")
                    continue
                parts.setdefault(key, []).append(self._in_time(found, at))
        joined = [_join(key, series) for key, series in parts.items()]
        return tuple(one for one in joined if len(one.steps))

    def _in_time(self, series: Series, at: str) -> Series:
        """A metric without the points whose times are none that a calendar has."""
        times = np.asarray(series.times)
        told = (times >= _TIMES.start) & (times < _TIMES.stop)
        if told.all():
            return series
        count = int((~told).sum())
        points = "1 point has a time" if count == 1 else f"{count:,} points have times"
        self._reading.skip(at, f"metric {series.key!r}: {points} outside the years 1 to 9999")
        columns = (np.asarray(one)[told] for one in (series.steps, times, series.values))
        return Series(series.key, *columns)

    def _times(self, run: ForeignRun, metrics: tuple[Series, ...]) -> tuple[int, int | None]:
        """When the run started and ended: as told, else from its first to its last point."""
        start, end = _time(run.start_time), _time(run.end_time)
        if start is None:
            points = (int(min(one.times)) for one in metrics)
            start = min(points, default=end or self._written)
        if run.status not in END_STATUSES and run.status in STATUSES:
            return start, None
        if end is None:
            end = max((int(max(one.times)) for one in metrics), default=start)
        return start, max(start, end)

    def _files(self, run: ForeignRun, at: str) -> Iterator[FileRecord]:
        taken: set[str] = set()
        folders: set[str] = set()
        for file in run.files:
            try:
                path = check_artifact_path(file.path)
            except InvalidPath as error:
                self._reading.skip(at, str(error).removesuffix("."))
                continue
            above = {path[:place] for place, one in enumerate(path) if one == "/"}
            if path in taken | folders or above & taken:
                self._reading.skip(at, f"the artifact {path!r} is there twice")
            elif isinstance(file.source, Path) and not _is_readable(file.source):
                self._reading.skip(file.source, "it is no file that can be read")
            else:
                taken.add(path)
                folders |= above
                yield file

    def _context(self, run: ForeignRun, *, changed: bool) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(json.dumps(_plain(run.context), default=str))
        for key in _TEXTS:
            if key in known:
                known[key] = None if known[key] is None else as_text(known[key])
        if not isinstance(known.get("git_dirty"), bool):
            known["git_dirty"] = True if changed else None
        git = {key: known.get(f"git_{key}") for key in ("commit", "branch", "dirty")}
        if git["commit"] and "git" not in known:
            known["git"] = {key: value for key, value in git.items() if value is not None}
        return known | {"imported": {"kind": self._kind, "identity": as_text(run.identity)}}


def fit_name(name: object, otherwise: str) -> str:
    """A name that a store takes: cut where it is too long, another one where it is empty."""
    text = as_text(name).strip() if name is not None else ""
    text = text or as_text(otherwise).strip() or "run"
    return text if len(text) <= MAX_NAME_LENGTH else f"{text[: MAX_NAME_LENGTH - 1]}…"


def _as_arrays(series: Series) -> Series:
    steps = np.asarray(series.steps, np.int64)
    times = np.asarray(series.times, np.int64)
    values = np.asarray(series.values, np.float64)
    if not len(steps) == len(times) == len(values):
        raise ValueError("it has not as many steps as values")
    return Series(series.key, steps, times, values)


def _join(key: str, parts: list[Series]) -> Series:
    if len(parts) == 1 and parts[0].key == key:
        return parts[0]
    steps, times, values = (
        np.concatenate([np.asarray(getattr(part, name)) for part in parts])
        for name in ("steps", "times", "values")
    )
    return Series(key, steps, times, values)


def _time(moment: int | None) -> int | None:
    return moment if moment is not None and moment in _TIMES else None


def _duration(run: ForeignRun, start: int, end: int | None) -> float | None:
    if end is None:
        return None
    told = run.duration
    return told if told is not None and math.isfinite(told) else (end - start) / 1e6


def _input(one: InputRecord) -> InputRecord:
    """A data set with texts that are valid Unicode."""
    source, context = (None if x is None else as_text(x) for x in (one.source, one.context))
    schema = None if one.schema is None else _plain(one.schema)
    profile = None if one.profile is None else _plain(one.profile)
    return InputRecord(as_text(one.name), as_text(one.digest), source, context, schema, profile)


def _is_readable(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)
    except (OSError, ValueError):
        return False


def _plain(value: Any) -> Any:
    """A value without what JSON lacks: NaN and infinities as text, text that is valid Unicode."""
    if isinstance(value, Mapping):
        return {as_text(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return as_text(value) if isinstance(value, str) else value
