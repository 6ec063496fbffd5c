"""A run's confusion matrices and result curves: on its page, and in a shard of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from runfolio.analysis.curves import reduce_curve
from runfolio.charts.confusion import confusion_size, picture_confusion
from runfolio.charts.result_curves import picture_result_curves
from runfolio.errors import InvalidValue
from runfolio.query import Artifact
from runfolio.schema.results import (
    CONFUSION_MATRIX,
    CURVE,
    ConfusionMatrix,
    Result,
    ResultCurve,
    read_result,
)
from runfolio.site.artifacts import find_refusal, spread
from runfolio.site.library import RunEntry
from runfolio.site.numbers import MISSING, format_count, format_number
from runfolio.site.pages import DASH_PATTERNS, RUN_COLORS, Picture, run_color, run_dash
from runfolio.site.pictures import PictureFiles, name_picture

MAX_FILES: Final = 600
MAX_BYTES: Final = 16 << 20
MAX_STEPS: Final = 24
MAX_CLASSES: Final = 100
MAX_CELLS: Final = 100_000
MAX_POINTS: Final = 100_000
CURVE_POINTS: Final = 1000
"""What a run's shard holds at most: files, their size, steps of a series, classes of a matrix, and
cells and points of all; a curve has `CURVE_POINTS` where there are few."""

MATRIX_TABLE: Final = 20
"""With more classes, a table tells of each class instead of each pair."""

MAX_PICTURES: Final = 12
PICTURE_POINTS: Final = 300
_WIDTH: Final = 720
_CURVE_SIZE: Final = (480, 360)

SCORES: Final[Mapping[str, str]] = {
    "auc": "AUC",
    "average_precision": "average precision",
    "base_rate": "share of positive cases",
    "brier": "Brier score",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """The results of one name at one step (None for those without)."""

    step: int | None
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """All results of one kind and name, by step."""

    name: str
    shape: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table of numbers: its heading, the head's texts, and each row's own heading and cells."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class LegendItem:
    """Which curve of a picture is which."""

    name: str
    color: int
    dash: int


@dataclass(frozen=True, slots=True)
class ResultPanel:
    """A result as it stands without scripts; `picture` is None beyond `MAX_PICTURES`."""

    title: str
    table: ResultTable
    picture: Picture | None
    legend: tuple[LegendItem, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class RunResults:
    """What a run's page shows of its results, its shard, and the pictures to draw."""

    run_id: str
    panels: tuple[ResultPanel, ...]
    shard: dict[str, Any] = field(repr=False)
    pictures: tuple[PictureFiles, ...] = field(repr=False)


def view_results(run: RunEntry) -> RunResults | None:
    """The results of a run; None when it has none that can be read."""
    groups = _group(run)
    if not groups:
        return None
    panels, pictures = [], []
    for number, group in enumerate(groups):
        files = _draw(run, group, number) if number < MAX_PICTURES else None
        pictures += [files] if files else []
        panels.append(_panel(run, group, files.picture if files else None))
    return RunResults(run.id, tuple(panels), _shard(groups), tuple(pictures))


def _group(run: RunEntry) -> list[Group]:
    """The results by name, curves first, each in the order logged."""
    found: dict[tuple[bool, str, str], dict[int | None, list[Result]]] = {}
    for artifact in _choose(run.record.artifacts):
        result = _read(artifact)
        if isinstance(result, ConfusionMatrix):
            steps = found.setdefault((True, CONFUSION_MATRIX, result.name), {})
            steps[artifact.step] = [result]
        elif isinstance(result, ResultCurve):
            named = (False, f"{CURVE} {result.kind}", result.name)
            found.setdefault(named, {}).setdefault(artifact.step, []).append(result)
    return [
        Group(
            name, CONFUSION_MATRIX if is_matrix else CURVE, _entries(found[is_matrix, kind, name])
        )
        for is_matrix, kind, name in sorted(found, key=lambda key: key[0])
    ]


def _entries(steps: Mapping[int | None, list[Result]]) -> tuple[Entry, ...]:
    ordered = sorted(steps, key=lambda step: (step is not None, step or 0))
    return tuple(Entry(step, tuple(steps[step])) for step in ordered)


