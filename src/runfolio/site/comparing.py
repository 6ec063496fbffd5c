"""What the compare page shows of a run besides its numbers: texts, tables, pictures, environment.

It lies in a shard of its own, which only that page loads, so that run pages stay light. A text
comes whole up to `MAX_TEXT`, a table with its first `MAX_ROWS` rows up to `MAX_TABLE`, and all of a
run's together up to `MAX_RUN` bytes; what is beyond is named in ``left``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from runfolio.errors import RunfolioError
from runfolio.query import Artifact
from runfolio.site.artifacts import ArtifactView, ArtifactViews, Series
from runfolio.site.controls import show_controls
from runfolio.site.facts import read_versions, versions_shard
from runfolio.site.library import RunEntry
from runfolio.site.numbers import format_bytes, plain_number
from runfolio.site.preview import decode_text
from runfolio.store import read_parquet_head

MAX_TEXT: Final = 64 << 10
MAX_TABLE: Final = 256 << 10
MAX_RUN: Final = 512 << 10
MAX_ROWS: Final = 1000
MAX_COLUMNS: Final = 60
MAX_CELL: Final = 400
MAX_READ: Final = 4 << 20
MAX_PARQUET: Final = 64 << 20
MAX_DRAWING: Final = 32 << 10
"""Longer pictures that come as text (SVG) stay on the run's page."""

_TEXTS: Final = ("text", "code", "json", "markdown", "html", "notebook")
_ENVIRONMENT: Final = ("command", "host", "user")


@dataclass(frozen=True, slots=True)
class Comparable:
    """The shards of a run by name: its own, and the one of its packages, which runs share."""

    kinds: tuple[str, ...]
    shards: dict[str, dict[str, Any]]


def gather_comparable(run: RunEntry, views: ArtifactViews) -> Comparable:
    """What the compare page shows of a run; nothing when the run has nothing of the kind."""
    files = {one.path: one for one in run.record.artifacts}
    room = _Room()
    shards: dict[str, dict[str, Any]] = {}
    own: dict[str, Any] = {
        "images": dict(_images(views)),
        "tables": {view.path: table for view, table in _tables(views.single, files, room)},
        "texts": {view.path: text for view, text in _texts(views.single, files, room)},
        "files": {view.path: [view.size, view.sha256[:16]] for view in views.single},
        "environment": dict(_environment(run)),
        "git": _git(run),
        "left": room.left,
    }
    packages = read_versions(run)
    if packages:
        name = versions_shard(packages)
        own["packages"] = name
        shards[name] = {"packages": packages}
    own = {key: value for key, value in own.items() if value}
    if own:
        shards[f"compare/{run.id}"] = own
    return Comparable(tuple(sorted(set(own) - {"left"})), shards)


@dataclass(slots=True)
class _Room:
    """The bytes a run's texts and tables may still take, and what found no room."""

    free: int = MAX_RUN
    left: list[str] = field(default_factory=list)

    def take(self, path: str, size: int, most: int) -> bool:
        if size > most:
            self.left.append(f"{path}: larger than {format_bytes(most)}")
        elif size > self.free:
            self.left.append(f"{path}: beyond the {format_bytes(MAX_RUN)} of one run")
        else:
            self.free -= size
            return True
        return False


def _images(views: ArtifactViews) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for view in views.single:
        if view.picture and _is_light(view.picture):
            yield view.path, [{"step": None, "src": view.picture}]
    for series in views.series:
        items = list(_steps(series))
        if items:
            yield series.key, items


def _steps(series: Series) -> Iterator[dict[str, Any]]:
    for item in series.items:
        if item.picture and _is_light(item.picture):
            yield {"step": int(item.step.removeprefix("step ")), "src": item.picture}


def _is_light(address: str) -> bool:
    return not address.startswith("data:") or len(address) <= MAX_DRAWING


def _texts(
    views: Iterable[ArtifactView], files: dict[str, Artifact], room: _Room
) -> Iterator[tuple[ArtifactView, dict[str, Any]]]:
    for view in views:
        if view.missing or view.elsewhere or view.preview.kind not in _TEXTS:
            continue
        if not room.take(view.path, _size(files[view.path]), MAX_TEXT):
            continue
        text = decode_text(files[view.path].file.read_bytes(), whole=True, lenient=True)
        kind = "json" if view.preview.kind == "json" else "text"
        if text is not None:
            yield view, {"kind": kind, "text": show_controls(text)}


