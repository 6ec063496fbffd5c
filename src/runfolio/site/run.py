"""The page of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from markupsafe import Markup

from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.artifacts import DIFFS, ArtifactView, ArtifactViews, InputView, view_input
from runfolio.site.code import highlight_diff
from runfolio.site.console import ConsoleText, read_console
from runfolio.site.facts import (
    MAX_VALUE,
    OPENING,
    Fact,
    Reproduction,
    environment_facts,
    git_facts,
    read_git,
    read_versions,
    reproduce,
    versions_shard,
)
from runfolio.site.headlines import Headline, view_headlines
from runfolio.site.library import ExperimentEntry, RunEntry, Summary
from runfolio.site.models.kept import KeptModels
from runfolio.site.notes import render_markdown
from runfolio.site.numbers import format_duration, format_number
from runfolio.site.pages import (
    Moment,
    Status,
    metric_label,
    run_color,
    run_dash,
    show_moment,
    show_status,
)
from runfolio.site.relatives import Relatives
from runfolio.site.results import RunResults
from runfolio.site.sparks import Spark, show_sparks
from runfolio.site.standing import Standing, headline_metrics, own_metrics

MAX_DRAWINGS: Final = 4
DRAWN_POINTS: Final = 20
"""So many curves are drawn in the page itself, the most telling ones, with so many points."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A parameter or tag; `opening` is how a value begins that is too long to show at once."""

    PRINTED: ClassVar = ("name", "value", "opening")

    name: str
    value: str
    opening: str | None


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric in numbers: the last and the best value, also in full, and how the others lie.

    A metric of one value has no more than that.
    """

    PRINTED: ClassVar = (
        "label",
        "last",
        "last_in_full",
        "best",
        "best_in_full",
        "step",
        "low",
        "high",
        "mean",
        "points",
    )

    label: str
    last: str
    last_in_full: str | None
    best: str
    best_in_full: str | None
    step: str
    low: str
    high: str
    mean: str
    points: str


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """A drawing of a curve that no headline shows, for pages without scripts and for paper."""

    PRINTED: ClassVar = ("title", "range")

    title: str
    range: str
    spark: Spark


@dataclass(frozen=True, slots=True)
class ConsoleView:
    """A file of terminal output; `shard` names the one that has all of it, if the page has not."""

    path: str
    href: str | None
    text: ConsoleText
    shard: str | None


@dataclass(frozen=True, slots=True)
class RunView:
    """The page of a run; nothing is `recorded` where neither code nor environment is known."""

    PRINTED: ClassVar = (
        "id",
        "name",
        "experiment_id",
        "color",
        "dash",
        "duration",
        "commit",
        "panels_hint",
        "traceback",
        "packages",
        "packages_shard",
        "diff_href",
        "requirements",
        "compare_fragment",
        "compare_text",
    )
    PRINTED_HTML: ClassVar = ("note", "diff")

    id: str
    name: str
    experiment_id: str
    color: str
    dash: str
    status: Status
    started: Moment
    ended: Moment | None
    duration: str | None
    commit: str | None
    dirty: bool
    standing: Standing
    relatives: Relatives
    note: Markup | None
    tags: tuple[Pair, ...]
    headlines: tuple[Headline, ...]
    params: tuple[Pair, ...]
    metrics: tuple[MetricRow, ...]
    has_curves: bool
    panels: tuple[CurvePanel, ...]
    panels_hint: str | None
    system: tuple[Fact, ...]
    inputs: tuple[InputView, ...]
    artifacts: ArtifactViews
    results: RunResults | None
    consoles: tuple[ConsoleView, ...]
    traceback: str | None
    diff: Markup | None
    recorded: bool
    git: tuple[Fact, ...]
    environment: tuple[Fact, ...]
    packages: str
    packages_shard: str
    reproduction: Reproduction
    diff_href: str | None
    requirements: str | None
    sources: tuple[ArtifactView, ...]
    compare_fragment: str
    compare_text: str
    models: KeptModels | None
    foreign: bool


Sparks = dict[str, Spark | None]
"""The curves that a page draws, by metric."""


def view_run(
    experiment: ExperimentEntry,
    run: RunEntry,
    *,
    standing: Standing,
    relatives: Relatives,
    artifacts: ArtifactViews,
    results: RunResults | None,
    texts: dict[str, str],
    requirements: str | None,
    models: KeptModels | None,
    foreign: bool,
    sparks: Sparks | None = None,
) -> RunView:
    """What the page of a run shows; `texts` are the contents of its short text artifacts.

    `sparks` are its own of `draw_sparks`, where these are made already. Of `experiment` it takes
    only what is the same whatever its other runs are; the rest is in `standing`.
    """
    record, git = run.record, read_git(run)
    diff = next((texts[path] for path in DIFFS if path in texts), None)
    diff_hrefs = [one.href for one in artifacts.single if one.path in DIFFS]
    started, ended = show_moment(record.start_time), show_moment(record.end_time)
    assert started is not None
    machine = [key for key in sorted(run.summaries) if key.startswith(SYSTEM_PREFIX)]
    own = own_metrics(experiment, run)
    curves = [key for key in own if _has_curve(run, key)]
    sparks = sparks if sparks is not None else draw_sparks(experiment, [run])[0]
    sources = {one.path for one in record.artifacts if one.kind == "code"} - set(DIFFS)
    facts, environment, versions = git_facts(run), environment_facts(run), read_versions(run)
    reproduction = reproduce(run)
    repeated = relatives.repeats or relatives.repetitions
    return RunView(
        id=run.id,
        name=record.name,
        experiment_id=experiment.id,
        color=str(run_color(run)),
        dash=str(run_dash(run)),
        status=show_status(record.status),
        started=started,
        ended=ended if ended != started else None,
        duration=None if record.duration is None else format_duration(record.duration),
        commit=str(git["commit"])[:7] if git.get("commit") else None,
        dirty=bool(git.get("dirty")),
        standing=_show_standing(standing),
        relatives=relatives,
        note=render_markdown(record.note) if record.note else None,
        tags=pair_texts(record.tags),
        headlines=view_headlines(experiment, run, standing, sparks),
        params=pair_texts(record.param_texts),
        metrics=tuple(_metric_row(experiment, run, key) for key in own or machine),
        has_curves=bool(curves),
        panels=_panels(run, sparks, headline_metrics(experiment, run)),
        panels_hint=_panels_hint(len(sparks), len(curves)),
        system=tuple(_machine_fact(run, key) for key in machine if _has_curve(run, key)),
        inputs=tuple(view_input(one) for one in record.inputs),
        artifacts=artifacts,
        results=results,
        consoles=_consoles(run, artifacts),
        traceback=texts.get("traceback.txt"),
        diff=highlight_diff(diff) if diff else None,
        recorded=bool(facts or environment or sources or diff or reproduction.lines or repeated),
        git=facts,
        environment=environment,
        packages=str(len(versions)) if versions else "",
        packages_shard=versions_shard(versions) if versions else "",
        reproduction=reproduction,
        diff_href=next(iter(diff_hrefs), None),
        requirements=requirements,
        sources=tuple(one for one in artifacts.single if one.path in sources),
        compare_fragment="runs=" + ",".join(filter(None, (standing.other_id, run.id))),
        compare_text=_compare_text(run, standing),
        models=models,
        foreign=foreign,
    )


def draw_sparks(experiment: ExperimentEntry, runs: Sequence[RunEntry]) -> list[Sparks]:
    """The curves that the page of each run draws; many runs together take less time."""
    chosen = [
        [key for key in own_metrics(experiment, run) if _has_curve(run, key)][:MAX_DRAWINGS]
        for run in runs
    ]
    wanted = {
        (place, key): runs[place].curves[key] for place, keys in enumerate(chosen) for key in keys
    }
    drawn = show_sparks(wanted, points=DRAWN_POINTS)
    return [{key: drawn[place, key] for key in keys} for place, keys in enumerate(chosen)]


def _has_curve(run: RunEntry, key: str) -> bool:
    """Whether there is a curve to draw: what a store says of its points may not be so."""
    curve = run.curves.get(key)
    return curve is not None and len(curve.step) > 1


def _show_standing(standing: Standing) -> Standing:
    """What the page prints of a run's place; its ranks stand with the headlines."""
    return replace(standing, ranks={}, other=None, other_id=None, role=None)