def _choose(artifacts: Sequence[Artifact]) -> Iterator[Artifact]:
    """The files that may hold results, and of each series as many steps as are shown."""
    series: dict[tuple[str, str], list[Artifact]] = {}
    alone = []
    for one in artifacts:
        if not may_hold_results(one.path, one.kind):
            continue
        if one.key is None:
            alone.append(one)
        else:
            series.setdefault((one.kind, one.key), []).append(one)
    chosen = [*alone]
    for members in series.values():
        chosen += spread(sorted(members, key=lambda one: one.step or 0), MAX_STEPS)
    yield from chosen[:MAX_FILES]


def may_hold_results(path: str, kind: str) -> bool:
    """By its kind or where it lies: other tools' copies of a run keep the path only."""
    named_so = path.startswith("results/") and path.endswith(".json")
    return named_so or kind in (CONFUSION_MATRIX, CURVE)


def _read(artifact: Artifact) -> Result | None:
    if find_refusal(artifact) is not None:
        return None
    try:
        if artifact.file.stat().st_size > MAX_BYTES:
            return None
        return read_result(artifact.file.read_bytes())
    except (OSError, InvalidValue):
        return None


def _most_confused(matrix: ConfusionMatrix) -> ConfusionMatrix:
    """The matrix of at most `MAX_CLASSES`: those that are taken for others most often."""
    if len(matrix.labels) <= MAX_CLASSES:
        return matrix
    counts = np.array(matrix.counts)
    errors = counts.sum(axis=0) + counts.sum(axis=1) - 2 * counts.diagonal()
    kept = np.sort(np.argsort(-errors, kind="stable")[:MAX_CLASSES])
    return replace(
        matrix,
        labels=tuple(matrix.labels[at] for at in kept),
        counts=tuple(map(tuple, counts[np.ix_(kept, kept)].tolist())),
    )


