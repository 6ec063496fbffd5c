"""The page of a run."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from runfolio.schema import SYSTEM_PREFIX
from runfolio.site.artifacts import ArtifactViews, InputView, view_input
from runfolio.site.code import highlight_diff
from runfolio.site.library import ExperimentEntry, Library, RunEntry
from runfolio.site.notes import render_markdown
from runfolio.site.numbers import format_duration
from runfolio.site.pages import (
    DIRECTION_WORDS,
    Link,
    Moment,
    Number,
    Spark,
    Status,
    metric_label,
    run_color,
    run_dash,
    run_page_link,
    show_moment,
    show_number,
    show_spark,
    show_status,
)

HEADLINES = 4

MAX_PAIR = 400
"""Longer values of parameters and tags are folded behind their first `OPENING` characters."""

OPENING = 120


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the run's most telling numbers, with its rank among the experiment's runs."""

    metric: str
    direction: str | None
    value: Number
    rank: str | None
    spark: Spark | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A parameter or tag; `opening` is how a value begins that is too long to show at once."""

    name: str
    value: str
    opening: str | None


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric of the run: `numbers` are last, best, its step, min, max and mean."""

    key: str
    label: str
    numbers: tuple[Number, ...]
    points: str


@dataclass(frozen=True, slots=True)
class CurvePanel:
    """The place of a chart, with a plain drawing for pages without scripts."""

    key: str
    title: str
    plain: Spark
    low: str
    high: str
    first_step: str
    last_step: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A named fact, such as the Python version."""

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class RunView:
    """The page of a run."""

    id: str
    name: str
    experiment: Link
    color: int
    dash: int
    status: Status
    started: Moment
    ended: Moment | None
    duration: str | None
    commit: str | None
    dirty: bool
    place: str
    previous: Link | None
    next: Link | None
    parent: Link | None
    children: tuple[Link, ...]
    note: Markup | None
    tags: tuple[Pair, ...]
    headlines: tuple[Headline, ...]
    params: tuple[Pair, ...]
    metrics: tuple[MetricRow, ...]
    panels: tuple[CurvePanel, ...]
    system_panels: tuple[CurvePanel, ...]
    inputs: tuple[InputView, ...]
    artifacts: ArtifactViews
    traceback: str | None
    diff: Markup | None
    git: tuple[Fact, ...]
    environment: tuple[Fact, ...]
    packages: tuple[str, ...]
    reproduce: str | None
    reproduce_hint: str
    requirements: str | None
    compare_fragment: str


def view_run(
    library: Library,
    experiment: ExperimentEntry,
    run: RunEntry,
    *,
    artifacts: ArtifactViews,
    texts: dict[str, str],
    requirements: str | None,
) -> RunView:
    """What the page of a run shows; `texts` are the contents of its short text artifacts."""
    record, context = run.record, run.record.context
    place = experiment.places[run.id]
    git = context.get("git") if isinstance(context.get("git"), dict) else {}
    diff = texts.get("code/changes.diff")
    started = show_moment(record.start_time)
    assert started is not None
    machine = [key for key in sorted(run.summaries) if key.startswith(SYSTEM_PREFIX)]
    own = [key for key in experiment.metrics if key in run.summaries and key not in machine]
    system = [key for key in sorted(run.curves) if key.startswith(SYSTEM_PREFIX)]
    sparks = {key: show_spark(run.curves.get(key)) for key in (*own, *system)}
    reproduce, hint = _reproduce(run)
    parent = library.by_id.get(record.parent_id or "")
    return RunView(
        id=run.id,
        name=record.name,
        experiment=Link(f"experiments/{experiment.id}.html", experiment.name),
        color=run_color(run),
        dash=run_dash(run),
        status=show_status(record.status),
        started=started,
        ended=show_moment(record.end_time),
        duration=None if record.duration is None else format_duration(record.duration),
        commit=str(git.get("commit"))[:7] if git and git.get("commit") else None,
        dirty=bool(git and git.get("dirty")),
        place=f"{place + 1} of {len(experiment.runs)}",
        previous=_link(experiment.ranked[place - 1] if place else None),
        next=_link(next(iter(experiment.ranked[place + 1 : place + 2]), None)),
        parent=_link(parent),
        children=tuple(run_page_link(one) for one in library.children.get(run.id, ())),
        note=render_markdown(record.note) if record.note else None,
        tags=_pairs(record.tags),
        headlines=tuple(
            _headline(experiment, run, key, sparks.get(key)) for key in own[:HEADLINES]
        ),
        params=_pairs(record.param_texts),
        metrics=tuple(_metric_row(experiment, run, key) for key in own or machine),
        panels=_panels(run, own, sparks),
        system_panels=_panels(run, system, sparks),
        inputs=tuple(view_input(one) for one in record.inputs),
        artifacts=artifacts,
        traceback=texts.get("traceback.txt"),
        diff=highlight_diff(diff) if diff else None,
        git=_git_facts(git or {}),
        environment=_environment_facts(run),
        packages=list_packages(run),
        reproduce=reproduce,
        reproduce_hint=hint,
        requirements=requirements,
        compare_fragment=_compare_fragment(experiment, run),
    )


def _link(run: RunEntry | None) -> Link | None:
    return run_page_link(run) if run is not None else None


def _headline(
    experiment: ExperimentEntry, run: RunEntry, key: str, spark: Spark | None
) -> Headline:
    direction = experiment.direction(key)
    return Headline(
        metric=metric_label(experiment, key),
        direction=DIRECTION_WORDS.get(direction or ""),
        value=show_number(run.summaries[key].last),
        rank=_rank(experiment, run, key, direction),
        spark=spark,
    )


def _rank(
    experiment: ExperimentEntry, run: RunEntry, key: str, direction: str | None
) -> str | None:
    own, values = run.last(key), experiment.values[key]
    if own is None or direction is None or len(values) < 2 or run.id not in experiment.contenders:
        return None
    lower, upper = bisect_left(values, own), len(values) - bisect_right(values, own)
    before = lower if direction == "down" else upper
    return "best of " + str(len(values)) if before == 0 else f"{before + 1} of {len(values)}"


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
        points=f"{summary.count:,}" + (f", {summary.nan_count:,} NaN" if summary.nan_count else ""),
    )


def _panels(
    run: RunEntry, keys: list[str], sparks: dict[str, Spark | None]
) -> tuple[CurvePanel, ...]:
    panels = []
    for key in keys:
        plain = sparks[key]
        if plain is not None:
            curve, summary = run.curves[key], run.summaries[key]
            panels.append(
                CurvePanel(
                    key,
                    key.removeprefix(SYSTEM_PREFIX),
                    plain,
                    show_number(summary.min).text,
                    show_number(summary.max).text,
                    str(int(curve.step.min())),
                    str(int(curve.step.max())),
                )
            )
    return tuple(panels)


def _git_facts(git: dict[str, object]) -> tuple[Fact, ...]:
    dirty = "yes, see the changes below" if git.get("dirty") else "no"
    facts = [
        Fact("commit", str(git.get("commit") or ""), code=True),
        Fact("branch", str(git.get("branch") or "")),
        Fact("remote", str(git.get("remote") or ""), code=True),
        Fact("changed since", dirty if git.get("commit") else ""),
    ]
    return tuple(fact for fact in facts if fact.value)


def _environment_facts(run: RunEntry) -> tuple[Fact, ...]:
    context = run.record.context
    environment = context.get("environment")
    known = environment if isinstance(environment, dict) else {}
    command = context.get("command")
    facts = [
        Fact("command", _shell(command), code=True),
        Fact("host", str(context.get("host") or "")),
        Fact("user", str(context.get("user") or "")),
        Fact("imported from", _origin(context.get("imported"))),
        *(
            Fact(name.replace("_", " "), value if isinstance(value, str) else json.dumps(value))
            for name, value in sorted(known.items())
            if name != "packages" and value not in (None, "")
        ),
    ]
    return tuple(fact for fact in facts if fact.value)


def _pairs(texts: Mapping[str, str]) -> tuple[Pair, ...]:
    return tuple(
        Pair(name, text, f"{text[:OPENING]}…" if len(text) > MAX_PAIR else None)
        for name, text in sorted(texts.items())
    )


def _origin(imported: object) -> str:
    """Which tool a run came from, and what names it there."""
    if not isinstance(imported, dict):
        return ""
    parts = str(imported.get("identity") or "").split("\0")
    named = " · ".join(part for part in (str(imported.get("kind")), *parts) if part)
    return named if len(named) <= MAX_PAIR else f"{named[:OPENING]}…"


def list_packages(run: RunEntry) -> tuple[str, ...]:
    """The packages that were installed when the run was logged, as "name==version"."""
    environment = run.record.context.get("environment")
    packages = environment.get("packages") if isinstance(environment, dict) else None
    return tuple(str(one) for one in packages) if isinstance(packages, list) else ()


def _shell(command: object) -> str:
    import shlex

    if not isinstance(command, list):
        return ""
    return shlex.join(str(part) for part in command)


def _reproduce(run: RunEntry) -> tuple[str | None, str]:
    """Shell lines that do the run again, and what they leave out."""
    context = run.record.context
    git = context.get("git") if isinstance(context.get("git"), dict) else {}
    command = _shell(context.get("command"))
    if not command:
        return None, "The command was not recorded, so there is nothing to run again."
    lines = []
    if git and git.get("commit"):
        if git.get("remote"):
            lines += [f"git clone {_quote(git['remote'])} again", "cd again"]
        lines.append(f"git checkout {_quote(git['commit'])}")
        if git.get("dirty"):
            lines.append("git apply changes.diff")
    lines += ["pip install -r requirements.txt"] if list_packages(run) else []
    hint = _reproduce_hint(bool(git and git.get("commit")), bool(git and git.get("dirty")))
    return "\n".join([*lines, command]), hint


def _quote(value: object) -> str:
    import shlex

    return shlex.quote(str(value))


def _reproduce_hint(committed: bool, dirty: bool) -> str:
    if not committed:
        return "No commit was recorded: start from the source file kept with the run."
    if dirty:
        return "The code had changes that were not committed; they are kept as changes.diff."
    return "The code was committed as it ran."


def _compare_fragment(experiment: ExperimentEntry, run: RunEntry) -> str:
    """The compare page's fragment for this run beside the best, or the baseline when it is best."""
    other = experiment.best if experiment.best and experiment.best.id != run.id else None
    other = other or (experiment.baseline if experiment.baseline else None)
    ids = [run.id] if other is None or other.id == run.id else [other.id, run.id]
    return "runs=" + ",".join(ids)
