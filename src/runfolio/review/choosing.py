"""Which runs a side of a comparison means: an id, a filter, a git revision or a tag."""

from __future__ import annotations

import re
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.errors import ExperimentNotFound, InvalidFilter, RunNotFound, SideEmpty
from runfolio.query.columns import StoreColumns
from runfolio.query.language import evaluate, parse_filter
from runfolio.review.revisions import find_revision
from runfolio.schema import check_text

if TYPE_CHECKING:
    from runfolio.store import StoreTables

FORMS: Final = "a run's id, a filter, git:REVISION or tag:NAME=VALUE"
_ID = re.compile(r"[0-9a-f]{1,16}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """The runs that a side means; of git: the commit, and how many newer ones have no runs."""

    text: str
    run_ids: tuple[str, ...]
    commit: str | None = None
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """A store to choose from: its tables, its name, and the experiments to look in."""

    tables: StoreTables
    name: str
    experiments: Collection[str] | None

    def ids_where(self, matches: Collection[bool]) -> tuple[str, ...]:
        """The ids of the runs that match and are in the experiments."""
        ids = self.tables.runs["run_id"].to_pylist()
        names = self.tables.runs["experiment"].to_pylist()
        return tuple(
            one
            for one, name, match in zip(ids, names, matches, strict=True)
            if match and (self.experiments is None or name in self.experiments)
        )


def choose_side(text: str, *, shelf: Shelf, folder: Path) -> Choice:
    """The runs that `text` means; git's revisions are those of the repository at `folder`.

    Raises `RunNotFound`, `InvalidFilter`, `RevisionNotFound`, or `SideEmpty` when there are none.
    """
    check_text(text, "A side", "Write a run's id, a filter, git:REVISION or tag:NAME=VALUE.")
    kind, colon, rest = text.partition(":")
    if colon and kind == "git":
        return _choose_revision(text, rest.strip(), shelf, folder)
    if colon and kind == "tag":
        found = Choice(text, _choose_tagged(rest, shelf))
    elif _ID.fullmatch(text.strip()):
        found = Choice(text, _choose_id(text.strip().lower(), shelf))
    else:
        found = Choice(text, _choose_filtered(text, shelf))
    if not found.run_ids:
        raise SideEmpty(_say_nothing(text, shelf))
    return found


def check_experiments(shelves: Collection[Shelf]) -> None:
    """Raise `ExperimentNotFound` for an experiment that is in none of the stores."""
    known = {
        name
        for shelf in shelves
        for name in (*shelf.tables.runs["experiment"].to_pylist(), *shelf.tables.experiments)
    }
    for name in sorted({name for shelf in shelves for name in shelf.experiments or ()} - known):
        listed = ", ".join(repr(one) for one in sorted(known)) or "none yet"
        raise ExperimentNotFound(f"No experiment {name!r} to compare. There are: {listed}.")


def _choose_revision(text: str, revision: str, shelf: Shelf, folder: Path) -> Choice:
    commits = [
        None if one is None else one.lower() for one in shelf.tables.runs["git_commit"].to_pylist()
    ]
    within = set(shelf.ids_where([one is not None for one in commits]))
    ids = shelf.tables.runs["run_id"].to_pylist()
    known = {commit for one, commit in zip(ids, commits, strict=True) if one in within and commit}
    found = find_revision(revision, known=known, folder=folder)
    chosen = shelf.ids_where([one == found.commit for one in commits])
    return Choice(text, chosen, found.commit, found.behind)


def _choose_tagged(rest: str, shelf: Shelf) -> tuple[str, ...]:
    """The runs with a tag of that name and value, or of that name or value where one is given."""
    name, equals, value = rest.partition("=")
    tags = zip(
        *(shelf.tables.tags[column].to_pylist() for column in ("run_id", "key", "value")),
        strict=True,
    )
    tagged = {
        run_id
        for run_id, key, said in tags
        if ((key, said) == (name, value) if equals else rest in (key, said))
    }
    return shelf.ids_where([one in tagged for one in shelf.tables.runs["run_id"].to_pylist()])


def _choose_id(start: str, shelf: Shelf) -> tuple[str, ...]:
    ids = shelf.tables.runs["run_id"].to_pylist()
    found = shelf.ids_where([one.startswith(start) for one in ids])
    if len(found) > 1:
        shown = ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
        raise RunNotFound(f"{len(found)} runs begin with {start!r}: {shown}. Give more of the id.")
    if not found and any(one.startswith(start) for one in ids):
        raise RunNotFound(f"Run {start!r} belongs to another experiment. Leave --experiment out.")
    if not found:
        raise RunNotFound(
            f"No run {start!r} in {shelf.name!r}. `runfolio ls` lists the runs, and "
            "`runfolio restore` brings deleted ones back."
        )
    return found


def _choose_filtered(text: str, shelf: Shelf) -> tuple[str, ...]:
    try:
        node = parse_filter(text)
        matches = evaluate(node, StoreColumns(shelf.tables), now=time.time_ns() // 1000)
    except InvalidFilter as error:
        hint = f" A side is {FORMS}." if re.fullmatch(r"[\w./-]+", text) else ""
        raise InvalidFilter(f"{error}{hint}", error.column) from error
    return shelf.ids_where(matches.tolist())


def _say_nothing(text: str, shelf: Shelf) -> str:
    what = f"Nothing in {shelf.name!r} matches {text!r}" if text else f"No runs in {shelf.name!r}"
    where = ""
    if shelf.experiments is not None:
        where = f" within {', '.join(repr(one) for one in sorted(shelf.experiments))}"
    return f"{what}{where}, so there is nothing to compare. Name the runs by {FORMS}."
