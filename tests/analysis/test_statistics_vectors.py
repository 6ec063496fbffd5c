"""The values that the browser's statistics are held to, computed again with SciPy."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

PATH = Path(__file__).parents[1] / "vectors" / "statistics.json"
VECTORS: dict[str, list[dict[str, Any]]] = json.loads(PATH.read_text(encoding="utf-8"))

Values = list[float]


def summarise(values: Values) -> dict[str, Any]:
    data = np.array(values)
    middle = float(data.mean())
    found: dict[str, Any] = {"n": len(values), "mean": middle, "median": float(np.median(data))}
    if len(values) > 1:
        error = float(stats.sem(data))
        low, high = stats.t.interval(0.95, len(values) - 1, loc=middle, scale=error)
        found |= {"deviation": float(data.std(ddof=1)), "error": error}
        found |= {"low": float(low), "high": float(high)}
    return found | {"min": float(data.min()), "max": float(data.max())}


def compare(a: Values, b: Values) -> dict[str, float]:
    test = stats.ttest_ind(b, a, equal_var=False)
    interval = test.confidence_interval(0.95)
    return {
        "difference": float(np.mean(b) - np.mean(a)),
        "low": float(interval.low),
        "high": float(interval.high),
        "p": float(test.pvalue),
        "df": float(test.df),
    }


def weighted_means(values: Values) -> Iterator[tuple[float, float]]:
    """The mean of every draw with replacement, and how likely it is."""
    size = len(values)
    for places in itertools.combinations_with_replacement(range(size), size):
        repeats = [places.count(place) for place in set(places)]
        ways = math.factorial(size) / math.prod(math.factorial(one) for one in repeats)
        yield sum(values[place] for place in places) / size, ways / size**size


def bootstrap_all(a: Values, b: Values) -> dict[str, float]:
    """The expanded percentile interval over all possible draws instead of some at random."""
    means = [
        (second - first, chance * other)
        for first, chance in weighted_means(a)
        for second, other in weighted_means(b)
    ]
    means.sort()
    below = np.cumsum([chance for _, chance in means])
    size = min(len(a), len(b))
    widened = math.sqrt(size / (size - 1)) * stats.t.ppf(0.975, size - 1)
    tail = float(stats.norm.sf(widened))
    low = means[int(np.searchsorted(below, tail))][0]
    high = means[min(int(np.searchsorted(below, 1 - tail)), len(means) - 1)][0]
    return {"difference": float(np.mean(b) - np.mean(a)), "low": low, "high": high}


@pytest.mark.parametrize("vector", VECTORS["summaries"])
def test_summaries(vector: dict[str, Any]) -> None:
    assert vector["summary"] == pytest.approx(summarise(vector["values"]), rel=1e-12)
    for one in vector["quantiles"]:
        assert one["value"] == pytest.approx(float(np.quantile(vector["values"], one["q"])))


@pytest.mark.parametrize("vector", VECTORS["welch"])
def test_welch(vector: dict[str, Any]) -> None:
    expected = compare(vector["a"], vector["b"])
    assert {key: vector[key] for key in expected} == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("vector", VECTORS["correlations"])
def test_correlations(vector: dict[str, Any]) -> None:
    x, y = vector["x"], vector["y"]
    assert vector["pearson"] == pytest.approx(float(stats.pearsonr(x, y).statistic))
    assert vector["spearman"] == pytest.approx(float(stats.spearmanr(x, y).statistic))


@pytest.mark.parametrize("vector", VECTORS["bootstrap"])
def test_bootstrap(vector: dict[str, Any]) -> None:
    expected = bootstrap_all(vector["a"], vector["b"])
    assert {key: vector[key] for key in expected} == pytest.approx(expected)
