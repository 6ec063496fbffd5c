"""What was said of a store later, by its edits, and its tables with all of that applied.

Names of experiments in edits are those that runs were logged under; one that was renamed is shown,
with all its runs, under its new name. Of anything said more than once the newest counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from runfolio.schema import is_name
from runfolio.store.edits import Edit, read_edits
from runfolio.store.registry import RegisteredModel, find_registered

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.store.replay import Tables

View = Literal["active", "deleted", "all"]


@dataclass(frozen=True, slots=True)
class ExperimentSettings:
    """What was said about an experiment: `direction` is "down", "up" or None (to be guessed)."""

    name: str
    primary_metric: str | None = None
    direction: str | None = None
    note: str | None = None


@dataclass(slots=True)
class _Subject:
    """What was said of one run or experiment; `deleted` is the newest word on that and its time."""

    values: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    deleted: tuple[int, bool] | None = None
    deleted_runs: frozenset[str] = frozenset()

    def take(self, edit: Edit) -> None:
        changes = dict(edit.changes)
        tags = changes.pop("tags", None)
        if isinstance(tags, dict):
            self.tags |= {
                str(key): value for key, value in tags.items() if value is None or _is_text(value)
            }
        if isinstance(deleted := changes.pop("deleted", None), bool):
            self.deleted = (edit.time, deleted)
            runs = changes.pop("runs", None)
            listed = runs if isinstance(runs, list) else []
            self.deleted_runs = frozenset(one for one in listed if isinstance(one, str))
        self.values |= changes


@dataclass(slots=True)
class Said:
    """Everything that edits say; `damaged` holds the files that can't be read and why.

    `registry` has the registered models by name, deleted ones too.
    """

    runs: dict[str, _Subject] = field(default_factory=dict)
    experiments: dict[str, _Subject] = field(default_factory=dict)
    registry: dict[str, RegisteredModel] = field(default_factory=dict)
    damaged: list[tuple[str, str]] = field(default_factory=list)

    def shown_name(self, experiment: str) -> str:
        """The name under which an experiment is shown."""
        subject = self.experiments.get(experiment)
        renamed = subject.values.get("renamed") if subject is not None else None
        return str(renamed) if is_name(renamed) else experiment

    def deleted_since(self, run_id: str, experiment: str) -> int | None:
        """When a run was deleted, by itself or with its experiment; None while it is not."""
        words = [one for one in (self.runs.get(run_id),) if one is not None]
        subject = self.experiments.get(experiment)
        if subject is not None and run_id in subject.deleted_runs:
            words.append(subject)
        said = max((one.deleted for one in words if one.deleted is not None), default=None)
        return said[0] if said is not None and said[1] else None

    def deleted_with(self, experiment: str) -> list[str]:
        """The runs that are deleted with an experiment; none while it is not."""
        subject = self.experiments.get(experiment)
        if subject is None or subject.deleted is None or not subject.deleted[1]:
            return []
        return sorted(subject.deleted_runs)

    def settings(self, shown: Iterable[str], view: View) -> dict[str, ExperimentSettings]:
        """What was said of each experiment; of deleted ones only those with runs to be `shown`."""
        merged: dict[str, dict[str, Any]] = {}
        known, gone = set(shown), set()
        for name, subject in self.experiments.items():
            merged.setdefault(self.shown_name(name), {}).update(subject.values)
            if subject.deleted is not None and subject.deleted[1]:
                gone.add(self.shown_name(name))
        return {
            name: _settings(name, values)
            for name, values in merged.items()
            if name in known or view == "all" or (name in gone) == (view == "deleted")
        }


def read_said(root: Path) -> Said:
    """Read all edits of a store."""
    edits, damaged = read_edits(root)
    said = Said(registry=find_registered(edits), damaged=damaged)
    for edit in edits:
        kinds = {"run": said.runs, "experiment": said.experiments}
        if edit.kind in kinds:
            kinds[edit.kind].setdefault(edit.name, _Subject()).take(edit)
    return said


def _settings(name: str, values: dict[str, Any]) -> ExperimentSettings:
    direction = values.get("direction")
    return ExperimentSettings(
        name,
        _text(values.get("primary_metric")),
        direction if direction in ("down", "up") else None,
        _text(values.get("note")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def apply_edits(tables: Tables, said: Said, view: View) -> Tables:
    """The tables with all that was said applied, and only the runs that `view` shows."""
    if not said.runs and not said.experiments:
        return tables if view != "deleted" else {k: t.slice(0, 0) for k, t in tables.items()}
    run = tables["run"]
    ids, experiments = run["run_id"].to_pylist(), run["experiment"].to_pylist()
    names = {one: said.shown_name(one) for one in set(experiments)}
    run = set_column(run, "experiment", [names[one] for one in experiments])
    for column, allowed in (("name", is_name), ("note", _is_text)):
        run = set_column(run, column, _newest(said, ids, run[column].to_pylist(), column, allowed))
    edited = tables | {"run": run, "tags": _edit_tags(tables["tags"], said, set(ids))}
    if view == "all":
        return edited
    pairs = zip(ids, experiments, strict=True)
    shown = [(said.deleted_since(*pair) is not None) == (view == "deleted") for pair in pairs]
    return edited if all(shown) else _only(edited, shown)


def number_runs(run: pa.Table, said: Said) -> dict[str, int]:
    """The place of each run among all that its experiment ever had, deleted ones too, by start."""
    import pyarrow as pa

    starts = run["start_time"].cast(pa.int64()).to_pylist()
    names = [said.shown_name(one) for one in run["experiment"].to_pylist()]
    counts: dict[str, int] = {}
    numbers = {}
    begun = zip(names, (one or 0 for one in starts), run["run_id"].to_pylist(), strict=True)
    for name, _, run_id in sorted(begun):
        numbers[run_id] = counts.get(name, 0)
        counts[name] = numbers[run_id] + 1
    return numbers


def _newest(said: Said, ids: list[str], values: list[Any], key: str, allowed: Any) -> list[Any]:
    for place, run_id in enumerate(ids):
        subject = said.runs.get(run_id)
        if subject is not None and allowed(subject.values.get(key)):
            values[place] = subject.values[key]
    return values


def set_column(table: pa.Table, column: str, values: list[Any]) -> pa.Table:
    """A table with other values in one column."""
    import pyarrow as pa

    place = table.schema.get_field_index(column)
    described = table.schema.field(place)
    return table.set_column(place, described, pa.array(values, described.type))


def _edit_tags(tags: pa.Table, said: Said, ids: set[str]) -> pa.Table:
    """The tags of edited runs anew, all others as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    edited = {one: said.runs[one].tags for one in said.runs if one in ids and said.runs[one].tags}
    if not edited:
        return tags
    touched = pc.is_in(tags["run_id"], value_set=pa.array(sorted(edited), pa.string()))
    values: dict[str, dict[str, str | None]] = {one: {} for one in edited}
    for row in tags.filter(touched).to_pylist():
        values[row["run_id"]][row["key"]] = row["value"]
    rows = [
        {"run_id": run_id, "key": key, "value": value}
        for run_id in edited
        for key, value in sorted((values[run_id] | edited[run_id]).items())
        if value is not None
    ]
    kept = tags.filter(pc.invert(touched))
    return pa.concat_tables([kept, pa.Table.from_pylist(rows, schema=tags.schema)]).sort_by(
        [("run_id", "ascending"), ("key", "ascending")]
    )


def _only(tables: Tables, shown: list[bool]) -> Tables:
    """The tables with the rows of some runs, as `shown` says of each row of the run table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    run = tables["run"].filter(pa.array(shown, pa.bool_()))
    wanted = pc.field("run_id").isin(run["run_id"].combine_chunks())
    return {name: run if name == "run" else table.filter(wanted) for name, table in tables.items()}
