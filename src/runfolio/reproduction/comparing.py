"""How a repetition came out: its parameters, metrics, data and artifacts beside the first ones."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final, Literal

from runfolio.models.description import MLMODEL
from runfolio.query.curves import Curve
from runfolio.query.runs import Artifact, Input, ParamValue, RunRecord
from runfolio.reproduction.archives import hold_the_same
from runfolio.schema import SYSTEM_PREFIX

if TYPE_CHECKING:
    import numpy as np

Verdict = Literal["same", "within tolerance", "different"]
Kind = Literal["status", "parameter", "metric", "data", "artifact", "run"]

SAME: Final = "same"
WITHIN: Final = "within tolerance"
DIFFERENT: Final = "different"
_ORDER: Final[tuple[Verdict, ...]] = (SAME, WITHIN, DIFFERENT)

_UNCOMPARED: Final = ("traceback.txt", "console.txt")
"""Files that tell of times and places; so do the ``MLmodel`` files of models."""

_OF_SWEEPS: Final = ("trials.parquet",)
"""The table of a sweep's trials, which has their ids and seconds; they are compared one by one."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of both runs as text, None where a run has none.

    `deviation` is the greatest difference along a metric's curve, as a share of its greatest value.
    """

    kind: Kind
    name: str
    verdict: Verdict
    before: str | None
    after: str | None
    deviation: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A run with its curves by metric, and the folder its artifacts lie in, if that is here."""

    run: RunRecord
    curves: Mapping[str, Curve]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that both runs have, and the verdict on all of it."""

    verdict: Verdict
    rows: tuple[Compared, ...]

    def count(self, verdict: Verdict) -> int:
        """How many values came out so."""
        return sum(row.verdict == verdict for row in self.rows)


def compare_repetition(
    before: Side, after: Side, *, tolerance: float, ignore: Sequence[str] = ()
) -> Comparison:
    """Compare a run with its repetition.

    A number is within tolerance where it differs by no more than `tolerance` as a share of the
    greater of the two, a curve where no point differs by more than that share of its greatest
    value. What the machine did (``system/…``) is not compared, nor what `ignore` names by patterns.
    """
    rows = [
        *_compare_status(before.run.status, after.run.status),
        *_compare_params(before.run.params, after.run.params, tolerance),
        *_compare_metrics(before.curves, after.curves, tolerance),
        *_compare_inputs(before.run.inputs, after.run.inputs),
        *_compare_artifacts(_compared(before.run), _compared(after.run)),
    ]
    kept = tuple(one for one in rows if not any(fnmatchcase(one.name, what) for what in ignore))
    return Comparison(worst(one.verdict for one in kept), kept)


def compare_within(name: str, before: str, after: str, own: Comparison | None) -> Compared:
    """How a run within came out, told by both ids and its own comparison, if both are there."""
    if own is None:
        return _missing("run", name, before or None, after or None)
    detail = f"{own.count(own.verdict):,} of {len(own.rows):,} values"
    return Compared("run", name, own.verdict, before, after, None, detail)


def join(comparison: Comparison, more: Sequence[Compared]) -> Comparison:
    """A comparison with more values in it."""
    rows = (*comparison.rows, *more)
    return Comparison(worst(one.verdict for one in rows), rows)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on several values together."""
    return max(verdicts, key=_ORDER.index, default=SAME)


def _compare_status(before: str, after: str) -> Iterator[Compared]:
    """How both ended, which goes without saying where it is the same."""
    if before != after:
        yield Compared("status", "status", DIFFERENT, before, after)


def _compare_params(
    before: Mapping[str, ParamValue], after: Mapping[str, ParamValue], tolerance: float
) -> Iterator[Compared]:
    for name in _names(before, after):
        if name not in before or name not in after:
            yield _missing("parameter", name, _text(before, name), _text(after, name))
            continue
        one, other = before[name], after[name]
        verdict, deviation = _judge(one, other, tolerance)
        yield Compared("parameter", name, verdict, str(one), str(other), deviation)


def _judge(one: Any, other: Any, tolerance: float) -> tuple[Verdict, float | None]:
    """Two values, numbers by how far they lie apart."""
    if isinstance(one, bool) or isinstance(other, bool) or not _are_numbers(one, other):
        return (SAME if one == other else DIFFERENT), None
    deviation = deviate([one], [other])
    return _verdict_on(deviation, tolerance), deviation


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(one, int | float) for one in values)


