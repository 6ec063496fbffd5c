"""Data for the browser: scripts that hand over one JSON text each.

A page opened from disk may load scripts but nothing else, so data comes as a script that calls the
site's one registration function. The text is parsed with ``JSON.parse``, which browsers do several
times faster than reading the same data as a JavaScript literal.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final

import numpy as np

from runfolio.analysis.curves import reduce_curve
from runfolio.analysis.grid import Dimension, place_dimension
from runfolio.query import Curve
from runfolio.query.runs import ParamValue
from runfolio.schema import SYSTEM_PREFIX, float_text
from runfolio.site.addresses import run_page
from runfolio.site.experiment import ExperimentFacts
from runfolio.site.library import ExperimentEntry, RunEntry
from runfolio.site.pages import run_color, run_dash

CURVE_POINTS: Final = 1000


def render_shard(name: str, document: object) -> str:
    """A script that registers `document` under `name`."""
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    return f'runfolio.register("{name}",{_literal(text)});\n'


def _literal(text: str) -> str:
    """ASCII text without control characters, as JSON is, as a JavaScript string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\x3c") + '"'


def plain_number(value: float | None) -> float | str | None:
    """A number as JSON can hold it: what is not finite becomes text."""
    if value is None or math.isfinite(value):
        return value
    return float_text(value)


def shard_experiment(facts: ExperimentFacts) -> dict[str, Any]:
    """The runs of an experiment in columns, as its page's charts and the compare page need them."""
    entry = facts.entry
    runs = entry.runs
    curves = [key for key in entry.metrics if any(_is_curve(run.curves.get(key)) for run in runs)]
    return {
        "id": entry.id,
        "name": entry.name,
        "primary": entry.primary.metric if entry.primary else None,
        "directions": {key: entry.direction(key) for key in entry.metrics},
        "baseline": entry.baseline.id if entry.baseline else None,
        "runs": {
            "id": [run.id for run in runs],
            "name": [run.record.name for run in runs],
            "status": [run.record.status for run in runs],
            "color": [run_color(run) for run in runs],
            "dash": [run_dash(run) for run in runs],
            "rank": [run.id for run in entry.ranked],
        },
        "params": {key: _param_column(entry, key) for key in facts.varying},
        "metrics": {key: _metric_column(entry, key) for key in entry.metrics},
        "curves": curves,
    }


def _param_column(entry: ExperimentEntry, key: str) -> dict[str, Any]:
    placed = place_dimension([run.record.params.get(key) for run in entry.runs])
    if placed.kind == "number":
        numbers = [_as_number(run.record.params.get(key)) for run in entry.runs]
        return _dimension(placed, [plain_number(value) for value in numbers])
    return _dimension(placed, [run.record.param_texts.get(key) for run in entry.runs])


def _as_number(value: ParamValue) -> float | None:
    return value if isinstance(value, int | float) else None


def _metric_column(entry: ExperimentEntry, key: str) -> dict[str, Any]:
    values = [run.last(key) for run in entry.runs]
    return _dimension(place_dimension(list(values)), list(values))


def _dimension(placed: Dimension, values: list[Any]) -> dict[str, Any]:
    return {
        "kind": placed.kind,
        "values": values,
        "positions": [None if at is None else round(at, 5) for at in placed.positions],
        "ticks": [{"position": tick.position, "label": tick.label} for tick in placed.ticks],
    }


def _is_curve(curve: Curve | None) -> bool:
    return curve is not None and len(curve.step) > 1


def shard_run(experiment: ExperimentEntry, run: RunEntry) -> dict[str, Any]:
    """A run with its parameters, metrics and curves, for its page and for comparing."""
    record = run.record
    return {
        "id": run.id,
        "name": record.name,
        "href": run_page(run.id),
        "experiment": {"id": experiment.id, "name": experiment.name},
        "primary": experiment.primary.metric if experiment.primary else None,
        "status": record.status,
        "start": record.start_time,
        "duration": record.duration,
        "color": run_color(run),
        "dash": run_dash(run),
        "params": record.param_texts,
        "tags": record.tags,
        "metrics": {
            key: {
                "last": plain_number(one.last),
                "min": plain_number(one.min),
                "max": plain_number(one.max),
                "direction": experiment.direction(key),
            }
            for key, one in sorted(run.summaries.items())
            if not key.startswith(SYSTEM_PREFIX)
        },
        **_shard_curves(run, record.start_time),
    }


def _shard_curves(run: RunEntry, start: int) -> dict[str, Any]:
    """A run's curves, reduced to what a screen can show.

    Metrics that were logged together share their steps and times (seconds since the run's start),
    so these are kept apart as axes that the curves name by number.
    """
    axes: list[dict[str, Any]] = []
    numbers: dict[tuple[bytes, bytes], int] = {}
    curves: dict[str, Any] = {}
    for key, curve in sorted(run.curves.items()):
        if not _is_curve(curve):
            continue
        kept = reduce_curve(curve.step, curve.value, points=CURVE_POINTS)
        steps, times, values = curve.step[kept], curve.time[kept], curve.value[kept]
        mark = (steps.tobytes(), times.tobytes())
        if mark not in numbers:
            numbers[mark] = len(axes)
            seconds = ((times - start) / 1e6).round(3)
            axes.append({"step": steps.tolist(), "time": seconds.tolist()})
        listed = values.tolist()
        if not np.isfinite(values).all():
            listed = [plain_number(value) for value in listed]
        curves[key] = {"total": len(curve.step), "axis": numbers[mark], "value": listed}
    return {"axes": axes, "curves": curves}
