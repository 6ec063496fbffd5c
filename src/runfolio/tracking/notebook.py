"""What a notebook shows of a run and of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runfolio.store.replay import replay_run
from runfolio.store.sealed import find_sealed
from runfolio.tracking.card import render_run_card, render_runs_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runfolio.store.layout import RunFolder
    from runfolio.store.reading import StoreTables


def last_values(metrics: Any) -> dict[str, dict[str, float]]:
    """For each run of a metrics table, the last value of each metric by step."""
    latest: dict[tuple[str, str], tuple[int, float]] = {}
    columns = (metrics[name].to_pylist() for name in ("run_id", "key", "step", "value"))
    for run_id, key, step, value in zip(*columns, strict=True):
        if (run_id, key) not in latest or step >= latest[run_id, key][0]:
            latest[run_id, key] = (step, value)
    values: dict[str, dict[str, float]] = {}
    for (run_id, key), (_, value) in latest.items():
        values.setdefault(run_id, {})[key] = value
    return values


def list_runs(tables: StoreTables, experiment: str) -> list[dict[str, Any]]:
    """The runs of one experiment, newest first, each with its parameters and last metrics."""
    import pyarrow as pa
    import pyarrow.compute as pc

    runs = [row for row in tables.runs.to_pylist() if row["experiment"] == experiment]
    theirs = pc.field("run_id").isin(pa.array([row["run_id"] for row in runs], pa.string()))
    values = last_values(tables.metrics.filter(theirs))
    params: dict[str, dict[str, str]] = {}
    for row in tables.params.filter(theirs).to_pylist():
        params.setdefault(row["run_id"], {})[row["key"]] = row["text"]
    runs.sort(key=lambda row: (row["start_time"], row["run_id"]), reverse=True)
    return [
        {
            "id": row["run_id"],
            "name": row["name"],
            "status": row["status"],
            "start_time": row["start_time"],
            "duration": row["duration"],
            "params": params.get(row["run_id"], {}),
            "metrics": values.get(row["run_id"], {}),
        }
        for row in runs
    ]


def show_run(folder: RunFolder, *, name: str, experiment: str, status: str) -> str:
    """The card of a run as HTML, with what it has logged so far."""
    form = find_sealed(folder)
    tables = form.read(("params", "metrics")) if form else replay_run(folder).tables
    params = {row["key"]: row["text"] for row in tables["params"].to_pylist()}
    return render_run_card(
        name=name,
        experiment=experiment,
        status=status,
        run_id=folder.run_id,
        params=params,
        metrics=last_values(tables["metrics"]).get(folder.run_id, {}),
        folder_url=folder.path.as_uri(),
    )


def show_experiment(name: str, runs: Sequence[dict[str, Any]]) -> str:
    """The table of an experiment's runs as HTML."""
    params = sorted({key for run in runs for key in run["params"]})
    metrics = sorted({key for run in runs for key in run["metrics"]})
    rows = [
        [run["name"], run["status"].lower()]
        + [run["params"].get(key, "") for key in params]
        + [_number(run["metrics"].get(key)) for key in metrics]
        for run in runs
    ]
    columns = ["run", "status", *params, *metrics]
    return render_runs_table(title=name, columns=columns, rows=rows)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
