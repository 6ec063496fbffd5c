"""Building the report: read the store, gather what the pages show, render, and publish."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from runfolio.errors import ExperimentNotFound
from runfolio.site.addresses import (
    COMPARE,
    EXPERIMENTS_CSV,
    EXPERIMENTS_PARQUET,
    INDEX,
    content_hash,
    experiment_page,
    run_page,
)
from runfolio.site.artifacts import ArtifactViews, read_short_texts, view_artifacts
from runfolio.site.assets import Assets, make_assets, read_licences
from runfolio.site.comparing import gather_comparable
from runfolio.site.curves import shard_points
from runfolio.site.downloads import (
    encode_csv,
    encode_parquet,
    points_of,
    tabulate_experiments,
    tabulate_runs,
)
from runfolio.site.experiment import view_experiment
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.facts import list_packages
from runfolio.site.finder import shard_finder
from runfolio.site.histograms import Histogram, shard_histograms
from runfolio.site.importance import shard_importance
from runfolio.site.index import view_index
from runfolio.site.library import ExperimentEntry, Library, RunEntry, make_library
from runfolio.site.nodes import parse_nodes
from runfolio.site.pages import Frame, Link, Picture
from runfolio.site.pictures import PictureFiles, make_pictures
from runfolio.site.publish import Published, Site, check_output
from runfolio.site.render import Renderer, templates_folder
from runfolio.site.results import view_results
from runfolio.site.run import RunView, view_run
from runfolio.site.shards import render_shard, shard_experiment, shard_run
from runfolio.site.times import format_date
from runfolio.sources.opening import SourceOptions, read_anything
from runfolio.sources.reading import NO_COLUMNS, TableColumns
from runfolio.store import Damage, StoreTables
from runfolio.store.layout import is_address, locate_store
from runfolio.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int, int], None]

_PLAIN_NAMES = ("runs", "demo-store", "mlruns", "wandb", "logs", "lightning_logs", "dvclive")
"""Names of stores that don't say whose they are, as the folder around them does."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What to build: `title` and `experiments` narrow it; `templates` and `theme` are one's own."""

    store: Path | str
    output: Path
    title: str | None = None
    experiments: Collection[str] = field(default=())
    templates: Path | None = None
    theme: Path | None = None
    source: SourceOptions = field(default_factory=SourceOptions)


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """What was built, and the folder or address where it is.

    `tool` is whose store was read, where it was none of our own, and `damage` what could not be.
    """

    output: Path | str
    experiments: int
    runs: int
    pages: int
    damage: tuple[Damage, ...]
    tool: str | None
    published: Published

    @property
    def index(self) -> str:
        """Where the site's first page is."""
        output = self.output
        return str(output / INDEX) if isinstance(output, Path) else f"{output}/{INDEX}"


def build_report(
    store: str | os.PathLike[str] | None = None,
    *,
    output: str | os.PathLike[str] = "site",
    title: str | None = None,
    experiments: Collection[str] = (),
    templates: str | os.PathLike[str] | None = None,
    theme: str | os.PathLike[str] | None = None,
    kind: str | None = None,
    strict: bool = False,
    columns: TableColumns = NO_COLUMNS,
    progress: Progress | None = None,
) -> ReportSummary:
    """Build the static site of a store into the folder `output`.

    Both may be addresses on object storage, such as ``s3://bucket/site``. `experiments` narrows it
    to some by name. `templates` is a folder of page templates of one's own, `theme` a style sheet
    that comes last. `progress` is called with pages done and in all. Raises a `RunfolioError`, and
    leaves a site that was there as it was, when that can't be done.

    `store` may also be what another tool wrote, such as ``mlruns``, which is read where it lies.
    `kind` then says what it is where that isn't to be found out, `strict` makes what can't be read
    an error, and `columns` names the columns of plain tables.
    """
    options = ReportOptions(
        store=locate_store(store),
        output=Path(output).absolute(),
        title=title,
        experiments=tuple(experiments),
        templates=Path(templates).absolute() if templates is not None else None,
        theme=Path(theme).absolute() if theme is not None else None,
        source=SourceOptions(kind=kind, strict=strict, columns=columns),
    )
    if is_address(output):
        return _build_and_upload(options, output, progress)
    check_output(options.output)
    return _build(options, progress)


def _build(options: ReportOptions, progress: Progress | None) -> ReportSummary:
    with read_anything(options.store, options.source) as tables:
        library = _make_library(tables, options)
        return _Build(options, library, tables.metrics, progress).write()


