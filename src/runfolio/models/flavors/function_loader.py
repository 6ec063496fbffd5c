"""Loads a Python function, or an object with predict, that Runfolio saved with cloudpickle."""

from __future__ import annotations

import inspect
from typing import Any

import cloudpickle


class Model:
    """Something with a predict that takes data and, where the function does, parameters."""

    def __init__(self, target: Any) -> None:
        self.target = target
        call = getattr(target, "predict", None)
        self._call = call if callable(call) else target
        self._params = _find_params(self._call)

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the function answers."""
        if self._params == "named":
            return self._call(data, params=params or {})
        return self._call(data, params or {}) if self._params else self._call(data)

    def get_raw_model(self) -> Any:
        """The function or object itself."""
        return self.target


def _find_params(call: Any) -> str:
    """How a function takes parameters: by the name "params", as its second argument, or not."""
    try:
        taken = inspect.signature(call).parameters
    except (TypeError, ValueError):
        return ""
    if "params" in taken:
        return "named"
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [one for one in taken.values() if one.kind in positional and one.default is one.empty]
    return "second" if len(needed) == 2 else ""


def _load_pyfunc(path: str) -> Model:
    """What MLflow calls with the path of the pickle."""
    with open(path, "rb") as file:  # noqa: PTH123
        return Model(cloudpickle.load(file))
