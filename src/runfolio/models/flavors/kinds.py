"""The kinds of models, the more special before the more general, and which of them one is."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from runfolio.errors import InvalidValue, ModelUnsaved
from runfolio.models.flavors.flavor import Flavor
from runfolio.models.words import show

FLAVOR_NAMES: Final = (
    *("xgboost", "lightgbm", "keras", "huggingface", "pytorch", "onnx"),
    *("sklearn", "function"),
)
"""Each is a module of this folder, which is imported when it is asked for."""

FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "sklearn": ("skops", "joblib", "cloudpickle"),
}
"""The formats that a flavour knows, its usual one first; "sklearn-joblib" asks for another."""


def find_flavor(model: Any) -> Flavor:
    """The first flavour that fits a model; raises `ModelUnsaved` where none does."""
    for name in FLAVOR_NAMES:
        flavor = _import_flavor(name)
        if flavor.fits(model):
            return flavor
    kind = "class" if isinstance(model, type) else type(model).__qualname__
    raise ModelUnsaved(
        f"A {kind} can't be saved as a model: {show(model, 80)}. Give a fitted estimator, a "
        f"model of a flavour ({', '.join(FLAVOR_NAMES[:-1])}), a function of the data, or an "
        "object with predict."
    )


def flavor_named(name: str) -> Flavor:
    """The flavour of a module's name or of an entry in ``MLmodel``; raises `InvalidValue`."""
    if name in FLAVOR_NAMES:
        return _import_flavor(name)
    for one in FLAVOR_NAMES:
        flavor = _import_flavor(one)
        if flavor.name == name:
            return flavor
    formats = [f"{one}-{form}" for one, forms in FORMATS.items() for form in forms[1:]]
    raise InvalidValue(
        f"There is no flavour {name!r}. Choose one of {', '.join((*FLAVOR_NAMES, *formats))}."
    )


def choose_flavor(model: Any, said: str | None) -> tuple[Flavor, str | None]:
    """The flavour that was asked for, or else fits, and the format that was asked for."""
    if said is None:
        return find_flavor(model), None
    name, _, form = str(said).partition("-")
    if form and form in FORMATS.get(name, ()):
        return flavor_named(name), form
    return flavor_named(said), None


def _import_flavor(name: str) -> Flavor:
    flavor: Flavor = import_module(f"runfolio.models.flavors.{name}").FLAVOR
    return flavor
