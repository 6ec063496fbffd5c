"""Small ``mlruns`` folders, written file by file as MLflow writes them."""

from __future__ import annotations

from pathlib import Path

RUN = "1680c63112e64e4e8dd0830580fb7d23"
OTHER = "99ecae4ed9814df3892d0b19c61fdf6f"
START = 1_700_000_000_000


def write_experiment(store: Path, number: str = "7", *, name: str = "wine") -> Path:
    """An experiment's folder with its ``meta.yaml``."""
    folder = store / number
    text = f"experiment_id: '{number}'\nlifecycle_stage: active\nname: {name}\n"
    write(folder / "meta.yaml", text)
    return folder


def write_run(
    experiment: Path,
    run_id: str = RUN,
    *,
    status: str = "3",
    uri: str = "",
    metrics: str = f"{START} 0.5 0\n{START + 1} 0.25 1\n",
) -> Path:
    """A run with a metric, a parameter, a tag and an artifact."""
    folder = experiment / run_id
    address = uri or f"file:///home/ada/project/mlruns/{experiment.name}/{run_id}/artifacts"
    write(
        folder / "meta.yaml",
        f"artifact_uri: {address}\nend_time: {START + 2000}\nentry_point_name: ''\n"
        f"experiment_id: '{experiment.name}'\nlifecycle_stage: active\nrun_id: {run_id}\n"
        f"run_name: a run\nrun_uuid: {run_id}\nsource_name: ''\nsource_type: 4\n"
        f"source_version: ''\nstart_time: {START}\nstatus: {status}\ntags: []\nuser_id: ada\n",
    )
    write(folder / "metrics" / "loss", metrics)
    write(folder / "params" / "lr", "0.1")
    write(folder / "tags" / "team", "red")
    write(folder / "artifacts" / "plots" / "a.txt", "a plot")
    return folder


def write(path: Path, content: str | bytes) -> Path:
    """A file, with the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
