"""The runs that a run is part of, and those within it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runfolio.reproduction.plan import REPRODUCES, VERDICT
from runfolio.site.library import ExperimentEntry, Library, RunEntry
from runfolio.site.numbers import format_count
from runfolio.site.pages import (
    Link,
    Number,
    Status,
    metric_label,
    run_page_link,
    show_number,
    show_status,
)

MAX_CHILDREN: Final = 50
MAX_REPETITIONS: Final = 20


@dataclass(frozen=True, slots=True)
class Relative:
    """A run as a row: its page, how it ended, and its value of the primary metric."""

    link: Link
    status: Status
    value: Number


@dataclass(frozen=True, slots=True)
class Children:
    """The runs within a run; `metric` heads their values, `hint` says when some are left out."""

    rows: tuple[Relative, ...]
    metric: str | None
    hint: str | None


@dataclass(frozen=True, slots=True)
class Repetition:
    """A run that repeats another one, or the one that it repeats, and how that came out."""

    link: Link
    verdict: str


@dataclass(frozen=True, slots=True)
class Relatives:
    """The run that a run is part of, and the runs within it; which run it repeats, and its own
    repetitions, the last ones first.
    """

    parent: Relative | None
    children: Children | None
    repeats: Repetition | None = None
    repetitions: tuple[Repetition, ...] = ()


NO_RELATIVES: Final = Relatives(None, None)


def view_relatives(library: Library, experiment: ExperimentEntry, run: RunEntry) -> Relatives:
    """The relatives of a run, as far as the report has them."""
    original = library.by_id.get(run.record.tags.get(REPRODUCES, ""))
    repetitions = reversed(library.repetitions_of(run.id)[-MAX_REPETITIONS:])
    return Relatives(
        _view_parent(library, run),
        _view_children(library, experiment, run),
        Repetition(run_page_link(original), _verdict(run)) if original else None,
        tuple(Repetition(run_page_link(one), _verdict(one)) for one in repetitions),
    )


def _verdict(repetition: RunEntry) -> str:
    return repetition.record.tags.get(VERDICT, "")


def _view_parent(library: Library, run: RunEntry) -> Relative | None:
    """The run that a run is part of, when the report has it."""
    parent = library.by_id.get(run.record.parent_id or "")
    return None if parent is None else _relative(parent, None)


def _view_children(library: Library, experiment: ExperimentEntry, run: RunEntry) -> Children | None:
    """The runs within a run, the first fifty in the order of their start; None without any."""
    children = library.children_of(run.id)
    if not children:
        return None
    primary = experiment.primary.metric if experiment.primary else None
    metric = primary if any(primary in one.summaries for one in children) else None
    more = len(children) > MAX_CHILDREN
    return Children(
        tuple(_relative(one, metric) for one in children[:MAX_CHILDREN]),
        metric_label(experiment, metric) if metric else None,
        f"The first {MAX_CHILDREN} of {format_count(len(children))} runs." if more else None,
    )


def _relative(run: RunEntry, metric: str | None) -> Relative:
    return Relative(
        run_page_link(run), show_status(run.record.status), show_number(run.last(metric))
    )
