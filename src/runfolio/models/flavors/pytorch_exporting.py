"""Programs of PyTorch modules, made by `torch.export` from an example of what they take."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from runfolio.models.flavors.flavor import SaveOptions
from runfolio.models.flavors.pytorch_loader import evaluating
from runfolio.models.signature import Tensor

ROWS: Final = 5
"""Rows of an example that a program is made from at most."""


def make_program(model: Any, options: SaveOptions) -> Any:
    """The program of a module, on the CPU and as it answers after training.

    It takes any number of rows, and any size that a signature leaves open; where the example is one
    row and PyTorch finds that it has to be, one row only. Raises what PyTorch does.
    """
    import torch

    if any(one.device.type != "cpu" for one in model.parameters()):
        model = deepcopy(model).cpu()
    given, named = _arguments(options.example)
    tensors = [*given, *named.values()]
    with evaluating(model):
        try:
            return _export(model, _map(_twice, given), _map(_twice, named), options)
        except Exception:
            if not all(one.ndim and len(one) == 1 for one in tensors):
                raise
            return torch.export.export(model, given, named)


def has_names(example: Any) -> bool:
    """Whether an example is a dict of arrays by argument; one of plain values is a row."""
    return isinstance(example, Mapping) and all(hasattr(one, "ndim") for one in example.values())


def save_program(program: Any, path: Path) -> None:
    """Write a program without its example, and the paths and lines of the source it was made of."""
    import torch

    for module in program.graph_module.modules():
        for node in getattr(getattr(module, "graph", None), "nodes", ()):
            node.meta.pop("stack_trace", None)
    example, program.example_inputs = program.example_inputs, None
    try:
        torch.export.save(program, path)
    finally:
        program.example_inputs = example


def _export(model: Any, given: Any, named: Any, options: SaveOptions) -> Any:
    import torch

    inputs = options.signature.inputs if options.signature is not None else None
    fields = {one.name or place: one for place, one in enumerate(inputs or ())}

    def free(name: int | str, tensor: Any) -> dict[int, Any]:
        sizes = {0, *_free_sizes(fields.get(name))}
        return {one: torch.export.Dim.AUTO for one in sizes if one < tensor.ndim}

    by_place = tuple(free(place, one) for place, one in enumerate(given))
    by_name = {name: free(name, one) for name, one in named.items()}
    return torch.export.export(model, given, named, dynamic_shapes=by_name or by_place)


def _free_sizes(field: Any) -> tuple[int, ...]:
    """Which sizes of an input may be any, by a signature."""
    shape = field.shape if isinstance(field, Tensor) else ()
    return tuple(place for place, size in enumerate(shape) if size == -1)


def _arguments(example: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The tensors that a program is made with, by place and by name."""
    import pandas as pd

    if has_names(example):
        return (), {str(name): _tensor(one) for name, one in example.items()}
    if isinstance(example, Mapping):
        example = pd.DataFrame([example])
    if hasattr(example, "columns"):
        example = example.to_numpy(dtype="float32")
    return (_tensor(example),), {}


def _tensor(data: Any) -> Any:
    import numpy as np
    import torch

    tensor = data.detach() if isinstance(data, torch.Tensor) else torch.tensor(np.asarray(data))
    return tensor.cpu()[:ROWS] if tensor.ndim else tensor.cpu()


def _map(change: Any, tensors: Any) -> Any:
    if isinstance(tensors, dict):
        return {name: change(one) for name, one in tensors.items()}
    return tuple(map(change, tensors))


def _twice(tensor: Any) -> Any:
    """A single row two times: PyTorch takes a size of 1 for one that never changes."""
    import torch

    return torch.cat([tensor, tensor]) if tensor.ndim and len(tensor) == 1 else tensor
