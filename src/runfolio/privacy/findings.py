"""What of a store should not be published, with its place and never as it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from runfolio.privacy.artifacts import look_into_artifacts
from runfolio.privacy.disclosing import changes_of, learn_masks
from runfolio.privacy.fields import change_fields
from runfolio.privacy.masks import Hit, Masks
from runfolio.privacy.places import Place
from runfolio.privacy.spans import Severity
from runfolio.privacy.terms import Terms
from runfolio.sources.opening import read_anything
from runfolio.store import StoreTables
from runfolio.store.layout import StorePath

_EXTRACT: Final = 100
_COLUMNS: Final = ("host", "user", "source", "git_commit", "git_branch")
"""What a run's context tells that the columns of runs tell again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be published: a "secret", or "personal".

    `place` says where it is, `shown` is the text around it with everything masked, and `places`
    counts the runs that have the same in the same place; `place` is the first.
    """

    severity: Severity
    rule: str
    place: str
    shown: str
    places: int = 1


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in a store, secrets first, and the artifacts that are no text.

    Those have not been looked into; they are counted by their ending.
    """

    findings: tuple[Finding, ...]
    unread: dict[str, int]

    @property
    def secrets(self) -> tuple[Finding, ...]:
        """The findings that are credentials."""
        return tuple(one for one in self.findings if one.severity == "secret")


def find_secrets(store: StoreTables | StorePath | None = None) -> tuple[Finding, ...]:
    """What of a store should not be published: secrets first, then what is personal.

    `store` is a folder or an address, also of what another tool wrote, or tables already read.
    """
    if isinstance(store, StoreTables):
        return inspect_store(store).findings
    with read_anything(store) as tables:
        return inspect_store(tables).findings


def inspect_store(tables: StoreTables) -> Inspection:
    """Look into everything that a report of a store shows."""
    masks = learn_masks(tables)
    gathered = _Gathered(tables, masks)
    change_fields(tables, changes_of(masks, gathered.take_field))
    unread: Counter[str] = Counter()
    for looked in look_into_artifacts(tables, masks):
        gathered.take_artifact(looked.run_id, looked.path, looked.hits)
        if looked.unread is not None:
            unread[looked.ending] += 1
    return Inspection(gathered.findings(), dict(sorted(unread.items())))


def find_in_text(text: str, *, where: str, masks: Masks | None = None) -> tuple[Finding, ...]:
    """What of a text that goes with a report, such as a narrative, should not be published.

    `where` names the text; `masks` are those of the store, from `learn_masks`.
    """
    hits: list[Hit] = []
    (masks or Masks(Terms())).mask(text, report=hits.append)
    return tuple(
        Finding(hit.span.severity, hit.span.rule, f"{where}, line {hit.line}", _extract(hit))
        for hit in hits
    )


class _Gathered:
    """Findings as they come, each once for all runs that have it in the same place."""

    def __init__(self, tables: StoreTables, masks: Masks) -> None:
        rows = zip(*(tables.runs[name].to_pylist() for name in ("run_id", "name")), strict=True)
        self._runs: dict[str | None, str] = dict(rows)
        self._masks = masks
        self._found: dict[tuple[str, str, str, str], Finding] = {}
        self._counted: dict[tuple[str, str, str, str], set[str | None]] = {}

    def take_field(self, hit: Hit, place: Place) -> None:
        if place.what == "context" and hit.field in _COLUMNS:
            return
        name = place.of or (hit.field if hit.field != place.name else "")
        self._take(hit, place.run_id, self._what(place.what, name) + _line(hit, first=2))

    def take_artifact(self, run_id: str, path: str, hits: tuple[Hit, ...]) -> None:
        for hit in hits:
            where = f", {self._masks.mask(hit.field)!r}" if hit.field else _line(hit, first=1)
            self._take(hit, run_id, self._what("artifact", path) + where)

    def _what(self, what: str, name: str) -> str:
        return f"{what} {self._masks.mask(name)!r}" if name else what

    def _take(self, hit: Hit, run_id: str | None, what: str) -> None:
        shown = _extract(hit)
        key = hit.span.severity, hit.span.rule, what, shown
        runs = self._counted.setdefault(key, set())
        if run_id in runs:
            return
        runs.add(run_id)
        if key in self._found:
            self._found[key] = replace(self._found[key], places=len(runs))
            return
        label = f"{self._run(run_id)}: {what}" if run_id is not None else what
        self._found[key] = Finding(hit.span.severity, hit.span.rule, label, shown)

    def _run(self, run_id: str) -> str:
        return f"run {run_id[:8]} {self._masks.mask(self._runs.get(run_id) or '')!r}"

    def findings(self) -> tuple[Finding, ...]:
        """All, secrets first, in the order they came."""
        return tuple(sorted(self._found.values(), key=lambda one: one.severity != "secret"))


def _line(hit: Hit, *, first: int) -> str:
    return f", line {hit.line}" if hit.line >= first else ""


def _extract(hit: Hit) -> str:
    """The masked line around what was found, cut to a readable length."""
    if len(hit.shown) <= _EXTRACT:
        return hit.shown
    place = max(0, hit.shown.find(hit.span.mask) - _EXTRACT // 2)
    cut = hit.shown[place : place + _EXTRACT]
    return f"{'…' if place else ''}{cut}{'…' if place + _EXTRACT < len(hit.shown) else ''}"