def _verdict_on(deviation: float, tolerance: float) -> Verdict:
    if deviation == 0:
        return SAME
    return WITHIN if deviation <= tolerance else DIFFERENT


def deviate(before: Any, after: Any) -> float:
    """The greatest difference of two rows of numbers, as a share of the greatest of them.

    NaN equals itself; a number beside NaN or infinity differs infinitely.
    """
    import numpy as np

    one, other = np.asarray(before, np.float64), np.asarray(after, np.float64)
    alike = (one == other) | (np.isnan(one) & np.isnan(other))
    if alike.all():
        return 0.0
    finite = np.isfinite(one) & np.isfinite(other)
    if not (finite | alike).all():
        return math.inf
    one, other = one[finite], other[finite]
    greatest = max(float(np.abs(one).max()), float(np.abs(other).max()))
    # Divided before they are subtracted, since the difference of two huge numbers is infinite.
    share = float(np.abs(one / greatest - other / greatest).max())
    return max(share, math.ulp(0.0))  # they differ, be it by less than a share can tell


def _compare_metrics(
    before: Mapping[str, Curve], after: Mapping[str, Curve], tolerance: float
) -> Iterator[Compared]:
    own = [name for name in _names(before, after) if not name.startswith(SYSTEM_PREFIX)]
    for name in own:
        if name in before and name in after:
            yield _compare_curve(name, before[name], after[name], tolerance)
        else:
            values = [_last(curves[name]) if name in curves else None for curves in (before, after)]
            yield _missing("metric", name, *values)


def _compare_curve(name: str, before: Curve, after: Curve, tolerance: float) -> Compared:
    points = len(before.step)
    one, other = _last(before), _last(after)
    if points != len(after.step):
        detail = f"{points:,} points, then {len(after.step):,}"
        return Compared("metric", name, DIFFERENT, one, other, None, detail)
    if (before.step != after.step).any():
        return Compared("metric", name, DIFFERENT, one, other, None, "at other steps")
    deviation = deviate(before.value, after.value)
    detail = f"{points:,} points" if points > 1 else ""
    return Compared(
        "metric", name, _verdict_on(deviation, tolerance), one, other, deviation, detail
    )


def _last(curve: Curve) -> str:
    """The value at the last step, the last one of them where there are several."""
    steps: np.ndarray = curve.step
    place = len(steps) - 1 - int(steps[::-1].argmax())
    return repr(float(curve.value[place]))


def _compare_inputs(before: Sequence[Input], after: Sequence[Input]) -> Iterator[Compared]:
    ours, theirs = ({_title(one): one.digest for one in side} for side in (before, after))
    yield from _compare_digests("data", ours, theirs)


def _title(one: Input) -> str:
    return f"{one.name} for {one.context}" if one.context else one.name


def _compare_digests(
    kind: Kind, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Compared]:
    for name in _names(before, after):
        one, other = before.get(name), after.get(name)
        yield Compared(kind, name, SAME if one == other else DIFFERENT, one, other)


def _compare_artifacts(before: Sequence[Artifact], after: Sequence[Artifact]) -> Iterator[Compared]:
    ours, theirs = ({one.path: one for one in side} for side in (before, after))
    for name in _names(ours, theirs):
        one, other = ours.get(name), theirs.get(name)
        if one is None or other is None:
            digests = [side.sha256 if side is not None else None for side in (one, other)]
            yield _missing("artifact", name, *digests)
            continue
        alike = one.sha256 == other.sha256
        packed = not alike and hold_the_same(one.file, other.file)
        verdict: Verdict = SAME if alike or packed else DIFFERENT
        detail = "an archive of the same files" if packed else ""
        yield Compared("artifact", name, verdict, one.sha256, other.sha256, None, detail)


def _compared(run: RunRecord) -> list[Artifact]:
    left_out = {*_UNCOMPARED, *(_OF_SWEEPS if "sweep" in run.context else ())}
    return [
        one
        for one in run.artifacts
        if one.path not in left_out and PurePosixPath(one.path).name != MLMODEL
    ]


def _missing(kind: Kind, name: str, before: str | None, after: str | None) -> Compared:
    detail = "only before" if after is None else "only now"
    return Compared(kind, name, DIFFERENT, before, after, None, detail)


def _text(values: Mapping[str, ParamValue], name: str) -> str | None:
    return str(values[name]) if name in values else None


def _names(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted({*before, *after})
