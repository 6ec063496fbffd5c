"""MLflow's logged models, of which a run keeps only the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.store.edits import read_edits

if TYPE_CHECKING:
    from runfolio.query.runs import RunRecord


def find_models(root: Path, runs: Sequence[RunRecord]) -> list[str]:
    """The ids of the models whose files lie in `runs`: logged here, or before an import."""
    ids = {run.id for run in runs}
    edits = [edit for edit in read_edits(root)[0] if edit.kind == "model"]
    found = {edit.name for edit in edits if edit.changes.get("holder") in ids}
    found -= {edit.name for edit in edits if edit.changes.get("deleted") is True}
    for run in runs:
        own = run.context.get("mlflow")
        told = own.get("models") if isinstance(own, dict) else None
        found.update(one for one in told or () if isinstance(one, str))
    return sorted(found)
