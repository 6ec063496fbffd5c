"""One build of a site: the files of all, of each experiment, and of blocks of runs.

Blocks are made by whatever the `Engine` runs, beside the experiments' pages, which are made here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Any

from runfolio.site.addresses import (
    COMPARE,
    EXPERIMENTS_CSV,
    EXPERIMENTS_PARQUET,
    INDEX,
    experiment_page,
)
from runfolio.site.assets import make_assets, read_licences
from runfolio.site.away import AwayDone, AwayTask
from runfolio.site.blocks import RUN, Done, PageKit
from runfolio.site.details import digest, digest_code, templates_folder
from runfolio.site.downloads import encode_csv, encode_parquet, tabulate_experiments
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.experiment_files import (
    FreshExperiment,
    ask_drivers,
    begin_experiment,
    experiment_part,
    fingerprint_experiment,
    others_part,
    write_experiment,
)
from runfolio.site.finder import shard_finder
from runfolio.site.fingerprints import UNSETTLED, RunDigester, RunDigests
from runfolio.site.index import view_index
from runfolio.site.known_drivers import Answers, Questions, keep_answer
from runfolio.site.library import Library
from runfolio.site.machines.files import machine_files
from runfolio.site.machines.linked_data import link_index
from runfolio.site.models.entries import gather_models
from runfolio.site.models.files import count_pages, write_models
from runfolio.site.narrative.pages import NO_REPORTS, Narratives, list_reports
from runfolio.site.narrative_files import write_narratives
from runfolio.site.options import ReportOptions
from runfolio.site.pages import Link
from runfolio.site.parts import Parts, PartWriter
from runfolio.site.pictures import Drawn, fingerprint_pictures
from runfolio.site.planning import Plan, Planned, Shared
from runfolio.site.publish import Content, Published, Site
from runfolio.site.record import Record
from runfolio.site.render import Renderer
from runfolio.site.rendering import Pages, Progress, built_line, built_short
from runfolio.site.shards import render_shard
from runfolio.site.spare import Spare
from runfolio.site.stages import Stages
from runfolio.site.summary import RunChanges
from runfolio.site.upload import begin_upload, read_put
from runfolio.site.works import Outcome, Work, Works
from runfolio.spreading import Engine
from runfolio.store import StoreTables
from runfolio.store.remote import RemoteStore
from runfolio.version import __version__


@dataclass(frozen=True, slots=True)
class Built:
    """What a build wrote: its pages, its files, and the record for the next one.

    `elsewhere` are the digests of files that other machines have put in place.
    """

    pages: int
    published: Published
    record: Record
    changes: RunChanges
    elsewhere: Mapping[str, str]


class Build:
    """One build: what all its pages share; `before` is the record of the site it replaces."""

    def __init__(
        self,
        options: ReportOptions,
        library: Library,
        tables: StoreTables,
        *,
        narratives: Narratives = NO_REPORTS,
        before: Record | None = None,
        progress: Progress | None = None,
        engine: Engine | None = None,
        stages: Stages | None = None,
        spare: Spare | None = None,
    ) -> None:
        self._options = options
        self._library = library
        self._models = gather_models(library)
        self._digests: dict[str, RunDigests] = {}
        self._tables = tables
        self._narratives = narratives
        self._before = before or Record()
        self._engine = engine or Engine(jobs=1)
        self._stages = stages or Stages()
        self._spare = spare
        self._elsewhere: dict[str, str] = {}
        assets = make_assets(templates_folder(), overrides=options.templates, theme=options.theme)
        self._code = digest_code(templates_folder(), (options.templates, options.theme))
        self.pages = Pages(
            library.title,
            assets,
            Renderer(options.templates, version=self._code),
            built_line(library, tool=library.tool),
            total=2
            + sum(map(len, (library.experiments, library.runs, narratives.reports)))
            + count_pages(self._models),
            progress=progress,
        )
        shared = assets.style, assets.vega, assets.specs, assets.lite_specs, assets.scripts
        said = library.title, options.site_url, repr(options.disclosure), built_short()
        self._frame = digest(self._code, __version__, said, shared)

    def write(self) -> Built:
        """Write the whole site."""
        with Site(self._options.output, version=__version__, spare=self._spare) as site:
            parts = Parts(site, self._before)
            with self._stages.of("plan"):
                plan = self._plan(site)
            with self._stages.of("take over"):
                self.pages.count(plan.take_over(parts))
                fresh = self._take_over_experiments(parts)
                site.drop_rest()
                self._digests = {one: self._digests[one] for one in self._models.of_runs}
            self._write_assets(site)
            with self._begin_works(plan, site, fresh) as works:
                parts.hand_on = works.hand_on
                with self._stages.of("pages of all"):
                    for path, text in self._files_of_all():
                        site.write(path, text)
                    parts.make("reports", UNSETTLED, self._write_narratives)
                with self._stages.of("experiments"):
                    if works.asked:  # then until there is an answer
                        any(self._take(site, parts, one) for one in works.outcomes)
                    while fresh:  # what is known of each goes with it
                        self._write_experiment(parts, fresh.pop(0))
                        for one in works.finished():
                            self._take(site, parts, one)
                with self._stages.of("models"):
                    write_models(parts, self.pages, self._models, self._digests, frame=self._frame)
                for one in works.outcomes:
                    self._take(site, parts, one)
            with self._stages.of("put in place"):
                record = parts.record()
        changes = RunChanges(*map(tuple, parts.compare(RUN)))
        return Built(self.pages.done, site.published, record, changes, self._elsewhere)

    def _begin_works(
        self, plan: Plan, site: Site, fresh: Iterable[FreshExperiment]
    ) -> AbstractContextManager[Works]:
        """Have the blocks that are left made, wherever the engine does it.

        Other processes of this machine rank drivers as well, and first.
        """
        gathered = plan.gather()
        engine = self._engine.fitted(len(gathered))
        by_others = engine.is_local and not engine.is_here
        asked = ask_drivers(fresh) if by_others else ()
        first = chain([Questions(asked)] if asked else [], self._list_works(plan, gathered, site))
        return Works(engine, asked=bool(asked)).begun(first)

    def _list_works(self, plan: Plan, gathered: deque[list[Planned]], site: Site) -> Iterator[Work]:
        """The blocks that are left, each with where the store and the site are."""
        store, address = self._options.store, self._options.address
        url = store if isinstance(store, str) else None
        if self._engine.is_local or (url is None and address is None):
            return plan.tasks(gathered)
        known = {}
        if address is not None and gathered:
            remote = RemoteStore(address)
            known = read_put(remote)
            begin_upload(site.beside, remote)
        return (AwayTask(task, url, address, known) for task in plan.tasks(gathered))

    def _take(self, site: Site, parts: Parts, outcome: Outcome) -> bool:
        """Take in what others have done; whether it is the answer to what was asked."""
        if isinstance(outcome, Answers):
            for answer in outcome.found:
                keep_answer(answer)
            self._stages.add("experiments", outcome.processor)
            return True
        if isinstance(outcome, Drawn):
            self._stages.add("pictures", outcome.processor)
            parts.finish(outcome)
            return False
        if isinstance(outcome, AwayDone):
            self._elsewhere |= outcome.put
            outcome = outcome.done
        self._join(site, parts, outcome)
        return False

    def _plan(self, site: Site) -> Plan:
        """What is to be made of the runs, block by block."""
        digester = RunDigester(self._tables)
        self._digests = {
            run_id: found
            for experiment in self._library.experiments
            for run_id, found in digester.digest_all(experiment)
        }
        kit = PageKit(
            self._library.title,
            replace(self.pages.assets, files={}),
            self._options.templates,
            self._code,
            self.pages.built,
        )
        staging, library = site.staging(), self._library
        shared = Shared(kit, staging, self._frame, library, self._tables, self._models)
        return Plan(shared, self._digests, self._before)

    def _join(self, site: Site, parts: Parts, done: Done) -> None:
        site.join(done.written)
        parts.join(done.parts)
        self._stages.join(done.stages)
        self.pages.count(done.runs)

    def _write_narratives(self, out: PartWriter) -> None:
        write_narratives(out, self.pages, self._narratives)

    def _write_assets(self, site: Site) -> None:
        for path, content in self.pages.assets.files.items():
            site.write(path, content)
        site.write("assets/licences.txt", read_licences(templates_folder()))

    def _files_of_all(self) -> Iterator[tuple[str, Content]]:
        library, url = self._library, self._options.site_url
        experiments = tabulate_experiments(library)
        yield EXPERIMENTS_CSV, encode_csv(experiments)
        yield EXPERIMENTS_PARQUET, encode_parquet(experiments)
        linked = link_index(library, site_url=url)
        view = view_index(library, self._narratives, self._models)
        yield INDEX, self.pages.render("index.html", INDEX, library.title, view, linked=linked)
        yield from machine_files(
            library, list_reports(self._narratives), version=__version__, site_url=url
        )
        links = tuple(Link(experiment_page(one.id), one.name) for one in library.experiments)
        yield COMPARE, self.pages.render("compare.html", COMPARE, "Compare runs", links)
        yield "data/finder.js", render_shard("finder", self._shard_finder())

    def _shard_finder(self) -> dict[str, Any]:
        return shard_finder(self._library, self._narratives, self._models)

    def _take_over_experiments(self, parts: Parts) -> list[FreshExperiment]:
        """Take over the files of the experiments of which nothing is new, and return the others."""
        fresh = []
        for entry in self._library.experiments:
            models = tuple(self._models.of_experiments.get(entry.id, ()))
            digests = [self._digests[run_id] for run_id in entry.table.ids]
            mark = fingerprint_experiment(self._frame, self._library, entry, digests, models)
            if parts.take_over(experiment_part(entry), mark):
                all(parts.keep(others_part(entry, number)) for number in count())
                self.pages.count()
            else:
                pictured, facts = fingerprint_pictures(entry, digests), ExperimentFacts(entry)
                fresh.append(FreshExperiment(facts, models, self._frame, digests, mark, pictured))
        return fresh

    def _write_experiment(self, parts: Parts, fresh: FreshExperiment) -> None:
        """Write the files of an experiment, but for pictures that others are to draw."""
        library, url = self._library, self._options.site_url
        with (
            ThreadPoolExecutor(max_workers=2) as beside,
            fresh.facts.entry.table.keeping(),
        ):
            begun = begin_experiment(fresh, beside)

            def write(out: PartWriter) -> None:
                write_experiment(parts, out, self.pages, library, begun, site_url=url)

            parts.make(experiment_part(fresh.facts.entry), fresh.mark, write)
