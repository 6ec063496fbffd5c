"""Which parameters drive a metric: permutation importance of a random forest.

Breiman, Random Forests (2001), doi:10.1023/A:1010933404324, section 10: how much worse each tree
predicts the runs it has not seen once a parameter's values are shuffled among them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.analysis.features import Feature, build_features
from runfolio.analysis.numbers import format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MIN_RUNS: Final = 6
MAX_RUNS: Final = 1000
TREES: Final = 100
FEW_TREES: Final = 30
"""Enough to rank what matters, where many metrics are looked at."""
_TREE_RUNS: Final = 400
_UNSEEN_RUNS: Final = 200
_CLEAR_TREND: Final = 0.4
_METHOD: Final = (
    "Permutation importance of a random forest over {runs} runs, measured on runs each tree has "
    "not seen (out of bag); the forest explains {explained}."
)


@dataclass(frozen=True, slots=True)
class Driver:
    """A parameter, its share of what all parameters explain (0 to 1), and which way it works."""

    name: str
    share: float
    effect: str


@dataclass(frozen=True, slots=True)
class Drivers:
    """The parameters by share, and how sure that is: `r2` of the forest on unseen runs."""

    items: tuple[Driver, ...]
    r2: float
    runs: int
    method: str


def rank_drivers(
    params: Mapping[str, Sequence[Any]],
    target: NDArray[Any],
    *,
    direction: str,
    metric: str | None = None,
    seed: int = 0,
    trees: int = TREES,
    max_params: int = 8,
) -> Drivers | None:
    """Rank parameters by how much of the target they explain.

    Each of `params` holds one Python value per run (None when not set), `target` one number per
    run; runs whose target is not finite are left out. Constant parameters and labels that name
    nearly every run are dropped. Shares of all parameters sum to 1; there are no items when the
    forest finds nothing. The effects name the `metric` when it is given. None with fewer than 6
    runs, or when no parameter or no target varies.
    """
    rows = choose_rows(np.asarray(target, dtype=np.float64), seed=seed)
    if len(rows) < MIN_RUNS:
        return None
    names = sorted(params)
    features = build_features({name: [params[name][row] for row in rows] for name in names})
    values = _tamed(np.asarray(target, dtype=np.float64)[rows])
    if not features or not values.any():
        return None
    importance, r2 = _importances(features, values, seed, trees)
    total = importance.sum()
    shares = importance / total if total > 0 else importance
    found = sorted(zip(shares, features, strict=True), key=lambda pair: (-pair[0], pair[1].name))
    items = tuple(
        Driver(feature.name, float(share), _effect(feature, values, direction, metric))
        for share, feature in found[:max_params]
        if share > 0
    )
    return Drivers(items, r2, len(rows), _method(r2, len(rows)))


def choose_rows(
    target: Floats, *, names: Sequence[str] | None = None, seed: int = 0
) -> NDArray[np.int64]:
    """The rows that parameters are ranked by: those with a finite target, drawn from very many.

    With `names`, such as random ids, those are drawn whose names come first, so that a further row
    seldom changes what is drawn.
    """
    rows = np.flatnonzero(np.isfinite(target))
    if len(rows) <= MAX_RUNS:
        return rows
    if names is None:
        return np.sort(np.random.default_rng(seed).choice(rows, MAX_RUNS, replace=False))
    return np.array(sorted(sorted(rows.tolist(), key=names.__getitem__)[:MAX_RUNS]))


def _tamed(target: Floats) -> Floats:
    """Centre and scale the target; draw in values far outside, such as those of diverged runs."""
    low, high = np.quantile(target / 2, [0.25, 0.75])  # halves: differences may overflow
    reach = 5 * (high - low)
    values = target / 2
    if reach > 0:
        values = np.clip(values, low - reach, high + reach)
    largest = np.abs(values).max()
    if largest == 0:
        return np.zeros(len(values))
    values = values / largest
    values = values - values.mean()
    deviation = values.std()
    if deviation < 1e-12:
        return np.zeros(len(values))
    return np.asarray(values / deviation)


def _importances(
    features: list[Feature], values: Floats, seed: int, trees: int
) -> tuple[Floats, float]:
    """The importance of each feature, none below 0, and R² on runs out of bag."""
    table = np.concatenate([feature.columns for feature in features], axis=1, dtype=np.float32)
    ends = np.cumsum([feature.columns.shape[1] for feature in features])
    groups = np.split(np.arange(table.shape[1]), ends[:-1])
    forest = _fitted_forest(table, values, seed, trees)
    shuffler = np.random.default_rng(seed)
    importance = np.zeros(len(groups))
    sums, counts = np.zeros(len(values)), np.zeros(len(values))
    for tree, drawn in zip(forest.estimators_, forest.estimators_samples_, strict=True):
        unseen = shuffler.permutation(np.setdiff1d(np.arange(len(values)), drawn))[:_UNSEEN_RUNS]
        if not len(unseen):
            continue
        predicted = _predict_shuffled(tree, table[unseen], groups, shuffler)
        errors = np.mean((predicted - values[unseen]) ** 2, axis=1)
        importance += errors[1:] - errors[0]
        sums[unseen] += predicted[0]
        counts[unseen] += 1
    return np.maximum(importance, 0), _r2(values, sums, counts)


def _fitted_forest(table: NDArray[np.float32], values: Floats, seed: int, trees: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(
        n_estimators=trees,
        max_features=0.6,
        min_samples_leaf=1 if len(values) < 50 else 3,
        max_samples=min(len(values), _TREE_RUNS),
        random_state=seed,
        n_jobs=1,
    )
    return forest.fit(table, values)


def _predict_shuffled(
    tree: Any,
    table: NDArray[np.float32],
    groups: list[NDArray[np.int64]],
    shuffler: np.random.Generator,
) -> Floats:
    """A row of predictions for the table as it is, then one for each group of columns shuffled."""
    tables = np.repeat(table[None], len(groups) + 1, axis=0)
    for number, columns in enumerate(groups, start=1):
        order = shuffler.permutation(len(table))
        tables[number][:, columns] = table[order][:, columns]
    flat = tables.reshape(-1, table.shape[1])
    return np.asarray(tree.tree_.predict(flat)).reshape(len(groups) + 1, len(table))


def _r2(values: Floats, sums: Floats, counts: Floats) -> float:
    seen = counts > 0
    actual = values[seen]
    spread = float(np.sum((actual - actual.mean()) ** 2)) if seen.any() else 0.0
    if spread == 0:
        return 0.0
    return 1 - float(np.sum((actual - sums[seen] / counts[seen]) ** 2)) / spread


def _method(r2: float, runs: int) -> str:
    explained = f"{max(r2, 0):.0%} of its variation" if r2 > 0 else "none of its variation reliably"
    return _METHOD.format(runs=runs, explained=explained)


def _effect(feature: Feature, values: Floats, direction: str, metric: str | None) -> str:
    better = -values if direction == "down" else values
    if feature.numbers is None:
        return _best_category(feature, better)
    held = ~np.isnan(feature.numbers)
    numbers = feature.numbers[held]
    trend = _correlation(_ranks(numbers), _ranks(values[held]))
    if abs(trend) >= _CLEAR_TREND:
        return f"higher {feature.name} → {_outcome(trend > 0, direction, metric)}"
    if len(set(numbers.tolist())) < 2:
        gap = better[held].mean() - better[~held].mean()
        return "better when set" if gap > 0 else "better when not set"
    best = np.argsort(-better[held], kind="stable")[: max(1, round(len(numbers) / 10))]
    middle = np.sort(numbers[best])[(len(best) - 1) // 2]
    return f"best near {format_number(float(middle))}"


def _outcome(rises: bool, direction: str, metric: str | None) -> str:
    if metric is None:
        return "better" if rises == (direction == "up") else "worse"
    return f"{'higher' if rises else 'lower'} {metric}"


def _best_category(feature: Feature, better: Floats) -> str:
    labels = np.array(feature.labels, dtype=object)
    means = {label: float(better[labels == label].mean()) for label in sorted(set(feature.labels))}
    best = max(means, key=lambda label: means[label])
    return f"best: {best if len(best) <= 40 else best[:39] + '…'}"


def _ranks(numbers: Floats) -> Floats:
    _, places, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    middles = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(middles[places], dtype=np.float64)


def _correlation(first: Floats, second: Floats) -> float:
    first, second = first - first.mean(), second - second.mean()
    size = math.sqrt(float(first @ first) * float(second @ second))
    return float(first @ second) / size if size else 0.0
