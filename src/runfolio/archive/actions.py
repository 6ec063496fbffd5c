"""Runs as actions of a Process Run Crate: what ran, with what, by whom, and what came of it.

A run is a ``CreateAction``. Its ``instrument`` is the program, its ``object`` the data sets, the
source code and the parameters, its ``result`` the artifacts and the last values of the metrics.
"""

from __future__ import annotations

import hashlib
import json
import math
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from runfolio.archive.citation import is_web_address
from runfolio.archive.keeping import KeptFile
from runfolio.archive.layout import STORE
from runfolio.schema import FAILED, FINISHED, KILLED, RUNNING, SYSTEM_PREFIX, float_text
from runfolio.site.addresses import run_page
from runfolio.site.times import to_datetime

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store import StoreTables

Entity = dict[str, Any]

_STATUSES: Final = {
    FINISHED: "http://schema.org/CompletedActionStatus",
    FAILED: "http://schema.org/FailedActionStatus",
    KILLED: "http://schema.org/FailedActionStatus",
    RUNNING: "http://schema.org/ActiveActionStatus",  # unsaid it would count as completed
}
_ERRORS: Final = {FAILED: "The program ended with an error.", KILLED: "The program was stopped."}

PYTHON: Final = "https://www.python.org/"


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions of all runs, and everything they refer to but files."""

    ids: list[str]
    entities: list[Entity]


def describe_runs(tables: StoreTables, files: Iterable[KeptFile]) -> Actions:
    """Every run as an action, with its programs, people, data sets, parameters and metrics."""
    return _Describing(tables, files).describe()


def file_id(path: str) -> str:
    """The id of a file of the archive: its path as a relative address."""
    return quote(path)


def refer(*ids: str) -> list[Entity] | Entity | None:
    """References to entities: one by itself, more in a list, None for none."""
    listed = [{"@id": one} for one in ids]
    return listed[0] if len(listed) == 1 else listed or None


class _Describing:
    """Goes through the runs, and names each program, person and data set once."""

    def __init__(self, tables: StoreTables, files: Iterable[KeptFile]) -> None:
        self._tables = tables
        self._rows = {
            name: _by_run(getattr(tables, name))
            for name in ("params", "summaries", "inputs", "artifacts")
        }
        self._files = _group_files(files)
        self._shared: dict[str, Entity] = {}

    def describe(self) -> Actions:
        actions, values = [], []
        for row in _times_as_numbers(self._tables.runs).to_pylist():
            params = list(self._values(row, "param", self._params(row)))
            metrics = list(self._values(row, "metric", self._metrics(row)))
            actions.append(self._action(row, params, metrics))
            values += [*params, *metrics]
        ids = [action["@id"] for action in actions]
        return Actions(ids, [*actions, *self._shared.values(), *values])

    def _action(self, row: Entity, params: list[Entity], metrics: list[Entity]) -> Entity:
        run_id, context = row["run_id"], _read_object(row["context"])
        code, results = self._split_files(run_id)
        data = [self._share(_dataset(one)) for one in self._rows["inputs"][run_id]]
        action: Entity = {
            "@id": f"#run-{run_id}",
            "@type": "CreateAction",
            "name": row["name"],
            "description": _describe(row, context),
            "instrument": {"@id": self._program(row, context)},
            "object": refer(*data, *code, *(one["@id"] for one in params)),
            "result": refer(*results, *(one["@id"] for one in metrics)),
            "startTime": _moment(row["start_time"]),
            "subjectOf": {"@id": file_id(run_page(run_id))},
        }
        if row["end_time"] is not None:
            action["endTime"] = _moment(row["end_time"])
        if row["user"]:
            action["agent"] = {"@id": self._share(_person(row["user"]))}
        if row["status"] in _STATUSES:
            action["actionStatus"] = _STATUSES[row["status"]]
        if row["status"] in _ERRORS:
            action["error"] = _ERRORS[row["status"]]
        return {key: value for key, value in action.items() if value is not None}

    def _share(self, entity: Entity) -> str:
        self._shared.setdefault(entity["@id"], entity)
        return str(entity["@id"])

    def _program(self, row: Entity, context: Entity) -> str:
        """The program that ran, in the version that ran."""
        name = str(row["source"] or f"a program of {row['experiment']}")
        git = context.get("git")
        remote = git.get("remote") if isinstance(git, dict) else None
        version = row["git_commit"] or self._version_of_code(row["run_id"]) or "not recorded"
        program: Entity = {
            "@id": f"#program-{_digest(name, version, str(remote))}",
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": version,
        }
        if isinstance(remote, str) and is_web_address(remote):
            program["url"] = remote
        environment = context.get("environment")
        python = environment.get("python") if isinstance(environment, dict) else None
        if isinstance(python, str):
            program["softwareRequirements"] = {"@id": self._share(_python(python))}
            program["@id"] = f"#program-{_digest(name, version, str(remote), python)}"
        return self._share(program)

    def _version_of_code(self, run_id: str) -> str | None:
        """A digest of the source files that were kept, where there are any."""
        code = sorted(row["sha256"] for row in self._rows["artifacts"][run_id] if _is_code(row))
        return f"source {_digest(*code)}" if code else None

    def _split_files(self, run_id: str) -> tuple[list[str], list[str]]:
        """The ids of a run's files: its source code, and what it made."""
        code = {row["path"] for row in self._rows["artifacts"][run_id] if _is_code(row)}
        split: tuple[list[str], list[str]] = ([], [])
        for file in self._files[run_id]:
            split[file.path not in code].append(file_id(f"{STORE}/{file.place}"))
        return split

    def _params(self, row: Entity) -> Iterator[tuple[str, object, str]]:
        for one in self._rows["params"][row["run_id"]]:
            number = one["kind"] in ("int", "float") and one["number"] is not None
            yield one["key"], one["number"] if number else one["text"], f"parameter ({one['kind']})"

    def _metrics(self, row: Entity) -> Iterator[tuple[str, object, str]]:
        for one in self._rows["summaries"][row["run_id"]]:
            if not one["key"].startswith(SYSTEM_PREFIX):
                points = "1 point" if one["count"] == 1 else f"{one['count']:,} points"
                told = f"metric: value at step {one['last_step']}, the last of {points}"
                yield one["key"], one["last"], told

    @staticmethod
    def _values(
        row: Entity, kind: str, found: Iterable[tuple[str, object, str]]
    ) -> Iterator[Entity]:
        for key, value, told in found:
            yield {
                "@id": f"#run-{row['run_id']}-{kind}-{quote(key, safe='')}",
                "@type": "PropertyValue",
                "name": key,
                "value": _plain(value),
                "description": told,
            }


