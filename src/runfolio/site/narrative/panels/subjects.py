"""What a panel is drawn from: its block, the runs it chose, and where names of theirs lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from runfolio.errors import InvalidFilter, ReportMistake
from runfolio.site.addresses import COMPARE, experiment_page, run_page
from runfolio.site.artifacts import Copy
from runfolio.site.experiment_facts import differs
from runfolio.site.library import RunEntry, find_contenders
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.panels.blocks import Block, guess
from runfolio.site.narrative.panels.columns import Column, UnknownName, find_column, find_metric
from runfolio.site.pages import Link, run_color, run_dash
from runfolio.site.pictures import PictureFiles
from runfolio.site.run_table import EntryTable

MAX_COMPARED: Final = 24
"""Runs that a link to the compare page names, at most."""

_BEST_LAST: Final = {"up": -1.0, "down": 1.0, None: 1.0}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a kind of panel makes: a template with its view, and what lies outside of the page.

    `kind` is "figure" or "table", which are counted, or "plain". `words` say what is shown where
    the block has no title, and `notes` what is to be known of it.
    """

    kind: str
    template: str
    view: Any
    words: str
    notes: tuple[str, ...] = ()
    data: dict[str, Any] | None = None
    pictures: tuple[PictureFiles, ...] = ()
    copies: tuple[Copy, ...] = ()
    link: Link | None = None


@dataclass(frozen=True)
class Subject:
    """A block with the runs it chose; there is at least one."""

    block: Block
    source: Source
    runs: list[RunEntry]
    number: int
    root: str
    filter_text: str = field(default="")

    @cached_property
    def contenders(self) -> list[RunEntry]:
        """The runs that count in means and as best: those that broke off only if all did."""
        return find_contenders(self.runs)

    def column(self, key: str, default: str | None = None) -> Column | None:
        """The column that an option names; None where there is neither name nor default."""
        name = self.block.text(key) or default
        return None if name is None else self.named(key, name)

    def named(self, key: str, name: str) -> Column:
        """The column of a name that stands in the option `key`."""
        try:
            return find_column(name, self.source, self.runs)
        except UnknownName as error:
            raise self.unknown(key, str(error), name, error.known) from None

    def metric(self, key: str = "metric") -> Column:
        """The metric that an option names, by default the primary one of the runs' experiments."""
        name = self.block.text(key)
        return self.metric_named(key, name) if name else self._primary(key)

    def metrics(self, key: str = "metrics") -> list[Column]:
        """The metrics that an option lists, by default the primary one."""
        names = self.block.texts(key)
        return [self.metric_named(key, one) for one in names] or [self._primary(key)]

    def metric_named(self, key: str, name: str) -> Column:
        """The metric of a name that stands in the option `key`."""
        try:
            return find_metric(name, self.source, self.runs)
        except UnknownName as error:
            raise self.unknown(key, str(error), name, error.known) from None

    def varying(self) -> list[str]:
        """The parameters that differ between the runs, those that most runs have first."""
        counts = Counter(key for run in self.runs for key in run.record.params)
        keys = sorted(counts, key=lambda key: (-counts[key], key))
        table = EntryTable(self.runs)
        return [key for key in keys if differs(table, key)]

    def valued(self, column: Column) -> list[RunEntry]:
        """The runs that count and have a finite number in a column, best first.

        Where no better direction is known, the lowest come first.
        """
        found = [run for run in self.contenders if column.number(run) is not None]
        sign = _BEST_LAST[column.direction]
        return sorted(found, key=lambda run: sign * (column.number(run) or 0.0))

    def href(self, run: RunEntry) -> str:
        """The address of a run's page from the report."""
        return self.root + run_page(run.id)

    def off(self) -> int:
        """How many of the runs are left out because they broke off."""
        return len(self.runs) - len(self.contenders)

    def link(self) -> Link | None:
        """Where the runs can be looked at: their experiment's table, or side by side."""
        experiments = self.source.experiments_of(self.runs)
        if len(experiments) == 1:
            page = self.root + experiment_page(experiments[0].id)
            fragment = f"#{urlencode({'filter': self.filter_text})}" if self.filter_text else ""
            return Link(page + fragment, "open these runs")
        if len(self.runs) <= MAX_COMPARED:
            runs = ",".join(run.id for run in self.runs)
            return Link(f"{self.root}{COMPARE}#{urlencode({'runs': runs})}", "compare these runs")
        return None

    def _primary(self, key: str) -> Column:
        primaries = {
            one.primary.metric for one in self.source.experiments_of(self.runs) if one.primary
        }
        if len(primaries) == 1:
            return self.metric_named(key, primaries.pop())
        if not any(run.summaries for run in self.runs):
            raise self.block.mistake("runs", "No metric was logged to these runs.")
        listed = ", ".join(sorted(primaries)[:6]) or "none"
        raise self.block.mistake(
            key, f"{key!r} is missing, and these runs have no primary metric in common ({listed})."
        )

    def unknown(self, key: str, what: str, name: str, known: Sequence[str]) -> ReportMistake:
        """A name that no run knows, with the known one that is most like it, or some of them."""
        same = next((one for one in known if one.partition(".")[2] == name), None)
        hint = f" Did you mean {same!r}?" if same else guess(name, known)
        if "," in name:
            hint = f" Several names stand in brackets: [{name}]."
        listed = "" if hint else f" There are: {', '.join(known[:8]) or 'none'}."
        return self.block.mistake(key, f"{key}: {what}.{hint}{listed}")


def choose_runs(block: Block, source: Source, key: str = "runs") -> tuple[list[RunEntry], str]:
    """The runs that a block asks for, and their filter; raises `ReportMistake` where none is."""
    text, experiment = block.text(key), block.text("experiment")
    runs = _filtered(block, source, key, text)
    if experiment:
        names = [one.name for one in source.library.experiments]
        if experiment not in names:
            listed = ", ".join(map(repr, names[:8])) or "none yet"
            message = (
                f"No experiment {experiment!r}.{guess(experiment, names)} There are: {listed}."
            )
            raise block.mistake("experiment", message)
        runs = [run for run in runs if run.record.experiment == experiment]
    if not runs:
        what = f"No run matches {text!r}" if text else "There is no run"
        within = f" in {experiment!r}" if experiment else ""
        raise block.mistake(key if text else "experiment", f"{key}: {what}{within}.")
    return runs, text


def _filtered(block: Block, source: Source, key: str, text: str) -> list[RunEntry]:
    try:
        return source.choose(text)
    except InvalidFilter as error:
        raise block.mistake(key, f"{key}: {error}") from None


def look_of(runs: Sequence[RunEntry]) -> dict[str, tuple[int, int]]:
    """The colour and dash of each run by id: its own, or by place where two would look alike."""
    own = {run.id: (run_color(run), run_dash(run)) for run in runs}
    if len(set(own.values())) == len(own):
        return own
    return {run.id: (place, place // 10) for place, run in enumerate(runs)}
