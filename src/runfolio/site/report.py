"""Building the report: read the store, gather what the pages show, render, and publish."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from runfolio.privacy import EVERYTHING, Disclosure, Shown, show
from runfolio.site.addresses import check_site_url
from runfolio.site.building import Build
from runfolio.site.library import Library, make_library
from runfolio.site.memory import BuildMemory
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.locating import locate_reports
from runfolio.site.narrative.pages import Narratives, compose_reports
from runfolio.site.options import ReportOptions
from runfolio.site.publish import check_output
from runfolio.site.render import Renderer
from runfolio.site.rendering import Progress
from runfolio.site.stages import Stages
from runfolio.site.summary import ReportSummary
from runfolio.sources.opening import SourceOptions, read_anything
from runfolio.sources.reading import NO_COLUMNS, TableColumns
from runfolio.spreading import Engine
from runfolio.store import Damage, StoreTables
from runfolio.store.collecting import seldom_collected
from runfolio.store.files import absolute_path
from runfolio.store.layout import is_address, locate_store
from runfolio.store.narrowing import check_experiments
from runfolio.store.points import PointsUnreadable

__all__ = ["BuildMemory", "ReportOptions", "ReportSummary", "build_report", "default_title"]

_PLAIN_NAMES = ("runs", "demo-store", "mlruns", "wandb", "logs", "lightning_logs", "dvclive")
"""Names of stores that don't say whose they are, as the folder around them does."""


