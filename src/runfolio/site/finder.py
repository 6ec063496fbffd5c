"""What the site's search finds: reports, experiments, models, runs, and what these hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from runfolio.analysis.numbers import count_noun
from runfolio.schema import FINISHED, SYSTEM_PREFIX
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.models.entries import NO_MODELS, ModelEntry, Models
from runfolio.site.narrative.pages import NO_REPORTS, Narratives, list_reports

if TYPE_CHECKING:
    import pyarrow as pa

MAX_VALUES: Final = 50
"""Of a parameter or tag with more distinct values than this in an experiment only the name is
found: such values are measurements or labels of single runs, and each run's table has them."""

LONGEST_VALUE: Final = 80


def shard_finder(
    library: Library, narratives: Narratives = NO_REPORTS, models: Models = NO_MODELS
) -> dict[str, Any]:
    """Everything to search in, as columns; the newest experiments and runs come first."""
    experiments = sorted(library.experiments, key=lambda one: (-(one.last_activity or 0), one.name))
    tables = [one.table for one in experiments]
    terms = [(*term, place) for place, one in enumerate(experiments) for term in _terms(one)]
    reports = list_reports(narratives)
    return {
        "reports": {
            "href": [one.link.href for one in reports],
            "title": [one.link.text for one in reports],
            "authors": [one.authors for one in reports],
        },
        "models": {
            "id": [one.id for one in models.entries],
            "name": [one.model.name for one in models.entries],
            "detail": [_versions(one) for one in models.entries],
        },
        "experiments": {
            "id": [one.id for one in experiments],
            "name": [one.name for one in experiments],
            "runs": [len(one.runs) for one in experiments],
        },
        "runs": {
            "id": [run_id for one in tables for run_id in reversed(one.ids)],
            "name": [name for one in tables for name in reversed(one.own("name"))],
            "experiment": [place for place, one in enumerate(tables) for _ in one.ids],
            "unfinished": _places_by_status(
                status for one in tables for status in reversed(one.own("status"))
            ),
        },
        "terms": {
            "kind": [kind for kind, _, _, _, _ in terms],
            "key": [key for _, key, _, _, _ in terms],
            "value": [value for _, _, value, _, _ in terms],
            "runs": [count for _, _, _, count, _ in terms],
            "experiment": [place for _, _, _, _, place in terms],
        },
    }


def _versions(entry: ModelEntry) -> str:
    """How many versions a model has, and which the first of its aliases points to."""
    alias = entry.foremost_alias or next(iter(sorted(entry.aliases)), None)
    told = count_noun(len(entry.versions), "version")
    return told if alias is None else f"{told}, {alias} is {entry.aliases[alias].version.number}"


def _places_by_status(statuses: Iterable[str]) -> dict[str, list[int]]:
    """Which runs have each status but that of most, finished."""
    found: dict[str, list[int]] = {}
    for place, status in enumerate(statuses):
        if status != FINISHED:
            found.setdefault(status, []).append(place)
    return found


def _terms(experiment: ExperimentEntry) -> Iterator[tuple[str, str, str | None, int]]:
    """The names of metrics, and of parameters and tags with their values, and how many runs."""
    table = experiment.table
    for key in table.metric_keys:
        if not key.startswith(SYSTEM_PREFIX):
            yield "metric", key, None, table.metric_count(key)
    for key in table.param_keys:
        yield from _values("parameter", key, table.text_array(key))
    for key in table.tag_keys:
        yield from _values("tag", key, table.tag_array(key))


def _values(kind: str, key: str, texts: pa.Array) -> Iterator[tuple[str, str, str | None, int]]:
    """A name of parameters or tags, and its values where these are few."""
    known = texts.drop_null()
    yield kind, key, None, len(known)
    if len(known[: 2 * MAX_VALUES].unique()) > MAX_VALUES:
        return
    values, counts = (one.to_pylist() for one in known.value_counts().flatten())
    if len(values) <= MAX_VALUES:
        for value, count in sorted(zip(values, counts, strict=True), key=lambda pair: -pair[1]):
            if len(value) <= LONGEST_VALUE:
                yield kind, key, value, count