def _build_and_upload(options: ReportOptions, url: str, progress: Progress | None) -> ReportSummary:
    """Build the site in a folder of its own, and put it at an address."""
    from runfolio.site.upload import check_remote_output, upload_site
    from runfolio.store.remote import RemoteStore

    remote = RemoteStore(url)
    check_remote_output(remote)
    with tempfile.TemporaryDirectory(prefix="runfolio-site-") as folder:
        built = _build(replace(options, output=Path(folder) / "site"), progress)
        published = upload_site(Path(folder) / "site", remote)
    return replace(built, output=remote.url, published=published)


def _make_library(tables: StoreTables, options: ReportOptions) -> Library:
    known = set(tables.runs["experiment"].to_pylist()) | set(tables.experiments)
    unknown = [name for name in options.experiments if name not in known]
    if unknown:
        listed = ", ".join(repr(name) for name in sorted(known)) or "none yet"
        raise ExperimentNotFound(
            f"No experiment {unknown[0]!r} in {str(options.store)!r}. Its experiments: {listed}."
        )
    title = options.title or _default_title(options.store)
    return make_library(tables, title=title, experiments=options.experiments or None)


def _default_title(place: Path | str) -> str:
    """The name of the project folder that the store lies in."""
    store = place if isinstance(place, Path) else PurePosixPath(place.partition("://")[2])
    is_file = isinstance(store, Path) and store.is_file()
    name = store.parent.name if is_file or store.name in _PLAIN_NAMES else store.name
    return name or "Runs"


