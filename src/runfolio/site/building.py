"""One build of a site: the files of all, of each experiment and of each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from runfolio.site.addresses import (
    COMPARE,
    EXPERIMENTS_CSV,
    EXPERIMENTS_PARQUET,
    INDEX,
    experiment_data,
    experiment_page,
)
from runfolio.site.assets import make_assets, read_licences
from runfolio.site.downloads import encode_csv, encode_parquet, tabulate_experiments
from runfolio.site.experiment_files import (
    begin_experiment,
    encode_points,
    fingerprint_experiment,
    fingerprint_points,
    list_downloads,
    write_experiment,
)
from runfolio.site.finder import shard_finder
from runfolio.site.fingerprints import UNSETTLED, RunDigester, RunDigests, digest, digest_code
from runfolio.site.index import view_index
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.machines.files import machine_files
from runfolio.site.machines.linked_data import link_index
from runfolio.site.narrative.pages import NO_REPORTS, Narratives, list_reports
from runfolio.site.narrative_files import write_narratives
from runfolio.site.options import ReportOptions, RunChanges
from runfolio.site.pages import Link
from runfolio.site.parts import Parts, PartWriter
from runfolio.site.publish import Published, Site
from runfolio.site.record import Record
from runfolio.site.render import Renderer, templates_folder
from runfolio.site.rendering import Pages, Progress, built_line, built_short
from runfolio.site.run_files import fingerprint_run, place_run, write_run
from runfolio.site.shards import render_shard
from runfolio.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa


_RUN: Final = "run "
"""How the names of parts begin that are the files of one run."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build wrote: its pages, its files, and the record for the next one."""

    pages: int
    published: Published
    record: Record
    changes: RunChanges


class Build:
    """One build: what all its pages share; `before` is the record of the site it replaces."""

    def __init__(
        self,
        options: ReportOptions,
        library: Library,
        metrics: pa.Table,
        *,
        narratives: Narratives = NO_REPORTS,
        before: Record | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._options = options
        self._library = library
        self._metrics = metrics
        self._narratives = narratives
        self._before = before or Record()
        self._code = digest_code(templates_folder(), (options.templates, options.theme))
        assets = make_assets(templates_folder(), overrides=options.templates, theme=options.theme)
        self.pages = Pages(
            library.title,
            assets,
            Renderer(options.templates, version=self._code),
            built_line(library, tool=library.tool),
            total=2 + sum(map(len, (library.experiments, library.runs, narratives.reports))),
            progress=progress,
        )
        shared = assets.style, assets.vega, assets.specs, assets.lite_specs, assets.scripts
        said = library.title, options.site_url, repr(options.disclosure), built_short()
        self._frame = digest(self._code, __version__, said, shared)

    def write(self) -> Built:
        """Write the whole site."""
        with Site(self._options.output, version=__version__) as site:
            self._write_assets(site)
            for path, text in self._files_of_all():
                site.write(path, text)
            parts = Parts(site, self._before)
            parts.make("reports", UNSETTLED, self._write_narratives)
            for experiment in self._library.experiments:
                self._write_experiment(parts, experiment)
            record = parts.record()
        changes = RunChanges(*map(tuple, parts.compare(_RUN)))
        return Built(self.pages.done, site.published, record, changes)

    def _write_narratives(self, out: PartWriter) -> None:
        write_narratives(out, self.pages, self._narratives)

    def _write_assets(self, site: Site) -> None:
        for path, content in self.pages.assets.files.items():
            site.write(path, content)
        site.write("assets/licences.txt", read_licences(templates_folder()))

    def _files_of_all(self) -> Iterator[tuple[str, str | bytes]]:
        library, url = self._library, self._options.site_url
        experiments = tabulate_experiments(library)
        yield EXPERIMENTS_CSV, encode_csv(experiments)
        yield EXPERIMENTS_PARQUET, encode_parquet(experiments)
        linked = link_index(library, site_url=url)
        view = view_index(library, self._narratives)
        yield INDEX, self.pages.render("index.html", INDEX, library.title, view, linked=linked)
        yield from machine_files(
            library, list_reports(self._narratives), version=__version__, site_url=url
        )
        links = tuple(Link(experiment_page(one.id), one.name) for one in library.experiments)
        yield COMPARE, self.pages.render("compare.html", COMPARE, "Compare runs", links)
        yield "data/finder.js", render_shard("finder", shard_finder(library, self._narratives))

    def _write_experiment(self, parts: Parts, experiment: ExperimentEntry) -> None:
        digester = RunDigester()
        digests = [digester.digest(run) for run in experiment.runs]
        with ThreadPoolExecutor(max_workers=2) as beside:
            finish_page = self._begin_page(parts, experiment, digests, beside)
            finish_points = self._begin_points(parts, experiment, digests, beside)
            self._write_runs(parts, experiment, digests)
            finish_page()
            finish_points()

    def _begin_page(
        self,
        parts: Parts,
        experiment: ExperimentEntry,
        digests: list[RunDigests],
        beside: ThreadPoolExecutor,
    ) -> Callable[[], None]:
        """Begin what takes long of an experiment's page, and return what writes its files."""
        name, library, url = f"experiment {experiment.id}", self._library, self._options.site_url
        fingerprint = fingerprint_experiment(self._frame, library, experiment, digests)
        if parts.take_over(name, fingerprint):
            return self.pages.count
        begun = begin_experiment(experiment, beside)

        def write(out: PartWriter) -> None:
            write_experiment(out, self.pages, library, begun, site_url=url, beside=beside)

        return lambda: parts.make(name, fingerprint, write)

    def _begin_points(
        self,
        parts: Parts,
        experiment: ExperimentEntry,
        digests: list[RunDigests],
        beside: ThreadPoolExecutor,
    ) -> Callable[[], None]:
        """Begin to encode the points of an experiment, and return what waits and writes them."""
        name = f"points {experiment.id}"
        fingerprint = fingerprint_points(self._code, experiment, digests)
        if not experiment.runs or parts.take_over(name, fingerprint):
            return lambda: None
        encoded = beside.submit(encode_points, experiment, self._metrics)
        path = experiment_data(experiment.id)["points_parquet"]
        return lambda: parts.make(name, fingerprint, lambda out: out.write(path, encoded.result()))

    def _write_runs(
        self, parts: Parts, experiment: ExperimentEntry, digests: list[RunDigests]
    ) -> None:
        downloads = list_downloads(experiment)
        for run, digests_of_run in zip(experiment.runs, digests, strict=True):
            place = place_run(self._library, experiment, run, downloads)
            fingerprint = fingerprint_run(self._frame, place, digests_of_run)
            write = partial(write_run, pages=self.pages, place=place, run=run)
            if not parts.write(f"{_RUN}{run.id}", fingerprint, write):
                self.pages.count()
