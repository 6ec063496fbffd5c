"""The page of a registered model, and the pages of its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runfolio.site.addresses import MODELS, model_page, version_card
from runfolio.site.models.cards import ModelCard, view_card
from runfolio.site.models.changes import tell_change
from runfolio.site.models.index import AliasLabel, list_aliases
from runfolio.site.models.lineage import Lineage, view_lineage
from runfolio.site.models.places import locate_files
from runfolio.site.models.rows import VersionTable, view_versions
from runfolio.site.notes import render_markdown
from runfolio.site.pages import (
    DIRECTION_WORDS,
    Link,
    Moment,
    Number,
    Picture,
    run_page_link,
    show_moment,
    show_number,
)
from runfolio.site.run import Pair, pair_texts

if TYPE_CHECKING:
    from markupsafe import Markup

    from runfolio.site.models.entries import ModelEntry, VersionEntry

MODELS_CRUMB: Final = Link(MODELS, "Models")


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of a version's run: its value, and how it compares with the version before."""

    name: str
    direction: str | None
    value: Number
    change: str | None
    better: bool | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version: what is registered, the metrics of its run, its files, where it comes from.

    `before` is the version that `metrics` are compared with; `card` is None where the files are not
    in the report. `readme` is the card as a file.
    """

    name: str
    model: Link
    link: Link
    number: int
    aliases: tuple[str, ...]
    registered: Moment | None
    user: str | None
    note: Markup | None
    tags: tuple[Pair, ...]
    run: Link | None
    before: Link | None
    metrics: tuple[Measured, ...]
    params: tuple[Pair, ...]
    card: ModelCard | None
    lineage: Lineage
    readme: str


@dataclass(frozen=True, slots=True)
class VersionPage:
    """The page of a version between its neighbours by number; `place` is "2 of 3"."""

    shown: VersionView
    previous: Link | None
    next: Link | None
    place: str


@dataclass(frozen=True, slots=True)
class Foremost:
    """The version that counts, and its primary metric against the first version's."""

    title: str
    version: Link
    metric: str | None
    value: Number | None
    direction: str | None
    change: str | None
    better: bool | None
    first: Link | None
    first_value: str | None
    run: Link | None


@dataclass(frozen=True, slots=True)
class ModelView:
    """The page of a model; `history` is the picture of its first metric over the versions."""

    id: str
    name: str
    versions: int
    flavor: str
    last: Moment | None
    note: Markup | None
    tags: tuple[Pair, ...]
    aliases: tuple[AliasLabel, ...]
    foremost: Foremost | None
    table: VersionTable
    history: Picture | None
    shown: VersionView | None


def view_model(entry: ModelEntry, *, history: Picture | None) -> ModelView:
    """What the page of a model shows."""
    foremost, model = entry.foremost, entry.model
    last = max((one.version.time for one in entry.versions), default=None)
    return ModelView(
        id=entry.id,
        name=model.name,
        versions=len(entry.versions),
        flavor=foremost.kept.flavor if foremost is not None and foremost.kept is not None else "",
        last=show_moment(last),
        note=render_markdown(model.note) if model.note else None,
        tags=pair_texts(model.tags),
        aliases=list_aliases(entry),
        foremost=_view_foremost(entry) if foremost is not None else None,
        table=view_versions(entry),
        history=history,
        shown=view_version(entry, foremost) if foremost is not None else None,
    )


def view_version(entry: ModelEntry, one: VersionEntry) -> VersionView:
    """What is shown of a version, on its own page or on the model's."""
    version, run = one.version, one.run
    at = entry.versions.index(one)
    before = entry.versions[at - 1] if at else None
    return VersionView(
        name=entry.model.name,
        model=entry.link,
        link=one.link,
        number=version.number,
        aliases=version.aliases,
        registered=show_moment(version.time),
        user=version.user,
        note=render_markdown(version.note) if version.note else None,
        tags=pair_texts(version.tags),
        run=run_page_link(run) if run is not None else None,
        before=before.link if before is not None and before.run is not None else None,
        metrics=_measure(entry, one, before),
        params=pair_texts(run.record.param_texts) if run is not None else (),
        card=_view_files(entry, one),
        lineage=view_lineage(one),
        readme=version_card(version.id),
    )


def view_version_page(entry: ModelEntry, one: VersionEntry) -> VersionPage:
    """What the page of a version shows."""
    at, among = entry.versions.index(one), entry.versions
    return VersionPage(
        view_version(entry, one),
        among[at - 1].link if at else None,
        among[at + 1].link if at + 1 < len(among) else None,
        f"{at + 1} of {len(among)}",
    )


def crumbs_of(entry: ModelEntry) -> tuple[Link, ...]:
    """What leads to the page of a version."""
    return MODELS_CRUMB, Link(model_page(entry.id), entry.model.name)


def _view_files(entry: ModelEntry, one: VersionEntry) -> ModelCard | None:
    if one.kept is None or one.run is None:
        return None
    address = f"models:/{entry.model.name}/{one.version.number}"
    return view_card(one.kept, locate_files(one.run, one.kept), address=address)


def _measure(
    entry: ModelEntry, one: VersionEntry, before: VersionEntry | None
) -> tuple[Measured, ...]:
    """The metrics of a version's run, the most telling first."""
    metrics = [metric for metric in entry.metrics if one.value(metric) is not None]
    return tuple(_measured(entry, one, before, metric) for metric in metrics)


def _measured(
    entry: ModelEntry, one: VersionEntry, before: VersionEntry | None, metric: str
) -> Measured:
    direction = entry.direction(metric)
    old = before.value(metric) if before is not None else None
    change, better = tell_change(one.value(metric), old, direction)
    words = DIRECTION_WORDS.get(direction or "")
    return Measured(entry.label(metric), words, show_number(one.value(metric)), change, better)


def _view_foremost(entry: ModelEntry) -> Foremost | None:
    one, primary, first = entry.foremost, entry.primary, entry.versions[0]
    if one is None:
        return None
    alias = entry.foremost_alias
    title = alias.capitalize() if alias is not None else "Latest version"
    value = one.value(primary.metric) if primary is not None else None
    old = first.value(primary.metric) if primary is not None and first is not one else None
    change, better = tell_change(value, old, primary.direction if primary is not None else None)
    return Foremost(
        title=title,
        version=one.link,
        metric=entry.label(primary.metric) if primary is not None else None,
        value=show_number(value) if value is not None else None,
        direction=DIRECTION_WORDS.get(primary.direction) if primary is not None else None,
        change=change,
        better=better,
        first=first.link if change is not None else None,
        first_value=show_number(old).text if change is not None else None,
        run=run_page_link(one.run) if one.run is not None else None,
    )
