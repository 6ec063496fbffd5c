"""Two sides of runs by their metrics: means, spread, and whether they differ by more than noise."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from runfolio.analysis.numbers import count_noun
from runfolio.analysis.sides import Difference, compare_values
from runfolio.site.addresses import COMPARE
from runfolio.site.library import RunEntry, find_contenders
from runfolio.site.narrative.panels.columns import Column
from runfolio.site.narrative.panels.grids import TEMPLATE, Grid, GridCell, Head, align, show_side
from runfolio.site.narrative.panels.subjects import MAX_COMPARED, Drawn, Subject, choose_runs
from runfolio.site.narrative.panels.words import note_broken, show_relative
from runfolio.site.numbers import format_number
from runfolio.site.pages import DIRECTION_WORDS, Link

OPTIONS: Final = ("base", "head", "metrics")
MOST_METRICS: Final = 12
_METHOD: Final = (
    "± is the standard deviation of n runs; under Δ stands its 95 % interval (Welch), and a change "
    "is within noise where that holds 0."
)
_VERDICTS: Final = {
    "better": "▲ better",
    "worse": "▼ worse",
    "noise": "within noise",
    "same": "the same",
    "changed": "changed",
    "new": "only in head",
    "gone": "only in base",
}


def draw_compare(subject: Subject) -> Drawn:
    """A table with a row a metric: base, head, change and verdict."""
    block = subject.block
    for key in ("base", "head"):
        if key not in block.values:
            raise block.mistake(
                key, f"{key!r} is missing: a filter that says which runs that side has."
            )
    sides = [_choose(subject, key) for key in ("base", "head")]
    shared = _find_shared(subject, *sides)
    metrics = _metrics(subject, [run for side in sides for run in side])
    differences = [_compare(one, *sides) for one in metrics]
    rows = align([_row(one, found) for one, found in zip(metrics, differences, strict=True)])
    heads = (
        Head("metric"),
        Head("base", numeric=True),
        Head("head", numeric=True),
        Head("Δ", numeric=True, hint="head less base"),
        Head("Δ %", numeric=True, hint="of the base"),
        Head("verdict"),
    )
    counts = [count_noun(len(find_contenders(side)), "run") for side in sides]
    words = f"Head against base, {counts[1]} and {counts[0]}"
    kept = {run.id for side in sides for run in find_contenders(side)}
    off = len({run.id for side in sides for run in side} - kept)
    named = f"Base: {block.text('base')}; head: {block.text('head')}."
    both = (f"{count_noun(shared, 'run')} counted on both sides.",) if shared else ()
    notes = (named, *_notes(differences), *both, *note_broken(off))
    grid = Grid(words, heads, rows)
    return Drawn("table", TEMPLATE, grid, words, notes, link=_link(subject, *sides))


def _find_shared(subject: Subject, base: list[RunEntry], head: list[RunEntry]) -> int:
    """How many runs count on both sides; raises `ReportMistake` where all are."""
    ids = [{run.id for run in find_contenders(side)} for side in (base, head)]
    if ids[0] == ids[1]:
        raise subject.block.mistake("head", "head: Both sides have the same runs.")
    return len(ids[0] & ids[1])


def _choose(subject: Subject, key: str) -> list[RunEntry]:
    """The runs of a side, of those that `runs` and `experiment` leave."""
    runs, _ = choose_runs(subject.block, subject.source, key)
    among = {run.id for run in subject.runs}
    kept = [run for run in runs if run.id in among]
    if not kept:
        raise subject.block.mistake(key, f"{key}: None of its runs is among those of 'runs'.")
    return kept


def _metrics(subject: Subject, runs: list[RunEntry]) -> list[Column]:
    names = subject.block.texts("metrics")
    if names:
        return [subject.metric_named("metrics", name) for name in names]
    experiments = subject.source.experiments_of(runs)
    held = {key for run in runs for key in run.summaries}
    keys = dict.fromkeys(key for one in experiments for key in one.metrics if key in held)
    found = [subject.metric_named("metrics", key) for key in list(keys)[:MOST_METRICS]]
    if not found:
        raise subject.block.mistake("metrics", "metrics: These runs have no metrics.")
    return found


def _compare(metric: Column, base: list[RunEntry], head: list[RunEntry]) -> Difference:
    sides = [
        [float(value) for run in find_contenders(side) if (value := metric.read(run)) is not None]
        for side in (base, head)
    ]
    return compare_values(metric.title, *sides, direction=metric.direction)


def _row(metric: Column, found: Difference) -> tuple[GridCell, ...]:
    change = "" if found.change is None else _signed(found.change)
    relative = "" if found.relative is None else show_relative(found.relative)
    interval = ""
    if found.interval is not None:
        low, high = (_signed(end) for end in found.interval)
        interval = f"{low} … {high}"
    tone = found.verdict if found.verdict in ("better", "worse") else ""
    return (
        GridCell(metric.label, full=DIRECTION_WORDS.get(metric.direction or "")),
        show_side(found.base),
        show_side(found.head),
        GridCell(change, numeric=True, aside=interval),
        GridCell(relative, numeric=True),
        GridCell(_VERDICTS[found.verdict], tone=tone),
    )


def _signed(value: float) -> str:
    text = format_number(abs(value))
    return text if value == 0 else f"{'+' if value > 0 else '−'}{text}"


def _notes(differences: list[Difference]) -> tuple[str, ...]:
    if not any(one.interval for one in differences):
        return ()
    return (_METHOD,)


def _link(subject: Subject, base: list[RunEntry], head: list[RunEntry]) -> Link | None:
    """The compare page with the runs of both sides."""
    runs = list(dict.fromkeys(run.id for run in (*base, *head)))
    if not 1 < len(runs) <= MAX_COMPARED:
        return None
    fragment = urlencode({"runs": ",".join(runs), "base": base[0].id})
    return Link(f"{subject.root}{COMPARE}#{fragment}", "compare these runs")
