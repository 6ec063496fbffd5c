"""Search many runs with one tracker and print the milliseconds: ``search_many TOOL RUNS``.

All searches are made in one process that has pandas imported: once to warm up, then timed.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.benchmarks.many_runs import METRICS, create_params, create_values, write_many

FILTER = "metrics.m3 < 0.5 and params.p7 > 0.5"
REPEATS = 5
POINTS = 3
"""A search reads a metric's summary, however many points it has."""


def main(tool: str, runs: int) -> None:
    """Write the runs, then time each kind of search."""
    found = search_mlflow(runs) if tool == "mlflow" else search_ours(runs)
    print("\n" + json.dumps(found))


def search_ours(runs: int) -> dict[str, float]:
    """Time a filter and the full table, unpacked and packed."""
    import runfolio

    store = Path("store")
    write_many(store, runs=runs, points=POINTS)
    loose = time_search(lambda: runfolio.search_runs(filter=FILTER, store=store))
    runfolio.pack(store=store)
    return {
        "filter_unpacked": loose,
        "filter": time_search(lambda: runfolio.search_runs(filter=FILTER, store=store)),
        "everything": time_search(lambda: runfolio.search_runs(store=store)),
    }


def search_mlflow(runs: int) -> dict[str, float]:
    """Time the full table, from SQLite."""
    import mlflow

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    experiment = mlflow.create_experiment("many")
    noise = random.Random(0)
    mlflow.set_experiment("many")
    with mlflow.start_run() as run:
        mlflow.log_params({key: said[1] for key, said in create_params(noise).items()})
        mlflow.log_metrics(dict(zip(METRICS, next(create_values(noise, 1)), strict=True)), step=0)
    with closing(sqlite3.connect("mlflow.db")) as database, database:
        copy_run(database, run.info.run_id, runs - 1)

    def search() -> Any:
        return mlflow.search_runs([experiment], max_results=runs)

    if len(search()) != runs:
        raise SystemExit("MLflow found other runs than were written")
    return {"everything": time_search(search)}


def copy_run(database: sqlite3.Connection, run_id: str, copies: int) -> None:
    """Copy a run's rows in MLflow's tables, each copy with an id and values of its own."""
    column = "run_uuid"
    numbers = [random.Random(number) for number in range(1, copies + 1)]
    ids = [f"{noise.getrandbits(128):032x}" for noise in numbers]
    for table in ("runs", "params", "tags", "metrics", "latest_metrics"):
        found = database.execute(f"SELECT * FROM {table} WHERE {column} = ?", [run_id])
        names = [described[0] for described in found.description]
        rows = found.fetchall()
        fill = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"
        for new, noise in zip(ids, numbers, strict=True):
            fresh = [dict(zip(names, row, strict=True)) | {column: new} for row in rows]
            vary(table, fresh, noise)
            database.executemany(fill, [list(row.values()) for row in fresh])


def vary(table: str, rows: list[dict[str, Any]], noise: random.Random) -> None:
    """Give a copied run's parameters and metrics values of its own."""
    if table == "params":
        params = create_params(noise)
        for row in rows:
            row["value"] = params[row["key"]][1]
    elif table.endswith("metrics"):
        for row in rows:
            row["value"] = noise.random()


def time_search(search: Callable[[], Any]) -> float:
    """The median of the milliseconds that a search takes, after one that warms up."""
    search()
    taken = []
    for _repeat in range(REPEATS):
        began = perf_counter()
        search()
        taken.append((perf_counter() - began) * 1e3)
    return statistics.median(taken)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
