"""The experiments of a store, which MLflow knows by ids that are made of their names.

An id is that of the name runs were logged under, so it stays when an experiment is renamed.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import mlflow.entities as entities
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from runfolio.compat.mlflow.addresses import runs_address
from runfolio.compat.mlflow.edits import EditLog, Words
from runfolio.compat.mlflow.failures import missing, refused
from runfolio.sources.mlflow.ids import DEFAULT_NAME, experiment_id
from runfolio.store import read_overview
from runfolio.tracking.values import now
from runfolio.upkeep.changes import delete_experiment, rename_experiment, restore_experiment


def logged_name(words: Words, shown: str) -> str:
    """The name to log new runs under so that they are shown in the experiment `shown`."""
    said = words.said
    renamed = [one for one in said.experiments if one != shown and said.shown_name(one) == shown]
    return min(renamed, default=shown)


def ids_of(words: Words, shown: str) -> set[str]:
    """The ids that lead to an experiment: several where two are shown as one."""
    own = {experiment_id(shown)} if words.said.shown_name(shown) == shown else set()
    renamed = {one for one in words.said.experiments if words.said.shown_name(one) == shown}
    return own | {experiment_id(one) for one in renamed}


class Experiments:
    """Finds and changes the experiments of the store in a folder."""

    def __init__(self, root: Path, edits: EditLog) -> None:
        self._root = root
        self._edits = edits

    def find(self, experiment_id: str) -> entities.Experiment:
        """The experiment of this id, deleted or not; raise where there is none."""
        words = self._edits.read()
        for read_runs in (False, True):
            for shown in self._shown(words, self._starts() if read_runs else {}):
                if str(experiment_id) in ids_of(words, shown):
                    return self._describe(words, shown)
        raise missing(f"No Experiment with id={experiment_id} exists")

    def find_by_name(self, name: str) -> entities.Experiment | None:
        """The experiment of this name, deleted or not, or None."""
        words = self._edits.read()
        if name in self._shown(words, {}) or name in self._shown(words, self._starts()):
            return self._describe(words, name)
        return None

    def logged(self, shown: str) -> str:
        """The name to log new runs under so that they are shown in the experiment `shown`."""
        return logged_name(self._edits.read(), shown)

    def list_all(self) -> list[entities.Experiment]:
        """All experiments, deleted ones too."""
        words, starts = self._edits.read(), self._starts()
        return [self._describe(words, one, starts) for one in sorted(self._shown(words, starts))]

    def create(
        self, name: str, location: str | None, tags: list[entities.ExperimentTag]
    ) -> entities.Experiment:
        """Make an experiment that has no runs yet."""
        words = self._edits.read()
        # Runs logged under a name that was changed are shown under the new one.
        taken = words.said.shown_name(name) != name
        logged = f"{name} {os.urandom(4).hex()}" if taken else name
        texts: dict[str, str | None] = {tag.key: str(tag.value) for tag in tags}
        changes: dict[str, Any] = {"created_time": now(), "tags": texts, **_note(texts)}
        if taken:
            changes["renamed"] = name
        if location:
            changes["artifact_location"] = location
        self._edits.write("experiment", logged, changes)
        return self._describe(self._edits.read(), name)

    def tag(self, experiment_id: str, tags: dict[str, str | None]) -> None:
        """Set tags, or remove those that are None."""
        experiment = self.find(experiment_id)
        if experiment.lifecycle_stage != entities.LifecycleStage.ACTIVE:
            raise refused(
                f"The experiment {experiment_id} must be in the 'active' lifecycle_stage to "
                "change its tags"
            )
        logged = logged_name(self._edits.read(), experiment.name)
        self._edits.write("experiment", logged, {"tags": tags, **_note(tags)})

    def delete(self, experiment_id: str) -> list[str]:
        """Delete an experiment and return the ids of the runs that went with it."""
        return delete_experiment(self._known(experiment_id), store=self._root)

    def restore(self, experiment_id: str) -> list[str]:
        """Bring an experiment back, and return the ids of the runs that came with it."""
        return restore_experiment(self._known(experiment_id), store=self._root)

    def rename(self, experiment_id: str, name: str) -> None:
        """Show an experiment under another name, which no other may have."""
        rename_experiment(self._known(experiment_id), name, store=self._root)

    def _known(self, experiment_id: str) -> str:
        """The name of an experiment, which the store knows from here on."""
        name = self.find(experiment_id).name
        if name == DEFAULT_NAME and name not in self._shown(self._edits.read(), None):
            self._edits.write("experiment", name, {"created_time": now()})
        return str(name)

    def _shown(self, words: Words, starts: dict[str, int] | None) -> set[str]:
        """The names of all experiments that edits, or runs, tell of."""
        said = {words.said.shown_name(one) for one in words.said.experiments}
        return said | (set() if starts is None else {*starts, DEFAULT_NAME})

    def _starts(self) -> dict[str, int]:
        """When the first run of each experiment started, in microseconds since 1970."""
        import pyarrow as pa

        runs = read_overview(self._root, view="all").runs
        starts: dict[str, int] = {}
        times = runs["start_time"].cast(pa.int64()).to_pylist()
        for name, time in zip(runs["experiment"].to_pylist(), times, strict=True):
            starts[name] = min(time or 0, starts.get(name, time or 0))
        return starts

    def _describe(
        self, words: Words, shown: str, starts: dict[str, int] | None = None
    ) -> entities.Experiment:
        said = words.said
        names = [one for one in said.experiments if said.shown_name(one) == shown]
        subjects = [said.experiments[one] for one in names]
        deleted = bool(subjects) and all(one.deleted and one.deleted[1] for one in subjects)
        tags: dict[str, str | None] = {}
        values: dict[str, Any] = {}
        for subject in subjects:
            tags |= subject.tags
            values |= subject.values
        if isinstance(values.get("note"), str) and values["note"]:
            tags[MLFLOW_RUN_NOTE] = values["note"]
        changed = max((words.changed.get(one, 0) for one in names), default=0)
        first = (starts or {}).get(shown, changed)
        created = values.get("created_time")
        return entities.Experiment(
            experiment_id=experiment_id(logged_name(words, shown)),
            name=shown,
            artifact_location=values.get("artifact_location") or runs_address(self._root),
            lifecycle_stage="deleted" if deleted else "active",
            tags=[entities.ExperimentTag(k, v) for k, v in sorted(tags.items()) if v is not None],
            creation_time=(created if isinstance(created, int) else first) // 1000,
            last_update_time=max(changed, first) // 1000,
        )


def _note(tags: dict[str, str | None]) -> dict[str, str]:
    """What tags say of an experiment's note."""
    return {"note": tags[MLFLOW_RUN_NOTE] or ""} if MLFLOW_RUN_NOTE in tags else {}
