"""Runs as the CSV files that W&B's own pages and API give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.exports.naming import folder_names
from runfolio.exports.texts import iso, last_values, points_by_run, write_rows
from runfolio.exports.writing import new_folder
from runfolio.query.runs import RunRecord, find_runs
from runfolio.schema import SYSTEM_PREFIX

if TYPE_CHECKING:
    from runfolio.store import StoreTables

_STATES: Final = {
    "RUNNING": "running",
    "FINISHED": "finished",
    "FAILED": "failed",
    "KILLED": "crashed",
}
_TIMES: Final = ("_step", "_runtime", "_timestamp")
_HEADS: Final = ("Name", "ID", "State", "Notes", "User", "Tags", "Created", "Runtime", "Group")


def write_wandb_csv(tables: StoreTables, target: Path) -> list[str]:
    """Write ``runs.csv`` as W&B exports a table of runs, and ``history/RUN.csv`` for each run.

    A history has a row for each step, with ``_step``, ``_runtime`` in seconds and ``_timestamp``
    in seconds since 1970; where a metric has several values at a step, the last one counts.
    Parameters and metrics are named as they are, but where a column has the name already, such as
    ``loss (config)`` for a parameter beside a metric, and ``Name (summary)``.
    """
    runs, last, points = find_runs(tables), last_values(tables), points_by_run(tables)
    params = sorted({key for run in runs for key in run.params})
    metrics = sorted({key for values in last.values() for key in values})
    names = folder_names((run.id, run.name) for run in runs)
    with new_folder(target) as folder:
        rows = (_row(run, params, metrics, last.get(run.id, {})) for run in runs)
        write_rows(folder / "runs.csv", _name_columns(params, metrics), rows)
        (folder / "history").mkdir()
        for run in runs:
            mine = {
                key: found
                for key, found in points.get(run.id, {}).items()
                if not key.startswith(SYSTEM_PREFIX)
            }
            heads = [*_TIMES, *_distinct(mine, {*_TIMES}, "history")]
            write_rows(folder / "history" / f"{names[run.id]}.csv", heads, _history(run, mine))
    return []


def _name_columns(params: list[str], metrics: list[str]) -> list[str]:
    """The columns of runs.csv: a metric keeps its name before a parameter does."""
    summary = _distinct(metrics, {*_HEADS}, "summary")
    return [*_HEADS, *_distinct(params, {*_HEADS, *summary}, "config"), *summary]


def _distinct(names: Iterable[str], taken: Set[str], kind: str) -> list[str]:
    """The names, each that is taken with `kind` behind it, as often as it takes."""
    names = list(names)
    found: list[str] = []
    for name in names:
        head = name
        while head in taken or (head != name and head in (*names, *found)):
            head += f" ({kind})"
        found.append(head)
    return found


def _row(
    run: RunRecord, params: list[str], metrics: list[str], last: dict[str, float]
) -> list[Any]:
    tags = ", ".join(f"{key}={value}" if value else key for key, value in run.tags.items())
    state = _STATES.get(run.status, run.status.lower())
    about = [run.name, run.id, state, run.note, run.context.get("user"), tags]
    when = [iso(run.start_time), run.duration, run.experiment]
    return [
        *about,
        *when,
        *(run.param_texts.get(key) for key in params),
        *(last.get(key) for key in metrics),
    ]


def _history(
    run: RunRecord, points: dict[str, list[tuple[int, int, float]]]
) -> Iterator[list[Any]]:
    rows: dict[int, dict[str, float]] = {}
    times: dict[int, int] = {}
    for key, found in points.items():
        for step, time, value in found:
            rows.setdefault(step, {})[key] = value
            times[step] = max(time, times.get(step, time))
    for step in sorted(rows):
        moment = times[step]
        runtime = (moment - run.start_time) / 1e6
        yield [step, runtime, moment / 1e6, *(rows[step].get(key) for key in points)]