def shown_date() -> str | None:
    """The build date to show, from ``SOURCE_DATE_EPOCH``; without it pages show none."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return format_date(int(epoch) * 1_000_000) if epoch.isdigit() else None


class _Build:
    """One build: what all its pages share."""

    def __init__(
        self,
        options: ReportOptions,
        library: Library,
        metrics: pa.Table,
        progress: Progress | None,
    ) -> None:
        self._options = options
        self._library = library
        self._metrics = metrics
        self._progress = progress
        self._renderer = Renderer(options.templates)
        self._assets: Assets = make_assets(
            templates_folder(), overrides=options.templates, theme=options.theme
        )
        self._built = _built_line(library)
        self._requirements: set[str] = set()
        self._shared: set[str] = set()
        self._pages = 0
        self._total = 2 + len(library.experiments) + len(library.runs)

    def write(self) -> ReportSummary:
        with Site(self._options.output, version=__version__) as site:
            for path, content in self._assets.files.items():
                site.write(path, content)
            site.write("assets/licences.txt", read_licences(templates_folder()))
            for path, text in self._files_of_all():
                site.write(path, text)
            site.write("data/finder.js", render_shard("finder", shard_finder(self._library)))
            for experiment in self._library.experiments:
                self._write_experiment(site, experiment)
        library = self._library
        return ReportSummary(
            self._options.output,
            len(library.experiments),
            len(library.runs),
            self._pages,
            library.damage,
            library.tool,
            site.published,
        )

    def _files_of_all(self) -> Iterator[tuple[str, str | bytes]]:
        experiments = tabulate_experiments(self._library)
        yield EXPERIMENTS_CSV, encode_csv(experiments)
        yield EXPERIMENTS_PARQUET, encode_parquet(experiments)
        view = view_index(self._library)
        yield INDEX, self._page("index.html", INDEX, self._library.title, (), view)
        links = tuple(Link(experiment_page(one.id), one.name) for one in self._library.experiments)
        yield COMPARE, self._page("compare.html", COMPARE, "Compare runs", (), links)

    def _page(
        self, template: str, path: str, title: str, crumbs: tuple[Link, ...], view: object
    ) -> str:
        root = "../" * path.count("/")
        name = template.removesuffix(".html")
        frame = Frame(
            page=name,
            title=title,
            project=self._library.title,
            root=root,
            crumbs=crumbs,
            style=root + self._assets.style,
            scripts=tuple(root + script for script in self._assets.page_scripts(name)),
            data={
                "root": root,
                "vega": self._assets.vega,
                "specs": self._assets.specs,
                "specs-lite": self._assets.lite_specs,
            },
            built=self._built,
            version=__version__,
        )
        text = self._renderer.page(template, frame, view)
        self._pages += 1
        if self._progress is not None:
            self._progress(self._pages, self._total)
        return text

    def _write_experiment(self, site: Site, experiment: ExperimentEntry) -> None:
        facts = ExperimentFacts(experiment)
        pictures = tuple(_write_picture(site, one) for one in make_pictures(facts))
        downloads = self._write_downloads(site, experiment)
        importance = shard_importance(facts)
        view = view_experiment(
            facts, pictures=pictures, importance=importance is not None, downloads=downloads
        )
        path = experiment_page(experiment.id)
        site.write(path, self._page("experiment.html", path, experiment.name, (), view))
        shard = f"experiments/{experiment.id}"
        for name, document in zip(
            (shard, f"{shard}-more", f"{shard}-importance"),
            (*shard_experiment(facts), importance),
            strict=True,
        ):
            if document is not None:
                site.write(f"data/{name}.js", render_shard(name, document))
        for run in experiment.runs:
            self._write_run(site, experiment, run, downloads)

    def _write_downloads(self, site: Site, experiment: ExperimentEntry) -> tuple[Link, ...]:
        if not experiment.runs:
            return ()
        table = tabulate_runs(experiment)
        stem = f"data/experiments/{experiment.id}"
        points = points_of(experiment, self._metrics)
        site.write(f"{stem}.csv", encode_csv(table))
        site.write(f"{stem}.parquet", encode_parquet(table))
        site.write(f"{stem}-points.parquet", encode_parquet(points))
        return (
            Link(f"{stem}.csv", "runs as CSV"),
            Link(f"{stem}.parquet", "runs as Parquet"),
            Link(f"{stem}-points.parquet", "all points as Parquet"),
        )

    def _write_requirements(self, site: Site, run: RunEntry) -> str | None:
        """Write the run's packages, once for all runs that had the same, and return where."""
        packages = list_packages(run)
        if not packages:
            return None
        content = "\n".join(packages) + "\n"
        path = f"artifacts/requirements-{content_hash(content.encode())}.txt"
        if path not in self._requirements:
            self._requirements.add(path)
            site.write(path, content)
        return path

    def _write_run(
        self, site: Site, experiment: ExperimentEntry, run: RunEntry, downloads: tuple[Link, ...]
    ) -> None:
        artifacts, results = view_artifacts(run), view_results(run)
        view = view_run(
            self._library,
            experiment,
            run,
            artifacts=artifacts,
            results=results,
            texts=read_short_texts(run),
            requirements=self._write_requirements(site, run),
            downloads=downloads,
        )
        path = run_page(run.id)
        crumbs = (Link(experiment_page(experiment.id), experiment.name),)
        site.write(path, self._page("run.html", path, run.record.name, crumbs, view))
        comparable = gather_comparable(run, artifacts)
        shard = shard_run(experiment, run) | {
            "extras": comparable.kinds,
            "results": results is not None,
        }
        site.write(f"data/runs/{run.id}.js", render_shard(f"runs/{run.id}", shard))
        for name, part in comparable.shards.items():
            if name not in self._shared:
                self._shared.add(name)
                site.write(f"data/{name}.js", render_shard(name, part))
        for name, part in shard_points(run):
            site.write(f"data/{name}.js", render_shard(name, part))
        if results is not None:
            name = f"results/{run.id}"
            site.write(f"data/{name}.js", render_shard(name, results.shard))
            for picture in results.pictures:
                _write_picture(site, picture)
        histograms = _histograms_over_steps(artifacts)
        if histograms:
            name = f"histograms/{run.id}"
            site.write(f"data/{name}.js", render_shard(name, shard_histograms(histograms)))
        self._write_late_parts(site, view)
        for copy in artifacts.copies:
            site.copy(copy.path, copy.source)

    def _write_late_parts(self, site: Site, view: RunView) -> None:
        """Write what is too large for the page of a run: a browser loads it when looked at."""
        parts = {
            one.shard: self._renderer.part("_partials/late_preview.html", one)
            for one in view.artifacts.late
        }
        parts |= {one.shard: one.text.whole for one in view.consoles if one.text.whole}
        for name, html in parts.items():
            site.write(f"data/{name}.js", render_shard(str(name), {"nodes": parse_nodes(html)}))


def _histograms_over_steps(artifacts: ArtifactViews) -> dict[str, list[tuple[int, Histogram]]]:
    """The histograms of each series that has them at two steps or more."""
    found = {
        series.key: [
            (int(item.step.removeprefix("step ")), item.histogram)
            for item in series.items
            if item.histogram is not None
        ]
        for series in artifacts.series
    }
    return {key: members for key, members in found.items() if len(members) > 1}


def _write_picture(site: Site, files: PictureFiles) -> Picture:
    picture = files.picture
    missing = [path for path in (picture.light, picture.dark) if not site.keep(path)]
    drawn = files.draw() if missing else {}
    for path in missing:
        site.write(path, drawn[path])
    return picture


def _built_line(library: Library) -> str:
    runs = f"{len(library.runs):,} run" + ("" if len(library.runs) == 1 else "s")
    runs += f" of {library.tool}" if library.tool else ""
    date = shown_date()
    last = library.last_activity
    parts = [f"Built {date} from {runs}" if date else f"Built from {runs}"]
    if last is not None:
        parts.append(f"the last of {format_date(last)}")
    return ", ".join(parts)
