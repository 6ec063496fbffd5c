"""All files of one experiment: its page with pictures, its shards, and tables to download."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import astuple, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from runfolio.site.addresses import experiment_data, experiment_page
from runfolio.site.details import digest
from runfolio.site.downloads import encode_csv, encode_parquet, tabulate_runs
from runfolio.site.experiment import view_experiment
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.fingerprints import RunDigests
from runfolio.site.importance import list_judged, shard_importance
from runfolio.site.known_drivers import Question
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.machines.linked_data import link_experiment
from runfolio.site.pages import Link, Picture
from runfolio.site.parts import Parts, PartWriter
from runfolio.site.pictures import find_pictures, keep_pictures, make_pictures
from runfolio.site.rendering import Pages, built_line
from runfolio.site.run_files import keep_picture, leave_picture
from runfolio.site.shards import (
    Others,
    experiment_shards,
    list_others,
    render_shard,
    shard_others,
)
from runfolio.site.standing import shard_standing

if TYPE_CHECKING:
    from runfolio.analysis.drivers import Drivers

MOST_ASKED: Final = 32
"""So many rankings are had done by others; each takes parameters of up to a thousand runs along."""


def list_downloads(experiment: ExperimentEntry) -> tuple[Link, ...]:
    """The tables of an experiment; none while it has no runs."""
    if not experiment.runs:
        return ()
    places = experiment_data(experiment.id, experiment.blocks)
    points = [href for name, href in places.items() if name.startswith("points")]
    first = f"all points as Parquet, part 1 of {len(points)}"
    texts = [first, *(str(number) for number in range(2, len(points) + 1))]
    if len(points) == 1:
        texts = ["all points as Parquet"]
    return (
        *_runs_as_tables(places),
        *(Link(href, text) for href, text in zip(points, texts, strict=True)),
    )


def _runs_as_tables(places: Mapping[str, str]) -> tuple[Link, ...]:
    csv, parquet = places["runs_csv"], places["runs_parquet"]
    return Link(csv, "runs as CSV"), Link(parquet, "runs as Parquet")


def fingerprint_experiment(
    frame: str,
    library: Library,
    experiment: ExperimentEntry,
    digests: Sequence[RunDigests],
    models: tuple[Link, ...] = (),
) -> str:
    """What the files of an experiment are made from; empty where that can't be told yet."""
    if not all(one.all for one in digests):
        return ""
    primary = astuple(experiment.primary) if experiment.primary else None
    said = experiment.id, experiment.name, astuple(experiment.settings), primary
    runs = [one.all for one in digests]
    return digest(frame, library.title, library.tool, said, runs, repr(models))


def experiment_part(experiment: ExperimentEntry) -> str:
    """The name of the part that is the files of an experiment."""
    return f"experiment {experiment.id}"


@dataclass(frozen=True, slots=True)
class FreshExperiment:
    """An experiment whose files are to be made, from `frame` and its runs with these `digests`.

    `mark` is what they are made from, `pictured` what its pictures show. Both are empty where that
    can't be told yet.
    """

    facts: ExperimentFacts
    models: tuple[Link, ...]
    frame: str
    digests: Sequence[RunDigests]
    mark: str
    pictured: str


def ask_drivers(fresh: Iterable[FreshExperiment]) -> tuple[Question, ...]:
    """What is to be ranked for experiments, and was not before; of very many for the first ones."""
    found: dict[str, Question] = {}
    for facts in (one.facts for one in fresh):
        for metric in list_judged(facts.entry):
            if len(found) == MOST_ASKED:
                return tuple(found.values())
            if (asked := facts.ask(metric)) is not None:
                found[asked.said] = asked
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Begun:
    """An experiment whose drivers are being ranked, which its facts remember."""

    experiment: FreshExperiment
    ranked: tuple[Future[Drivers | None], ...]


