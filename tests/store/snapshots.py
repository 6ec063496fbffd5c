"""A whole store as plain values, to compare before and after."""

from __future__ import annotations

from pathlib import Path

from runfolio.schema import TABLES
from runfolio.store import read_overview, read_store
from runfolio.store.columns import OVERVIEW
from runfolio.store.edited import View


def snapshot(store: Path, view: View = "all") -> dict[str, str]:
    """What readers see of a store: every table and everything said, as text (for NaN's sake).

    That an overview tells the same as the whole tables is checked on the way, where nothing is
    damaged: an overview opens fewer files.
    """
    whole, short = read_store(store, view=view), read_overview(store, view=view)
    for name in OVERVIEW if not whole.damage else ():
        field = "runs" if name == "run" else name
        table = getattr(short, field)
        wanted = getattr(whole, field).select(table.column_names)
        assert repr(table.to_pylist()) == repr(wanted.to_pylist()), name
    tables = {
        name: repr(getattr(whole, "runs" if name == "run" else name).to_pylist()) for name in TABLES
    }
    return tables | {"experiments": repr(whole.experiments), "damage": repr(whole.damage)}


def list_tree(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
