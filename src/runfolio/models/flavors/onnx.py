"""ONNX graphs, asked with ONNX Runtime."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.errors import SignatureMismatch
from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    check_kind,
    class_name,
    class_names,
    file_in,
    first_line,
    installed,
    reading,
    unsaved,
)

FILE: Final = "model.onnx"
WEIGHTS: Final = "model.onnx.data"
MAX_FILE: Final = 1 << 30
"""Bytes of weights in a graph's own file: 2 GiB is what the format can hold."""

PROVIDERS: Final = ["CUDAExecutionProvider", "CPUExecutionProvider"]
SESSION: Final = "onnxruntime.capi.onnxruntime_inference_collection.InferenceSession"
RUNTIMES: Final = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml")


class ONNXFlavor:
    """A ``ModelProto`` or the path of an ``.onnx`` file; loaded again it is an inference session.

    Answers have MLflow's form: a dict of arrays by output, for a DataFrame a DataFrame.
    """

    name = "onnx"

    def fits(self, model: Any) -> bool:
        """Whether the model is a graph or the path of one."""
        if isinstance(model, (str, os.PathLike)):
            return os.fspath(model).endswith(".onnx")
        return class_name(model).startswith("onnx.") and type(model).__name__ == "ModelProto"

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:  # noqa: ARG002
        """Write the checked graph in one file, or with its weights beside when they are large."""
        check_kind(self, model)
        import onnx

        try:
            graph = onnx.load(model) if isinstance(model, (str, os.PathLike)) else model
            _write(graph, folder)
            onnx.checker.check_model(folder / FILE)
        except Exception as error:  # noqa: BLE001 - a file that is none, a graph that isn't whole
            raise unsaved(model, first_line(error), "Give it a valid ONNX graph") from None
        entry = {
            "onnx_version": onnx.__version__,
            "data": FILE,
            "providers": PROVIDERS,
            "onnx_session_options": None,
            "code": None,
        }
        packages = ("onnx", installed(*RUNTIMES))
        return Saved(entry, {"loader_module": "mlflow.onnx", "data": FILE}, packages)

    def risk(self, loading: Loading) -> str | None:  # noqa: ARG002
        """None: a graph holds numbers and the names of known operators."""
        return None

    def load(self, loading: Loading) -> Any:
        """An inference session."""
        path = file_in(loading.folder, loading.entry.get("data"))
        with reading("onnxruntime", path):
            return _open(path)

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:  # noqa: ARG002
        """All outputs by name; in a DataFrame each is flat, as MLflow has it."""
        session = model if SESSION in class_names(model) else _open(model)
        names = [one.name for one in session.get_outputs()]
        given = session.run(names, _feed(session.get_inputs(), data))
        if not hasattr(data, "columns"):
            return dict(zip(names, given, strict=True))
        import numpy as np
        import pandas as pd

        flat = (np.asarray(one).reshape(-1) for one in given)
        return pd.DataFrame(dict(zip(names, flat, strict=True)))


def _write(graph: Any, folder: Path) -> None:
    import onnx

    if graph.ByteSize() <= MAX_FILE:
        onnx.save_model(graph, folder / FILE)
        return
    onnx.save_model(graph, folder / FILE, save_as_external_data=True, location=WEIGHTS)
    onnx.load_external_data_for_model(graph, str(folder))  # writing took it out of the graph


def _open(model: Any) -> Any:
    """A session on a graph or a file, on what the machine has of the usual hardware."""
    import onnxruntime

    there = onnxruntime.get_available_providers()
    source = model.SerializeToString() if hasattr(model, "SerializeToString") else str(model)
    chosen = [one for one in PROVIDERS if one in there]
    return onnxruntime.InferenceSession(source, providers=chosen or there)


def _feed(inputs: Any, data: Any) -> dict[str, Any]:
    """What each input of a graph gets; doubles become floats where it takes those."""
    names = [one.name for one in inputs]
    if isinstance(data, dict):
        given = dict(data)
    elif hasattr(data, "columns") and len(names) > 1:
        given = {name: data[name].to_numpy() for name in names if name in data}
    elif len(names) == 1:
        given = {names[0]: data.to_numpy() if hasattr(data, "columns") else data}
    else:
        given = {}
    missing = [name for name in names if name not in given]
    if missing:
        raise SignatureMismatch(
            f"Couldn't ask the model: it takes {', '.join(map(repr, names))}, and there is no "
            f"{', '.join(map(repr, missing))}. Pass a dict of arrays by name."
        )
    floats = {one.name for one in inputs if one.type == "tensor(float)"}
    return {name: _as_float(given[name]) if name in floats else given[name] for name in names}


def _as_float(data: Any) -> Any:
    return data.astype("float32") if data.dtype == "float64" else data


FLAVOR: Final = ONNXFlavor()
