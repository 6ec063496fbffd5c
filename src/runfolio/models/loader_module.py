"""Models of MLflow that are no flavour of ours: a module that they name loads them.

That is how MLflow itself does it, and it needs no MLflow where the module doesn't: a model's own
folder of code comes first in ``sys.path``, the module is imported, and its ``_load_pyfunc`` called.
"""

from __future__ import annotations

import atexit
import inspect
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from runfolio.errors import ModelUnreadable, ModelUnsaved
from runfolio.models.description import PYFUNC
from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import demand_trust, file_in
from runfolio.models.words import show

METHODS: Final = ("predict_proba", "predict_log_proba", "predict_joint_log_proba")
"""What MLflow may call of an estimator instead of predict."""

_PATHS: Final = ("model_path", "data", "code", "python_model")
"""What a ``python_function`` names in the model's folder."""

_staged: dict[Path, str] = {}


class LoaderModule:
    """A model whose ``MLmodel`` file names a Python module that loads it."""

    name = PYFUNC

    def fits(self, model: Any) -> bool:  # noqa: ARG002
        """Nothing is saved so."""
        return False

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:  # noqa: ARG002
        """Nothing is saved so; raises `ModelUnsaved`."""
        raise ModelUnsaved("A model isn't saved as 'python_function'. Leave flavor out.")

    def risk(self, loading: Loading) -> str | None:
        """A module that is imported runs."""
        module = loading.pyfunc.get("loader_module")
        return f"the Python module {show(module, 80)} is imported to load it"

    def load(self, loading: Loading) -> Any:
        """What the module makes of it: something with a predict."""
        demand_trust(self, loading)
        module, data = loading.pyfunc.get("loader_module"), loading.pyfunc.get("data")
        if not isinstance(module, str):
            raise ModelUnreadable(
                f"Couldn't read the model {str(loading.folder)!r}: it names no loader_module. "
                "Save the model again."
            )
        path = file_in(loading.folder, data) if data else loading.folder
        load = getattr(import_module(module), "_load_pyfunc", None)
        if load is None:
            raise ModelUnreadable(
                f"Couldn't read the model {str(loading.folder)!r}: the module {show(module, 80)} "
                "that should load it has no _load_pyfunc. Save the model again."
            )
        config = loading.pyfunc.get("config")
        return load(str(path), config) if config else load(str(path))

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """What its own predict gives; parameters are handed over where it takes them."""
        return ask(model.predict, data, params)


def ask(method: Any, data: Any, params: Mapping[str, Any]) -> Any:
    """Call a method with parameters, where it takes any."""
    try:
        takes = inspect.signature(method).parameters.get("params")
    except (TypeError, ValueError):
        takes = None
    if takes is None or takes.kind is inspect.Parameter.VAR_KEYWORD:
        return method(data)
    return method(data, params=dict(params) or None)


def unwrap(model: Any) -> Any:
    """The object in what a loader module gives, which wraps it."""
    inner = getattr(model, "python_model", None)
    if inner is not None:
        return inner
    raw = getattr(model, "get_raw_model", None)
    return raw() if callable(raw) else model


def check_paths(loading: Loading) -> None:
    """Raise `ModelUnreadable` where ``python_function`` names a place outside the folder."""
    for name in _list_paths(loading.pyfunc):
        file_in(loading.folder, name)


def _list_paths(pyfunc: Mapping[str, Any]) -> Iterator[Any]:
    yield from (pyfunc[key] for key in _PATHS if pyfunc.get(key))
    artifacts = pyfunc.get("artifacts")
    for one in artifacts.values() if isinstance(artifacts, Mapping) else ():
        yield one.get("path") if isinstance(one, Mapping) else one


def add_code(loading: Loading) -> None:
    """Let modules in a model's folder of code be imported, from a copy that lasts as the process.

    Python writes beside what it imports, and a model stays as it was saved.
    """
    code = loading.pyfunc.get("code") or loading.entry.get("code")
    if not code:
        return
    folder = file_in(loading.folder, code)
    if not folder.is_dir():
        return
    if folder not in _staged:
        copy = tempfile.mkdtemp(prefix="runfolio-code-")
        atexit.register(shutil.rmtree, copy, ignore_errors=True)
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        _staged[folder] = copy
    if _staged[folder] not in sys.path:
        sys.path.insert(0, _staged[folder])
