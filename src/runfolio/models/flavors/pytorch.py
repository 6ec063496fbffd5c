"""PyTorch modules: their weights, and with an input example the program that they are.

Weights (``data/state_dict.pth``) are read by PyTorch's restricted unpickler, which makes tensors
only. The program (``data/model.pt2``) is that of `torch.export`, which needs no class to be
imported, but no program of a stranger is safe to read: `torch.export.load` unpickles what the
file's configuration calls pickled, evaluates the sizes in its graph with SymPy's parser, which is
`eval`, and calls whatever below ``torch`` the graph names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from runfolio.errors import ModelUnreadable
from runfolio.models.flavors.code_loader import read_source, write_loader
from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    check_kind,
    check_zip,
    class_name,
    class_names,
    demand_trust,
    file_in,
    first_line,
    reading,
    unsaved,
    warn_user,
)
from runfolio.models.flavors.pytorch_exporting import has_names, make_program, save_program
from runfolio.models.flavors.pytorch_loader import FILE as PROGRAM
from runfolio.models.flavors.pytorch_loader import answer, load_program

DATA: Final = "data"
STATE: Final = "state_dict.pth"
PICKLE: Final = "model.pth"
"""Where MLflow keeps a pickled module."""

EXPORTED: Final = "torch.export.exported_program.ExportedProgram"
MODULE: Final = "torch.nn.modules.module.Module"
SAFE: Final = (2, 10)
"""The version of PyTorch from which its restricted unpickler has no known hole."""


class PyTorchFlavor:
    """A module, or a program that is exported already.

    What is loaded is the program as a module; where there was no input example, the dict of weights
    that ``load_state_dict`` takes.
    """

    name = "pytorch"

    def fits(self, model: Any) -> bool:
        """Whether the model is a module or an exported program."""
        return MODULE in class_names(model) or class_name(model) == EXPORTED

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        """Write the weights, and the program where there is an example."""
        check_kind(self, model)
        import torch

        (folder / DATA).mkdir()
        _save_weights(model, folder / DATA / STATE)
        program = model if class_name(model) == EXPORTED else _make_program(model, options)
        entry = {
            "model_data": DATA,
            "pytorch_version": str(torch.__version__),
            "code": None,
            "program": PROGRAM if program is not None else None,
        }
        if program is None:
            return Saved(entry, {}, ("torch",))
        save_program(program, folder / DATA / PROGRAM)
        return Saved(entry, _describe_pyfunc(program, options, folder), ("torch",))

    def risk(self, loading: Loading) -> str | None:
        """A program and a pickle run code; weights alone don't, from PyTorch 2.10 on."""
        data = _data(loading)
        if _has_program(loading):
            return f"'{DATA}/{PROGRAM}' is a program, which PyTorch reads with pickle and eval"
        if (data / STATE).exists():
            return _unpickler_risk()
        return "its module is a pickle"

    def load(self, loading: Loading) -> Any:
        """The program as a module, the dict of weights, or the module that MLflow pickled."""
        demand_trust(self, loading)
        data = _data(loading)
        if _has_program(loading):
            with reading("torch", data / PROGRAM):
                check_zip(data / PROGRAM)
                return load_program(data / PROGRAM)
        weights = (data / STATE).exists()
        path = data / (STATE if weights else PICKLE)
        with reading("torch", path):
            import torch

            if weights:
                check_zip(path)
            return torch.load(path, map_location="cpu", weights_only=weights)

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """What the module gives without training, in the form of the data."""
        if isinstance(model, Mapping):
            raise ModelUnreadable(
                "Couldn't ask the model: it was saved without an input example, so that only its "
                "weights are there. Load it with native=True and give them to your module's "
                "load_state_dict, or log it again with input_example=…."
            )
        return answer(model.module() if class_name(model) == EXPORTED else model, data, params)


def _data(loading: Loading) -> Path:
    return file_in(loading.folder, loading.entry.get("model_data", DATA))


def _has_program(loading: Loading) -> bool:
    """Whether there is a program, or should be one."""
    return bool(loading.entry.get("program")) or (_data(loading) / PROGRAM).exists()


def _unpickler_risk() -> str | None:
    try:
        found = version("torch")
    except PackageNotFoundError:
        return None  # nothing can be loaded
    numbers = tuple(map(int, re.findall(r"\d+", found)[:2]))
    if numbers >= SAFE:
        return None
    return f"PyTorch {found} reads weights with an unpickler that has holes, which 2.10 has not"


def _save_weights(model: Any, path: Path) -> None:
    import torch

    state = model.state_dict if class_name(model) == EXPORTED else model.state_dict()
    tensors = {name: one for name, one in state.items() if isinstance(one, torch.Tensor)}
    if any(torch.nn.parameter.is_lazy(one) for one in tensors.values()):
        raise unsaved(model, "some of its layers have no shape yet", "Call it with data first")
    torch.save({name: one.detach().cpu() for name, one in tensors.items()}, path)


def _make_program(model: Any, options: SaveOptions) -> Any:
    """The exported program; None, with a warning, where there is none."""
    if options.example is None:
        warn_user(
            "The model's weights are kept, but not its program. Give an input_example=… to keep "
            "what predicts as well."
        )
        return None
    try:
        return make_program(model, options)
    except Exception as error:  # noqa: BLE001 - whatever a model raises that can't be traced
        warn_user(
            f"torch.export can't make a program of the model: {first_line(error)}. Only its "
            "weights are kept."
        )
        return None


def _describe_pyfunc(program: Any, options: SaveOptions, folder: Path) -> dict[str, Any]:
    """How MLflow loads it: with its own loader, which takes one array, or with ours."""
    several = len(program.graph_signature.user_inputs) > 1
    if several or has_names(options.example):
        loader = write_loader(folder, PyTorchFlavor.name, read_source("pytorch_loader"))
        return {**loader, "data": DATA}
    return {"loader_module": "mlflow.pytorch", "data": DATA, "model_config": {"device": None}}


FLAVOR: Final = PyTorchFlavor()
