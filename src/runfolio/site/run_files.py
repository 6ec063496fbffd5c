"""All files of one run: its page, its JSON, its shards, and copies of its artifacts.

They are made from the run, what stands in `RunPlace`, and the frame of all pages, and from nothing
else: while these are the same, the files are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runfolio.site.addresses import content_hash, experiment_page, run_document, run_page
from runfolio.site.artifacts import ArtifactViews, read_short_texts, view_artifacts
from runfolio.site.comparing import gather_comparable
from runfolio.site.curves import shard_curves_of, shard_points
from runfolio.site.details import digest
from runfolio.site.facts import list_packages
from runfolio.site.fingerprints import RunDigests
from runfolio.site.histograms import Histogram, shard_histograms
from runfolio.site.library import ExperimentEntry, Library, RunEntry
from runfolio.site.machines.documents import describe_run, encode_json
from runfolio.site.machines.linked_data import link_run
from runfolio.site.models.entries import Registered
from runfolio.site.models.kept import view_kept
from runfolio.site.nodes import parse_nodes
from runfolio.site.pages import Link, Picture
from runfolio.site.parts import PartWriter
from runfolio.site.pictures import PictureFiles
from runfolio.site.relatives import NO_RELATIVES, Relatives, view_relatives
from runfolio.site.rendering import Pages, built_short
from runfolio.site.results import RunResults, view_results
from runfolio.site.run import RunView, Sparks, draw_sparks, view_run
from runfolio.site.shards import render_shard, shard_run
from runfolio.site.standing import Standing, find_standings


@dataclass(frozen=True, slots=True)
class RunPlace:
    """What the files of a run show of everything around it.

    `experiment` is that of the run without its other runs.
    """

    experiment: ExperimentEntry
    standing: Standing
    relatives: Relatives
    foreign: bool
    registered: tuple[Registered, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of all of it."""
        entry = self.experiment
        said = repr((entry.primary, self.standing, self.relatives, entry.blocks, self.registered))
        return digest(entry.id, entry.name, said, self.foreign)


def place_runs(
    library: Library,
    experiment: ExperimentEntry,
    bare: ExperimentEntry,
    registered: Mapping[str, Sequence[Registered]],
) -> Iterator[RunPlace]:
    """What surrounds each run of an experiment; one object where it is the same.

    `bare` is the experiment without its runs, and `registered` is as what their models are
    registered, by run.
    """
    shared: dict[int, RunPlace] = {}
    foreign, ids = library.tool is not None, experiment.table.ids
    for number, standing in enumerate(find_standings(experiment)):
        run_id = ids[number]
        if run_id in library.related or run_id in registered:
            relatives = view_relatives(library, experiment, experiment.runs[number])
            models = tuple(registered.get(run_id, ()))
            yield RunPlace(bare, standing, relatives, foreign, models)
            continue
        if id(standing) not in shared:
            shared[id(standing)] = RunPlace(bare, standing, NO_RELATIVES, foreign)
        yield shared[id(standing)]


def fingerprint_run(frame: str, place: str, digests: RunDigests) -> str:
    """What the files of a run are made from; empty where that can't be told yet.

    `place` is the digest of what surrounds it.
    """
    return digest(frame, place, digests.all) if digests.all else ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is made of the curves of a run: for its shard, and for its page."""

    shard: dict[str, Any]
    sparks: Sparks


def draw_runs(experiment: ExperimentEntry, runs: Sequence[RunEntry]) -> list[Drawn]:
    """What is made of the curves of some runs, for all together."""
    return list(map(Drawn, shard_curves_of(runs), draw_sparks(experiment, runs)))


def write_run(
    out: PartWriter,
    pages: Pages,
    place: RunPlace,
    run: RunEntry,
    drawn: Drawn | None = None,
) -> None:
    """Write all files of a run; `drawn` is what is made of its curves already."""
    experiment = place.experiment
    artifacts, results = view_artifacts(run), view_results(run)
    view = view_run(
        experiment,
        run,
        standing=place.standing,
        relatives=place.relatives,
        artifacts=artifacts,
        results=results,
        texts=read_short_texts(run),
        requirements=_write_requirements(out, run),
        models=view_kept(run, place.registered),
        foreign=place.foreign,
        sparks=drawn.sparks if drawn else None,
    )
    path = run_page(run.id)
    crumbs = (Link(experiment_page(experiment.id), experiment.name),)
    linked = link_run(experiment, run)
    html = pages.render(
        "run.html",
        path,
        run.record.name,
        view,
        crumbs=crumbs,
        linked=linked,
        built=built_short(),
        alike=True,
    )
    out.write(path, html)
    out.write(run_document(run.id), encode_json(describe_run(experiment, run, artifacts)))
    curves = drawn.shard if drawn else None
    for name, document in _shards(experiment, run, artifacts, results, curves):
        out.write(f"data/{name}.js", render_shard(name, document))
    for picture in results.pictures if results else ():
        write_picture(out, picture)
    for name, html in _late_parts(pages, view):
        out.write(f"data/{name}.js", render_shard(name, {"nodes": parse_nodes(html)}))
    for copy in artifacts.copies:
        out.copy(copy.path, copy.source)


def _shards(
    experiment: ExperimentEntry,
    run: RunEntry,
    artifacts: ArtifactViews,
    results: RunResults | None,
    curves: dict[str, Any] | None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The data of a run that scripts load, by the names of the shards."""
    comparable = gather_comparable(run, artifacts)
    kinds, drawn = comparable.kinds, results is not None
    yield f"runs/{run.id}", shard_run(experiment, run, extras=kinds, results=drawn, curves=curves)
    yield from comparable.shards.items()
    yield from shard_points(run)
    if results is not None:
        yield f"results/{run.id}", results.shard
    histograms = _histograms_over_steps(artifacts)
    if histograms:
        yield f"histograms/{run.id}", shard_histograms(histograms)


def _write_requirements(out: PartWriter, run: RunEntry) -> str | None:
    """Write the run's packages, once for all runs that had the same, and return where."""
    packages = list_packages(run)
    if not packages:
        return None
    content = "\n".join(packages) + "\n"
    path = f"artifacts/requirements-{content_hash(content.encode())}.txt"
    out.write(path, content)
    return path


def _late_parts(pages: Pages, view: RunView) -> Iterator[tuple[str, str]]:
    """What is too large for the page of a run: a browser loads it when looked at."""
    for one in view.artifacts.late:
        yield str(one.shard), pages.renderer.part("_partials/late_preview.html", one)
    for console in view.consoles:
        if console.text.whole:
            yield str(console.shard), console.text.whole


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


def write_picture(out: PartWriter, files: PictureFiles) -> Picture:
    """Write the two files of a picture, and draw them unless the site has them already."""
    missing = keep_picture(out, files.picture)
    drawn = files.draw() if missing else {}
    for path in missing:
        out.write(path, drawn[path])
    return files.picture


def leave_picture(out: PartWriter, files: PictureFiles) -> Picture:
    """Leave a picture to be drawn by others, unless the site has it already."""
    if keep_picture(out, files.picture):
        out.leave(files)
    return files.picture


def keep_picture(out: PartWriter, picture: Picture) -> list[str]:
    """Keep the files of a picture that the site has already, and return the others."""
    return [path for path in (picture.light, picture.dark) if not out.keep(path)]
