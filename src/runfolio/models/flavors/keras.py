"""Keras models in its own format, of whatever backend."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    check_kind,
    check_zip,
    class_names,
    demand_trust,
    file_in,
    first_line,
    installed,
    reading,
    unsaved,
)

DATA: Final = "data"
FILE: Final = "model.keras"
VARIABLE: Final = "KERAS_BACKEND"
CODE_CLASSES: Final = frozenset(
    {"Lambda", "__lambda__", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer"}
)
"""Classes of Keras that keep Python code, a pickle, or a program of another library."""

BACKENDS: Final = {
    "torch": ("torch",),
    "jax": ("jax",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "openvino": ("openvino",),
}


class KerasFlavor:
    """A model of Keras 3."""

    name = "keras"

    def fits(self, model: Any) -> bool:
        """Whether the model is one of Keras."""
        names = class_names(model)
        return any(one.startswith("keras.") and one.endswith(".Model") for one in names)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:  # noqa: ARG002
        """Write the model with its optimiser, as MLflow does."""
        check_kind(self, model)
        import keras

        if not model.built:
            raise unsaved(model, "it has no weights yet", "Give it an Input, or train it")
        (folder / DATA).mkdir()
        (folder / DATA / "keras_module.txt").write_text("keras")
        try:
            model.save(folder / DATA / FILE)
        except Exception as error:  # noqa: BLE001 - whatever a layer of the user's own raises
            raise unsaved(model, first_line(error), "Make it a model that Keras saves") from None
        backend = keras.backend.backend()
        entry = {
            "data": DATA,
            "keras_version": keras.__version__,
            "keras_backend": backend,
            "save_exported_model": False,
        }
        packages = ("keras", installed(*BACKENDS.get(backend, (backend,))))
        return Saved(entry, {"loader_module": "mlflow.keras"}, packages)

    def risk(self, loading: Loading) -> str | None:
        """Layers with code in them, and classes of others; Keras' own are plain data."""
        if loading.entry.get("save_exported_model"):
            return "it is a program that TensorFlow runs"
        path = _path(loading)
        try:
            found = sorted(set(_foreign(_read_config(path))))
        except (OSError, ValueError, KeyError, RecursionError, zipfile.BadZipFile):
            return None  # damaged, which loading says
        return f"{path.name!r} has code in it: {', '.join(found[:5])}" if found else None

    def load(self, loading: Loading) -> Any:
        """The model, compiled as it was."""
        demand_trust(self, loading)
        path = _path(loading)
        with reading("keras", path), _backend(loading.entry.get("keras_backend")):
            import keras

            check_zip(path)
            _check_own(path)
            return keras.saving.load_model(path, safe_mode=not loading.trust)

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """What its own predict gives, as a DataFrame with the same index for a DataFrame."""
        if not hasattr(data, "columns"):
            return model.predict(data, verbose=0, **params)
        import pandas as pd

        return pd.DataFrame(model.predict(data.values, verbose=0, **params), index=data.index)


def _path(loading: Loading) -> Path:
    """The model's file, in the folder that the entry names."""
    return file_in(loading.folder, f"{loading.entry.get('data', DATA)}/{FILE}")


def _read_config(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("config.json"))


def _check_own(path: Path) -> None:
    """Raise `ValueError` for classes of the user's own that Keras isn't told of in this process."""
    from keras import saving

    own = sorted(set(_find_own(_read_config(path))))
    missing = [one for one in own if saving.get_registered_object(one) is None]
    if missing:
        raise ValueError(
            f"it needs {', '.join(missing)}, which register_keras_serializable makes known "
            "when what defines it is imported"
        )


def _find_own(config: Any) -> Iterator[str]:
    """The registered names of classes in a configuration that come from no module."""
    inner = config.values() if isinstance(config, dict) else config
    if not isinstance(config, (dict, list)):
        return
    if isinstance(config, dict) and config.get("module", "") is None:
        name = config.get("registered_name")
        if isinstance(name, str):
            yield name
    for one in inner:
        yield from _find_own(one)


def _foreign(config: Any) -> Iterator[str]:
    """The classes and functions in a configuration that are code, or of other modules."""
    if isinstance(config, list):
        for one in config:
            yield from _foreign(one)
    if not isinstance(config, dict):
        return
    name, module = config.get("class_name"), config.get("module")
    if name in CODE_CLASSES:
        yield str(name)
    elif name is not None and _is_foreign(module):
        yield f"{module}.{name}"
    for one in config.values():
        yield from _foreign(one)


def _is_foreign(module: object) -> bool:
    """Whether a module is to be imported that is none of Keras; custom classes name none."""
    return isinstance(module, str) and module.partition(".")[0] not in ("keras", "builtins")


@contextmanager
def _backend(name: Any) -> Iterator[None]:
    """Import Keras with the recorded backend, where nothing says which and it is installed."""
    if VARIABLE in os.environ or name not in BACKENDS or find_spec(name) is None:
        yield
        return
    os.environ[VARIABLE] = name
    try:
        yield
    finally:
        del os.environ[VARIABLE]


FLAVOR: Final = KerasFlavor()