def build_report(
    store: str | os.PathLike[str] | None = None,
    *,
    output: str | os.PathLike[str] = "site",
    title: str | None = None,
    experiments: Collection[str] = (),
    templates: str | os.PathLike[str] | None = None,
    theme: str | os.PathLike[str] | None = None,
    site_url: str | None = None,
    reports: str | os.PathLike[str] | None = None,
    kind: str | None = None,
    strict: bool = False,
    columns: TableColumns = NO_COLUMNS,
    disclosure: Disclosure = EVERYTHING,
    progress: Progress | None = None,
    memory: BuildMemory | None = None,
    engine: Engine | None = None,
    stages: Stages | None = None,
) -> ReportSummary:
    """Build the static site of a store into the folder `output`.

    Both may be addresses on object storage, such as ``s3://bucket/site``. `experiments` narrows it
    to some by name. `templates` is a folder of page templates of one's own, `theme` a style sheet
    that comes last. `site_url` is the address that the site will have, for its feed. `progress` is
    called with pages done and in all. Raises a `RunfolioError`, and
    leaves a site that was there as it was, when that can't be done.

    `reports` is a folder of narrative reports in Markdown; without it the folder ``reports`` beside
    the store is taken, where there is one. With `strict` a mistake in one is an error.

    `store` may also be what another tool wrote, such as ``mlruns``, which is read where it lies.
    `kind` then says what it is where that isn't to be found out, `strict` makes what can't be read
    an error, and `columns` names the columns of plain tables.

    `disclosure` says what is shown: which runs, parameters, tags, metrics, artifacts and models,
    and whether secrets, or all that tells whose work it is, are masked.

    Only pages that show something new are rendered. Hand the same `memory` to several builds of one
    site, and only what changed in the store is read as well.

    `engine` is what makes the runs' pages, by default this machine's cores where there are many;
    `stages` is told where the time goes.
    """
    options = ReportOptions(
        store=locate_store(store),
        output=absolute_path(output),
        title=title,
        experiments=tuple(experiments),
        templates=absolute_path(templates) if templates is not None else None,
        theme=absolute_path(theme) if theme is not None else None,
        site_url=check_site_url(site_url) if site_url is not None else None,
        reports=absolute_path(reports) if reports is not None else None,
        source=SourceOptions(kind=kind, strict=strict, columns=columns),
        disclosure=disclosure,
    )
    wanted = _Wanted(
        options, progress, memory or BuildMemory.once(), engine or Engine(), stages or Stages()
    )
    if is_address(output):
        return _build_and_upload(wanted, output)
    check_output(options.output)
    summary = _build(wanted)
    wanted.memory.write_record()
    return summary


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be built, who is told of it, and what it is done with."""

    options: ReportOptions
    progress: Progress | None
    memory: BuildMemory
    engine: Engine
    stages: Stages


def _build(wanted: _Wanted) -> ReportSummary:
    """Build the site, and once more without the runs whose points turn out to be unreadable."""
    without: tuple[Damage, ...] = ()
    while True:
        try:
            return _build_without(without, wanted)
        except PointsUnreadable as error:
            without = tuple(dict.fromkeys((*without, *error.damage)))


def _build_without(without: tuple[Damage, ...], wanted: _Wanted) -> ReportSummary:
    options, memory, stages = wanted.options, wanted.memory, wanted.stages
    reports = locate_reports(options.store, options.reports)
    with (
        seldom_collected(),
        _read(without, wanted) as tables,
        show(tables, options.disclosure, reports=reports) as shown,
    ):
        with stages.of("gather"):
            library = _make_library(shown, options)
        with stages.of("narrative reports"):
            narratives = _compose_reports(options, library, shown)
        build = Build(
            options,
            library,
            shown.tables,
            narratives=narratives,
            before=memory.recall(options.output),
            progress=wanted.progress,
            engine=wanted.engine,
            stages=stages,
            spare=memory.spare,
        )
        built = build.write()
    memory.remember(options.output, built.record)
    return ReportSummary(
        options.output,
        len(library.experiments),
        len(library.runs),
        built.pages,
        library.damage,
        library.tool,
        built.published,
        len(narratives.reports),
        narratives.mistakes,
        shown.unread,
        built.changes,
        built.elsewhere,
    )


@contextmanager
def _read(without: tuple[Damage, ...], wanted: _Wanted) -> Iterator[StoreTables]:
    """The tables of the store; all points of it where parts of it are left out or masked."""
    options, memory = wanted.options, wanted.memory.reading
    helped = memory.helped
    with ExitStack() as stack:
        with wanted.stages.of("read the store"):
            reading = read_anything(options.store, options.source, memory, without, wanted.engine)
            tables = stack.enter_context(reading)
            wanted.stages.add("read the store", memory.helped - helped)
            if options.disclosure != EVERYTHING:
                tables = tables.whole()
        yield tables


def _compose_reports(options: ReportOptions, library: Library, shown: Shown) -> Narratives:
    source = Source(library, shown.tables, Renderer(options.templates))
    narratives = compose_reports(shown.reports, source).of_files(shown.origin)
    if options.source.strict:
        narratives.check()
    return narratives


def _build_and_upload(wanted: _Wanted, url: str) -> ReportSummary:
    """Build the site in a folder of its own, and put it at an address."""
    from runfolio.site.upload import check_remote_output, upload_site
    from runfolio.store.remote import RemoteStore

    remote = RemoteStore(url)
    folder = wanted.memory.folder() / "site"
    check_remote_output(remote)
    options = replace(wanted.options, output=folder, address=remote.url)
    built = _build(replace(wanted, options=options))
    with wanted.stages.of("upload"):
        put = upload_site(folder, remote, built.elsewhere)
    whole = replace(built.published, unchanged=put.unchanged, changed=())
    return replace(built, output=remote.url, published=whole)


def _make_library(shown: Shown, options: ReportOptions) -> Library:
    tables = shown.tables
    check_experiments(tables, options.experiments, options.store)
    title = options.title or shown.title(default_title(options.store))
    return make_library(tables, title=title, experiments=options.experiments or None)


def default_title(place: Path | str) -> str:
    """The name of the project folder that the store lies in."""
    store = place if isinstance(place, Path) else PurePosixPath(place.partition("://")[2])
    is_file = isinstance(store, Path) and store.is_file()
    name = store.parent.name if is_file or store.name in _PLAIN_NAMES else store.name
    return name.encode(errors="surrogateescape").decode(errors="replace") or "Runs"
