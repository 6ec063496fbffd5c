"""Which of the runs that a repeated command has logged corresponds to the one it was to repeat."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from runfolio.errors import NotReproducible
from runfolio.query.runs import RunRecord

_DEFAULT_NAME: Final = re.compile(r"run [0-9a-f]{6}")


def find_match(run: RunRecord, candidates: Sequence[RunRecord]) -> RunRecord:
    """The run that was logged in the same experiment as the same one of its process.

    That is told by its number in the process, its name and its parameters, as many of them as
    agree. Raises `NotReproducible` where none does, or several do alike.
    """
    if not candidates:
        raise NotReproducible(
            f"The command logged no run, so there is nothing to compare {run.id!r} with. "
            "Does it log with Runfolio?"
        )
    alike = 0
    for keys in _KEYS:
        told = [key(run) for key in keys]
        found = [one for one in candidates if [key(one) for key in keys] == told]
        if len(found) == 1:
            return found[0]
        alike = alike or (len(found) if keys == _KEYS[0] else 0)
    if alike:
        raise NotReproducible(
            f"{alike} of the runs that the command logged look like {run.name!r}: they have the "
            "same experiment, name and parameters. Give them names that tell them apart."
        )
    names = ", ".join(repr(one.name) for one in candidates[:5])
    raise NotReproducible(
        f"None of the runs that the command logged corresponds to {run.name!r} of "
        f"{run.experiment!r}: it logged {names}{' and more' if len(candidates) > 5 else ''}."
    )


def match_all(runs: Sequence[RunRecord], candidates: Sequence[RunRecord]) -> dict[str, RunRecord]:
    """The candidate that corresponds to each of several runs, by its id; each is taken once.

    What only its experiment or its number tells is left out: that says nothing among several.
    """
    found: dict[str, RunRecord] = {}
    left = list(candidates)
    for keys in _KEYS:
        if _params not in keys and _name not in keys:
            continue
        for run in runs:
            told = [key(run) for key in keys]
            alike = [one for one in left if [key(one) for key in keys] == told]
            if run.id not in found and len(alike) == 1:
                found[run.id] = alike[0]
                left.remove(alike[0])
    return found


def _experiment(run: RunRecord) -> Any:
    return run.experiment


def _name(run: RunRecord) -> Any:
    """The name, unless it is one that was made up of the run's id."""
    return None if _DEFAULT_NAME.fullmatch(run.name) else run.name


def _number(run: RunRecord) -> Any:
    return run.context.get("number")


def _params(run: RunRecord) -> Any:
    return run.param_texts


_KEYS: Final[tuple[tuple[Callable[[RunRecord], Any], ...], ...]] = (
    (_experiment, _name, _number, _params),
    (_experiment, _name, _number),
    (_experiment, _name, _params),
    (_experiment, _number, _params),
    (_experiment, _params),
    (_experiment, _number),
    (_name, _number, _params),  # the experiment may have got another name since
    (_number, _params),
    (_experiment,),
)


def find_kin(run: RunRecord, candidates: Sequence[RunRecord]) -> list[RunRecord]:
    """The run with all that are within it and that it is within, as far as they are there."""
    by_id = {one.id: one for one in candidates}
    kin = {run.id: run}
    above = by_id.get(run.parent_id or "")
    while above is not None and above.id not in kin:
        kin[above.id] = above
        above = by_id.get(above.parent_id or "")
    below = [run.id]
    while below:
        parent = below.pop()
        for one in candidates:
            if one.parent_id == parent and one.id not in kin:
                kin[one.id] = one
                below.append(one.id)
    return [one for one in candidates if one.id in kin]
