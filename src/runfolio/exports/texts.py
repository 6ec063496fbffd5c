"""Runs as CSV and JSON: the table of runs, and every point."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.exports.writing import new_file, new_folder
from runfolio.query.record import moment_of
from runfolio.query.runs import RunRecord, find_runs
from runfolio.schema import float_text
from runfolio.spreadsheets import write_line

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store import StoreTables


def write_csv(tables: StoreTables, target: Path) -> list[str]:
    """Write ``runs.csv``, a row for each run, and ``points.csv``, a row for each metric point.

    Columns of runs are attributes, ``params.*``, last values as ``metrics.*``, and ``tags.*``.
    Text that begins as a formula does, such as ``-foo``, is written as ``'-foo``, so that no
    spreadsheet runs it; this holds for every text, names of metrics and columns too.
    """
    runs = find_runs(tables)
    last = last_values(tables)
    params = sorted({key for run in runs for key in run.params})
    metrics = sorted({key for values in last.values() for key in values})
    tags = sorted({key for run in runs for key in run.tags})
    heads = [f"{kind}.{key}" for kind, keys in _columns(params, metrics, tags) for key in keys]
    with new_folder(target) as folder:
        write_rows(
            folder / "runs.csv",
            [*_ATTRIBUTES, *heads],
            (
                [
                    *_attributes(run),
                    *(run.param_texts.get(key) for key in params),
                    *(last.get(run.id, {}).get(key) for key in metrics),
                    *(run.tags.get(key) for key in tags),
                ]
                for run in runs
            ),
        )
        write_rows(
            folder / "points.csv", ["run_id", "key", "step", "time", "value"], _points(tables)
        )
    return []


_ATTRIBUTES = (
    *("run_id", "experiment", "name", "status", "start_time", "end_time", "duration"),
    *("parent_id", "note", "host", "user", "source", "git_commit", "git_branch"),
)


def _columns(
    params: Sequence[str], metrics: Sequence[str], tags: Sequence[str]
) -> tuple[tuple[str, Sequence[str]], ...]:
    return ("params", params), ("metrics", metrics), ("tags", tags)


def _attributes(run: RunRecord) -> list[Any]:
    captured = [run.context.get(key) for key in _ATTRIBUTES[9:]]
    times = [iso(run.start_time), iso(run.end_time), run.duration, run.parent_id, run.note]
    return [run.id, run.experiment, run.name, run.status, *times, *captured]


def _points(tables: StoreTables) -> Iterator[list[Any]]:
    import pyarrow as pa

    for batch in tables.metrics.to_batches():
        times = batch["time"].cast(pa.int64()).to_pylist()
        columns = [batch[name].to_pylist() for name in ("run_id", "key", "step")]
        for run, key, step, time, value in zip(
            *columns, times, batch["value"].to_pylist(), strict=True
        ):
            yield [run, key, step, iso(time), value]


def write_json(tables: StoreTables, target: Path) -> list[str]:
    """Write one JSON document: a list of runs with all they logged, artifacts as a list of files.

    Points are lists of step, time and value. What JSON lacks is text: ``"NaN"``, ``"Infinity"``.
    """
    points = points_by_run(tables)
    with new_file(target) as path, path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, run in enumerate(find_runs(tables)):
            file.write(",\n" if number else "\n")
            document = _plain(_document(run, points.get(run.id, {})))
            json.dump(document, file, ensure_ascii=False, allow_nan=False)
        file.write("\n]\n")
    return []


def _document(run: RunRecord, points: dict[str, list[tuple[int, int, float]]]) -> dict[str, Any]:
    files = ("path", "size", "sha256", "media_type", "kind", "key", "step")
    inputs = ("name", "digest", "source", "context", "schema", "profile")
    return {
        "run_id": run.id,
        "experiment": run.experiment,
        "name": run.name,
        "status": run.status,
        "start_time": iso(run.start_time),
        "end_time": iso(run.end_time),
        "duration": run.duration,
        "parent_id": run.parent_id,
        "note": run.note,
        "params": run.params,
        "tags": run.tags,
        "metrics": {
            key: [[step, iso(time), value] for step, time, value in rows]
            for key, rows in points.items()
        },
        "artifacts": [{name: getattr(one, name) for name in files} for one in run.artifacts],
        "inputs": [{name: getattr(one, name) for name in inputs} for one in run.inputs],
        "context": run.context,
    }


def points_by_run(tables: StoreTables) -> dict[str, dict[str, list[tuple[int, int, float]]]]:
    """All points as (step, microseconds, value) in log order, by run id and key."""
    import pyarrow as pa

    found: dict[str, dict[str, list[tuple[int, int, float]]]] = {}
    metrics: pa.Table = tables.metrics
    names = ("run_id", "key", "step", "value")
    runs, keys, steps, values = (metrics[name].to_pylist() for name in names)
    times = metrics["time"].cast(pa.int64()).to_pylist()
    for run, key, step, time, value in zip(runs, keys, steps, times, values, strict=True):
        found.setdefault(run, {}).setdefault(key, []).append((step, time, value))
    return found


def last_values(tables: StoreTables) -> dict[str, dict[str, float]]:
    """The last value of each metric, by run id and key."""
    found: dict[str, dict[str, float]] = {}
    for row in tables.summaries.select(["run_id", "key", "last"]).to_pylist():
        found.setdefault(row["run_id"], {})[row["key"]] = row["last"]
    return found


def iso(moment: int | None) -> str | None:
    """A time in microseconds since 1970 as ISO 8601 in UTC."""
    return None if moment is None else moment_of(moment).isoformat()


def write_rows(path: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; text that a spreadsheet would run as a formula begins with a quote."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(write_line(heads))
        file.writelines(map(write_line, rows))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return float_text(value)
    return value
