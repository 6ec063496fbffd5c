"""scikit-learn: `autolog` makes every fit a run."""

from __future__ import annotations

import functools
import inspect
import json
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.dummy import DummyProcess
from typing import Any, Final

from runfolio.errors import InvalidValue
from runfolio.schema.results import MAX_CLASSES
from runfolio.store.layout import StorePath
from runfolio.tracking.active import start_run
from runfolio.tracking.adapting import (
    Held,
    find_numbers,
    log_new_params,
    missing,
    store_of,
    tidy_value,
)
from runfolio.tracking.run import Run

try:
    import sklearn
    from sklearn import metrics as measures
    from sklearn.base import BaseEstimator, is_classifier, is_regressor
    from sklearn.utils import estimator_html_repr
    from sklearn.utils.discovery import all_estimators
    from sklearn.utils.metaestimators import available_if
except ImportError as error:
    raise missing("sklearn", error, install="scikit-learn") from error

METHODS: Final = ("fit", "fit_transform", "fit_predict")

_PREPARING: Final = tuple(
    f"sklearn.{part}."
    for part in ("preprocessing", "impute", "feature_extraction", "feature_selection", "compose")
)
"""Fitting what only prepares data is no experiment, as in MLflow; pipelines with it are."""
_PREPARES_NOT: Final = ("TransformedTargetRegressor",)


@dataclass(slots=True)
class _Patches:
    """What `autolog` was told, what it replaced, and how many fits are going on."""

    experiment: str | None
    store: StorePath | None
    max_children: int
    training_metrics: bool
    log_models: bool
    replaced: list[tuple[type, str, Any, Any]] = field(default_factory=list)
    fitting: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    here: threading.local = field(default_factory=threading.local)


_patches: _Patches | None = None


def autolog(
    *,
    disable: bool = False,
    experiment: str | None = None,
    store: StorePath | None = None,
    max_children: int = 20,
    training_metrics: bool = True,
    log_models: bool = False,
) -> None:
    """Log every fit of a scikit-learn estimator, pipeline or search from now on.

        runfolio.sklearn.autolog(experiment="iris")
        LogisticRegression().fit(x, y)

    A fit logs to the active run, else it is a run of its own: with parameters, metrics on the
    training data (`training_metrics=False` leaves them out: they cost a prediction), what the data
    was, the estimator's diagram and class, a classifier's confusion matrix, and where there are two
    classes its ROC and precision-recall curve. A search also logs what it found for each candidate,
    as a table, and the best `max_children` as child runs. With `log_models=True` the fitted
    estimator is kept as a model, with five rows of the data as its example and a signature. Fits
    within a fit, and of what only prepares data, aren't logged. What can't be logged is a warning,
    and the fit goes on. ``autolog(disable=True)`` undoes everything.
    """
    global _patches
    if max_children < 0:
        raise InvalidValue(f"max_children is a number from 0, not {max_children!r}.")
    if _patches is not None:
        _restore(_patches)
        _patches = None
    if not disable:
        _patches = _Patches(experiment, store, max_children, training_metrics, log_models)
        _replace(_patches)


def _replace(patches: _Patches) -> None:
    all_estimators()  # imports every module that has some
    for owner in _subclasses(BaseEstimator):
        for name in METHODS:
            original = vars(owner).get(name)
            if owner.__module__.startswith("sklearn.") and original is not None:
                logged = _logged(original)
                if logged is not None:
                    patches.replaced.append((owner, name, original, logged))
                    setattr(owner, name, logged)


def _restore(patches: _Patches) -> None:
    for owner, name, original, logged in patches.replaced:
        # Another tool may have wrapped ours since; ours then only calls the original.
        if vars(owner).get(name) is logged:
            setattr(owner, name, original)


def _subclasses(cls: type) -> set[type]:
    direct: set[type] = set(cls.__subclasses__())
    return direct.union(*map(_subclasses, direct))


def _logged(original: Any) -> Any:
    """What replaces a method, which of some estimators is there only under a condition."""
    if inspect.isfunction(original):
        return _log_calls(original)
    if hasattr(original, "check") and hasattr(original, "fn"):
        return available_if(original.check)(_log_calls(original.fn))
    return None


