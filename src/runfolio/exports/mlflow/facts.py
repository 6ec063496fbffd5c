"""What MLflow keeps of runs as ids and as tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from runfolio.query.runs import RunRecord

NOTE: Final = "mlflow.note.content"

_RUN_ID: Final = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}", re.ASCII)


def choose_ids(runs: Iterable[RunRecord]) -> dict[str, str]:
    """The id of each run in MLflow: the one it had there, else its own."""
    told = {run.id: _mlflow_id(run) for run in runs}
    counts = Counter([*told.values(), *told])
    return {own: one if one is not None and counts[one] == 1 else own for own, one in told.items()}


def _mlflow_id(run: RunRecord) -> str | None:
    imported = run.context.get("imported")
    if not isinstance(imported, dict) or imported.get("kind") != "mlflow":
        return None
    identity = imported.get("identity")
    told = isinstance(identity, str) and _RUN_ID.fullmatch(identity) is not None
    return str(identity) if told else None


def run_tags(run: RunRecord, ids: Mapping[str, str]) -> dict[str, str]:
    """A run's tags, and what else MLflow keeps as tags."""
    told = _own_tags(run) if _mlflow_id(run) is not None else _context_tags(run)
    tags = {key: value for key, value in told.items() if isinstance(value, str) and value}
    tags |= run.tags
    # A run that has no name in MLflow is called by its id here.
    if run.name != ids[run.id]:
        tags["mlflow.runName"] = run.name
    if run.parent_id:
        tags["mlflow.parentRunId"] = ids.get(run.parent_id, run.parent_id)
    if run.note:
        tags[NOTE] = run.note
    elif run.note == "":
        tags.pop(NOTE, None)
    return tags


def _own_tags(run: RunRecord) -> dict[str, Any]:
    """The tags that MLflow gave a run that came from it."""
    own = run.context.get("mlflow")
    return {f"mlflow.{key}": value for key, value in own.items()} if isinstance(own, dict) else {}


def _context_tags(run: RunRecord) -> dict[str, Any]:
    """What was captured of a run, as the tags that MLflow would give it."""
    git = run.context.get("git")
    dirty = run.context.get("git_dirty")
    return {
        "mlflow.user": run.context.get("user"),
        "mlflow.source.name": run.context.get("source"),
        "mlflow.source.git.commit": run.context.get("git_commit"),
        "mlflow.source.git.branch": run.context.get("git_branch"),
        "mlflow.source.git.dirty": str(dirty).lower() if isinstance(dirty, bool) else None,
        "mlflow.source.git.repoURL": git.get("remote") if isinstance(git, dict) else None,
    }
