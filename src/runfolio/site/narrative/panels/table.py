"""A table of runs, or of groups of runs with the means of their metrics."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from runfolio.analysis.numbers import count_noun
from runfolio.analysis.sides import Side, make_side
from runfolio.site.library import RunEntry, find_contenders
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.grids import (
    TEMPLATE,
    Grid,
    GridCell,
    Head,
    align,
    mark_best,
    show_side,
)
from runfolio.site.narrative.panels.groups import Group, group_runs
from runfolio.site.narrative.panels.subjects import Drawn, Subject
from runfolio.site.narrative.panels.words import capital, count_shown
from runfolio.site.pages import DIRECTION_WORDS

OPTIONS: Final = ("columns", "group", "sort", "limit")
USUAL_ROWS: Final = 20
MOST_ROWS: Final = 200
_PARAMS: Final = 4
_METRICS: Final = 3


def draw_table(subject: Subject) -> Drawn:
    """A table of runs, best first, or of their groups."""
    columns = _columns(subject)
    limit = subject.block.whole("limit", USUAL_ROWS, most=MOST_ROWS)
    if "group" in subject.block.values:
        return _draw_groups(subject, columns, limit)
    column, falling = _order(subject, columns)
    runs = _sorted(subject.runs, column, falling=falling)
    shown = runs[:limit]
    ranked = column is not None and column.direction == ("up" if falling else "down")
    words = capital(count_shown(len(shown), len(runs), "run", ranked=ranked))
    if column is not None:
        words += f" by {column.title}" + (
            ", best first" if ranked and len(shown) == len(runs) else ""
        )
    body = [_run_cells(subject, shown, one) for one in columns]
    names = [GridCell(run.record.name, href=subject.href(run)) for run in shown]
    heads = (Head("run"), *(_head(one) for one in columns))
    rows = align(list(zip(names, *body, strict=True)))
    return Drawn("table", TEMPLATE, Grid(words, heads, rows, sortable=True), words)


def _columns(subject: Subject) -> list[Column]:
    """The columns asked for; without any the primary metric, what varies, and other metrics."""
    names = subject.block.texts("columns")
    if names:
        found = [subject.named("columns", name) for name in names]
        return [one for one in found if one.key != "attributes.run_name"]
    experiments = subject.source.experiments_of(subject.runs)
    metrics = list(dict.fromkeys(key for one in experiments for key in one.metrics))
    held = {key for run in subject.runs for key in run.summaries}
    metrics = [key for key in metrics if key in held][:_METRICS]
    params = [] if "group" in subject.block.values else _common_params(subject)
    measured = [f"metrics.`{key}`" for key in metrics]
    named = [*measured[:1], *(f"params.`{key}`" for key in params), *measured[1:]]
    return [subject.named("columns", name) for name in named]


def _common_params(subject: Subject) -> list[str]:
    """The parameters that differ and that half of the runs have at least."""
    half = len(subject.runs) / 2
    return [
        key
        for key in subject.varying()[:_PARAMS]
        if sum(key in run.record.params for run in subject.runs) >= half
    ]


def _order(subject: Subject, columns: Sequence[Column]) -> tuple[Column | None, bool]:
    """What rows are sorted by and whether it falls: the first metric, best first, if not told."""
    asked = subject.block.text("sort")
    if not asked:
        metric = next((one for one in columns if one.key.startswith("metrics.")), None)
        return metric, metric is not None and metric.direction == "up"
    name, falling = asked, None
    for word, falls in ((" desc", True), (" asc", False)):
        if asked.lower().endswith(word):
            name, falling = asked[: -len(word)].rstrip(), falls
    column = subject.named("sort", name)
    return column, column.direction == "up" if falling is None else falling


def _sorted(runs: Sequence[RunEntry], column: Column | None, *, falling: bool) -> list[RunEntry]:
    """The runs in order; those that broke off and those without a value come last."""
    if column is None:
        return list(runs)
    sound = {run.id for run in find_contenders(runs)}
    judged = column.direction is not None
    kept = [run for run in runs if run.id in sound] if judged else list(runs)
    rest = [run for run in runs if run.id not in sound] if judged else []
    return [*_by_value(kept, column, falling=falling), *_by_value(rest, column, falling=falling)]


def _by_value(runs: Sequence[RunEntry], column: Column, *, falling: bool) -> list[RunEntry]:
    known = [run for run in runs if _has(column.read(run))]
    unknown = [run for run in runs if not _has(column.read(run))]
    return sorted(known, key=column.read, reverse=falling) + unknown


def _has(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _head(column: Column) -> Head:
    area = column.key.partition(".")[0]
    what = {"params": "parameter ", "tags": "tag ", "metrics": ""}.get(area, "")
    direction = DIRECTION_WORDS.get(column.direction or "")
    hint = f"{what}{column.title}" + (f", {direction}" if direction else "")
    return Head(column.label, column.numeric, hint)


def _run_cells(subject: Subject, runs: Sequence[RunEntry], column: Column) -> list[GridCell]:
    texts = [column.text(run) for run in runs]
    cells = [GridCell(text, full, numeric=column.numeric) for text, full in texts]
    sound = {run.id for run in subject.contenders}
    of_all = [column.number(run) if run.id in sound else None for run in subject.runs]
    marked = mark_best([GridCell("")] * len(of_all), of_all, column.direction)
    best = {run.id for run, cell in zip(subject.runs, marked, strict=True) if cell.best}
    return [
        GridCell(cell.text, cell.full, cell.numeric, best=run.id in best)
        for run, cell in zip(runs, cells, strict=True)
    ]


def _draw_groups(subject: Subject, columns: Sequence[Column], limit: int) -> Drawn:
    """A row a group: how many runs it has, and the mean and deviation of each column."""
    by = [subject.named("group", name) for name in subject.block.texts("group")]
    metrics = [one for one in columns if one.numeric and one.key not in {other.key for other in by}]
    if not metrics:
        raise subject.block.mistake(
            "columns", "columns: Groups have means of numbers only, and none is asked for."
        )
    groups = _sorted_groups(subject, group_runs(subject.contenders, by), metrics)
    shown = groups[:limit]
    labels = [[GridCell(label) for label in group.labels] for group in shown]
    counts = [GridCell(str(len(group.runs)), numeric=True) for group in shown]
    body = [_group_cells(shown, one) for one in metrics]
    rows = align([
        (*label, count, *cells)
        for label, count, *cells in zip(labels, counts, *body, strict=True)
    ])  # fmt: skip
    heads = (
        *(Head(one.title) for one in by),
        Head("runs", numeric=True),
        *(_head(one) for one in metrics),
    )
    named = " and ".join(one.title for one in by)
    ranked = metrics[0].direction is not None
    words = f"Means of {count_shown(len(shown), len(groups), 'group', ranked=ranked)} by {named}"
    words += f", {count_noun(len(subject.contenders), 'run')}"
    notes = ("± is the standard deviation of the runs of a group.",)
    grid = Grid(words, heads, rows, headers=len(by), sortable=True)
    return Drawn("table", TEMPLATE, grid, words, notes)


def _sorted_groups(subject: Subject, groups: list[Group], metrics: Sequence[Column]) -> list[Group]:
    """The groups in the order of their values, or by the mean of what is asked for in `sort`."""
    if "sort" not in subject.block.values:
        return groups
    column, falling = _order(subject, metrics)
    assert column is not None
    if not column.numeric:
        return sorted(groups, key=lambda group: str(column.read(group.runs[0])), reverse=falling)
    means = [(_side(group, column).mean, group) for group in groups]
    known = [(mean, group) for mean, group in means if mean is not None]
    known.sort(key=lambda pair: pair[0], reverse=falling)
    return [group for _, group in known] + [group for mean, group in means if mean is None]


def _side(group: Group, column: Column) -> Side:
    values = [column.read(run) for run in group.runs]
    return make_side([float(value) for value in values if value is not None])


def _group_cells(groups: Sequence[Group], column: Column) -> list[GridCell]:
    sides = [_side(group, column) for group in groups]
    pairs = zip(groups, sides, strict=True)
    cells = [show_side(side, members=len(group.runs)) for group, side in pairs]
    return mark_best(cells, [side.mean for side in sides], column.direction)
