"""What the site's search finds: reports, experiments, runs, and the names and values they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from runfolio.schema import FINISHED, SYSTEM_PREFIX
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.narrative.pages import NO_REPORTS, Narratives, list_reports

MAX_VALUES: Final = 50
"""Of a parameter or tag with more distinct values than this in an experiment only the name is
found: such values are measurements or labels of single runs, and each run's table has them."""

LONGEST_VALUE: Final = 80


def shard_finder(library: Library, narratives: Narratives = NO_REPORTS) -> dict[str, Any]:
    """Everything to search in, as columns; the newest experiments and runs come first."""
    experiments = sorted(library.experiments, key=lambda one: (-(one.last_activity or 0), one.name))
    runs = [(run, place) for place, one in enumerate(experiments) for run in reversed(one.runs)]
    terms = [(*term, place) for place, one in enumerate(experiments) for term in _terms(one)]
    reports = list_reports(narratives)
    return {
        "reports": {
            "href": [one.link.href for one in reports],
            "title": [one.link.text for one in reports],
            "authors": [one.authors for one in reports],
        },
        "experiments": {
            "id": [one.id for one in experiments],
            "name": [one.name for one in experiments],
            "runs": [len(one.runs) for one in experiments],
        },
        "runs": {
            "id": [run.id for run, _ in runs],
            "name": [run.record.name for run, _ in runs],
            "experiment": [place for _, place in runs],
            "unfinished": _places_by_status(run.record.status for run, _ in runs),
        },
        "terms": {
            "kind": [kind for kind, _, _, _, _ in terms],
            "key": [key for _, key, _, _, _ in terms],
            "value": [value for _, _, value, _, _ in terms],
            "runs": [count for _, _, _, count, _ in terms],
            "experiment": [place for _, _, _, _, place in terms],
        },
    }


def _places_by_status(statuses: Iterable[str]) -> dict[str, list[int]]:
    """Which runs have each status but that of most, finished."""
    found: dict[str, list[int]] = {}
    for place, status in enumerate(statuses):
        if status != FINISHED:
            found.setdefault(status, []).append(place)
    return found


def _terms(experiment: ExperimentEntry) -> Iterator[tuple[str, str, str | None, int]]:
    """The names of metrics, and of parameters and tags with their values, and how many runs."""
    metrics = Counter(key for run in experiment.runs for key in run.summaries)
    for key, count in sorted(metrics.items()):
        if not key.startswith(SYSTEM_PREFIX):
            yield "metric", key, None, count
    params = [run.record.param_texts for run in experiment.runs]
    tags = [run.record.tags for run in experiment.runs]
    for kind, texts in (("parameter", params), ("tag", tags)):
        for key in sorted({key for one in texts for key in one}):
            values = Counter(one[key] for one in texts if key in one)
            yield kind, key, None, values.total()
            if len(values) <= MAX_VALUES:
                for value, count in values.most_common():
                    if len(value) <= LONGEST_VALUE:
                        yield kind, key, value, count