def _shard(groups: Sequence[Group]) -> dict[str, Any]:
    matrices = [one for one in groups if one.shape == CONFUSION_MATRIX]
    curves = [one for one in groups if one.shape == CURVE]
    lines = sum(len(entry.results) for group in curves for entry in group.entries)
    points = min(max(MAX_POINTS // max(lines, 1), 50), CURVE_POINTS)
    return {
        "matrices": [_matrix_document(one) for one in matrices],
        "curves": [_curve_document(one, points) for one in curves],
    }


def _matrix_document(group: Group) -> dict[str, Any]:
    entries: list[dict[str, Any]] = []
    for entry in group.entries:
        for one in entry.results:
            if isinstance(one, ConfusionMatrix):
                shown = _most_confused(one)
                whole = {"classes": len(one.labels), "accuracy": _accuracy(one)}
                drawn = {"labels": shown.labels, "counts": shown.counts}
                entries.append({"step": entry.step, **whole, **drawn})
    most = max(MAX_CELLS // len(entries[-1]["labels"]) ** 2, 1)
    return {"name": group.name, "entries": entries[-most:]}


def _accuracy(matrix: ConfusionMatrix) -> float | None:
    counts = np.array(matrix.counts, np.float64)
    return _short(counts.trace() / counts.sum()) if counts.sum() > 0 else None


def _curve_document(group: Group, points: int) -> dict[str, Any]:
    first = next(one for one in group.entries[0].results if isinstance(one, ResultCurve))
    return {
        "name": group.name,
        "kind": first.kind,
        "x_title": first.x_title,
        "y_title": first.y_title,
        "entries": [
            {
                "step": entry.step,
                "curves": [
                    {"label": one.label, "scores": dict(one.scores), **_reduce(one, points)}
                    for one in entry.results
                    if isinstance(one, ResultCurve)
                ],
            }
            for entry in group.entries
        ],
    }


def _reduce(curve: ResultCurve, points: int) -> dict[str, list[float]]:
    """Fewer points that draw the same line; one that turns back keeps evenly spread ones."""
    x, y = np.array(curve.x, np.float64), np.array(curve.y, np.float64)
    if len(x) > points:
        ascends = bool((np.diff(x) >= 0).all())
        even = np.linspace(0, len(x) - 1, points).round().astype(np.int64)
        kept = reduce_curve(x, y, points=points) if ascends else even
        x, y = x[kept], y[kept]
    return {"x": [_short(at) for at in x.tolist()], "y": [_short(at) for at in y.tolist()]}


def _short(number: float) -> float:
    """A number with as many digits as a drawing can show."""
    return float(f"{number:.6g}")


def _draw(run: RunEntry, group: Group, number: int) -> PictureFiles:
    results = group.entries[-1].results
    stem = f"charts/runs/{run.id}-{number}"
    first = results[0]
    if isinstance(first, ConfusionMatrix):
        drawn = _most_confused(first)
        width, height = confusion_size(drawn.labels, width=_WIDTH)
        filled = picture_confusion(
            drawn.labels, drawn.counts, width=width, height=height, palette={}
        )
        return name_picture(stem, CONFUSION_MATRIX, _title(group), filled, width, height)
    curves = [one for one in results if isinstance(one, ResultCurve)]
    shown = [
        {
            "id": str(place),
            "color": item.color,
            "dash": item.dash,
            "scores": curve.scores,
            **_reduce(curve, PICTURE_POINTS),
        }
        for place, (curve, item) in enumerate(zip(curves, _legend(run, curves), strict=True))
    ]
    width, height = _CURVE_SIZE
    filled = picture_result_curves(
        shown,
        kind=curves[0].kind,
        x_title=curves[0].x_title,
        y_title=curves[0].y_title,
        width=width,
        height=height,
        palette={},
    )
    return name_picture(stem, CURVE, _title(group), filled, width, height)


def _legend(run: RunEntry, curves: Sequence[ResultCurve]) -> list[LegendItem]:
    """The curves by label; the only one has the look of its run."""
    if len(curves) == 1:
        return [LegendItem(_curve_name(curves[0]), run_color(run), run_dash(run))]
    return [
        LegendItem(_curve_name(curve), place % RUN_COLORS, place // RUN_COLORS % DASH_PATTERNS)
        for place, curve in enumerate(curves)
    ]


def _curve_name(curve: ResultCurve) -> str:
    return curve.name if curve.label is None else curve.label


def _panel(run: RunEntry, group: Group, picture: Picture | None) -> ResultPanel:
    first = group.entries[-1].results[0]
    curves = [one for one in group.entries[-1].results if isinstance(one, ResultCurve)]
    table = _matrix_table(first) if isinstance(first, ConfusionMatrix) else _curve_table(curves)
    legend = _legend(run, curves) if len(curves) > 1 else []
    hints = []
    if len(group.entries) > 1:
        hints.append("The last of several steps.")
    if isinstance(first, ConfusionMatrix) and len(first.labels) > MAX_CLASSES:
        hints.append(
            f"The {MAX_CLASSES} of {format_count(len(first.labels))} classes that are most often "
            "taken for others."
        )
    return ResultPanel(_title(group), table, picture, tuple(legend), " ".join(hints))


def _title(group: Group) -> str:
    last = group.entries[-1]
    first = last.results[0]
    step = "" if last.step is None else f", step {last.step}"
    if isinstance(first, ConfusionMatrix):
        share = _accuracy(first)
        told = MISSING if share is None else _percent(share, 1)
        return f"{group.name}: {told} on the diagonal{step}"
    return f"{group.name}: {first.y_title} by {first.x_title}{step}"


def _matrix_table(matrix: ConfusionMatrix) -> ResultTable:
    if len(matrix.labels) > MATRIX_TABLE:
        return _class_table(matrix)
    rows = tuple(
        (label, tuple(format_number(count) for count in counts))
        for label, counts in zip(matrix.labels, matrix.counts, strict=True)
    )
    return ResultTable(
        "Counts, a row for each true class", ("true \\ predicted", *matrix.labels), rows
    )


def _class_table(matrix: ConfusionMatrix) -> ResultTable:
    counts = np.array(matrix.counts, np.float64)
    cases, guessed, right = counts.sum(axis=1), counts.sum(axis=0), counts.diagonal()
    kept = set(_most_confused(matrix).labels)
    rows = tuple(
        (
            label,
            (
                format_number(float(cases[at])),
                _percent(right[at], guessed[at]),
                _percent(right[at], cases[at]),
            ),
        )
        for at, label in enumerate(matrix.labels)
        if label in kept
    )
    return ResultTable("By class", ("class", "cases", "precision", "recall"), rows)


def _curve_table(curves: Sequence[ResultCurve]) -> ResultTable:
    keys = list(dict.fromkeys(key for curve in curves for key in curve.scores))
    rows = tuple(
        (
            _curve_name(curve),
            (*(format_number(curve.scores.get(key)) for key in keys), format_count(len(curve.x))),
        )
        for curve in curves
    )
    return ResultTable("Curves", ("curve", *(SCORES.get(key, key) for key in keys), "points"), rows)


def _percent(part: float, whole: float) -> str:
    return f"{format_number(100 * float(part) / float(whole), digits=3)} %" if whole else MISSING
