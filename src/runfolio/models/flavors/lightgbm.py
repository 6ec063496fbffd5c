"""LightGBM's boosters as text, and its estimators in skops' format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import ModelUntrusted
from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    as_table,
    check_kind,
    class_name,
    demand_trust,
    file_in,
    first_line,
    reading,
    unsaved,
    with_names,
)
from runfolio.models.flavors.skops_file import write_skops

if TYPE_CHECKING:
    from pathlib import Path

BOOSTER: Final = "lightgbm.basic.Booster"
ESTIMATORS: Final = frozenset(
    f"lightgbm.sklearn.LGBM{one}" for one in ("Classifier", "Model", "Ranker", "Regressor")
)
KNOWN_TYPES: Final = frozenset({"collections.OrderedDict", BOOSTER, *ESTIMATORS})
"""What an estimator consists of beside what skops knows; none of it runs code."""


class LightGBMFlavor:
    """A booster, or an estimator of LightGBM's own: a class that comes from one is none of it."""

    name = "lightgbm"

    def fits(self, model: Any) -> bool:
        """Whether the model is a booster or an estimator."""
        return class_name(model) in {BOOSTER, *ESTIMATORS}

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:  # noqa: ARG002
        """Write the text of a booster, or the whole estimator, as MLflow does."""
        check_kind(self, model)
        import lightgbm

        whole = class_name(model) in ESTIMATORS
        file = "model.skops" if whole else "model.lgb"
        if whole:
            _save_estimator(model, folder / file)
        else:
            _save_booster(model, folder / file)
        entry = {
            "lgb_version": lightgbm.__version__,
            "data": file,
            "model_class": class_name(model),
            "code": None,
            "serialization_format": "skops",
            "skops_trusted_types": sorted(KNOWN_TYPES),
        }
        packages = ("lightgbm", "scikit-learn", "skops") if whole else ("lightgbm",)
        return Saved(entry, {"loader_module": "mlflow.lightgbm", "data": file}, packages)

    def risk(self, loading: Loading) -> str | None:
        """MLflow's estimators may be pickles."""
        name = loading.entry.get("data")
        return None if _is_plain(loading) else f"{name!r} is a pickle"

    def load(self, loading: Loading) -> Any:
        """The booster or the estimator."""
        demand_trust(self, loading)
        path = file_in(loading.folder, loading.entry.get("data"))
        with reading("lightgbm", path):
            import lightgbm

            if loading.entry.get("model_class", BOOSTER) == BOOSTER:
                _check_end(path)
                return lightgbm.Booster(model_file=path)
            if _is_plain(loading):
                return _load_estimator(path, loading.trusted)
            import cloudpickle

            return cloudpickle.loads(path.read_bytes())

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """What its own predict gives: a class where an estimator classifies."""
        return model.predict(
            with_names(as_table(data), getattr(model, "feature_names_in_", None)), **params
        )


def _is_plain(loading: Loading) -> bool:
    """Whether loading opens no pickle."""
    booster = loading.entry.get("model_class", BOOSTER) == BOOSTER
    return booster or loading.entry.get("serialization_format") == "skops"


def _save_booster(model: Any, path: Path) -> None:
    if model.num_trees() == 0:
        raise unsaved(model, "it has no trees", "Train it first")
    model.save_model(path)


def _save_estimator(model: Any, path: Path) -> None:
    if not model.__sklearn_is_fitted__():
        raise unsaved(model, "it is not fitted", "Call its fit first")
    from skops import io

    advice = "Log its booster, model.booster_, which needs none of that to predict"
    try:
        write_skops(model, path)
    except Exception as error:  # noqa: BLE001 - whatever an attribute that skops can't keep raises
        raise unsaved(model, first_line(error), advice) from None
    unknown = set(io.get_untrusted_types(file=path)) - KNOWN_TYPES
    if unknown:
        raise unsaved(model, f"it holds {', '.join(sorted(unknown))}", advice)


def _check_end(path: Path) -> None:
    """Raise `ValueError` for a file that is cut.

    LightGBM takes it for one with fewer trees, or ends the process where its parameters are cut.
    """
    content = path.read_bytes()
    for part in (b"trees", b"parameters"):
        if b"\nend of " + part not in content and (part == b"trees" or b"\nparameters:" in content):
            raise ValueError(f"the end of its {part.decode()} is missing")


def _load_estimator(path: Path, trusted: tuple[str, ...]) -> Any:
    from skops import io

    unknown = sorted(set(io.get_untrusted_types(file=path)) - KNOWN_TYPES - set(trusted))
    if unknown:
        raise ModelUntrusted(
            f"Couldn't load {str(path)!r}: it holds types that are not known to be safe: "
            f"{', '.join(unknown)}. If you trust whoever made it, pass trust={unknown!r}."
        )
    return io.load(path, trusted=sorted(KNOWN_TYPES | set(trusted)))


FLAVOR: Final = LightGBMFlavor()
