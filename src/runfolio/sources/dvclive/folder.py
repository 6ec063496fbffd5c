"""One folder of DVCLive, on disk or in a commit: its metrics, parameters and plots."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np

from runfolio.documents import (
    MAX_DOCUMENT,
    MAX_YAML,
    flatten,
    parse_json,
    parse_yaml,
    read_text,
)
from runfolio.schema import FileRecord, Series
from runfolio.sources.columns import MAX_STEP, Steps, as_number, file_time, gather_columns
from runfolio.sources.reading import Reading
from runfolio.sources.rows import read_rows

MAX_FILE: Final = 64 << 20
"""Bytes of a plot or image that is kept."""

Files = Mapping[str, Path | bytes]
"""Files by their path, each as where it lies or as its content."""

Fingerprint = tuple[tuple[str, str], ...]

_SUMMARY: Final = "metrics.json"
_PARAMS: Final = "params.yaml"
_SERIES: Final = "plots/metrics"
_KEPT: Final = ("plots/images", "plots/custom", "plots/sklearn", "artifacts")
_IMAGES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"})


def is_wanted(path: str) -> bool:
    """Whether a file may belong to a run, by its path."""
    inside = f"/{path}"
    return inside.endswith((f"/{_SUMMARY}", f"/{_PARAMS}", "/dvc.yaml")) or any(
        f"/{part}/" in inside for part in (_SERIES, *_KEPT)
    )


def open_folders(files: Files, around: str, label: str) -> list[Folder]:
    """The folders of DVCLive among files, by path; `around` is the name of the top folder."""
    own: dict[str, list[str]] = {at: [] for at in find_folders(files, around)}
    for path in files if own else ():
        for folder in PurePosixPath(path).parents:
            inside = own.get("" if str(folder) == "." else str(folder))
            if inside is not None:
                inside.append(path)
    return [Folder(at, files, inside, label) for at, inside in own.items()]


def find_folders(files: Iterable[str], around: str) -> list[str]:
    """The folders of DVCLive among files, by path; `around` is the name of the top folder."""
    found: set[str] = set()
    for path in files:
        before, inside, _ = f"/{path}".partition(f"/{_SERIES}/")
        if inside and path.endswith(".tsv"):
            found.add(before.removeprefix("/"))
        folder, _, name = path.rpartition("/")
        if name == _SUMMARY and (folder.rpartition("/")[2] or around) == "dvclive":
            found.add(folder)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Content:
    """What a folder says of its run; `timed` is whether it gives the time of each point."""

    params: dict[str, Any]
    metrics: list[Series]
    files: list[FileRecord]
    first_row: list[str]
    timed: bool


class Folder:
    """A folder of DVCLive at a path among `files`, of which those in `own` are inside it.

    `label` names all of them to who reads a skip.
    """

    def __init__(self, at: str, files: Files, own: Iterable[str], label: str) -> None:
        self.at = at
        self._prefix = f"{at}/" if at else ""
        self._files = files
        self._own = sorted(own)
        self._label = label

    def paths(self) -> Iterator[Path]:
        """Where the files with its values lie, of a folder on disk."""
        for path in self._values():
            source = self._files[path]
            if isinstance(source, Path):
                yield source

    def _values(self) -> list[str]:
        wanted = (f"{self._prefix}{_SUMMARY}", f"{self._prefix}{_SERIES}/")
        return [path for path in self._own if path.startswith(wanted)]

    def fingerprint(self) -> Fingerprint:
        """What is the same for two folders that hold the same values."""
        return tuple(
            (path.removeprefix(self._prefix), _digest(self._files[path])) for path in self._values()
        )

    def read(self, reading: Reading, time: int) -> Content:
        """All it holds; points that have no time of their own get `time`."""
        metrics: list[Series] = []
        firsts: list[tuple[int, str, float]] = []
        timed = True
        for path in self._values():
            if path.endswith(".tsv"):
                with reading.skipping(self._name(path), ValueError):
                    series, own_time = self._read_series(path, reading, time)
                    metrics.append(series)
                    timed = timed and own_time
                    if len(series.steps):
                        firsts.append((int(series.steps[0]), series.key, float(series.values[0])))
        last = self._read_summary(reading, {one.key for one in metrics}, time)
        params = self._read_params(reading)
        return Content(
            params,
            [*metrics, *last],
            list(self._find_files(reading, time)),
            [repr(min(firsts))] if firsts else [],
            timed and bool(metrics) and not last,
        )

    def _name(self, path: str) -> str:
        source = self._files.get(path)
        return str(source) if isinstance(source, Path) else f"{self._label}:{path}"

    def _read_series(self, path: str, reading: Reading, time: int) -> tuple[Series, bool]:
        """The points of one file: an optional time in milliseconds, the step and the value."""
        rows = read_rows(self._files[path], reading, "\t", path=self._name(path))
        names = [name for name in rows.header if name not in ("timestamp", "step", "")]
        if "step" not in rows.header or len(names) != 1:
            raise ValueError(f"its columns are {', '.join(rows.header)}, not step and value")
        columns, count = gather_columns(rows.header, rows.cells)
        times = np.full(count, time, np.int64)
        own = "timestamp" in columns
        if own:
            stamps = columns["timestamp"]
            usable = np.abs(stamps.values) < MAX_STEP / 1000
            times[stamps.rows[usable]] = np.round(stamps.values[usable] * 1000)
        steps = Steps.of_column(columns["step"], count, times)
        value = columns[names[0]]
        if value.others or steps.missing:
            cells = f"{len(value.others)} values are no numbers and {steps.missing} have no step"
            reading.skip(self._name(path), cells)
        key = path.removeprefix(f"{self._prefix}{_SERIES}/").removesuffix(".tsv")
        return steps.series(key, value), own

    def _read_summary(self, reading: Reading, known: set[str], time: int) -> list[Series]:
        """The metrics that only the summary has, since they were logged without a plot."""
        path = f"{self._prefix}{_SUMMARY}"
        values: dict[str, Any] = {}
        if path in self._files:
            with reading.skipping(self._name(path), ValueError):
                content = parse_json(self._text(path, MAX_DOCUMENT))
                if not isinstance(content, dict):
                    raise ValueError("it holds no names with values")
                values = flatten(content, separator="/")
        step = values.pop("step", 0)
        at = step if isinstance(step, int) and abs(step) < MAX_STEP else 0
        found = []
        for key, value in values.items():
            number = _summary_number(value)
            if key not in known and number is not None:
                found.append(Series(key, [at], [time], [number]))
            elif key not in known:
                reading.skip(self._name(path), f"{key!r} is no number but {str(value)[:40]!r}")
        return found

    def _read_params(self, reading: Reading) -> dict[str, Any]:
        """The parameters of its project, then those that were logged, which count before them."""
        params: dict[str, Any] = {}
        for path in (self._project_params(), f"{self._prefix}{_PARAMS}"):
            if path in self._files:
                with reading.skipping(self._name(path), ValueError):
                    content = parse_yaml(self._text(path, MAX_YAML))
                    if content is not None and not isinstance(content, dict):
                        raise ValueError("it holds no names with values")
                    params |= flatten(content or {})
        return params

    def _project_params(self) -> str:
        """Where the nearest folder above that has parameters or a pipeline keeps parameters."""
        for folder in PurePosixPath(self._prefix or ".").parents:
            prefix = "" if str(folder) == "." else f"{folder}/"
            if f"{prefix}{_PARAMS}" in self._files or f"{prefix}dvc.yaml" in self._files:
                return f"{prefix}{_PARAMS}"
        return ""

    def _text(self, path: str, limit: int) -> str:
        source = self._files[path]
        if isinstance(source, Path):
            return read_text(source, limit=limit)
        if len(source) > limit:
            raise ValueError(f"it has more than {limit:,} bytes")
        return source.decode("utf-8-sig", errors="replace")

    def _find_files(self, reading: Reading, time: int) -> Iterator[FileRecord]:
        for path in self._own:
            inside = path.removeprefix(self._prefix)
            if not inside.startswith(tuple(f"{part}/" for part in _KEPT)):
                continue
            source = self._files[path]
            with reading.skipping(self._name(path)):
                size = source.stat().st_size if isinstance(source, Path) else len(source)
                if size > MAX_FILE:
                    reading.skip(self._name(path), f"it has more than {MAX_FILE >> 20} MiB")
                    continue
                yield _record(inside, source, time)


def _record(inside: str, source: Path | bytes, time: int) -> FileRecord:
    """A file as an artifact; of images such as `plots/images/sample/3.png`, 3 is the step."""
    when = file_time(source) if isinstance(source, Path) else time
    path = PurePosixPath(inside)
    if path.suffix.lower() not in _IMAGES or not inside.startswith("plots/images/"):
        return FileRecord(inside, source, time=when)
    key = path.relative_to("plots/images").with_suffix("")
    step = int(key.name) if key.name.isascii() and key.name.isdigit() else None
    if step is None or len(key.parts) == 1 or step >= MAX_STEP:
        return FileRecord(inside, source, kind="image", key=key.as_posix(), time=when)
    return FileRecord(inside, source, kind="image", key=key.parent.as_posix(), step=step, time=when)


def _summary_number(value: Any) -> float | None:
    """A number of the summary, which writes those that JSON lacks as text."""
    number = as_number(value)
    if isinstance(value, str) and number is not None and math.isfinite(number):
        return None
    return number


def _digest(source: Path | bytes) -> str:
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError:
        return ""
    return hashlib.sha256(content).hexdigest()