def _by_run(table: pa.Table) -> defaultdict[str, list[Entity]]:
    rows: defaultdict[str, list[Entity]] = defaultdict(list)
    for row in table.to_pylist():
        rows[row["run_id"]].append(row)
    return rows


def _group_files(files: Iterable[KeptFile]) -> defaultdict[str, list[KeptFile]]:
    groups: defaultdict[str, list[KeptFile]] = defaultdict(list)
    for file in files:
        groups[file.run_id].append(file)
    return groups


def _times_as_numbers(runs: pa.Table) -> pa.Table:
    import pyarrow as pa

    for name in ("start_time", "end_time"):
        place = runs.schema.get_field_index(name)
        runs = runs.set_column(place, name, runs[name].cast(pa.int64()))
    return runs


def _moment(microseconds: int) -> str:
    """A time in the form that the profile asks for."""
    return to_datetime(microseconds).isoformat(timespec="milliseconds")


def _describe(row: Entity, context: Entity) -> str:
    """A run in words: its experiment, note and command line."""
    command = context.get("command")
    words = [f"Run {row['run_id']} of the experiment {row['experiment']!r}."]
    if row["parent_id"]:
        words.append(f"It is nested in the run {row['parent_id']}.")
    if row["note"]:
        words.append(row["note"])
    if isinstance(command, list) and command:
        words.append(f"Command: {shlex.join(map(str, command))}")
    return "\n".join(words)


def _person(user: str) -> Entity:
    return {"@id": f"#user-{quote(user, safe='')}", "@type": "Person", "name": user}


def _python(version: str) -> Entity:
    return {
        "@id": f"#python-{quote(version, safe='')}",
        "@type": "SoftwareApplication",
        "name": "Python",
        "softwareVersion": version,
        "url": PYTHON,
    }


def _dataset(row: Entity) -> Entity:
    """A data set, of which an archive keeps only what was noted."""
    parts = (row["name"], row["digest"], row["source"] or "")
    entity: Entity = {
        "@id": f"#data-{_digest(*parts)}",
        "@type": "CreativeWork",
        "additionalType": "https://schema.org/Dataset",
        "name": row["name"],
        "identifier": row["digest"],
        "description": "A data set that runs used. It is not part of this archive.",
    }
    if row["source"]:
        key = "url" if is_web_address(row["source"]) else "disambiguatingDescription"
        entity[key] = row["source"]
    return entity


def _is_code(row: Entity) -> bool:
    return bool(row["kind"] == "code")


def _plain(value: object) -> object:
    """A value as JSON has it; NaN and infinities are texts there."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return float_text(value)
        return int(value) if value.is_integer() and abs(value) < 1 << 53 else value
    return value


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:12]


def _read_object(text: str | None) -> Entity:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
