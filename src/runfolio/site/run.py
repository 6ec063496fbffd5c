"""The page of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

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
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.notes import render_markdown
from runfolio.site.numbers import format_duration
from runfolio.site.pages import (
    Link,
    Moment,
    Number,
    Spark,
    Status,
    metric_label,
    run_color,
    run_dash,
    show_moment,
    show_number,
    show_spark,
    show_status,
)
from runfolio.site.relatives import Relatives
from runfolio.site.results import RunResults
from runfolio.site.standing import Standing, own_metrics

MAX_DRAWINGS: Final = 4
DRAWN_POINTS: Final = 32
"""So many curves are drawn in the page itself, the most telling ones, with so many points."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A parameter or tag; `opening` is how a value begins that is too long to show at once."""

    name: str
    value: str
    opening: str | None


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric in numbers: last, best, its step, min, max and mean."""

    key: str
    label: str
    numbers: tuple[Number, ...]
    points: str


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """A plain drawing of a metric's curve, for pages without scripts and for paper."""

    title: str
    line: str
    plain: Spark
    low: str
    high: str
    first_step: str
    last_step: str


@dataclass(frozen=True, slots=True)
class ConsoleView:
    """A file of terminal output; `shard` names the one that has all of it, if the page has not."""

    path: str
    href: str | None
    text: ConsoleText
    shard: str | None


@dataclass(frozen=True, slots=True)
class RunView:
    """The page of a run."""

    id: str
    name: str
    experiment_id: str
    color: int
    dash: int
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
    panels: tuple[CurvePanel, ...]
    panels_hint: str | None
    system: tuple[Fact, ...]
    inputs: tuple[InputView, ...]
    artifacts: ArtifactViews
    results: RunResults | None
    consoles: tuple[ConsoleView, ...]
    traceback: str | None
    diff: Markup | None
    git: tuple[Fact, ...]
    environment: tuple[Fact, ...]
    packages: int
    packages_shard: str
    reproduction: Reproduction
    diff_href: str | None
    requirements: str | None
    downloads: tuple[Link, ...]
    sources: tuple[ArtifactView, ...]
    compare_fragment: str
    compare_text: str
    foreign: bool


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
    downloads: tuple[Link, ...],
    foreign: bool,
) -> RunView:
    """What the page of a run shows; `texts` are the contents of its short text artifacts.

    Of `experiment` only what is the same whatever its other runs are; the rest is in `standing`.
    """
    record, git = run.record, read_git(run)
    diff = next((texts[path] for path in DIFFS if path in texts), None)
    diff_hrefs = [one.href for one in artifacts.single if one.path in DIFFS]
    started, ended = show_moment(record.start_time), show_moment(record.end_time)
    assert started is not None
    machine = [key for key in sorted(run.summaries) if key.startswith(SYSTEM_PREFIX)]
    own = own_metrics(experiment, run)
    system = [key for key in machine if key in run.curves and len(run.curves[key].step) > 1]
    sources = {one.path for one in record.artifacts if one.kind == "code"} - set(DIFFS)
    versions = read_versions(run)
    drawn = [key for key in own if key in run.curves and len(run.curves[key].step) > 1]
    drawn = drawn[:MAX_DRAWINGS]
    lines = {key: f"line-{number}" for number, key in enumerate(drawn)}
    sparks = {key: show_spark(run.curves[key], points=DRAWN_POINTS) for key in drawn}
    return RunView(
        id=run.id,
        name=record.name,
        experiment_id=experiment.id,
        color=run_color(run),
        dash=run_dash(run),
        status=show_status(record.status),
        started=started,
        ended=ended if ended != started else None,
        duration=None if record.duration is None else format_duration(record.duration),
        commit=str(git["commit"])[:7] if git.get("commit") else None,
        dirty=bool(git.get("dirty")),
        standing=standing,
        relatives=relatives,
        note=render_markdown(record.note) if record.note else None,
        tags=_pairs(record.tags),
        headlines=view_headlines(experiment, run, standing, sparks, lines),
        params=_pairs(record.param_texts),
        metrics=tuple(_metric_row(experiment, run, key) for key in own or machine),
        panels=_panels(run, lines, sparks),
        panels_hint=_panels_hint(len(drawn), own, run),
        system=tuple(_machine_fact(run, key) for key in system),
        inputs=tuple(view_input(one) for one in record.inputs),
        artifacts=artifacts,
        results=results,
        consoles=_consoles(run, artifacts),
        traceback=texts.get("traceback.txt"),
        diff=highlight_diff(diff) if diff else None,
        git=git_facts(run),
        environment=environment_facts(run),
        packages=len(versions),
        packages_shard=versions_shard(versions),
        reproduction=reproduce(run),
        diff_href=next(iter(diff_hrefs), None),
        requirements=requirements,
        downloads=downloads,
        sources=tuple(one for one in artifacts.single if one.path in sources),
        compare_fragment="runs=" + ",".join(filter(None, (standing.other_id, run.id))),
        compare_text=_compare_text(run, standing),
        foreign=foreign,
    )


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
    direction = experiment.direction(key)
    value, step = summary.best(direction) if direction else (None, None)
    return MetricRow(
        key=key,
        label=metric_label(experiment, key),
        numbers=(
            show_number(summary.last),
            show_number(value),
            show_number(step),
            show_number(summary.min),
            show_number(summary.max),
            show_number(summary.mean),
        ),
        points=_points(summary.count, summary.nan_count),
    )


def _points(count: int, nans: int) -> str:
    """How many values there are, and how many of them are no numbers."""
    lost = "all" if nans == count else f"{nans:,}"
    return f"{count:,} ({lost} NaN)" if nans else f"{count:,}"


def _machine_fact(run: RunEntry, key: str) -> Fact:
    """A measurement of the machine: its mean, and between what it moved."""
    summary = run.summaries[key]
    mean, least, most = (show_number(one).text for one in (summary.mean, summary.min, summary.max))
    value = mean if least == most else f"{mean} on average, {least} to {most}"
    return Fact(key.removeprefix(SYSTEM_PREFIX), value)


def _panels(
    run: RunEntry, lines: Mapping[str, str], sparks: Mapping[str, Spark | None]
) -> tuple[CurvePanel, ...]:
    panels = []
    for key, plain in sparks.items():
        if plain is not None:
            curve, summary = run.curves[key], run.summaries[key]
            panels.append(
                CurvePanel(
                    key,
                    lines[key],
                    plain,
                    show_number(summary.min).text,
                    show_number(summary.max).text,
                    str(int(curve.step.min())),
                    str(int(curve.step.max())),
                )
            )
    return tuple(panels)


def _panels_hint(drawn: int, own: list[str], run: RunEntry) -> str | None:
    curves = sum(key in run.curves and len(run.curves[key].step) > 1 for key in own)
    return f"{drawn} of {curves:,} curves; the browser draws all." if drawn < curves else None


def _pairs(texts: Mapping[str, str]) -> tuple[Pair, ...]:
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
