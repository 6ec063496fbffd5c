"""Trackio's runs, gathered row by row: numbers become points, media files, the rest tags."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from runfolio.documents import flatten, microseconds
from runfolio.schema import SYSTEM_PREFIX, FileRecord, Series, as_text
from runfolio.sources.logged import MAX_DEPTH, Medium, as_tag, unnamed
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun

_UNSAFE = re.compile(r"[^\w.-]+")
_KINDS: Final = {"image": "image", "histogram": "histogram", "table": "table", "markdown": "text"}
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(slots=True)
class RunRows:
    """What the rows of one run say."""

    id: str
    name: str
    config: dict[str, Any] = field(default_factory=dict)
    created: str | None = None
    first: str | None = None
    points: dict[str, tuple[list[int], list[int], list[float]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    media: list[Medium] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    measured: int = 0

    def add(self, key: str, value: Any, step: int, time: int, depth: int = 0) -> None:
        """Take one logged value of a row, whatever it is."""
        value = unnamed(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            if isinstance(value, float) or abs(value) < 2**1023:
                self.add_points(key, [step], [time], [float(value)])
        elif isinstance(value, dict) and isinstance(value.get("_type"), str):
            self.media.append(Medium(key, step, time, value))
        elif isinstance(value, dict) and depth < MAX_DEPTH:
            for inner, one in value.items():
                self.add(f"{key}/{inner}", one, step, time, depth + 1)
        elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
            for number, one in enumerate(value):
                if depth < MAX_DEPTH:
                    self.add(f"{key}/{number}", one, step, time, depth + 1)
        elif value is not None:
            self.texts[key] = as_tag(value)

    def add_points(self, key: str, steps: list[int], times: list[int], values: list[float]) -> None:
        """Take points of one metric."""
        known = self.points.setdefault(key, ([], [], []))
        known[0].extend(steps)
        known[1].extend(times)
        known[2].extend(values)

    def add_measured(self, values: Mapping[str, Any], time: int) -> None:
        """Take a row of measurements of the machine, which are numbered by their order."""
        for key, value in values.items():
            self.add(f"{SYSTEM_PREFIX}{key}", value, self.measured, time)
        self.measured += 1


@dataclass(slots=True)
class Project:
    """The runs of a project, in the order of their first rows."""

    name: str
    runs: dict[str, RunRows] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)

    def run(self, told: Any, name: Any) -> RunRows:
        """The run of a row; old versions only have names. Raises `ValueError` without any."""
        text = told if isinstance(told, str) and told else name
        if not isinstance(text, str) or not text:
            raise ValueError(f"a row names no run, but {name!r}")
        if text not in self.runs:
            self.runs[text] = RunRows(text, name if isinstance(name, str) else text)
        return self.runs[text]

    def time(self, text: Any) -> int:
        """The microseconds of a time; raises `ValueError`. One batch of rows has one time."""
        if not isinstance(text, str) or text not in self._times:
            moment = microseconds(text)
            if moment is None or not isinstance(text, str):
                raise ValueError(f"{text!r} is no time")
            self._times[text] = moment
        return self._times[text]


class RunMaker:
    """Makes runs of the rows of a project, whose files lie below `folder`."""

    def __init__(self, place: Place, path: Path, reading: Reading) -> None:
        self._place = place
        self._path = path
        self._reading = reading
        self._media = path.parent / "media"

    def make(self, project: Project) -> Iterator[ForeignRun]:
        """The runs of a project, in the order of their first rows."""
        for rows in project.runs.values():
            yield self._make_run(project.name, rows)

    def _make_run(self, project: str, rows: RunRows) -> ForeignRun:
        config = self._flatten(rows)
        user, group = config.pop("_Username", None), config.pop("_Group", None)
        created = microseconds(config.pop("_Created", None)) or microseconds(rows.created)
        first = microseconds(rows.first)
        texts = {key: text for key, text in rows.texts.items() if not key.startswith(SYSTEM_PREFIX)}
        return ForeignRun(
            identity=_identity(project, rows),
            experiment=project,
            name=rows.name,
            start_time=min((one for one in (created, first) if one is not None), default=None),
            params=config,
            tags=texts | ({"group": group} if isinstance(group, str) and group else {}),
            metrics=[Series(key, *columns) for key, columns in rows.points.items()],
            files=list(self._files(rows)),
            context={"user": user} if isinstance(user, str) and user else {},
        )

    def _flatten(self, rows: RunRows) -> dict[str, Any]:
        try:
            return flatten(rows.config)
        except ValueError:
            self._reading.skip(self._path, f"the config of run {rows.name!r} is nested too deeply")
            return {}

    def _files(self, rows: RunRows) -> Iterator[FileRecord]:
        taken: set[str] = set()
        for medium in rows.media:
            made = self._make_file(rows, medium)
            if made is None:
                continue
            kind, suffix, source = made
            at = f"{kind}s/{_safe(medium.key)}/{medium.step}"
            path, number = f"{at}{suffix}", 1
            while path in taken:
                path, number = f"{at}-{number}{suffix}", number + 1
            taken.add(path)
            series = medium.key if kind in ("image", "histogram") else None
            yield FileRecord(path, source, kind, series, medium.step, medium.time)
        if rows.alerts:
            yield FileRecord("alerts.txt", "\n".join([*rows.alerts, ""]).encode(), "text")

    def _make_file(self, rows: RunRows, medium: Medium) -> tuple[str, str, Path | bytes] | None:
        """The kind, suffix and content of a file; None where there is none to be kept."""
        name = str(medium.value["_type"]).removeprefix("trackio.")
        try:
            if name == "histogram":
                return "histogram", ".json", _make_histogram(medium.value)
            if name == "table":
                return "table", ".csv", _make_table(medium.value.get("_value"))
            if name == "markdown":
                return "text", ".md", as_text(medium.value.get("_value") or "").encode()
            if "file_path" in medium.value:
                source = self._find(medium.value["file_path"])
                return _KINDS.get(name, "file"), source.suffix.lower(), source
        except (ValueError, TypeError, OverflowError) as error:
            reason = f"{medium.key!r} of run {rows.name!r} at step {medium.step}: {error}"
            self._reading.skip(self._path, reason)
        return None

    def _find(self, told: Any) -> Path:
        """Where a file is: Trackio's own folder has one per project, an exported one has not."""
        parts = PurePosixPath(told.replace("\\", "/")).parts if isinstance(told, str) else ()
        for inner in (parts, parts[1:]):
            path = self._media.joinpath(*inner)
            if inner and self._place.holds(path) and path.is_file():
                return path
        raise ValueError(f"the file {told!r} is not there")


def _identity(project: str, rows: RunRows) -> str:
    if _ID.fullmatch(rows.id):
        return rows.id
    return "\0".join((project, rows.id, rows.first or ""))


def _make_histogram(value: Mapping[str, Any]) -> bytes:
    edges = [float(one) for one in value.get("bins") or ()]
    counts = [float(one) for one in value.get("values") or ()]
    if counts and len(edges) != len(counts) + 1:
        raise ValueError("the histogram has not one edge more than bins")
    whole = [int(one) if one == one // 1 else one for one in counts]
    return json.dumps({"counts": whole, "edges": edges, "count": sum(whole)}).encode()


def _make_table(rows: Any) -> bytes:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("the table has no rows")
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode(errors="replace")


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("file_path") or as_tag(value)
    return as_tag(value) if isinstance(value, list) else value


def _safe(key: str) -> str:
    parts = (_UNSAFE.sub("-", part).strip("-.")[:80] for part in key.split("/"))
    return "/".join(part for part in parts if part) or "media"
