"""The registered models with what the report has of them: the runs that made their versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from runfolio.query.directions import Primary, guess_direction, is_counter, order_by_interest
from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.addresses import model_id, model_page, version_page
from runfolio.site.models.folders import KeptModel, read_kept
from runfolio.site.pages import ARROWS, Link

if TYPE_CHECKING:
    from runfolio.site.library import ExperimentEntry, Library, RunEntry
    from runfolio.store import ModelVersion, RegisteredModel

FOREMOST: Final = ("champion", "production")
"""The aliases that say which version counts; without one it is the latest."""


@dataclass(frozen=True)
class VersionEntry:
    """A version of a model; without a `run` the report doesn't have the one that made it."""

    version: ModelVersion
    run: RunEntry | None
    experiment: ExperimentEntry | None
    parent: RunEntry | None

    @property
    def page(self) -> str:
        """Its page, from the site's root."""
        return version_page(self.version.id)

    @property
    def title(self) -> str:
        """What people call it."""
        return f"version {self.version.number}"

    @property
    def link(self) -> Link:
        """A link to its page."""
        return Link(self.page, self.title)

    @cached_property
    def kept(self) -> KeptModel | None:
        """Its files, where the run still has them."""
        return None if self.run is None else read_kept(self.run, self.version.path)

    def value(self, metric: str | None) -> float | None:
        """The last value of a metric of its run; None where it has none that is finite."""
        return None if self.run is None else self.run.last(metric)


@dataclass(frozen=True)
class ModelEntry:
    """A registered model with its versions by number."""

    model: RegisteredModel
    versions: tuple[VersionEntry, ...]

    @cached_property
    def id(self) -> str:
        return model_id(self.model.name)

    @property
    def link(self) -> Link:
        """A link to its page."""
        return Link(model_page(self.id), self.model.name)

    @cached_property
    def aliases(self) -> dict[str, VersionEntry]:
        """The version that each alias points to."""
        return {alias: one for one in self.versions for alias in one.version.aliases}

    @cached_property
    def foremost_alias(self) -> str | None:
        """The alias of the version that counts, where it has one that says so."""
        spelt = {alias.lower(): alias for alias in sorted(self.aliases)}
        return next((spelt[one] for one in FOREMOST if one in spelt), None)

    @cached_property
    def foremost(self) -> VersionEntry | None:
        """The version that counts: the one with a foremost alias, else the latest."""
        if self.foremost_alias is not None:
            return self.aliases[self.foremost_alias]
        return self.versions[-1] if self.versions else None

    @cached_property
    def _judges(self) -> list[ExperimentEntry]:
        """The experiments of the versions, of the one that counts first and then the latest."""
        entries = [self.foremost, *reversed(self.versions)]
        return [one.experiment for one in entries if one is not None and one.experiment is not None]

    @cached_property
    def primary(self) -> Primary | None:
        """The metric that versions are judged by: that of the version that counts."""
        found = (one.primary for one in self._judges)
        wanted = next((one for one in found if one is not None), None)
        known = wanted is not None and any(
            one.value(wanted.metric) is not None for one in self.versions
        )
        return wanted if known else None

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of the versions, the most telling first; what only counts is left out."""
        found = {
            key
            for one in self.versions
            if one.run is not None
            for key in one.run.summaries
            if not key.startswith(SYSTEM_PREFIX)
        }
        metric = self.primary.metric if self.primary else None
        return tuple(
            key
            for key in order_by_interest(found, primary=metric)
            if key == metric or not is_counter(key)
        )

    def direction(self, metric: str) -> str | None:
        """Whether lower ("down") or higher ("up") values of a metric are better, if known."""
        if self.primary is not None and metric == self.primary.metric:
            return self.primary.direction
        known = (one.direction(metric) for one in self._judges if metric in one.metrics)
        return next((one for one in known if one is not None), guess_direction(metric))

    def label(self, metric: str) -> str:
        """A metric's name with the arrow of its better direction."""
        arrow = ARROWS.get(self.direction(metric) or "")
        return f"{metric} {arrow}" if arrow else metric

    def best(self, metric: str) -> VersionEntry | None:
        """The version with the best value, the earliest of several; None where one stands alone."""
        direction = self.direction(metric)
        known = [one for one in self.versions if one.value(metric) is not None]
        if direction is None or len(known) < 2:
            return None
        sign = -1.0 if direction == "up" else 1.0
        return min(known, key=lambda one: sign * (one.value(metric) or 0.0))


@dataclass(frozen=True, slots=True)
class Registered:
    """As what a model of a run is registered: the model's name, the version and its aliases."""

    path: str
    model: Link
    version: Link
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Models:
    """All registered models by name, and as what the runs' models are registered."""

    entries: tuple[ModelEntry, ...]

    @cached_property
    def of_experiments(self) -> Mapping[str, Sequence[Link]]:
        """The models that runs of each experiment are versions of, by the experiment's id."""
        found: defaultdict[str, dict[str, Link]] = defaultdict(dict)
        for entry in self.entries:
            for one in entry.versions:
                if one.experiment is not None:
                    found[one.experiment.id][entry.id] = entry.link
        return {home: tuple(links.values()) for home, links in found.items()}

    @cached_property
    def of_runs(self) -> Mapping[str, Sequence[Registered]]:
        """What is registered of each run, by its id."""
        found: defaultdict[str, list[Registered]] = defaultdict(list)
        for entry in self.entries:
            for one in entry.versions:
                if one.run is not None:
                    said = Registered(one.version.path, entry.link, one.link, one.version.aliases)
                    found[one.run.id].append(said)
        return found


NO_MODELS: Final = Models(())


def gather_models(library: Library) -> Models:
    """The registered models of a report."""
    homes = {
        run_id: experiment
        for experiment in library.experiments
        for run_id in experiment.table.ids
        if library.models
    }
    return Models(tuple(_entry(library, homes, one) for one in library.models))


def _entry(
    library: Library, homes: Mapping[str, ExperimentEntry], model: RegisteredModel
) -> ModelEntry:
    return ModelEntry(model, tuple(_version(library, homes, one) for one in model.versions))


def _version(
    library: Library, homes: Mapping[str, ExperimentEntry], version: ModelVersion
) -> VersionEntry:
    run = library.by_id.get(version.run_id or "")
    if run is None:
        return VersionEntry(version, None, None, None)
    parent = library.by_id.get(run.record.parent_id or "")
    return VersionEntry(version, run, homes[run.id], parent)
