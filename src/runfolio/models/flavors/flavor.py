"""What a flavour is: how one kind of model is recognised, saved, loaded and asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from runfolio.models.signature import Signature


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """What `log_model` was told that a flavour may need: the example as given, the signature."""

    signature: Signature | None = None
    example: Any = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What a flavour wrote into a folder.

    `entry` is its own part of ``flavors`` in the ``MLmodel`` file, and `pyfunc` what
    ``python_function`` says beside versions and environment: "loader_module", and as that needs
    "model_path", "data", "code" and so on. `packages` are the distributions that loading needs, of
    which the requirements name the installed versions. `task` is what the model does, as Hugging
    Face calls it, where its class says so.
    """

    entry: Mapping[str, Any]
    pyfunc: Mapping[str, Any]
    packages: tuple[str, ...] = ()
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Loading:
    """What a flavour loads: the model's folder, its own entry, and that of ``python_function``.

    `trusted` names the types beyond the known ones that a skops file may hold. `trust` says that
    code may run: without it no flavour opens a pickle.
    """

    folder: Path
    entry: Mapping[str, Any]
    pyfunc: Mapping[str, Any] = field(default_factory=dict)
    trust: bool = False
    trusted: tuple[str, ...] = ()


class Flavor(Protocol):
    """One kind of model; a module in this folder has one as ``FLAVOR``.

    `name` is that of its entry in the ``MLmodel`` file. No method but `save`, `load` and `predict`
    imports the library.
    """

    name: str

    def fits(self, model: Any) -> bool:
        """Whether `model` is of this kind; its class tells, whose library is imported already."""
        ...

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        """Write the model's files into `folder`, which is there and empty."""
        ...

    def risk(self, loading: Loading) -> str | None:
        """Why loading could run code of whoever made the files, None where it can't.

        In words that end a sentence, such as "'model.pkl' is a pickle".
        """
        ...

    def load(self, loading: Loading) -> Any:
        """The original model."""
        ...

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """What a loaded model answers: `data` is a DataFrame, an ndarray or a dict of ndarrays."""
        ...
