"""A store for panels: sweeps with seeds, curves, pictures, and runs that broke off."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import runfolio

STEPS = 12


def write_sweep(store: Path) -> None:
    """Nine runs of "sweep" by model, rate and seed, one of them failed; and one of "other"."""
    runfolio.describe_experiment("sweep", primary_metric="val/loss", direction="down", store=store)
    for model in ("cnn", "mlp"):
        for rate in (0.01, 0.1):
            for seed in range(2):
                _write_run(store, model, rate, seed)
    _write_failed_run(store)
    with runfolio.start_run(experiment="other", name="alone", store=store, capture=False) as run:
        run.log_metrics({"score": 0.5})


def _write_run(store: Path, model: str, rate: float, seed: int) -> None:
    name = f"{model} {rate} #{seed}"
    with runfolio.start_run(
        experiment="sweep", name=name, tags={"kind": "grid"}, store=store, capture=False
    ) as run:
        run.log_params({"model": model, "rate": rate, "seed": seed})
        start = (1.0 if model == "cnn" else 2.0) + rate
        for step in range(STEPS):
            run.log_metric("val/loss", start / (step + 1) + seed / 10, step=step)
        run.log_metrics({"accuracy": 1 / (1 + start) - seed / 100})
        for step in (0, 5):
            ramp = np.full((6, 8), 20 * step + seed, dtype=np.uint8)
            run.log_image(ramp, key="filters", step=step)
        if seed == 0:
            run.log_image(np.zeros((6, 8), dtype=np.uint8), "last.png")


def _write_failed_run(store: Path) -> None:
    try:
        with runfolio.start_run(
            experiment="sweep", name="broke off", store=store, capture=False
        ) as run:
            run.log_params({"model": "cnn", "rate": 0.1, "seed": 9})
            for step in range(2):
                run.log_metric("val/loss", -100.0, step=step)
            raise ValueError("the data ended")
    except ValueError:
        pass
