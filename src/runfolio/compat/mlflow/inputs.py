"""MLflow's data sets as rows of the table ``inputs``, and back.

What the table has no column for (the type of the source, and tags other than the context) is kept
in the profile under the key "mlflow".
"""
# mypy: allow-untyped-calls

from __future__ import annotations

import json
from typing import Any, Final

import mlflow.entities as entities
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

from runfolio.schema import as_text

EXTRA: Final = "mlflow"


def row_of(given: entities.DatasetInput) -> dict[str, str | None]:
    """The columns of ``inputs``, but the run's id, for one data set."""
    dataset = given.dataset
    tags = {tag.key: tag.value for tag in given.tags}
    context = tags.pop(MLFLOW_DATASET_CONTEXT, None)
    profile = _object(dataset.profile)
    extra = {"source_type": dataset.source_type, **({"tags": tags} if tags else {})}
    if profile is None and dataset.profile:
        extra["profile"] = dataset.profile
    return {
        "name": as_text(dataset.name),
        "digest": as_text(dataset.digest),
        "source": None if dataset.source is None else as_text(dataset.source),
        "context": None if context is None else as_text(context),
        "schema": dataset.schema,
        "profile": json.dumps({**(profile or {}), EXTRA: extra}, ensure_ascii=False),
    }


def input_of(row: dict[str, Any]) -> entities.DatasetInput:
    """One data set as MLflow shows it, from a row of ``inputs``; a search reads no profiles."""
    text = row.get("profile")
    profile = _object(text)
    extra: dict[str, Any] = {}
    if profile is not None and isinstance(profile.get(EXTRA), dict):
        extra = profile.pop(EXTRA)
        text = extra.get("profile") or (
            json.dumps(profile, ensure_ascii=False) if profile else None
        )
    tags = dict(extra.get("tags") or {})
    if row["context"] is not None:
        tags[MLFLOW_DATASET_CONTEXT] = row["context"]
    return entities.DatasetInput(
        dataset=entities.Dataset(
            name=row["name"],
            digest=row["digest"],
            source_type=str(extra.get("source_type") or "local"),
            source=row["source"] or "",
            schema=row.get("schema"),
            profile=text,
        ),
        tags=[entities.InputTag(key, str(value)) for key, value in sorted(tags.items())],
    )


def _object(text: str | None) -> dict[str, Any] | None:
    try:
        value = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
