"""Changes to runs and experiments that can be undone: each is one small file of its own."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from runfolio.errors import ExperimentNotFound, InvalidValue, RunNotFound
from runfolio.schema import check_name, list_texts
from runfolio.store.edited import Said, read_said
from runfolio.store.edits import Edit, write_edit
from runfolio.store.finding import find_run_id
from runfolio.store.layout import StorePath, locate_store
from runfolio.store.opening import named_as, open_store
from runfolio.store.packs import PackIndex
from runfolio.store.reading import LoggedRun, read_logged_runs

RunIds = str | Iterable[str]


def delete_runs(run_ids: RunIds, *, store: StorePath | None = None) -> list[str]:
    """Delete runs so that reports and searches no longer show them; `restore_runs` undoes it.

    `run_ids` is one id or several; the beginning of an id is enough where it is unique. Returns
    the whole ids. Raises `RunNotFound`, and deletes none, when one of them names no run.
    """
    return _edit_runs(run_ids, {"deleted": True}, store)


def restore_runs(run_ids: RunIds, *, store: StorePath | None = None) -> list[str]:
    """Bring deleted runs back; one that isn't deleted stays as it is. Returns the whole ids."""
    return _edit_runs(run_ids, {"deleted": False}, store)


def tag_runs(
    run_ids: RunIds, tags: Mapping[str, object | None], *, store: StorePath | None = None
) -> list[str]:
    """Set tags of runs; None removes one. What is set here counts before what a run logged."""
    if not tags:
        raise InvalidValue("No tag to set. Give at least one, such as label=best.")
    if not isinstance(tags, Mapping):
        raise InvalidValue(f"Tags are a dictionary, not {tags!r}. Write {{'label': 'best'}}.")
    checked = {
        check_name(key, "tag"): None if value is None else str(value) for key, value in tags.items()
    }
    return _edit_runs(run_ids, {"tags": checked}, store)


def note_run(run_id: str, note: str, *, store: StorePath | None = None) -> str:
    """Set a run's note, in Markdown; an empty one removes it. Returns the whole id."""
    if not isinstance(note, str):
        raise InvalidValue(f"A note is Markdown text, not {note!r}. Use str(…).")
    return _edit_runs(run_id, {"note": note}, store)[0]


def rename_run(run_id: str, name: str, *, store: StorePath | None = None) -> str:
    """Give a run another name; its id stays. Returns the whole id."""
    return _edit_runs(run_id, {"name": check_name(name, "run")}, store)[0]


def _edit_runs(run_ids: RunIds, changes: dict[str, Any], store: StorePath | None) -> list[str]:
    place = locate_store(store)
    root = open_store(place, "overview")
    packs = PackIndex(root)
    given = list_texts(run_ids, "A run's id", "`runfolio ls` lists the runs.")
    with named_as(place, root):
        found = list(dict.fromkeys(find_run_id(root, one, packs) for one in given))
    if not found:
        raise RunNotFound("No run was named. Give at least one id; `runfolio ls` lists them.")
    for run_id in found:
        write_edit(place, Edit(_now(), "run", run_id, changes))
    return found


def delete_experiment(name: str, *, store: StorePath | None = None) -> list[str]:
    """Delete an experiment with all runs it has now, and return their ids.

    Runs that are logged to it later are shown. Raises `ExperimentNotFound` when it isn't there.
    """
    place, said, names, logged_runs = _experiment(name, store)
    deleted = []
    for logged in names:
        runs = [
            run.id
            for run in logged_runs
            if run.experiment == logged and said.deleted_since(run.id, logged) is None
        ]
        changes = {"deleted": True, "runs": sorted({*runs, *said.deleted_with(logged)})}
        write_edit(place, Edit(_now(), "experiment", logged, changes))
        deleted += runs
    return deleted


def restore_experiment(name: str, *, store: StorePath | None = None) -> list[str]:
    """Bring a deleted experiment back with the runs that went with it, and return their ids."""
    place, said, names, _ = _experiment(name, store)
    restored: list[str] = []
    for logged in names:
        restored += said.deleted_with(logged)
        write_edit(place, Edit(_now(), "experiment", logged, {"deleted": False}))
    return restored


def rename_experiment(name: str, new_name: str, *, store: StorePath | None = None) -> None:
    """Show an experiment under another name, with the runs logged to it later too.

    Renamed to the name of another experiment, both are shown as one.
    """
    check_name(new_name, "experiment")
    place, _, names, _ = _experiment(name, store)
    for logged in names:
        write_edit(place, Edit(_now(), "experiment", logged, {"renamed": new_name}))


def _experiment(
    name: str, store: StorePath | None
) -> tuple[Path | str, Said, list[str], list[LoggedRun]]:
    """The names under which the runs of a shown experiment were logged, and all runs."""
    place = locate_store(store)
    root = open_store(place, "overview")
    said = read_said(root)
    with named_as(place, root):
        runs = read_logged_runs(root)
    logged = {*(run.experiment for run in runs), *said.experiments}
    names = sorted(one for one in logged if said.shown_name(one) == name)
    if not names:
        known = ", ".join(repr(one) for one in sorted({said.shown_name(x) for x in logged}))
        raise ExperimentNotFound(
            f"No experiment {name!r} in {str(place)!r}. Its experiments: {known or 'none yet'}."
        )
    return place, said, names, runs


def _now() -> int:
    return time.time_ns() // 1000
