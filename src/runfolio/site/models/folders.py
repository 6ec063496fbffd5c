"""The models that a run kept, as the site reads them: nothing is loaded, no content raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from runfolio.documents import MAX_YAML, parse_yaml
from runfolio.models.calls import EXAMPLE_FILES, read_example
from runfolio.models.description import (
    MLMODEL,
    ModelDescription,
    files_below,
    find_model_folders,
    parse_description,
)
from runfolio.site.artifacts import ESTIMATOR_FILE, find_refusal
from runfolio.site.models.estimators import Block, read_diagram

if TYPE_CHECKING:
    from runfolio.query import Artifact
    from runfolio.site.library import RunEntry

MAX_TEXT: Final = 64 << 10
"""Bytes of a text of a model that a page shows."""

REQUIREMENTS: Final = "requirements.txt"

FLAVOR_NAMES: Final[Mapping[str, str]] = {
    "sklearn": "scikit-learn",
    "python_function": "Python function",
    "pytorch": "PyTorch",
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "onnx": "ONNX",
    "transformers": "Transformers",
    "huggingface": "Hugging Face",
    "statsmodels": "statsmodels",
    "spacy": "spaCy",
    "langchain": "LangChain",
    "prophet": "Prophet",
}
"""How the libraries behind flavours write themselves."""

_PICKLES: Final = (".pkl", ".pickle", ".joblib", ".pt", ".pth")


@dataclass(frozen=True)
class KeptModel:
    """The model in the folder `path` of a run's artifacts, with its `files` by their path in it.

    Without a `description` the ``MLmodel`` file can't be read, and `failure` says why.
    """

    run_id: str
    path: str
    files: Mapping[str, Artifact]
    description: ModelDescription | None
    failure: str | None

    @property
    def address(self) -> str:
        """What `load_model` finds it by."""
        return f"runs:/{self.run_id}/{self.path}".rstrip("/")

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(one.size for one in self.files.values())

    @property
    def flavor(self) -> str:
        """What kind of model it is, in words."""
        if self.description is None:
            return "unreadable"
        flavor = self.description.flavor
        return FLAVOR_NAMES.get(flavor, flavor)

    @property
    def pickled(self) -> bool:
        """Whether loading it can run code: as was noted when it was saved, or by its files."""
        if self.description is not None and "runfolio_version" in self.description.ours:
            return self.description.risk is not None
        return any(name.lower().endswith(_PICKLES) for name in self.files)

    @cached_property
    def example(self) -> Any:
        """What the file of its input example holds; None where it has none that can be read."""
        described = self.description.example if self.description is not None else None
        texts = (self.read(name) for name in (*EXAMPLE_FILES, described) if name is not None)
        examples = (read_example(text.encode(errors="replace")) for text in texts if text)
        return next((one for one in examples if one is not None), None)

    @cached_property
    def diagram(self) -> Block | None:
        """The diagram of a scikit-learn estimator, where one was kept."""
        artifact = self.files.get(ESTIMATOR_FILE)
        if artifact is None or find_refusal(artifact) is not None:
            return None
        return read_diagram(artifact.file)

    def read(self, name: str, limit: int = MAX_TEXT) -> str | None:
        """The text of a file; None where there is none, or one of more than `limit` bytes."""
        artifact = self.files.get(name)
        if artifact is None or find_refusal(artifact) is not None:
            return None
        with artifact.file.open("rb") as file:
            content = file.read(limit + 1)
        return content.decode("utf-8-sig", errors="replace") if len(content) <= limit else None


def find_kept(run: RunEntry) -> tuple[KeptModel, ...]:
    """The models that a run kept, by path."""
    artifacts = {one.path: one for one in run.record.artifacts}
    return tuple(_read(run.id, folder, artifacts) for folder in find_model_folders(artifacts))


def read_kept(run: RunEntry, path: str) -> KeptModel | None:
    """The model that a run kept in the folder `path`; None where it has none there."""
    artifacts = {one.path: one for one in run.record.artifacts}
    known = MLMODEL in files_below(artifacts, path)
    return _read(run.id, path, artifacts) if known else None


def _read(run_id: str, folder: str, artifacts: Mapping[str, Artifact]) -> KeptModel:
    files = files_below(artifacts, folder)
    description, failure = _describe(files[MLMODEL])
    return KeptModel(run_id, folder, files, description, failure)


def _describe(artifact: Artifact) -> tuple[ModelDescription | None, str | None]:
    """What an ``MLmodel`` file says, or why it can't be read."""
    refusal = find_refusal(artifact)
    if refusal is not None:
        return None, refusal
    with artifact.file.open("rb") as file:
        content = file.read(MAX_YAML + 1)
    try:
        if len(content) > MAX_YAML:
            raise ValueError(f"it has more than {MAX_YAML:,} bytes")
        return parse_description(parse_yaml(content.decode("utf-8-sig", errors="replace"))), None
    except ValueError as error:
        return None, str(error)
