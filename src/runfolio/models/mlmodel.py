"""The ``MLmodel`` file of a model that is saved, as MLflow writes it."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from runfolio.models.description import MLMODEL, OURS, PYFUNC, digest_files
from runfolio.models.flavors.flavor import Saved
from runfolio.models.requirements import ENVIRONMENT
from runfolio.models.signature import Signature
from runfolio.version import __version__

MLFLOW_VERSION: Final = "3.17.2"
"""The version of MLflow whose form these files have."""

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is said of a model besides its files; `created` is UTC.

    `risk` is why loading the model could run code, as its flavour says it.
    """

    flavor: str
    saved: Saved
    created: datetime
    risk: str | None = None
    signature: Signature | None = None
    example: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] | None = None
    run_id: str | None = None
    name: str | None = None


def describe_model(folder: Path, facts: ModelFacts) -> dict[str, Any]:
    """The content of the ``MLmodel`` file for a folder with all other files of a model."""
    files, size = _measure(folder)
    digest = digest_files(files)
    told = {"task": facts.saved.task, "risk": facts.risk}
    ours = {
        "flavor": facts.flavor,
        **{key: value for key, value in told.items() if value is not None},
        "digest": digest,
        "files": files,
        "runfolio_version": __version__,
    }
    said: dict[str, Any] = {
        "artifact_path": facts.name,
        "flavors": _list_flavors(facts),
        "metadata": {**(facts.metadata or {}), OURS: ours},
        "mlflow_version": MLFLOW_VERSION,
        "model_size_bytes": size,
        "model_uuid": digest[:32],
        "run_id": facts.run_id,
        "saved_input_example_info": dict(facts.example) if facts.example else None,
        "utc_time_created": facts.created.strftime("%Y-%m-%d %H:%M:%S.%f"),
    }
    if facts.signature is not None:
        said["is_signature_from_type_hint"] = said["type_hint_from_example"] = False
        said["signature"] = facts.signature.document()
    return {key: value for key, value in sorted(said.items()) if value is not None}


def _list_flavors(facts: ModelFacts) -> dict[str, Any]:
    saved, flavors = facts.saved, {}
    if saved.pyfunc:
        told = {"env": dict(ENVIRONMENT), "python_version": platform.python_version()}
        flavors[PYFUNC] = dict(sorted({**told, **saved.pyfunc}.items()))
    return {**flavors, facts.flavor: dict(saved.entry)}


def _measure(folder: Path) -> tuple[dict[str, str], int]:
    """The SHA-256 of each file but ``MLmodel`` by path, and the bytes of all of them."""
    files, size = {}, 0
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        if name != MLMODEL:
            files[name], read = _digest(path)
            size += read
    return files, size


def _digest(path: Path) -> tuple[str, int]:
    sha256, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            sha256.update(chunk)
            size += len(chunk)
    return sha256.hexdigest(), size
