"""Runs in memory, in the form that `tests/vectors/filters.json` documents, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from runfolio.query.language import Field

Run = dict[str, Any]


class DictColumns:
    """The columns of runs that are plain dictionaries; see `make_run` for their form."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.runs = runs
        self.count = len(runs)

    def text(self, field: Field) -> Any:
        """The texts of a field."""
        return _objects(_text(run, field) for run in self.runs)

    def numbers(self, field: Field) -> Any:
        """The numbers of a field, and where they are."""
        numbers = [_number(run, field) for run in self.runs]
        values = np.array([0.0 if one is None else float(one) for one in numbers], np.float64)
        return values, np.array([one is not None for one in numbers], np.bool_)

    def has_metric(self, key: str) -> bool:
        """Whether a run has a metric."""
        return any(key in run["metrics"] for run in self.runs)

    def datasets(self) -> list[list[tuple[str, str, str | None]]]:
        """The data sets of each run."""
        return [[(one[0], one[1], one[2]) for one in run["datasets"]] for run in self.runs]


def make_run(run_id: str, **said: Any) -> Run:
    """A run of attributes under their names in `rules.ATTRIBUTES` (times in microseconds).

    `params` are texts, or pairs of text and number; `metrics` are numbers, or dictionaries of
    aggregates; `datasets` are triples of name, digest and context.
    """
    blank: Run = {"start_time": 0, "params": {}, "metrics": {}, "tags": {}, "datasets": []}
    return blank | {"run_id": run_id} | said


def _text(run: Run, field: Field) -> str | None:
    if field.entity == "param":
        said = run["params"].get(field.key)
        return said if said is None or isinstance(said, str) else str(said[0])
    found = run["tags"].get(field.key) if field.entity == "tag" else run.get(field.key)
    return None if found is None else str(found)


def _number(run: Run, field: Field) -> float | str | None:
    """The number, or the text NaN or Infinity, which JSON has no numbers for."""
    if field.entity == "param":
        said = run["params"].get(field.key)
        return None if said is None or isinstance(said, str) else said[1]
    if field.entity == "attribute":
        return run.get(field.key)
    said = run["metrics"].get(field.key)
    if not isinstance(said, dict):
        said = {"last": said}
    return said.get(field.aggregate or "last")


def _objects(values: Iterable[Any]) -> Any:
    listed = list(values)
    array = np.empty(len(listed), object)
    array[:] = listed
    return array
