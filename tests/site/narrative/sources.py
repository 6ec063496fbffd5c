"""A small store for reports to speak of, and the reports themselves, written by tests."""

from __future__ import annotations

from pathlib import Path

import runfolio
from runfolio.site.library import make_library
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.composing import Composed
from runfolio.site.narrative.pages import compose_reports
from runfolio.store import read_store

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000030806000000b9eade81"
    "0000000c49444154789c6360400001000a0001a0a0a0a00000000049454e44ae426082"
)
"""A picture, of 2 × 3 pixels as its head says."""


def write_runs(store: Path) -> None:
    """Four runs in two experiments; rmse is better when lower, accuracy when higher."""
    runfolio.describe_experiment("wine", primary_metric="rmse", direction="down", store=store)
    for name, rmse in (("ridge 1", 0.75), ("ridge 2", 0.7), ("forest", 0.61234)):
        model = name.partition(" ")[0]
        with runfolio.start_run(
            experiment="wine", name=name, tags={"sweep": model}, store=store, capture=False
        ) as run:
            run.log_params({"model": model, "alpha": 0.1} if model == "ridge" else {"model": model})
            run.log_metrics({"rmse": rmse, "odd": rmse})
    with runfolio.start_run(experiment="digits", name="net", store=store, capture=False) as run:
        for step, accuracy in enumerate((0.5, 0.875, 0.75)):
            run.log_metric("val/accuracy", accuracy, step=step)


def source_of(store: Path) -> Source:
    """What panels and values read from."""
    tables = read_store(store)
    return Source(make_library(tables, title="Test"), tables)


def compose(store: Path, text: str, **others: str) -> Composed:
    """The report `report.md` of this text, in a folder beside the store with others by name."""
    folder = store.parent / "reports"
    folder.mkdir(exist_ok=True)
    for name, content in {"report": text, **others}.items():
        (folder / f"{name}.md").write_text(content, encoding="utf-8")
    narratives = compose_reports(folder, source_of(store))
    return next(one for one in narratives.reports if one.document.slug == "report")
