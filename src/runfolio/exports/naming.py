"""File names for runs and experiments, which may be called anything."""

from __future__ import annotations

import re
from collections.abc import Iterable

from runfolio.store.devices import is_device

_UNSAFE = re.compile(r"[^\w.=-]+", re.ASCII)


def safe_stem(name: str, otherwise: str) -> str:
    """A name that is a legal and harmless file name everywhere."""
    stem = _UNSAFE.sub("-", name).strip("-.")[:60]
    return f"_{stem}" if is_device(stem) else stem or otherwise


def folder_names(runs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A file name for each run by its id: its name, and enough of the id to tell it apart."""
    return {run_id: f"{safe_stem(name, 'run')}-{run_id[:8]}" for run_id, name in runs}
