"""What links and inline values of a report name: runs by their ids, experiments by their names."""

from __future__ import annotations

from typing import Final

from runfolio.errors import ReportMistake
from runfolio.query.language.mistakes import nearest
from runfolio.site.library import ExperimentEntry, Library, RunEntry

SHORTEST_ID: Final = 4
"""Characters of a run's id that are taken for it at least."""


def find_run(text: str, library: Library) -> RunEntry:
    """The run whose id is or begins with `text`; raises `ReportMistake`."""
    exact = library.by_id.get(text)
    if exact is not None:
        return exact
    if len(text) < SHORTEST_ID:
        raise ReportMistake(f"{text!r} is too short for a run's id: give {SHORTEST_ID} characters.")
    found = [run for run in library.runs if run.id.startswith(text)]
    if not found:
        raise ReportMistake(f"There is no run {text!r} in this report: runs go by their ids.")
    if len(found) > 1:
        raise ReportMistake(
            f"{len(found)} runs have ids that begin with {text!r}: give more of it."
        )
    return found[0]


def find_experiment(name: str, library: Library) -> ExperimentEntry:
    """The experiment of that name; raises `ReportMistake`."""
    found = next((one for one in library.experiments if one.name == name), None)
    if found is None:
        like = nearest(name, [one.name for one in library.experiments])
        hint = f" Did you mean {like!r}?" if like is not None else ""
        raise ReportMistake(f"There is no experiment {name!r} in this report.{hint}")
    return found