def _consoles(run: RunEntry, artifacts: ArtifactViews) -> tuple[ConsoleView, ...]:
    files = {one.path: one.file for one in run.record.artifacts}
    found = []
    for number, view in enumerate(one for one in artifacts.single if one.elsewhere == "console"):
        text = read_console(files[view.path])
        shard = f"previews/{run.id}/console-{number}" if text.whole else None
        found.append(ConsoleView(view.path, view.href, text, shard))
    return tuple(found)


def _metric_row(experiment: ExperimentEntry, run: RunEntry, key: str) -> MetricRow:
    summary = run.summaries[key]
    label, last = metric_label(experiment, key), format_number(summary.last)
    in_full = None if summary.last is None else repr(summary.last)
    points = _points(summary.count, summary.nan_count)
    if summary.count == 1:
        return MetricRow(label, last, in_full, "", None, "", "", "", "", points)
    direction = experiment.direction(key)
    value, step = summary.best(direction) if direction else (None, None)
    return MetricRow(
        label=label,
        last=last,
        last_in_full=in_full,
        best="" if value is None else format_number(value),
        best_in_full=None if value is None else repr(value),
        step="" if step is None else format_number(step),
        low=format_number(summary.min),
        high=format_number(summary.max),
        mean=format_number(summary.mean),
        points=points,
    )


def _points(count: int, nans: int) -> str:
    """How many values there are, and how many of them are no numbers."""
    lost = "all" if nans == count else f"{nans:,}"
    return f"{count:,} ({lost} NaN)" if nans else f"{count:,}"


def _machine_fact(run: RunEntry, key: str) -> Fact:
    """A measurement of the machine: its mean, and between what it moved."""
    summary = run.summaries[key]
    mean, least, most = map(format_number, (summary.mean, summary.min, summary.max))
    value = mean if least == most else f"{mean} on average, {least} to {most}"
    return Fact(key.removeprefix(SYSTEM_PREFIX), value)


def _panels(
    run: RunEntry, sparks: Mapping[str, Spark | None], told: list[str]
) -> tuple[CurvePanel, ...]:
    return tuple(
        CurvePanel(key, _tell_range(run.summaries[key]), spark)
        for key, spark in sparks.items()
        if spark is not None and key not in told
    )


def _tell_range(summary: Summary) -> str:
    return f"{format_number(summary.min)} to {format_number(summary.max)}"


def _panels_hint(drawn: int, curves: int) -> str | None:
    return f"{drawn} of {curves:,} curves; the browser draws all." if drawn < curves else None


def pair_texts(texts: Mapping[str, str]) -> tuple[Pair, ...]:
    """Named texts by name, as a page shows them."""
    return tuple(
        Pair(name, text, f"{text[:OPENING]}…" if len(text) > MAX_VALUE else None)
        for name, text in sorted(texts.items())
    )


def _compare_text(run: RunEntry, standing: Standing) -> str:
    """What the link to the compare page says; runs may share their name."""
    if standing.other is None:
        return "Compare with other runs"
    role = "the best run" if standing.role == "best" else "the baseline"
    name = standing.other.text
    return f"Compare with {role if name == run.record.name else name}"
