"""Where a version of a model comes from: data, run, experiment, and what points to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runfolio.site.addresses import experiment_page, run_page
from runfolio.site.artifacts import view_input
from runfolio.site.facts import read_git
from runfolio.site.pages import Link, Status, run_page_link, show_status

if TYPE_CHECKING:
    from runfolio.site.artifacts import InputView
    from runfolio.site.models.entries import VersionEntry

MAX_INPUTS: Final = 20


@dataclass(frozen=True, slots=True)
class Lineage:
    """A version's origin; what is not known or not in the report is None.

    `absent` says what there is to say of a run that the report has not.
    """

    inputs: tuple[InputView, ...]
    more_inputs: int
    run: Link | None
    status: Status | None
    commit: str | None
    dirty: bool
    experiment: Link | None
    parent: Link | None
    folder: str
    artifacts: str | None
    absent: str | None


def view_lineage(entry: VersionEntry) -> Lineage:
    """Where a version comes from."""
    version, run = entry.version, entry.run
    if run is None or entry.experiment is None:
        absent = tell_absence(entry)
        return Lineage((), 0, None, None, None, False, None, None, version.path, None, absent)
    git, inputs = read_git(run), run.record.inputs
    return Lineage(
        inputs=tuple(view_input(one) for one in inputs[:MAX_INPUTS]),
        more_inputs=max(len(inputs) - MAX_INPUTS, 0),
        run=run_page_link(run),
        status=show_status(run.record.status),
        commit=str(git["commit"])[:7] if git.get("commit") else None,
        dirty=bool(git.get("dirty")),
        experiment=Link(experiment_page(entry.experiment.id), entry.experiment.name),
        parent=run_page_link(entry.parent) if entry.parent is not None else None,
        folder=version.path,
        artifacts=f"{run_page(run.id)}#tab=artifacts" if entry.kept is not None else None,
        absent=None if entry.kept is not None else tell_absence(entry),
    )


def tell_absence(entry: VersionEntry) -> str | None:
    """What is missing of a version; None for nothing."""
    version = entry.version
    if entry.run is None and version.run_id is not None:
        return f"Its run {version.run_id} is not in this report: it was deleted or left out."
    if entry.run is None:
        return f"It came from {version.source}, not from a run." if version.source else "No run."
    if entry.kept is None:
        return "Its files are no longer among the run’s artifacts."
    return None