def begin_experiment(fresh: FreshExperiment, beside: Executor) -> Begun:
    """Begin `beside` what takes long of an experiment, and leaves Python to others meanwhile."""
    facts = fresh.facts
    judged = list_judged(facts.entry)
    return Begun(fresh, tuple(beside.submit(facts.drivers_of, metric) for metric in judged))


def write_experiment(
    parts: Parts,
    out: PartWriter,
    pages: Pages,
    library: Library,
    begun: Begun,
    *,
    site_url: str | None,
) -> None:
    """Write all files of an experiment but the table of its points, and leave its pictures.

    Those that show only some of its runs are parts of their own, beside the one that `out` writes.
    """
    facts, models = begun.experiment.facts, begun.experiment.models
    experiment = facts.entry
    for one in begun.ranked:
        one.result()
    pictures = _take_pictures(out, begun.experiment)
    importance = shard_importance(facts)
    _write_tables(out, experiment)
    view = view_experiment(
        facts,
        pictures=pictures,
        importance=importance is not None,
        downloads=list_downloads(experiment),
        models=models,
    )
    path = experiment_page(experiment.id)
    linked = link_experiment(library, experiment, site_url=site_url)
    built = built_line(experiment, tool=library.tool)
    html = pages.render("experiment.html", path, experiment.name, view, linked=linked, built=built)
    out.write(path, html)
    for name, document in _shards(facts, importance):
        if document is not None:
            out.write(_script(name), render_shard(name, document))
    for number, others in enumerate(list_others(facts)):
        mark = _fingerprint_others(begun.experiment, others)
        make = partial(_write_others, facts, others)
        parts.write(others_part(experiment, number), mark, make)
        out.has(_script(others.name))


def _write_others(facts: ExperimentFacts, others: Others, out: PartWriter) -> None:
    out.write(_script(others.name), render_shard(others.name, shard_others(facts, others)))


def _script(name: str) -> str:
    return f"data/{name}.js"


def others_part(experiment: ExperimentEntry, number: int) -> str:
    """The name of the part that is a shard of the columns that are not shown at first."""
    return f"{experiment_part(experiment)}, {number}"


def _fingerprint_others(fresh: FreshExperiment, others: Others) -> str:
    """What such a shard is made from; empty where that can't be told yet."""
    found = [fresh.digests[number].all for number in others.runs]
    columns = [(one.key, one.kind, one.group, one.shown) for one in fresh.facts.columns]
    entry = fresh.facts.entry
    return digest(fresh.frame, entry.id, entry.name, columns, found) if all(found) else ""


def _take_pictures(out: PartWriter, fresh: FreshExperiment) -> tuple[Picture, ...]:
    """The pictures of an experiment, of which those that are new are left to be drawn."""
    facts, pictured = fresh.facts, fresh.pictured
    known = find_pictures(facts, pictured) if pictured else None
    if known is not None and not any(keep_picture(out, one) for one in known):
        return known
    pictures = tuple(leave_picture(out, one) for one in make_pictures(facts))
    if pictured:
        keep_pictures(facts, pictured, pictures)
    return pictures


def _write_tables(out: PartWriter, experiment: ExperimentEntry) -> None:
    if experiment.runs:
        table, places = tabulate_runs(experiment), experiment_data(experiment.id)
        out.write(places["runs_csv"], encode_csv(table))
        out.write(places["runs_parquet"], encode_parquet(table))


def _shards(
    facts: ExperimentFacts, importance: dict[str, Any] | None
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The data of an experiment that scripts load, by the names of the shards."""
    name = f"experiments/{facts.entry.id}"
    yield from experiment_shards(facts)
    yield f"{name}-importance", importance
    yield f"{name}-order", shard_standing(facts.entry)


def fingerprint_points(code: str, runs: Iterable[tuple[str, RunDigests]]) -> str:
    """What the table of the points of some runs, given by id, is made from."""
    return digest(code, sorted((run_id, found.points) for run_id, found in runs))