def _tables(
    views: Iterable[ArtifactView], files: dict[str, Artifact], room: _Room
) -> Iterator[tuple[ArtifactView, dict[str, Any]]]:
    for view in views:
        if view.missing or view.elsewhere or view.preview.kind not in ("table", "json"):
            continue
        table = _read_table(files[view.path])
        if table is not None and room.take(view.path, len(json.dumps(table)), MAX_TABLE):
            yield view, table


def _read_table(artifact: Artifact) -> dict[str, Any] | None:
    """The first rows of a table; None for what is none or can't be read."""
    name = artifact.path.lower()
    try:
        if name.endswith(".parquet"):
            return _read_arrow(artifact) if _size(artifact) <= MAX_PARQUET else None
        if _size(artifact) > MAX_READ:
            return None
        text = artifact.file.read_text(encoding="utf-8-sig", errors="replace")
        return _read_records(text) if name.endswith(".json") else _read_values(text)
    except (RunfolioError, OSError, ValueError, ArithmeticError, LookupError, csv.Error):
        return None
    except (TypeError, NotImplementedError, RecursionError):
        return None


def _size(artifact: Artifact) -> int:
    """How large the file is, which its store may say wrongly."""
    return artifact.file.stat().st_size


def _read_arrow(artifact: Artifact) -> dict[str, Any]:
    table, total, _ = read_parquet_head(artifact.file, MAX_ROWS, columns=MAX_COLUMNS)
    names = table.column_names[:MAX_COLUMNS]
    columns = [table.column(place).to_pylist() for place in range(len(names))]
    return _table(names, zip(*columns, strict=True), total)


def _read_values(text: str) -> dict[str, Any] | None:
    """Separated values whose first row names the columns."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [row for row in islice(reader, MAX_ROWS + 1) if row]
    if len(rows) < 2:
        return None
    total = len(rows) - 1 + sum(1 for row in reader if row)
    width = len(rows[0])
    body = ([*row, *[None] * (width - len(row))][:MAX_COLUMNS] for row in rows[1:])
    return _table(rows[0][:MAX_COLUMNS], body, total)


def _read_records(text: str) -> dict[str, Any] | None:
    """A JSON list of objects, as a table of their fields; other JSON is no table."""
    records = json.loads(text)
    if not isinstance(records, list) or len(records) < 2:
        return None
    if not all(isinstance(record, dict) for record in records):
        return None
    kept = records[:MAX_ROWS]
    names = list(dict.fromkeys(name for record in kept for name in record))[:MAX_COLUMNS]
    return _table(names, ([record.get(name) for name in names] for record in kept), len(records))


def _table(names: list[str], rows: Iterable[Iterable[Any]], total: int) -> dict[str, Any]:
    return {
        "columns": [_short(str(name)) for name in names],
        "rows": [[_cell(value) for value in row] for row in rows],
        "total": total,
    }


def _cell(value: Any) -> Any:
    """A value as JSON holds it: numbers and truth values as they are, all else as text."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 2**53:
            return value
        case float():
            return plain_number(value)
        case str():
            return _short(value)
        case dict() | list():
            return _short(json.dumps(value, ensure_ascii=False, default=str))
        case bytes():
            return f"{len(value)} bytes"
    return _short(str(value))


def _short(text: str) -> str:
    cut = text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
    return show_controls(cut)


def _git(run: RunEntry) -> dict[str, Any]:
    git = run.record.context.get("git")
    known = git if isinstance(git, dict) else {}
    names = ("commit", "branch", "remote", "dirty")
    return {name: _fact(known[name]) for name in names if known.get(name) not in (None, "")}


def _environment(run: RunEntry) -> Iterator[tuple[str, str]]:
    context = run.record.context
    for name in _ENVIRONMENT:
        if context.get(name):
            yield name, _fact(context[name])
    environment = context.get("environment")
    for name, value in sorted(environment.items()) if isinstance(environment, dict) else ():
        if name != "packages" and value not in (None, ""):
            yield str(name).replace("_", " "), _fact(value)


def _fact(value: object) -> str:
    match value:
        case str():
            return _short(value)
        case bool():
            return "yes" if value else "no"
        case list():
            return _short(" ".join(map(str, value)))
    return _short(json.dumps(value, ensure_ascii=False, default=str))
