"""Exported programs of PyTorch: loading and asking them.

This file is also written into models, for MLflow to load them by: it must import nothing of
Runfolio.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FILE = "model.pt2"


def load_program(path: Path) -> Any:
    """The module of an exported program; code that is hidden in the file runs."""
    import torch

    return torch.export.load(path).module()


def answer(model: Any, data: Any, params: Mapping[str, Any]) -> Any:
    """What a module gives without training: arrays as arrays, a DataFrame as a DataFrame.

    A dict holds arguments by name. Several outputs are a dict, by name or "output_0" and so on.
    """
    import torch

    with torch.no_grad(), evaluating(model):
        if isinstance(data, dict):
            named = {name: _tensor(model, one) for name, one in data.items()}
            return _arrays(model(**named, **params))
        if not hasattr(data, "columns"):
            return _arrays(model(_tensor(model, data), **params))
        given = _arrays(model(_tensor(model, data.to_numpy(dtype="float32")), **params))
    if isinstance(given, dict):
        return given
    import pandas as pd

    return pd.DataFrame(given, index=data.index)


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """A module in the mode for answers, and each part back in the mode it had before."""
    modes = [(one, one.training) for one in model.modules()]
    for one, _ in modes:
        one.training = False
    try:
        yield
    finally:
        for one, mode in modes:
            one.training = mode


def _tensor(model: Any, data: Any) -> Any:
    """A copy of an array where the module's weights are."""
    import numpy as np
    import torch

    tensor = data if isinstance(data, torch.Tensor) else torch.tensor(np.asarray(data))
    weights = next(model.parameters(), None)
    return tensor if weights is None else tensor.to(weights.device)


def _arrays(given: Any) -> Any:
    import torch

    if isinstance(given, torch.Tensor):
        given = given.detach().cpu()
        return (given.float() if given.dtype == torch.bfloat16 else given).numpy()
    if isinstance(given, Mapping):
        return {str(name): _arrays(one) for name, one in given.items() if one is not None}
    if isinstance(given, (tuple, list)):
        return {f"output_{index}": _arrays(one) for index, one in enumerate(given)}
    return given


class _Wrapper:
    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        return answer(self.model, data, params or {})


def _load_pyfunc(path: str) -> _Wrapper:
    return _Wrapper(load_program(Path(path) / FILE))
