"""Loading models again: Runfolio's own and those that MLflow saved."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, overload

from runfolio.errors import (
    InvalidValue,
    MissingDependency,
    ModelUnreadable,
    RunfolioError,
)
from runfolio.models.checking import check_call, shape_unsigned
from runfolio.models.description import PYFUNC, ModelDescription, read_description
from runfolio.models.flavors.flavor import Flavor, Loading
from runfolio.models.flavors.kinds import flavor_named
from runfolio.models.flavors.opening import as_table, first_line
from runfolio.models.integrity import check_files, check_noted
from runfolio.models.loader_module import (
    METHODS,
    LoaderModule,
    add_code,
    ask,
    check_paths,
    unwrap,
)
from runfolio.models.places import ModelPlace, find_place
from runfolio.models.signature import Signature
from runfolio.models.trust import Trust, check_trust, read_trust
from runfolio.models.versions import find_differences
from runfolio.models.words import clean, name_all
from runfolio.store.layout import StorePath

_AS_GIVEN: Final = (PYFUNC, "function")
"""Flavours whose models take what they are given, where no signature says what that is."""


@dataclass(frozen=True, slots=True, repr=False)
class LoadedModel:
    """A model that can be asked.

    `address` is what it was loaded by, `description` what its ``MLmodel`` file says.
    """

    address: str
    description: ModelDescription
    _model: Any
    _flavor: Flavor
    _method: str = "predict"

    @property
    def native(self) -> Any:
        """The original object."""
        return unwrap(self._model) if isinstance(self._flavor, LoaderModule) else self._model

    @property
    def signature(self) -> Signature | None:
        """What the model takes and gives, where that was said when it was saved."""
        return self.description.signature

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        """What the model answers to a DataFrame, an array or a dict.

        A dict has a list or an array for each column, or one value each for a single row. Data and
        `params` are checked by the signature: columns are put in order by name, integers may stand
        for floats, and parameters that are not given have their defaults. Raises
        `SignatureMismatch`, which tells all that doesn't fit.
        """
        signature = self.signature
        if signature is not None and self.description.hinted:
            signature = Signature(params=signature.params)
        checked, complete = check_call(signature, data, params)
        if (signature is None or not signature.inputs) and self._flavor.name not in _AS_GIVEN:
            checked = shape_unsigned(checked)
        if self._method == "predict":
            return self._flavor.predict(self._model, checked, complete)
        return ask(getattr(self._model, self._method), as_table(checked), complete)

    def __repr__(self) -> str:
        inputs = self.signature.inputs if self.signature is not None else None
        takes = "" if inputs is None else f", {len(inputs)} inputs"
        return f"<LoadedModel {self.address!r}: {clean(self.description.flavor)}{takes}>"


@overload
def load_model(
    address: str | os.PathLike[str],
    *,
    native: Literal[False] = False,
    trust: Trust = False,
    store: StorePath | None = None,
) -> LoadedModel: ...
@overload
def load_model(
    address: str | os.PathLike[str],
    *,
    native: bool,
    trust: Trust = False,
    store: StorePath | None = None,
) -> Any: ...
def load_model(
    address: str | os.PathLike[str],
    *,
    native: bool = False,
    trust: Trust = False,
    store: StorePath | None = None,
) -> Any:
    """Load a model, to be asked with `predict`, or with `native` the original object.

    `address` is "runs:/RUN/model" with an id or its beginning, "models:/NAME/3",
    "models:/NAME/latest", "models:/NAME@alias", or a folder with an ``MLmodel`` file. Runs and
    registered models are those of `store`. Of one on object storage only the model's files are
    fetched.

    All files are compared with their checksums first. A pickle runs whatever code it holds, and is
    refused without ``trust=True``. Types that skops doesn't know are listed; a list of them as
    `trust` allows just these.

    Raises `ModelNotFound`, `RunNotFound`, `ModelUntrusted`, `ModelUnreadable` for what is damaged,
    and `MissingDependency` where a library is missing.
    """
    everything, types = read_trust(trust)
    place = find_place(address, store)
    check_files(place)
    description = read_description(place.folder)
    check_noted(place, description)
    flavor = _find_flavor(description, place)
    loading = Loading(
        place.folder,
        description.flavors.get(description.flavor, {}),
        description.flavors.get(PYFUNC, {}),
        everything,
        types,
    )
    model = _load(flavor, loading, description, place)
    loaded = LoadedModel(place.shown, description, model, flavor, _find_method(loading))
    return loaded.native if native else loaded


def _find_flavor(description: ModelDescription, place: ModelPlace) -> Flavor:
    """The flavour that reads a model, else that of a module which it names."""
    if description.flavor != PYFUNC:
        try:
            return flavor_named(description.flavor)
        except InvalidValue:
            pass
    if PYFUNC in description.flavors:
        return LoaderModule()
    known = name_all(sorted(description.flavors)) or "none"
    raise ModelUnreadable(
        f"Couldn't read the model {place.shown!r}: its flavours ({known}) are unknown here. "
        "Load it with the library that saved it."
    )


def _load(
    flavor: Flavor, loading: Loading, description: ModelDescription, place: ModelPlace
) -> Any:
    """The original model, with every failure in one line that names the model as its user did."""
    folder = str(place.folder)
    try:
        check_paths(loading)
        loading = check_trust(flavor, loading, place.shown)
        _warn_of_versions(description, place)
        if loading.trust and not description.ours:
            add_code(loading)
        return flavor.load(loading)
    except RunfolioError as error:
        if place.copied_from is None:
            raise
        raise type(error)(str(error).replace(folder, place.name)) from None
    except ImportError as error:
        raise MissingDependency(_say_missing(error, place)) from None
    except Exception as error:  # noqa: BLE001 whatever a library makes of damaged files
        reason = first_line(error).replace(folder, place.name)
        raise ModelUnreadable(
            f"Couldn't read the model {place.shown!r}: {reason}. It may be damaged, or of a "
            "version that the installed libraries can't read; save it again."
        ) from None


def _say_missing(error: ImportError, place: ModelPlace) -> str:
    name = error.name or first_line(error)
    listed = Path(place.folder, "requirements.txt")
    install = f"-r {listed}" if listed.is_file() else str(name).partition(".")[0]
    return (
        f"The model {place.shown!r} needs {name!r}, which is not installed. Install what it was "
        f"saved with: pip install {install}"
    )


def _warn_of_versions(description: ModelDescription, place: ModelPlace) -> None:
    differences = find_differences(description)
    if differences:
        warnings.warn(
            f"The model {place.shown!r} was saved with {', '.join(differences)} and may answer "
            "otherwise here.",
            stacklevel=4,
        )


def _find_method(loading: Loading) -> str:
    """What to call of a model: MLflow lets its user choose another method than predict."""
    method = loading.pyfunc.get("predict_fn")
    return method if method in METHODS else "predict"
