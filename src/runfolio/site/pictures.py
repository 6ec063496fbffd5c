"""The charts of an experiment as pictures, for where scripts do not run.

They are drawn from the same specs as the charts in the browser, with the default choice of runs,
metric and parameter. Drawing one takes longer than all else on its page, so a picture's name tells
what it shows, and a site that has it already keeps it.
"""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.analysis.curves import reduce_curve
from runfolio.analysis.grid import place_dimension
from runfolio.charts import Filled, picture_bars, picture_curves, picture_parallel, picture_scatter
from runfolio.charts.palette import DARK, LIGHT, replace_variables
from runfolio.schema import RUNNING
from runfolio.site.addresses import content_hash
from runfolio.site.controls import show_controls
from runfolio.site.curves import is_curve
from runfolio.site.details import digest
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.kept import Shelf
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.pages import Picture, metric_label, run_color, run_dash
from runfolio.site.standing import TOLD_RUNS

if TYPE_CHECKING:
    from runfolio.site.fingerprints import RunDigests

PICTURED_RUNS: Final = 10
PICTURED_BARS: Final = 20
PICTURED_POINTS: Final = 200
PICTURED_DIMENSIONS: Final = 5
PICTURE_POINTS: Final = 300
_WIDTH: Final = 720
_HEIGHT: Final = 300
_shelf: Final = Shelf("pictures", 512)
_PALETTES: Final = content_hash(repr((sorted(LIGHT.items()), sorted(DARK.items()))).encode())


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """A picture and how to draw its two files, by path; a path names what it will look like."""

    picture: Picture
    filled: Filled

    def draw(self) -> dict[str, str]:
        """The files, light and dark."""
        drawn = self.filled.svg(show_controls)
        return {
            self.picture.light: replace_variables(drawn, LIGHT),
            self.picture.dark: replace_variables(drawn, DARK),
        }


@dataclass(frozen=True, slots=True)
class Drawings:
    """Pictures of the part of a site with this name that are to be drawn, by any process.

    What is filled in is packed, as those of very many experiments may wait.
    """

    part: str
    pictures: tuple[Picture, ...]
    packed: tuple[bytes, ...]

    @classmethod
    def of(cls, part: str, files: Sequence[PictureFiles]) -> Drawings:
        """What is to be drawn of some files."""
        packed = (zlib.compress(one.filled.text.encode(), level=1) for one in files)
        return cls(part, tuple(one.picture for one in files), tuple(packed))

    def files(self) -> Iterator[PictureFiles]:
        """The files again."""
        for picture, packed in zip(self.pictures, self.packed, strict=True):
            yield PictureFiles(picture, Filled(zlib.decompress(packed).decode()))


@dataclass(frozen=True, slots=True)
class Drawn:
    """The files of the pictures of a part, by path, and the processor time that they took."""

    part: str
    files: dict[str, str]
    processor: float


def draw_all(drawings: Drawings) -> Drawn:
    """Draw pictures; the first one that a process draws takes twenty times as long as another."""
    begun = time.process_time()
    files = {path: svg for one in drawings.files() for path, svg in one.draw().items()}
    return Drawn(drawings.part, files, time.process_time() - begun)


def fingerprint_pictures(entry: ExperimentEntry, digests: Sequence[RunDigests]) -> str:
    """What the runs are that pictures show; empty where that can't be told yet."""
    found = [digests[number].all for number in _list_pictured(entry)]
    return digest(found) if found and all(found) else ""


def find_pictures(facts: ExperimentFacts, pictured: str) -> tuple[Picture, ...] | None:
    """The pictures that were made before of the same; None where that isn't known.

    `pictured` is the digest of the runs that they show.
    """
    with suppress(LookupError, TypeError, ValueError):
        return tuple(Picture(*one) for one in _shelf.find(_ask(facts, pictured)))
    return None


def keep_pictures(facts: ExperimentFacts, pictured: str, pictures: Iterable[Picture]) -> None:
    """Keep in mind which pictures were made."""
    _shelf.keep(_ask(facts, pictured), list(map(astuple, pictures)))


def _ask(facts: ExperimentFacts, pictured: str) -> str:
    entry = facts.entry
    assert entry.primary is not None
    metric, varying = entry.primary.metric, facts.varying[:PICTURED_DIMENSIONS]
    return digest(pictured, entry.id, metric, metric_label(entry, metric), varying)


def make_pictures(facts: ExperimentFacts) -> Iterator[PictureFiles]:
    """Each picture of an experiment, not drawn yet."""
    entry, pictured = facts.entry, _list_pictured(facts.entry)
    if entry.primary is None or len(pictured) < 2:
        return
    metric, label = entry.primary.metric, metric_label(entry, entry.primary.metric)
    subject = _Subject(facts, entry.table.entries(pictured), metric, label)
    for make in (_curves, _scatter, _parallel, _bars):
        drawing = make(subject)
        if drawing is not None:
            yield _picture(entry.id, drawing)


