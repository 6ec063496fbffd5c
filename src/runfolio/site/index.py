"""The index page: every experiment with its best result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from runfolio.query import Curve
from runfolio.site.addresses import (
    EXPERIMENTS_CSV,
    EXPERIMENTS_PARQUET,
    INDEX_JSON,
    experiment_page,
)
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.models.entries import NO_MODELS, Models
from runfolio.site.models.index import ModelRow, list_models
from runfolio.site.narrative.pages import NO_REPORTS, Narratives, ReportRow, list_reports
from runfolio.site.pages import (
    DIRECTION_WORDS,
    Link,
    Moment,
    Number,
    metric_label,
    run_page_link,
    show_moment,
    show_number,
)
from runfolio.site.sparks import Spark, show_spark


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """An experiment in the index."""

    link: Link
    runs: int
    running: int
    failed: int
    last: Moment | None
    metric: str | None
    direction: str | None
    best: Number | None
    best_run: Link | None
    trend: Spark | None
    trend_title: str


@dataclass(frozen=True, slots=True)
class DamageRow:
    """A part of the store that could not be read."""

    run_id: str
    path: str
    reason: str


_ADVICE = "The other runs are complete. Restore these files from a copy, or remove them."
_FOREIGN_ADVICE = "these parts of the store were left out, and everything else is here."


@dataclass(frozen=True, slots=True)
class IndexView:
    """The index page."""

    heading: str
    reports: tuple[ReportRow, ...]
    experiments: tuple[ExperimentRow, ...]
    models: tuple[ModelRow, ...]
    model_count: int
    experiment_count: int
    run_count: int
    last: Moment | None
    damage: tuple[DamageRow, ...]
    advice: str
    foreign: bool
    downloads: tuple[Link, ...]


def view_index(
    library: Library, narratives: Narratives = NO_REPORTS, models: Models = NO_MODELS
) -> IndexView:
    """What the index page shows."""
    rows = [_row(experiment) for experiment in library.experiments]
    rows.sort(key=lambda row: row.last.iso if row.last else "", reverse=True)
    return IndexView(
        heading=library.title,
        reports=list_reports(narratives),
        experiments=tuple(rows),
        models=list_models(models),
        model_count=len(models.entries),
        experiment_count=len(rows),
        run_count=len(library.runs),
        last=show_moment(library.last_activity),
        damage=tuple(DamageRow(one.run_id or "", one.path, one.reason) for one in library.damage),
        advice=_ADVICE if library.tool is None else f"{library.tool}: {_FOREIGN_ADVICE}",
        foreign=library.tool is not None,
        downloads=(
            Link(EXPERIMENTS_CSV, "experiments as CSV"),
            Link(EXPERIMENTS_PARQUET, "experiments as Parquet"),
            Link(INDEX_JSON, "experiments and runs as JSON"),
        ),
    )


def _row(experiment: ExperimentEntry) -> ExperimentRow:
    primary, best = experiment.primary, experiment.best
    statuses = experiment.table.status_counts
    return ExperimentRow(
        link=Link(experiment_page(experiment.id), experiment.name),
        runs=len(experiment.runs),
        running=statuses["RUNNING"],
        failed=statuses["FAILED"] + statuses["KILLED"],
        last=show_moment(experiment.last_activity),
        metric=metric_label(experiment, primary.metric) if primary else None,
        direction=DIRECTION_WORDS.get(primary.direction) if primary else None,
        best=show_number(best.last(primary.metric)) if primary and best else None,
        best_run=run_page_link(best) if best else None,
        trend=_trend(experiment),
        trend_title=f"{primary.metric} of each run, oldest first" if primary else "",
    )


def _trend(experiment: ExperimentEntry) -> Spark | None:
    """The primary metric of the runs in the order they were started."""
    if experiment.primary is None:
        return None
    metric = experiment.primary.metric
    values = experiment.table.last(metric)
    known = values[np.isfinite(values)]
    order = np.arange(len(known))
    return show_spark(Curve("", metric, order, order, known))
