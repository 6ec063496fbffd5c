"""Experiments as MLflow keeps them: what was said of each, by the name it is shown under."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from runfolio.exports.mlflow.facts import NOTE
from runfolio.sources.mlflow.ids import experiment_id

if TYPE_CHECKING:
    from runfolio.store import ExperimentSettings
    from runfolio.store.edited import Said

_METRIC: Final = "mlflow.experiment.primaryMetric"


@dataclass(frozen=True, slots=True)
class ExperimentFacts:
    """What edits say of an experiment; `created` is microseconds since 1970, None if unknown."""

    name: str
    deleted: bool = False
    created: int | None = None
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return experiment_id(self.name)

    def meta(self, starts: Collection[int], location: str) -> dict[str, Any]:
        """Its ``meta.yaml``; without a known time it was created when its first run started."""
        created = min(starts, default=0) if self.created is None else self.created
        return {
            "artifact_location": location,
            "creation_time": created // 1000,
            "experiment_id": self.id,
            "last_update_time": max([created, *starts]) // 1000,
            "lifecycle_stage": "deleted" if self.deleted else "active",
            "name": self.name,
        }


def find_facts(said: Said, shown: str, settings: ExperimentSettings | None) -> ExperimentFacts:
    """What was said of the experiment `shown`, whose runs may have been logged under other names.

    It is deleted if all that are shown under its name are.
    """
    subjects = [one for name, one in said.experiments.items() if said.shown_name(name) == shown]
    tags: dict[str, str | None] = {}
    for one in subjects:
        tags |= one.tags
    times = [one.values.get("created_time") for one in subjects]
    told = {key: value for key, value in tags.items() if value is not None}
    return ExperimentFacts(
        shown,
        deleted=bool(subjects) and all(one.deleted and one.deleted[1] for one in subjects),
        created=min((time for time in times if isinstance(time, int)), default=None),
        tags=told if settings is None else told | _settings_tags(settings),
    )


def _settings_tags(settings: ExperimentSettings) -> dict[str, str]:
    tags = {}
    if settings.note:
        tags[NOTE] = settings.note
    if settings.primary_metric:
        tags[f"{_METRIC}.name"] = settings.primary_metric
        if settings.direction:
            tags[f"{_METRIC}.greaterIsBetter"] = "true" if settings.direction == "up" else "false"
    return tags
