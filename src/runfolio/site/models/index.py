"""The index of registered models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from runfolio.query import Curve
from runfolio.site.pages import (
    DIRECTION_WORDS,
    Link,
    Moment,
    Number,
    show_moment,
    show_number,
)
from runfolio.site.sparks import Spark, show_spark

if TYPE_CHECKING:
    from runfolio.site.models.entries import ModelEntry, Models

SHOWN_IN_INDEX: Final = 6
"""So many models the site's index lists; their own one has all."""


@dataclass(frozen=True, slots=True)
class AliasLabel:
    """An alias and the version it points to."""

    alias: str
    number: int
    version: Link


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A registered model: of its version that counts, the flavour and the primary metric."""

    link: Link
    versions: int
    latest: Link | None
    aliases: tuple[AliasLabel, ...]
    flavor: str
    metric: str | None
    direction: str | None
    value: Number | None
    of: str
    trend: Spark | None
    trend_title: str
    registered: Moment | None


@dataclass(frozen=True, slots=True)
class ModelsView:
    """The index of registered models; `models` and `versions` count them."""

    models: tuple[ModelRow, ...]
    version_count: int
    last: Moment | None


def view_models(models: Models) -> ModelsView:
    """What the index of models shows: the one registered last comes first."""
    entries = _ordered(models)
    moments = [moment for one in entries if (moment := _last(one)) is not None]
    return ModelsView(
        tuple(_row(one) for one in entries),
        sum(len(one.versions) for one in entries),
        show_moment(max(moments, default=None)),
    )


def list_models(models: Models) -> tuple[ModelRow, ...]:
    """The models that the site's index lists, those registered last."""
    return tuple(_row(one) for one in _ordered(models)[:SHOWN_IN_INDEX])


def list_aliases(entry: ModelEntry) -> tuple[AliasLabel, ...]:
    """The aliases of a model by name, each with its version."""
    return tuple(
        AliasLabel(alias, one.version.number, one.link)
        for alias, one in sorted(entry.aliases.items())
    )


def _ordered(models: Models) -> list[ModelEntry]:
    """The models, the one that was registered last first."""
    return sorted(models.entries, key=lambda one: (-(_last(one) or 0), one.model.name))


def _last(entry: ModelEntry) -> int | None:
    """When a version of it was last registered."""
    return max((one.version.time for one in entry.versions), default=None)


def _row(entry: ModelEntry) -> ModelRow:
    foremost, primary = entry.foremost, entry.primary
    kept = foremost.kept if foremost is not None else None
    value = foremost.value(primary.metric) if foremost is not None and primary else None
    return ModelRow(
        link=entry.link,
        versions=len(entry.versions),
        latest=entry.versions[-1].link if entry.versions else None,
        aliases=list_aliases(entry),
        flavor=kept.flavor if kept is not None else "",
        metric=entry.label(primary.metric) if primary else None,
        direction=DIRECTION_WORDS.get(primary.direction) if primary else None,
        value=show_number(value) if value is not None else None,
        of=foremost.title if foremost is not None else "",
        trend=_trend(entry),
        trend_title=f"{primary.metric} of each version, oldest first" if primary else "",
        registered=show_moment(_last(entry)),
    )


def _trend(entry: ModelEntry) -> Spark | None:
    """The primary metric of the versions by number."""
    if entry.primary is None:
        return None
    metric = entry.primary.metric
    values = [one.value(metric) for one in entry.versions]
    known = np.array([value for value in values if value is not None], float)
    order = np.arange(len(known))
    return show_spark(Curve("", metric, order, order, known))
