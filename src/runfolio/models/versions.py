"""The versions of libraries that a model was saved with, beside those that are installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from runfolio.models.description import PYFUNC, ModelDescription

RECORDED: Final[Mapping[str, tuple[str, ...]]] = {
    "cloudpickle_version": ("cloudpickle",),
    "keras_version": ("keras",),
    "lgb_version": ("lightgbm",),
    "onnx_version": ("onnx",),
    "pytorch_version": ("torch",),
    "sklearn_version": ("scikit-learn",),
    "transformers_version": ("transformers",),
    "xgb_version": ("xgboost", "xgboost-cpu"),
}
"""Where ``MLmodel`` files say a version, and of which distribution, by any of its names."""


def find_differences(description: ModelDescription) -> list[str]:
    """Libraries whose installed version is of another major number, each with both versions."""
    said = {**description.flavors.get(PYFUNC, {}), **description.flavors[description.flavor]}
    return [
        f"{name} {was} (installed is {now})"
        for name, was, now in _compare(said)
        if _major(was) != _major(now)
    ]


def _compare(said: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, names in RECORDED.items():
        was = said.get(key)
        for name in names if isinstance(was, str) and was.isprintable() else ():
            try:
                yield name, str(was)[:40], version(name)
            except PackageNotFoundError:
                continue
            break


def _major(text: str) -> str:
    return text.strip().lstrip("v").partition(".")[0]