def _list_pictured(entry: ExperimentEntry) -> list[int]:
    """The runs that have a value to be drawn, by number, the best first, as many as are drawn.

    Those of a large experiment that still go have none: with each value all would be drawn again.
    """
    if entry.primary is None:
        return []
    table = entry.table
    known = np.isfinite(table.last(entry.primary.metric)) & table.contending
    if len(table.ids) > TOLD_RUNS:
        known &= [status != RUNNING for status in table.own("status")]
    return list(islice((number for number in entry.ranks if known[number]), PICTURED_POINTS))


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is drawn: the runs that have the primary metric, best first."""

    facts: ExperimentFacts
    runs: list[RunEntry]
    metric: str
    label: str


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A chart with its title."""

    kind: str
    title: str
    filled: Filled


def _picture(identifier: str, drawing: _Drawing) -> PictureFiles:
    stem = f"charts/{identifier}-{drawing.kind}"
    return name_picture(stem, drawing.kind, drawing.title, drawing.filled, _WIDTH, _HEIGHT)


def name_picture(
    stem: str, kind: str, title: str, filled: Filled, width: int, height: int
) -> PictureFiles:
    """A picture whose files are named by `stem` and what they show."""
    named = f"{stem}-{_PALETTES}-{filled.digest}"
    picture = Picture(kind, title, f"{named}-light.svg", f"{named}-dark.svg", width, height)
    return PictureFiles(picture, filled)


def _curves(subject: _Subject) -> _Drawing | None:
    metric = subject.metric
    told = (run for run in subject.runs if (one := run.summaries.get(metric)) and one.count > 1)
    there = (run for run in told if is_curve(run.curves.get(metric)))
    shown = list(islice(there, PICTURED_RUNS))
    if not shown:
        return None
    title = f"{metric} by step, " + _count(len(shown), len(subject.runs), "run")
    runs = [_curve_of(run, metric) for run in shown]
    return _Drawing(
        "curves",
        title,
        picture_curves(runs, y_title=subject.label, width=_WIDTH, height=_HEIGHT, palette={}),
    )


def _curve_of(run: RunEntry, metric: str) -> dict[str, Any]:
    curve = run.curves[metric]
    kept = reduce_curve(curve.step, curve.value, points=PICTURE_POINTS)
    return {
        "id": run.id,
        "name": run.record.name,
        "color": run_color(run),
        "dash": run_dash(run),
        "step": curve.step[kept].tolist(),
        "value": [value if math.isfinite(value) else None for value in curve.value[kept].tolist()],
    }


def _scatter(subject: _Subject) -> _Drawing | None:
    if not subject.facts.varying:
        return None
    param = subject.facts.varying[0]
    placed = place_dimension([run.record.params.get(param) for run in subject.runs])
    points = [
        {
            "id": run.id,
            "name": run.record.name,
            "color": run_color(run),
            "x": run.record.params[param]
            if placed.kind == "number"
            else run.record.param_texts[param],
            "y": run.last(subject.metric),
        }
        for run in subject.runs
        if run.record.params.get(param) is not None
    ]
    title = f"{subject.metric} by {param}, {len(points)} of {len(subject.runs)} runs"
    return _Drawing(
        "scatter",
        title,
        picture_scatter(
            points,
            kind=placed.kind,
            x_title=param,
            y_title=subject.label,
            width=_WIDTH,
            height=_HEIGHT,
            palette={},
        ),
    )


def _parallel(subject: _Subject) -> _Drawing | None:
    params = subject.facts.varying[:PICTURED_DIMENSIONS]
    if len(params) < 2:
        return None
    columns = {key: [run.record.params.get(key) for run in subject.runs] for key in params}
    columns[subject.label] = [run.last(subject.metric) for run in subject.runs]
    placed = {key: place_dimension(values) for key, values in columns.items()}
    dimensions = [
        {
            "key": key,
            "title": key,
            "ticks": [{"position": one.position, "label": one.label} for one in found.ticks],
        }
        for key, found in placed.items()
    ]
    runs = [
        {
            "id": run.id,
            "name": run.record.name,
            "positions": [placed[key].positions[number] for key in placed],
            "value": run.last(subject.metric),
        }
        for number, run in enumerate(subject.runs)
    ]
    title = f"{subject.metric} across {len(params)} parameters, " + _count(
        len(runs), len(runs), "run"
    )
    return _Drawing(
        "parallel",
        title,
        picture_parallel(
            dimensions,
            runs,
            color_title=subject.label,
            width=_WIDTH,
            height=_HEIGHT,
            palette={},
        ),
    )


def _bars(subject: _Subject) -> _Drawing | None:
    shown = subject.runs[:PICTURED_BARS]
    bars = [
        {
            "id": run.id,
            "name": run.record.name,
            "color": run_color(run),
            "value": run.last(subject.metric),
        }
        for run in shown
    ]
    return _Drawing(
        "bars",
        f"{subject.metric} of " + _count(len(shown), len(subject.runs), "run"),
        picture_bars(bars, x_title=subject.label, width=_WIDTH, palette={}),
    )


def _count(shown: int, among: int, noun: str) -> str:
    plural = noun if among == 1 else f"{noun}s"
    return f"{shown} {plural}" if shown == among else f"the best {shown} of {among} {plural}"
