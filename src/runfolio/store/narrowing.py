"""The tables of a store with some of its runs only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store.reading import StoreTables

OF_RUNS: Final = ("params", "tags", "summaries", "inputs", "metrics", "artifacts")
"""The tables of what runs have."""


def only_runs(tables: StoreTables, run_ids: Collection[str]) -> StoreTables:
    """The tables with the rows of some runs."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pc.field("run_id").isin(pa.array(sorted(run_ids), pa.string()))
    kept: dict[str, pa.Table] = {
        name: getattr(tables, name).filter(wanted) for name in ("runs", *OF_RUNS)
    }
    return replace(tables, **kept)


def only_experiments(tables: StoreTables, names: Collection[str]) -> StoreTables:
    """The tables with the runs and the settings of some experiments."""
    rows = tables.runs.select(["run_id", "experiment"]).to_pylist()
    narrowed = only_runs(tables, [one["run_id"] for one in rows if one["experiment"] in names])
    settings = {name: one for name, one in tables.experiments.items() if name in names}
    return replace(narrowed, experiments=settings)
