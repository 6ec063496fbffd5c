"""Finding one run by its id or the beginning of it, in whatever form it is kept."""

from __future__ import annotations

import os
from pathlib import Path

from runfolio.errors import RunNotFound
from runfolio.schema import is_run_id
from runfolio.store.layout import list_run_folders
from runfolio.store.packs import PackIndex


def list_run_ids(root: Path, packs: PackIndex | None = None) -> list[str]:
    """The ids of all runs of a store, in order; deleted ones too."""
    packs = packs if packs is not None else PackIndex(root)
    ids = {folder.run_id for folder in list_run_folders(root)}
    for pack in packs.readable:
        ids.update(packs.runs_of(pack))
    return sorted(ids)


def find_run_id(root: Path, text: str, packs: PackIndex | None = None) -> str:
    """The id that `text` is, or the only one that begins so; raise `RunNotFound` otherwise."""
    if isinstance(text, str) and is_run_id(text) and (root / "runs" / text).is_dir():
        return text
    known = list_run_ids(root, packs)
    if not isinstance(text, str) or not text:
        raise RunNotFound(f"A run's id is text, not {text!r}. `runfolio ls` lists the ids.")
    found = [run_id for run_id in known if run_id.startswith(text.lower())]
    if len(found) == 1:
        return found[0]
    if not found:
        raise RunNotFound(
            f"No run {text!r} in {os.fspath(root)!r}. `runfolio ls` lists the runs, and "
            "`runfolio ls --deleted` those that were deleted."
        )
    shown = ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
    raise RunNotFound(f"{len(found)} runs begin with {text!r}: {shown}. Give more of the id.")
