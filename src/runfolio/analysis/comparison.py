"""What differs between runs, and how their metrics stand to a baseline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from runfolio.analysis.directions import guess_direction
from runfolio.schema import FINISHED, SYSTEM_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Judgement = Literal["better", "worse", "same"]

_TOLERANCE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class ParamRow:
    """A parameter over the compared runs; None where it is not set."""

    name: str
    values: tuple[Any, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class MetricCell:
    """A run's value, its difference to the baseline, that over the baseline's size, and a verdict.

    Each is None where it makes no sense: no value, the baseline's own cell, NaN, a baseline of 0.
    """

    value: float | None
    delta: float | None
    relative: float | None
    judgement: Judgement | None
    best: bool


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric over the compared runs; `direction` is "down", "up" or None when unknown."""

    name: str
    direction: str | None
    cells: tuple[MetricCell, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs side by side: parameters that differ first, then those that are the same."""

    runs: tuple[str, ...]
    baseline: str | None
    params: tuple[ParamRow, ...]
    metrics: tuple[MetricRow, ...]

    @property
    def differing(self) -> tuple[ParamRow, ...]:
        """The parameters that differ."""
        return tuple(row for row in self.params if row.differs)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The best run and how far it is from the baseline; `change` is in percent of the baseline.

    The baseline's part is None without one, and `change` also when the baseline is 0 or infinite.
    `tied` counts the other runs with the same best value.
    """

    run: str
    value: float
    runs: int
    tied: int
    baseline: str | None
    baseline_value: float | None
    change: float | None


def compare_runs(
    runs: Sequence[str],
    params: Mapping[str, Mapping[str, Any]],
    metrics: Mapping[str, Mapping[str, float | None]],
    *,
    baseline: str | None = None,
    directions: Mapping[str, str | None] | None = None,
    primary: str | None = None,
) -> Comparison:
    """Compare runs, given each run's parameters and metric values by name.

    The baseline is the first run unless another of them is named. Directions are guessed for
    metrics not in `directions`. Metrics come by name, the primary one first and the machine's last.
    """
    base = baseline if baseline in runs else next(iter(runs), None)
    names = {name for run in runs for name in metrics.get(run, {})}
    order = sorted(names, key=lambda name: (name != primary, name.startswith(SYSTEM_PREFIX), name))
    known = directions or {}
    return Comparison(
        runs=tuple(runs),
        baseline=base,
        params=_param_rows(runs, params),
        metrics=tuple(
            _metric_row(
                name,
                [metrics.get(run, {}).get(name) for run in runs],
                base=None if base is None else runs.index(base),
                direction=known[name] if name in known else guess_direction(name),
            )
            for name in order
        ),
    )


def choose_baseline(runs: Iterable[tuple[str, str, float | None]]) -> str | None:
    """The first finished run with a finite value, of (id, status, value) by time of start."""
    return next(
        (run for run, status, value in runs if status == FINISHED and _is_finite(value)), None
    )


def summarise_verdict(
    values: Mapping[str, float | None], *, direction: str, baseline: str | None
) -> Verdict | None:
    """The best of the runs' values, the first of equals; None when no run has one."""
    real = {run: value for run, value in values.items() if value is not None and value == value}
    if not real:
        return None
    run, value = min(real.items(), key=lambda item: item[1] if direction == "down" else -item[1])
    base = real.get(baseline) if baseline is not None else None
    change = None if base is None else _relative(value - base, base)
    return Verdict(
        run=run,
        value=value,
        runs=len(real),
        tied=sum(other == value for other in real.values()) - 1,
        baseline=None if base is None else baseline,
        baseline_value=base,
        change=None if change is None else 100 * change,
    )


def _param_rows(
    runs: Sequence[str], params: Mapping[str, Mapping[str, Any]]
) -> tuple[ParamRow, ...]:
    rows = []
    for name in sorted({name for run in runs for name in params.get(run, {})}):
        values = tuple(params.get(run, {}).get(name) for run in runs)
        differs = len({_identity(value) for value in values}) > 1
        rows.append(ParamRow(name, values, differs))
    return tuple(sorted(rows, key=lambda row: not row.differs))


def _identity(value: object) -> tuple[str, object]:
    """What makes two values the same: 1 and 1.0 are, 1 and true or "1" are not, NaN and NaN are."""
    if isinstance(value, bool) or value is None:
        return "constant", repr(value)
    if isinstance(value, int | float):
        return "number", "NaN" if value != value else value
    return type(value).__name__, value if isinstance(value, str) else repr(value)


def _metric_row(
    name: str, values: Sequence[float | None], *, base: int | None, direction: str | None
) -> MetricRow:
    real = [value for value in values if value is not None and value == value]
    best = None
    if direction is not None and len(real) > 1:
        best = min(real) if direction == "down" else max(real)
    cells = (
        _cell(value, None if base is None or place == base else values[base], direction, best)
        for place, value in enumerate(values)
    )
    return MetricRow(name, direction, tuple(cells))


def _cell(
    value: float | None, base: float | None, direction: str | None, best: float | None
) -> MetricCell:
    is_best = best is not None and value == best
    if value is None or base is None or math.isnan(value) or math.isnan(base):
        return MetricCell(value, None, None, None, is_best)
    same = value == base or math.isclose(value, base, rel_tol=_TOLERANCE)
    delta = 0.0 if same else value - base
    judgement: Judgement | None = "same" if same else None
    if not same and direction is not None:
        judgement = "better" if (delta < 0) == (direction == "down") else "worse"
    return MetricCell(value, delta, _relative(delta, base), judgement, is_best)


def _relative(delta: float, base: float) -> float | None:
    """The difference over the baseline's size, None when the baseline is 0 or not finite."""
    if base == 0 or not math.isfinite(base):
        return None
    relative = delta / abs(base)
    return relative if math.isfinite(relative) else None


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
