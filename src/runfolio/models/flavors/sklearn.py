"""scikit-learn's estimators and what is built on them, in the files of skops, joblib or pickle."""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.errors import ModelUnsaved
from runfolio.models.flavors.code_loader import read_source, write_loader
from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    as_table,
    class_names,
    demand_trust,
    file_in,
    first_line,
    reading,
    unsaved,
)
from runfolio.models.flavors.pickling import dump_with_code, find_modules
from runfolio.models.flavors.skops_file import write_skops
from runfolio.models.requirements import find_distributions
from runfolio.models.words import clean, list_some

BASE: Final = "sklearn.base.BaseEstimator"
DIAGRAM: Final = "estimator.html"
FILES: Final = {"skops": "model.skops", "joblib": "model.joblib", "cloudpickle": "model.pkl"}

_TAKE_CODE: Final = "Use flavor='sklearn-cloudpickle', which takes its code along"
_IDS: Final = re.compile(r"(?<=sk-)(container|estimator)-id-\d+")


class SklearnFlavor:
    """An estimator: with skops, which holds no code, unless joblib or cloudpickle is asked for.

    Pickles of either kind can only be loaded by those who trust them, and cloudpickle takes along
    classes and functions of the script itself.
    """

    name = "sklearn"

    def fits(self, model: Any) -> bool:
        """Whether the model's class comes from scikit-learn's base class."""
        return BASE in class_names(model)

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:
        """Write the estimator, and its diagram as a page."""
        if not self.fits(model):
            raise unsaved(model, "it is no estimator", "Leave flavor out")
        _check_fitted(model)
        import sklearn
        from sklearn.utils import estimator_html_repr

        form = options.format or "skops"
        path = folder / FILES[form]
        trusted = _WRITE[form](model, path)
        (folder / DIAGRAM).write_text(_settle(estimator_html_repr(model)), encoding="utf-8")
        entry = {
            "code": None,
            "pickled_model": path.name,
            "serialization_format": form,
            "sklearn_version": sklearn.__version__,
            "skops_trusted_types": trusted or None,
        }
        packages = ("scikit-learn", form, *find_distributions(find_modules(model)))
        pyfunc = _describe_pyfunc(model, folder, form)
        return Saved(entry, pyfunc, packages, _find_task(model))

    def risk(self, loading: Loading) -> str | None:
        """Why it is to be trusted: a pickle, or types that skops does not know to be harmless."""
        path = file_in(loading.folder, loading.entry.get("pickled_model"))
        if loading.entry.get("serialization_format", "pickle") != "skops":
            return f"{path.name!r} is a pickle"
        unknown = [one for one in _unknown_types(path) if one not in loading.trusted]
        if not unknown:
            return None
        return f"{path.name!r} has types that need trust: {list_some(map(clean, unknown))}"

    def load(self, loading: Loading) -> Any:
        """The estimator."""
        demand_trust(self, loading)
        path = file_in(loading.folder, loading.entry.get("pickled_model"))
        form = loading.entry.get("serialization_format", "pickle")
        with reading("sklearn", path, install="scikit-learn"):
            if form == "skops":
                from skops import io as skops

                trusted = _unknown_types(path) if loading.trust else loading.trusted
                return skops.load(path, trusted=list(trusted))
            if form == "joblib":
                import joblib

                return joblib.load(path)
            return pickle.loads(path.read_bytes())

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:  # noqa: ARG002
        """What its own predict gives; of one column of texts, what it gives for the texts."""
        data = as_table(data)
        return model.predict(data.iloc[:, 0] if _takes_texts(model, data) else data)


def _takes_texts(model: Any, data: Any) -> bool:
    """Whether data is one column of texts, and the model begins with what takes texts."""
    if not hasattr(data, "iloc") or data.shape[1] != 1 or hasattr(model, "n_features_in_"):
        return False
    from pandas.api.types import is_string_dtype

    return bool(is_string_dtype(data.iloc[:, 0]))


def _find_task(model: Any) -> str | None:
    """What an estimator does with a table; None where it takes none, or doesn't say."""
    from sklearn.base import is_classifier, is_regressor

    if not hasattr(model, "n_features_in_"):
        return None
    if is_classifier(model):
        return "tabular-classification"
    return "tabular-regression" if is_regressor(model) else None


def _check_fitted(model: Any) -> None:
    """Refuse an estimator of scikit-learn's own that has learnt nothing yet."""
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if not type(model).__module__.startswith("sklearn."):
        return
    try:
        check_is_fitted(model)
    except NotFittedError:
        raise unsaved(model, "it is not fitted", "Call its fit first") from None
    except AttributeError as error:
        raise unsaved(model, first_line(error), "Let all in it be estimators") from None


def _write_skops(model: Any, path: Path) -> list[str]:
    """Write with skops and read it again; return the types that a reader is asked to trust."""
    try:
        write_skops(model, path)
        unknown = _unknown_types(path)
        own = [one for one in unknown if one.startswith("__main__.")]
        if own:
            raise unsaved(model, f"skops can't keep {own[0]!r}, which is of a script", _TAKE_CODE)
        from skops import io as skops

        skops.load(path, trusted=unknown)
    except (ModelUnsaved, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever a type raises that skops does not know
        reason = f"skops can't keep it: {first_line(error)}"
        raise unsaved(model, reason, _TAKE_CODE) from None
    return unknown


def _unknown_types(path: Path) -> list[str]:
    with reading("skops", path):
        from skops import io as skops

        return list(skops.get_untrusted_types(file=path))


def _write_joblib(model: Any, path: Path) -> list[str]:
    import joblib

    if "__main__" in find_modules(model):
        raise unsaved(model, "joblib does not keep classes of a script", _TAKE_CODE)
    try:
        joblib.dump(model, path)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise unsaved(model, f"joblib can't keep it: {first_line(error)}", _TAKE_CODE) from None
    return []


def _write_cloudpickle(model: Any, path: Path) -> list[str]:
    try:
        path.write_bytes(dump_with_code(model))
    except pickle.PicklingError as error:
        reason = f"cloudpickle can't keep it: {first_line(error)}"
        raise unsaved(model, reason, "Take what it names out of it") from None
    return []


_WRITE: Final = {
    "skops": _write_skops,
    "joblib": _write_joblib,
    "cloudpickle": _write_cloudpickle,
}


def _describe_pyfunc(model: Any, folder: Path, form: str) -> dict[str, str]:
    """How MLflow loads it; what has no predict is nothing that MLflow asks."""
    if not hasattr(model, "predict"):
        return {}
    if form == "joblib":
        loader = write_loader(folder, "joblib", read_source("joblib_loader"))
        return {**loader, "data": FILES[form]}
    return {"loader_module": "mlflow.sklearn", "model_path": FILES[form], "predict_fn": "predict"}


def _settle(page: str) -> str:
    """The page with its ids counted from 1: scikit-learn counts them through a process."""
    seen: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return seen.setdefault(found[0], f"{found[1]}-id-{len(seen) + 1}")

    return _IDS.sub(number, page)


FLAVOR: Final = SklearnFlavor()
