"""Python functions of data, and objects with predict, in a pickle by cloudpickle."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.models.flavors.code_loader import read_source, write_loader
from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    class_names,
    demand_trust,
    file_in,
    first_line,
    reading,
    unsaved,
)
from runfolio.models.flavors.pickling import dump_with_code, find_modules
from runfolio.models.requirements import find_distributions

FILE: Final = "function.pkl"
MLFLOW: Final = "mlflow.pyfunc.model.PythonModel"


class FunctionFlavor:
    """A function ``f(data)`` or ``f(data, params)``, or an object with such a predict.

    Code of the script itself is taken along, code of installed packages is not.
    """

    name = "function"

    def fits(self, model: Any) -> bool:
        """Whether the model has a predict or can be called; a class is none."""
        if isinstance(model, type):
            return False
        return callable(model) or callable(getattr(model, "predict", None))

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:  # noqa: ARG002
        """Write the pickle, and what loads it in MLflow."""
        if not self.fits(model):
            raise unsaved(model, "it can't be called and has no predict", "Give a function")
        if MLFLOW in class_names(model):
            advice = "Give an object whose predict takes the data first"
            raise unsaved(model, "its predict is MLflow's, which takes a context", advice)
        try:
            (folder / FILE).write_bytes(dump_with_code(model))
        except pickle.PicklingError as error:
            reason = f"cloudpickle can't keep it: {first_line(error)}"
            raise unsaved(model, reason, "Make it within the function, when it is called") from None
        import cloudpickle

        entry = {
            "cloudpickle_version": cloudpickle.__version__,
            "pickled_model": FILE,
            "serialization_format": "cloudpickle",
        }
        pyfunc = write_loader(folder, self.name, read_source("function_loader"))
        packages = ("cloudpickle", *find_distributions(find_modules(model)))
        return Saved(entry, {**pyfunc, "data": FILE}, packages)

    def risk(self, loading: Loading) -> str | None:
        """A pickle runs code in any case."""
        path = file_in(loading.folder, loading.entry.get("pickled_model"))
        return f"{path.name!r} is a pickle"

    def load(self, loading: Loading) -> Any:
        """The function or object."""
        demand_trust(self, loading)
        path = file_in(loading.folder, loading.entry.get("pickled_model"))
        with reading("cloudpickle", path):
            return pickle.loads(path.read_bytes())

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """What it answers; parameters are handed over where it takes them."""
        from runfolio.models.flavors.function_loader import Model

        return Model(model).predict(data, dict(params))


FLAVOR: Final = FunctionFlavor()