def _log_calls(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def logged(self: Any, *args: Any, **kwargs: Any) -> Any:
        patches = _patches
        if patches is None or _is_inside(patches):
            return function(self, *args, **kwargs)
        with _inside(patches):
            if _only_prepares(type(self)):
                return function(self, *args, **kwargs)
            return _Fit(patches, self).follow(function, args, kwargs)

    return logged


def _is_inside(patches: _Patches) -> bool:
    """Whether this thread is in a fit, or works for one that another thread is in."""
    if getattr(patches.here, "fitting", False):
        return True
    return patches.fitting > 0 and isinstance(threading.current_thread(), DummyProcess)


@contextmanager
def _inside(patches: _Patches) -> Iterator[None]:
    with patches.lock:
        patches.fitting += 1
    patches.here.fitting = True
    try:
        yield
    finally:
        patches.here.fitting = False
        with patches.lock:
            patches.fitting -= 1


def _only_prepares(cls: type) -> bool:
    named = f"{cls.__module__}."
    return named.startswith(_PREPARING) and cls.__name__ not in _PREPARES_NOT


class _Fit:
    """One fit that is logged; nothing that logging does may reach the one who fits."""

    def __init__(self, patches: _Patches, estimator: Any) -> None:
        self._patches = patches
        self._estimator = estimator
        self._name = type(estimator).__name__
        self._failures: list[str] = []
        self._held = Held("sklearn", experiment=patches.experiment, store=patches.store)

    def follow(self, fit: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Fit, with a run around it, and return what the fit returns."""
        with self._trying("start a run"):
            self._begin(self._held.begin(name=self._name))
        try:
            result = fit(self._estimator, *args, **kwargs)
        except BaseException as error:
            with self._trying("end the run"):
                self._held.end_by(error)
            self._warn()
            raise
        self._log_result(_find_data(fit, self._estimator, args, kwargs))
        with self._trying("end the run"):
            self._held.end()
        self._warn()
        return result

    @contextmanager
    def _trying(self, what: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001
            self._failures.append(f"couldn't {what}: {error}")

    def _warn(self) -> None:
        failures, self._failures = self._failures, []
        if failures:
            warnings.warn(
                f"runfolio: the fit of {self._name} went on, but {'; '.join(failures)}",
                stacklevel=4,
            )

    def _begin(self, run: Run) -> None:
        cls = type(self._estimator)
        run.set_tags(
            {
                "estimator_name": cls.__name__,
                "estimator_class": f"{cls.__module__}.{cls.__name__}",
                "sklearn_version": sklearn.__version__,
            }
        )
        deep = not _is_search(self._estimator)
        log_new_params(run, self._estimator.get_params(deep=deep))

    def _log_result(self, data: Mapping[str, Any]) -> None:
        run = self._held.run
        if run is None or not run.live:
            return
        # Sparse matrices and lists of texts are data that can't be described.
        with self._trying("describe the data"), suppress(InvalidValue):
            run.log_input(data.get("X"), context="training")
        with self._trying("draw the estimator"):
            run.log_text(estimator_html_repr(self._estimator), "estimator.html")
        if self._patches.training_metrics:
            with self._trying("measure it"):
                _log_training(run, self._estimator, data)
        if self._patches.log_models:
            with self._trying("keep the model"):
                run.log_model(self._estimator, run.free_model_name(), input_example=data.get("X"))
        if _is_search(self._estimator):
            with self._trying("log the search"):
                _log_search(run, self._estimator, self._patches.max_children)


def _find_data(fit: Any, estimator: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    """The data a fit was called with, under the names X, y and sample_weight."""
    try:
        bound = inspect.signature(fit).bind(estimator, *args, **kwargs).arguments
    except TypeError:
        return {}
    _, *given = bound.items()
    found = {key: value for key, value in given if key in ("X", "y", "Y", "sample_weight")}
    return {("y" if key == "Y" else key): value for key, value in found.items()}


def _is_search(estimator: Any) -> bool:
    return hasattr(estimator, "cv_results_") or hasattr(type(estimator), "_run_search")


def _log_training(run: Run, estimator: Any, data: Mapping[str, Any]) -> None:
    """Log how well a fitted estimator does on the data it was fitted to."""
    x, y, weight = (data.get(key) for key in ("X", "y", "sample_weight"))
    if x is None:
        return
    found: dict[str, Any] = {}
    guessed = None if y is None or not hasattr(estimator, "predict") else estimator.predict(x)
    chances = None
    if guessed is not None and is_classifier(estimator):
        if _has_classes(estimator) and hasattr(estimator, "predict_proba"):
            chances = estimator.predict_proba(x)
        found |= _measure_classes(y, guessed, weight)
        found |= {} if chances is None else _measure_chances(estimator, chances, y, weight)
    elif guessed is not None and is_regressor(estimator):
        found |= _measure_numbers(y, guessed, weight)
    if hasattr(estimator, "score"):
        with suppress(TypeError, ValueError, NotImplementedError, AttributeError):
            found["score"] = estimator.score(x, y, **_weights(estimator.score, weight))
    run.log_metrics({f"training_{key}": value for key, value in find_numbers(found).items()})
    if guessed is not None and _has_classes(estimator):
        _log_results(run, estimator, y, guessed, chances)


def _has_classes(estimator: Any) -> bool:
    """Whether it tells between classes, of which each case is one."""
    classes = getattr(estimator, "classes_", None) if is_classifier(estimator) else None
    return getattr(classes, "ndim", 0) == 1 and len(estimator.classes_) > 1


def _weights(score: Any, weight: Any) -> dict[str, Any]:
    known = weight is not None and "sample_weight" in inspect.signature(score).parameters
    return {"sample_weight": weight} if known else {}


def _measure_numbers(y: Any, guessed: Any, weight: Any) -> dict[str, float]:
    functions = (
        *(measures.mean_squared_error, measures.root_mean_squared_error),
        *(measures.mean_absolute_error, measures.r2_score),
    )
    return {one.__name__: one(y, guessed, sample_weight=weight) for one in functions}


def _measure_classes(y: Any, guessed: Any, weight: Any) -> dict[str, float]:
    """What MLflow measures, under its names; averages are weighted by the classes' sizes."""
    average = {"average": "weighted", "zero_division": 0, "sample_weight": weight}
    return {
        "accuracy_score": measures.accuracy_score(y, guessed, sample_weight=weight),
        "precision_score": measures.precision_score(y, guessed, **average),
        "recall_score": measures.recall_score(y, guessed, **average),
        "f1_score": measures.f1_score(y, guessed, **average),
    }


def _measure_chances(estimator: Any, chances: Any, y: Any, weight: Any) -> dict[str, float]:
    """What only probabilities tell."""
    found: dict[str, float] = {}
    classes = estimator.classes_
    # One class against each other can't be weighted by sample.
    told: dict[str, Any] = {"multi_class": "ovo", "average": "weighted"}
    scores = chances
    if len(classes) == 2:
        told, scores = {"sample_weight": weight}, chances[:, 1]
    with suppress(ValueError):
        found["log_loss"] = measures.log_loss(y, chances, labels=classes, sample_weight=weight)
    with suppress(ValueError):
        found["roc_auc"] = measures.roc_auc_score(y, scores, **told)
    return found


def _log_results(run: Run, estimator: Any, y: Any, guessed: Any, chances: Any) -> None:
    """Log how often each class was taken for each, and of two classes the curves."""
    classes = estimator.classes_.tolist()
    if len(classes) <= MAX_CLASSES:
        run.log_confusion_matrix(y, guessed, labels=classes, path="training_confusion_matrix")
    if chances is not None and len(classes) == 2:
        run.log_roc_curve(y, chances, name="training_roc", labels=classes)
        run.log_pr_curve(y, chances, name="training_precision_recall", labels=classes)


def _log_search(run: Run, search: Any, max_children: int) -> None:
    """Log what a search found: every candidate in a table, the best as child runs."""
    results = search.cv_results_
    best = getattr(search, "best_params_", {})
    log_new_params(run, {f"best_{key}": value for key, value in best.items()})
    if hasattr(search, "best_score_"):
        run.log_metrics({"best_cv_score": search.best_score_})
    columns = {key: _as_column(values) for key, values in results.items()}
    run.log_table(columns, "cv_results")
    rank = _find_rank(search)
    ranks = columns[rank] if rank else range(len(results["params"]))
    order = sorted(range(len(results["params"])), key=lambda row: ranks[row])
    for row in order[:max_children]:
        _log_candidate(run, search, {key: values[row] for key, values in results.items()})


def _as_column(values: Any) -> list[Any]:
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    plain = [tidy_value(value) for value in listed]
    return [json.dumps(one) if isinstance(one, dict | list) else one for one in plain]


def _find_rank(search: Any) -> str | None:
    """The column that says which candidate is best, of several scores the one it is refit by."""
    chosen = f"rank_test_{search.refit}"
    ranks = [key for key in search.cv_results_ if key.startswith("rank_test_")]
    return chosen if chosen in ranks else next(iter(ranks), None)


def _log_candidate(run: Run, search: Any, found: Mapping[str, Any]) -> None:
    params = {key: tidy_value(value) for key, value in found["params"].items()}
    named = ", ".join(f"{key}={value}" for key, value in params.items())
    cls = type(search.estimator).__name__
    with start_run(
        name=f"{cls} {named}"[:100], parent=run, store=store_of(run), capture=False, sync=None
    ) as child:
        child.set_tag("estimator_name", cls)
        log_new_params(child, params)
        told = {k: v for k, v in found.items() if not k.startswith(("param", "split"))}
        child.log_metrics(find_numbers(told))
