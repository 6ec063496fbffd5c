"""Whose a store says it is: learnt so that it is sought, and taken out of anonymous ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from runfolio.privacy.columns import map_column
from runfolio.privacy.documents import write_json
from runfolio.privacy.terms import Terms
from runfolio.store.edited import set_column

if TYPE_CHECKING:
    from runfolio.store import StoreTables

_TAKEN_OUT: Final = ("host", "user", "git_commit", "git_branch", "imported", "folder")


def learn_identity(tables: StoreTables, terms: Terms, *, anonymous: bool) -> None:
    """Seek the users and machines of runs, and for anonymous stores their repositories too."""
    registered = (one.user for model in tables.models for one in model.versions)
    for user in (*tables.runs["user"].unique().to_pylist(), *registered):
        terms.learn("user", user or "")
    for host in tables.runs["host"].unique().to_pylist():
        terms.learn("host", host or "")
    if not anonymous:
        return
    for host in tables.runs["host"].unique().to_pylist():
        terms.learn_domain(host or "")
    for commit in tables.runs["git_commit"].unique().to_pylist():
        terms.learn("revision", commit or "")
    for text in tables.runs["context"].unique().to_pylist():
        git = _read(text).get("git")
        remote = git.get("remote") if isinstance(git, dict) else None
        if isinstance(remote, str):
            terms.learn("origin", remote)


def take_out_identity(tables: StoreTables) -> StoreTables:
    """The tables without users, and without machine and repository of runs.

    That code had changed stays.
    """
    runs = tables.runs
    for column in ("host", "user", "git_commit", "git_branch"):
        runs = set_column(runs, column, [None] * runs.num_rows)
    models = tuple(
        replace(one, versions=tuple(replace(version, user=None) for version in one.versions))
        for one in tables.models
    )
    return replace(tables, runs=map_column(runs, "context", _without_identity), models=models)


def _without_identity(text: str | None) -> str | None:
    context = _read(text)
    if not context:
        return text
    kept = {key: value for key, value in context.items() if key not in _TAKEN_OUT}
    git = kept.pop("git", None)
    if isinstance(git, dict):
        kept["git"] = {"dirty": git.get("dirty")}
    if isinstance(path := kept.get("source_path"), str):
        kept["source_path"] = PurePath(path).name
    return write_json(kept)


def _read(text: str | None) -> dict[str, Any]:
    try:
        context = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return {}
    return context if isinstance(context, dict) else {}
