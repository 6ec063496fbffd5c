"""Experiments: what can be said about them, and how a notebook shows one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runfolio.errors import ExperimentNotFound, InvalidValue
from runfolio.schema import check_name
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import StorePath, locate_store
from runfolio.store.opening import ensure_store
from runfolio.store.reading import read_store
from runfolio.tracking.launch import launched_store
from runfolio.tracking.values import now

DIRECTIONS = ("down", "up")


def describe_experiment(
    name: str,
    *,
    primary_metric: str | None = None,
    direction: str | None = None,
    note: str | None = None,
    store: StorePath | None = None,
) -> None:
    """Say which metric of an experiment counts, which way is better, and what it is about.

    `direction` is "down" (lower is better) or "up"; `note` is Markdown. What is None stays as it
    is. The experiment may be described before its first run.
    """
    check_name(name, "experiment")
    if direction is not None and direction not in DIRECTIONS:
        raise InvalidValue(f"A direction is 'down' or 'up', not {direction!r}.")
    if primary_metric is not None:
        check_name(primary_metric, "metric")
    if note is not None and not isinstance(note, str):
        raise InvalidValue(f"A note is Markdown text, not {note!r}. Use str(…).")
    said = {"primary_metric": primary_metric, "direction": direction, "note": note}
    changes = {key: value for key, value in said.items() if value is not None}
    if not changes:
        raise InvalidValue(
            f"Nothing to say about the experiment {name!r}. Give primary_metric, direction or note."
        )
    place = ensure_store(launched_store(store))
    write_edit(place, Edit(now(), "experiment", name, changes))


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment of a store; a notebook shows it as a table of its runs."""

    name: str
    store: Path | str
    runs: tuple[dict[str, Any], ...]

    def _repr_html_(self) -> str:
        from runfolio.tracking.notebook import show_experiment

        return show_experiment(self.name, self.runs)


def get_experiment(name: str, *, store: StorePath | None = None) -> Experiment:
    """Read the experiment `name`; raise `ExperimentNotFound` when it has no run and no settings."""
    place = locate_store(store)
    tables = read_store(place)
    names = set(tables.runs["experiment"].to_pylist())
    if name not in names and name not in tables.experiments:
        known = ", ".join(repr(one) for one in sorted(names)) or "none yet"
        raise ExperimentNotFound(
            f"No experiment {name!r} in {str(place)!r}. Its experiments: {known}."
        )
    from runfolio.tracking.notebook import list_runs

    return Experiment(name, place, tuple(list_runs(tables, name)))
