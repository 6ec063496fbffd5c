"""Writing runs out in the form of another tool: which runs, in which form, to where."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

from runfolio.errors import InvalidValue
from runfolio.query.search import choose_runs
from runfolio.store.edited import View
from runfolio.store.files import absolute_path
from runfolio.store.layout import StorePath
from runfolio.store.narrowing import only_runs
from runfolio.store.reading import StoreTables, read_store

FORMATS: Final = {
    "mlflow": "mlflow:write_mlflow",
    "csv": "texts:write_csv",
    "json": "texts:write_json",
    "wandb-csv": "wandb_csv:write_wandb_csv",
    "tensorboard": "tensorboard:write_tensorboard",
}
"""The function that writes each format: it takes tables and a path, and returns warnings."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What was written: the number of runs, where, and what the format could not take as it is."""

    runs: int
    target: Path
    warnings: tuple[str, ...]


def export_runs(
    format: str,  # noqa: A002
    target: str | os.PathLike[str],
    *,
    filter: str = "",  # noqa: A002
    experiments: str | Collection[str] | None = None,
    view: View = "active",
    store: StorePath | None = None,
) -> ExportSummary:
    """Write runs to `target` in a `format`: mlflow, csv, json, wandb-csv or tensorboard.

    `filter`, `experiments` and `view` choose runs as in `search_runs`. Raises `OutputRefused`
    where something is at `target` already, `InvalidValue` for an unknown format or no run at all.
    """
    if format not in FORMATS:
        raise InvalidValue(f"No format {format!r} to export. Choose one of {', '.join(FORMATS)}.")
    columns, chosen = choose_runs(experiments, filter, limit=None, view=view, store=store)
    run_ids = columns.attribute("run_id").take(chosen).to_pylist()
    if not run_ids:
        raise InvalidValue(_say_nothing_matches(filter, experiments))
    tables = only_runs(read_store(store, view=view), run_ids)
    module, _, name = FORMATS[format].partition(":")
    write: Callable[[StoreTables, Path], list[str]]
    write = getattr(import_module(f"runfolio.exports.{module}"), name)
    absolute_path(target)  # which says what is wrong with one that is none
    path = Path(target)
    warnings = write(tables, path)
    return ExportSummary(tables.runs.num_rows, path, tuple(warnings))


def _say_nothing_matches(filter: str, experiments: str | Collection[str] | None) -> str:  # noqa: A002
    if filter:
        return f"No run matches {filter!r}. Choose others, or leave the filter out."
    where = "" if experiments is None else f" in {experiments!r}"
    return f"No run{where} to export. Say view='all' where deleted ones count too."
