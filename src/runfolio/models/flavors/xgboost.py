"""XGBoost's boosters and estimators, in its own UBJSON."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    as_table,
    check_kind,
    class_name,
    demand_trust,
    file_in,
    first_line,
    installed,
    reading,
    unsaved,
    with_names,
)
from runfolio.models.flavors.ubjson import check_ubjson

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "model.ubj"
BOOSTER: Final = "xgboost.core.Booster"
ESTIMATORS: Final = frozenset(
    f"xgboost.sklearn.XGB{one}"
    for one in ("Classifier", "Model", "RFClassifier", "RFRegressor", "Ranker", "Regressor")
)


class XGBoostFlavor:
    """A booster, or an estimator of XGBoost's own: a class that comes from one is none of it.

    An estimator that is loaded has its trees and answers, not the parameters that only training
    takes: XGBoost's format has no place for them.
    """

    name = "xgboost"

    def fits(self, model: Any) -> bool:
        """Whether the model is a booster or an estimator."""
        return class_name(model) in {BOOSTER, *ESTIMATORS}

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:  # noqa: ARG002
        """Write the trees as MLflow does."""
        check_kind(self, model)
        import xgboost
        from sklearn.exceptions import NotFittedError

        try:
            model.save_model(folder / FILE)
        except NotFittedError:
            raise unsaved(model, "it is not fitted", "Call its fit first") from None
        except xgboost.core.XGBoostError as error:
            raise unsaved(model, first_line(error), "Train it first") from None
        entry = {
            "xgb_version": xgboost.__version__,
            "data": FILE,
            "model_class": class_name(model),
            "model_format": "ubj",
            "code": None,
        }
        packages = [installed("xgboost", "xgboost-cpu")]
        if class_name(model) in ESTIMATORS:
            packages.append("scikit-learn")
        return Saved(entry, {"loader_module": "mlflow.xgboost", "data": FILE}, tuple(packages))

    def risk(self, loading: Loading) -> str | None:
        """A class that is not XGBoost's own runs code; the format itself doesn't."""
        told = loading.entry.get("model_class", BOOSTER)
        if told in {BOOSTER, *ESTIMATORS}:
            return None
        return f"its class {told!r} is not one of XGBoost's own"

    def load(self, loading: Loading) -> Any:
        """The booster, or an estimator with it."""
        demand_trust(self, loading)
        path = file_in(loading.folder, loading.entry.get("data"))
        with reading("xgboost", path):
            if path.suffix == ".ubj":
                check_ubjson(path.read_bytes())
            module, _, name = str(loading.entry.get("model_class", BOOSTER)).rpartition(".")
            model = getattr(import_module(module), name)()
            model.load_model(path)
        return model

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """What its own predict gives: a class where an estimator classifies."""
        data = as_table(data)
        if class_name(model) != BOOSTER:
            names = getattr(model, "feature_names_in_", None)
            return model.predict(with_names(data, names), **params)
        import xgboost

        return model.predict(xgboost.DMatrix(with_names(data, model.feature_names)), **params)


FLAVOR: Final = XGBoostFlavor()
