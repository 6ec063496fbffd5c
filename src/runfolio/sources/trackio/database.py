"""Trackio's databases: a SQLite file per project, with JSON objects in its rows."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from runfolio.documents import parse_json
from runfolio.errors import TrackioUnreadable
from runfolio.sources.databases import Database, mentions, open_database, read_tables
from runfolio.sources.reading import Reading
from runfolio.sources.trackio.runs import Project

_COLUMNS = {"timestamp", "run_name", "step", "metrics"}


def holds_project(path: Path, reading: Reading) -> bool:
    """Whether a database has Trackio's table of metrics, or seems to where it is damaged."""
    try:
        return set(read_tables(path, reading).get("metrics", ())) >= _COLUMNS
    except OSError:
        return False
    except sqlite3.Error:
        return path.with_suffix(".lock").is_file() or mentions(path, b"run_name")


def read_project(path: Path, reading: Reading) -> Project:
    """The runs of a database; raises `TrackioUnreadable`. Rows that can't be read are skipped."""
    project = Project(path.stem)
    try:
        with open_database(path, reading) as database:
            _Rows(database, project).read()
    except sqlite3.Error as error:
        raise TrackioUnreadable(f"Couldn't read the database {str(path)!r}: {error}.") from None
    return project


class _Rows:
    """The rows of a database's tables, taken into a project."""

    def __init__(self, database: Database, project: Project) -> None:
        self._database = database
        self._project = project

    def read(self) -> None:
        reasons: Counter[str] = Counter()
        for table, columns, take in (
            ("metrics", ("timestamp", "step", "metrics"), self._take_metrics),
            ("system_metrics", ("timestamp", "metrics"), self._take_measured),
            ("configs", ("config", "created_at"), self._take_config),
            ("alerts", ("timestamp", "level", "title", "text", "step"), self._take_alert),
        ):
            rows = self._database.rows(table, "id", "run_id", "run_name", *columns)
            for number, run_id, run_name, *values in rows:
                try:
                    take(run_id, run_name, *values)
                except (ValueError, TypeError) as error:
                    reasons[table] += 1
                    if reasons[table] <= 10:
                        self._skip(f"row {number} of {table}: {error}")
            if reasons[table] > 10:
                self._skip(f"{reasons[table] - 10} more rows of {table} can't be read")

    def _take_metrics(self, run_id: Any, name: Any, time: Any, step: Any, content: Any) -> None:
        run, moment = self._project.run(run_id, name), self._project.time(time)
        if not isinstance(step, int):
            raise ValueError(f"{step!r} is no step")
        for key, value in _parse(content).items():
            run.add(key, value, step, moment)
        run.first = run.first or time

    def _take_measured(self, run_id: Any, name: Any, time: Any, content: Any) -> None:
        run = self._project.run(run_id, name)
        run.add_measured(_parse(content), self._project.time(time))

    def _take_config(self, run_id: Any, name: Any, content: Any, created: Any) -> None:
        run = self._project.run(run_id, name)
        run.config, run.created = _parse(content), created

    def _take_alert(
        self, run_id: Any, name: Any, time: Any, level: Any, title: Any, text: Any, step: Any
    ) -> None:
        said = f"{title}: {text}" if text else str(title)
        at = "" if step is None else f" (step {step})"
        self._project.run(run_id, name).alerts.append(f"{time} {level}{at} {said}")

    def _skip(self, reason: str) -> None:
        self._database.reading.skip(self._database.path, reason)


def _parse(content: Any) -> dict[str, Any]:
    found = parse_json(content)
    if not isinstance(found, dict):
        raise ValueError("it is no JSON object")
    return found
