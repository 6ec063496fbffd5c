"""What the files of a saved model say of it, without loading it: its ``MLmodel`` file above all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from runfolio.documents import microseconds, read_yaml
from runfolio.errors import ModelUnreadable
from runfolio.models.signature import Signature

MLMODEL: Final = "MLmodel"
"""The file that makes a folder a model."""

PYFUNC: Final = "python_function"
"""The flavour that says how MLflow loads a model as something with a predict."""

OURS: Final = "runfolio"
"""What Runfolio adds to an ``MLmodel`` file stands in its metadata, below this key."""

Listed = TypeVar("Listed")


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """What an ``MLmodel`` file says.

    `flavors` has what each flavour says, by name. `created` is in microseconds since 1970, `size`
    in bytes. `example` is the path of the input example in the folder. `metadata` is the user's,
    `ours` what Runfolio noted: "flavor" (the name), "task" (what the model does, where it says so),
    "risk" (why loading could run code, where it could), "digest" (SHA-256 over all files of the
    model), "files" (the SHA-256 of each by path) and "runfolio_version". `hinted` says that the
    signature comes from the type hints of a function, which checks by itself what it is given.
    """

    flavors: Mapping[str, Mapping[str, Any]]
    signature: Signature | None = None
    run_id: str | None = None
    model_id: str | None = None
    created: int | None = None
    size: int | None = None
    mlflow_version: str | None = None
    example: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    ours: Mapping[str, Any] = field(default_factory=dict)
    hinted: bool = False

    @property
    def flavor(self) -> str:
        """The name of the flavour that the model was saved as: MLflow's own one comes last."""
        own = self.ours.get("flavor")
        if isinstance(own, str) and own in self.flavors:
            return own
        return next((one for one in self.flavors if one != PYFUNC), PYFUNC)

    @property
    def digest(self) -> str | None:
        """The digest of the model's files, where Runfolio has saved it."""
        digest = self.ours.get("digest")
        return digest if isinstance(digest, str) else None

    @property
    def risk(self) -> str | None:
        """Why loading could run code, as whoever saved the model said: for people to read only."""
        risk = self.ours.get("risk")
        return risk if isinstance(risk, str) else None


def find_model_folders(paths: Iterable[str]) -> list[str]:
    """The folders among artifact paths that hold a model, by path; "" is the top itself."""
    split = [path.rpartition("/") for path in paths]
    # What a stranger's table names at the top of a disk lies in no folder of the run.
    return sorted({above for above, at, name in split if name == MLMODEL and (above or not at)})


def files_below(listed: Mapping[str, Listed], folder: str) -> dict[str, Listed]:
    """Of what is listed by path, that in a folder, by the path in it; "" is the top itself."""
    start = f"{folder}/" if folder else ""
    return {path[len(start) :]: one for path, one in listed.items() if path.startswith(start)}


def digest_files(files: Mapping[str, str]) -> str:
    """The digest of a model with these files, by path with the SHA-256 of each; MLmodel is none.

    It is the SHA-256 of sorted lines of a file's SHA-256, two spaces and its path.
    """
    lines = sorted(f"{sha256}  {path}\n" for path, sha256 in files.items() if path != MLMODEL)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_description(folder: Path) -> ModelDescription:
    """What the ``MLmodel`` file in a folder says; raises `ModelUnreadable`."""
    path = folder / MLMODEL
    try:
        return parse_description(read_yaml(path))
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:
        reason = str(error)
    raise ModelUnreadable(
        f"Couldn't read the model {str(folder)!r}: {reason}. Name a folder with an MLmodel file."
    )


def parse_description(document: object) -> ModelDescription:
    """What an ``MLmodel`` file holds; raises `ValueError` for what is none."""
    if not isinstance(document, Mapping) or not isinstance(document.get("flavors"), Mapping):
        raise ValueError("its MLmodel file names no flavors")
    said: Mapping[str, Any] = document
    flavors = {str(name): one for name, one in said["flavors"].items() if isinstance(one, Mapping)}
    metadata = said.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    ours = metadata.pop(OURS, None)
    example = said.get("saved_input_example_info")
    size = said.get("model_size_bytes")
    return ModelDescription(
        flavors=flavors,
        signature=Signature.parse(said.get("signature")),
        run_id=_text(said.get("run_id")),
        model_id=_text(said.get("model_id")),
        created=microseconds(said.get("utc_time_created")),
        size=size if isinstance(size, int) and size >= 0 else None,
        mlflow_version=_text(said.get("mlflow_version")),
        example=_text(example.get("artifact_path")) if isinstance(example, Mapping) else None,
        metadata=metadata,
        ours=ours if isinstance(ours, Mapping) else {},
        hinted=said.get("is_signature_from_type_hint") is True,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
