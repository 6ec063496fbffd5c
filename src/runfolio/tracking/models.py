"""The verb for models: saved in a folder of their own, with all that loading them needs."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidName, ModelConflict
from runfolio.schema import check_name
from runfolio.store.artifacts import check_artifact_path, copy_artifacts
from runfolio.tracking.results import ResultLog
from runfolio.tracking.values import now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runfolio.models.signature import Signature

KIND: Final = "model"
DESCRIPTION: Final = "MLmodel"
"""The file that makes a folder a model, which is listed last: without it there is none."""


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """A model that a run keeps: `path` is its folder there, `size` its bytes.

    `uri` is what `load_model` takes, `digest` the same for models whose files are.
    """

    run_id: str
    path: str
    uri: str
    flavor: str = ""
    size: int = 0
    digest: str = ""
    signature: Signature | None = None


class ModelLog(ResultLog):
    """Keeps models as folders of artifacts."""

    id: str
    name: str

    def __init__(self) -> None:
        super().__init__()
        self._models: dict[str, str] = {}

    def log_model(
        self,
        model: Any,
        name: str = "model",
        *,
        signature: Any = None,
        input_example: Any = None,
        flavor: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> LoggedModel:
        """Keep a model in the folder `name` of the run, in the format of MLflow.

        A model is an estimator of scikit-learn, a model of XGBoost, LightGBM, Keras, PyTorch, ONNX
        or Hugging Face, a function of data (or of data and a dict of parameters), or any object
        with such a predict. `flavor` chooses where several fit, and "sklearn-joblib" or
        "sklearn-cloudpickle" another file format than skops.

        `input_example` is data as the model takes it, or a tuple of data and a dict of parameters;
        rows of numbers in lists are an array. Its first five rows are kept with the model, never
        more, and the signature is inferred from all of it and from what the model answers to those,
        where `signature` (of `infer_signature` or MLflow's) says nothing else. `metadata` is a dict
        of plain data.

        Either the whole model is kept or nothing; where a run with on_error="warn" could keep
        nothing, the digest that is returned is empty. A name is taken once: registered versions
        point to the files, which are not replaced. The same model may be logged to it again. Raises
        `ModelUnsaved`, `ModelConflict`, `InvalidName` and `InvalidValue`.
        """
        from runfolio.models.saving import ModelOptions, write_model

        path = _check_model_name(name)
        self._open_folder()
        options = ModelOptions(signature, input_example, flavor, metadata)
        logged = nothing = LoggedModel(self.id, path, f"runs:/{self.id}/{path}")
        with self._tolerating(), tempfile.TemporaryDirectory(prefix="runfolio-") as folder:
            created = datetime.fromtimestamp(now() / 1e6, UTC)
            told = write_model(
                model, Path(folder), options, run_id=self.id, name=path, created=created
            )
            logged = replace(
                nothing,
                flavor=told.flavor,
                size=told.size or 0,
                digest=told.digest or "",
                signature=told.signature,
            )
            self._keep_model(Path(folder), logged)
        return logged if self._models.get(path) == logged.digest else nothing

    def _keep_model(self, folder: Path, logged: LoggedModel) -> None:
        files = sorted(one for one in folder.rglob("*") if one.is_file())
        files.sort(key=lambda one: one == folder / DESCRIPTION)
        named = {f"{logged.path}/{one.relative_to(folder).as_posix()}": one for one in files}
        with self._lock:
            if not self._is_new(logged):
                return
            checked = {check_artifact_path(path): file for path, file in named.items()}
            for listed in copy_artifacts(self._open_folder(), checked):
                self._note_artifact(listed, kind=KIND)
            self._models[logged.path] = logged.digest

    def _is_new(self, logged: LoggedModel) -> bool:
        """Whether the name is free; raises `ModelConflict` where another model has it."""
        there = self._models.get(logged.path)
        if there is None or there == logged.digest:
            return there is None
        free = self.free_model_name(logged.path)
        raise ModelConflict(
            f"The run {self.name!r} has another model {logged.path!r} already, which registered "
            f"versions may point to. Log this one under a name of its own, such as name={free!r}."
        )

    def free_model_name(self, name: str = "model") -> str:
        """`name`, or the first of name-2, name-3 … that no model of this run has."""
        number, free = 1, name
        while free in self._models:
            number += 1
            free = f"{name}-{number}"
        return free


def _check_model_name(name: object) -> str:
    """A name as a folder's at the top of the run; raises `InvalidName` or `InvalidPath`."""
    path = check_artifact_path(check_name(name, "model"))
    if PurePosixPath(path).name != path:
        raise InvalidName(
            f"A model's name is that of one folder in its run, without a slash: {path!r}. "
            "Use a dash instead."
        )
    return path
