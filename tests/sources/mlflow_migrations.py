"""Databases of every version of MLflow's tables, made with its own migrations.

Run with MLflow's Python: ``mlflow_migrations.py FOLDER`` writes one database a version.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

RUN = "0123456789abcdef0123456789abcdef"
LOST = "fedcba9876543210fedcba9876543210"
START = 1_600_000_000_000
LARGEST = sys.float_info.max

POINTS = ((0, 1.5), (1, 0.25), (2, LARGEST), (3, -LARGEST), (-4, 0.125))

Rows = dict[str, list[dict[str, Any]]]


def write_versions(folder: Path) -> list[str]:
    """Write ``FOLDER/<number>-<revision>.db`` for each version, the first without migrations."""
    import sqlalchemy  # type: ignore[import-not-found, unused-ignore]
    from alembic import command  # type: ignore[import-not-found, unused-ignore]
    from alembic.script import (  # type: ignore[import-not-found, unused-ignore]
        ScriptDirectory,
    )
    from mlflow.store.db.utils import _get_alembic_config
    from mlflow.store.tracking.dbmodels.initial_models import Base

    base = folder / "growing.sqlite"
    address = f"sqlite:///{base}"
    engine = sqlalchemy.create_engine(address)
    Base.metadata.create_all(engine)
    engine.dispose()
    config = _get_alembic_config(address)  # type: ignore[no-untyped-call, unused-ignore]
    revisions = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
    names = [fill_copy(base, folder / "00-initial.db")]
    for number, revision in enumerate(revisions, 1):
        command.upgrade(config, revision.revision)
        names.append(fill_copy(base, folder / f"{number:02}-{revision.revision}.db"))
    base.unlink()
    return names


def fill_copy(base: Path, path: Path) -> str:
    """Copy a database and add the rows that its version has room for."""
    shutil.copyfile(base, path)
    with closing(sqlite3.connect(path)) as database, database:
        for table, rows in make_rows().items():
            there = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
            for row in rows:
                known = {key: value for key, value in row.items() if key in there}
                if known:
                    marks = ", ".join("?" * len(known))
                    sql = f"INSERT INTO {table} ({', '.join(known)}) VALUES ({marks})"
                    database.execute(sql, list(known.values()))
    return path.name


def make_rows() -> Rows:
    """One run with everything and a deleted one, for the tables of all versions."""
    run: dict[str, Any] = {
        "run_uuid": RUN,
        "name": "first",
        "source_type": "LOCAL",
        "source_name": "train.py",
        "entry_point_name": "",
        "user_id": "ada",
        "status": "FAILED",
        "start_time": START,
        "end_time": START + 5000,
        "source_version": "abc123",
        "lifecycle_stage": "active",
        "artifact_uri": f"file:///elsewhere/mlruns/7/{RUN}/artifacts",
        "experiment_id": 7,
    }
    gone = {"run_uuid": LOST, "name": "gone", "lifecycle_stage": "deleted", "status": "FINISHED"}
    points = [
        {"run_uuid": RUN, "key": "loss", "value": value, "timestamp": START + step, "step": step}
        for step, value in POINTS
    ]
    nan = {"run_uuid": RUN, "key": "nan", "value": 0, "timestamp": START, "step": 0, "is_nan": True}
    return {
        "experiments": [{"experiment_id": 7, "name": "old", "lifecycle_stage": "active"}],
        "runs": [run, run | gone],
        "metrics": [*({"is_nan": False} | point for point in points), nan],
        "params": [{"run_uuid": RUN, "key": "lr", "value": "0.10"}],
        "tags": [
            {"run_uuid": RUN, "key": "team", "value": "red"},
            {"run_uuid": RUN, "key": "mlflow.note.content", "value": "a note"},
        ],
        "experiment_tags": [
            {"experiment_id": 7, "key": "mlflow.note.content", "value": "of old"},
            {"experiment_id": 7, "key": "owner", "value": "ada"},
        ],
        "datasets": [
            {
                "dataset_uuid": "d1",
                "experiment_id": 7,
                "name": "wine",
                "digest": "12ab",
                "dataset_source_type": "http",
                "dataset_source": '{"url": "https://example.org/wine.csv"}',
                "dataset_schema": "{}",
                "dataset_profile": '{"num_rows": 3}',
            }
        ],
        "inputs": [
            {
                "input_uuid": "i1",
                "source_type": "DATASET",
                "source_id": "d1",
                "destination_type": "RUN",
                "destination_id": RUN,
                "step": 0,
            }
        ],
        "input_tags": [{"input_uuid": "i1", "name": "mlflow.data.context", "value": "training"}],
        "logged_models": [
            {
                "model_id": "m-1",
                "experiment_id": 7,
                "name": "net",
                "artifact_location": "file:///elsewhere/mlruns/7/models/m-1/artifacts",
                "creation_timestamp_ms": START,
                "last_updated_timestamp_ms": START,
                "status": 2,
                "lifecycle_stage": "active",
                "source_run_id": RUN,
            }
        ],
        "logged_model_metrics": [
            {
                "model_id": "m-1",
                "metric_name": "loss",
                "metric_timestamp_ms": START,
                "metric_step": 0,
                "metric_value": 1.5,
                "experiment_id": 7,
                "run_id": RUN,
            }
        ],
        **make_registry(),
    }


def make_registry() -> Rows:
    """A registered model with versions in stages, an alias and tags."""
    version: dict[str, Any] = {
        "name": "net",
        "creation_time": START,
        "last_updated_time": START,
        "user_id": "ada",
        "run_id": RUN,
        "status": "READY",
    }
    models: dict[str, Any] = {
        "name": "net",
        "creation_time": START - 7,
        "last_updated_time": START,
        "description": "of nets",
    }
    places = (
        ("Production", f"file:///elsewhere/mlruns/7/{RUN}/artifacts/old/net"),
        ("Production", "models:/m-1"),
        ("Staging", "/tmp/net"),
        ("None", f"runs:/{RUN}/new"),
        ("Deleted_Internal", f"runs:/{RUN}/gone"),
    )
    return {
        "registered_models": [models],
        "registered_model_tags": [{"name": "net", "key": "task", "value": "wine"}],
        "model_versions": [
            version | {"version": number, "current_stage": stage, "source": source}
            for number, (stage, source) in enumerate(places, 1)
        ],
        "model_version_tags": [{"name": "net", "version": 4, "key": "size", "value": "small"}],
        "registered_model_aliases": [{"name": "net", "alias": "champion", "version": 4}],
    }


if __name__ == "__main__":
    print(len(write_versions(Path(sys.argv[1]))))
