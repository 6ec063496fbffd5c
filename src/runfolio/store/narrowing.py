"""The tables of a store with some of its runs only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.errors import ExperimentNotFound

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store.reading import StoreOverview, StoreTables
    from runfolio.store.registry import RegisteredModel

OF_RUNS: Final = ("params", "tags", "summaries", "inputs", "metrics", "artifacts")
"""The tables of what runs have."""


def only_runs(tables: StoreTables, run_ids: Collection[str]) -> StoreTables:
    """The tables with the rows of some runs, and the versions of models that these made."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.field("run_id").isin(pa.array(sorted(run_ids), pa.string()))
    kept: dict[str, pa.Table] = {
        name: getattr(tables, name).filter(wanted) for name in ("runs", *OF_RUNS)
    }
    return replace(tables, **kept, models=only_models(tables.models, run_ids))


def only_models(
    models: Iterable[RegisteredModel], run_ids: Collection[str]
) -> tuple[RegisteredModel, ...]:
    """The models with the versions that some runs made; those without any are left out."""
    wanted = set(run_ids)
    narrowed = (
        replace(model, versions=tuple(one for one in model.versions if one.run_id in wanted))
        for model in models
    )
    return tuple(model for model in narrowed if model.versions)


def only_experiments(tables: StoreTables, names: Collection[str]) -> StoreTables:
    """The tables with the runs and the settings of some experiments."""
    rows = tables.runs.select(["run_id", "experiment"]).to_pylist()
    narrowed = only_runs(tables, [one["run_id"] for one in rows if one["experiment"] in names])
    settings = {name: one for name, one in tables.experiments.items() if name in names}
    return replace(narrowed, experiments=settings)


def check_experiments(tables: StoreOverview, names: Collection[str], place: Path | str) -> None:
    """Raise `ExperimentNotFound` unless the store at `place` has all these experiments."""
    known = {*tables.runs["experiment"].unique().to_pylist(), *tables.experiments}
    for name in names:
        if name not in known:
            listed = ", ".join(repr(one) for one in sorted(known)) or "none yet"
            raise ExperimentNotFound(
                f"No experiment {name!r} in {str(place)!r}. Its experiments: {listed}."
            )
