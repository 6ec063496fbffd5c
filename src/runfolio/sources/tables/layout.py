"""What the columns of a table are: as they were named, or else by their names and first rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from runfolio.documents import microseconds
from runfolio.errors import TableUnreadable
from runfolio.sources.columns import as_number
from runfolio.sources.reading import TableColumns
from runfolio.sources.tables.files import Record, TableFile

_STEPS: Final = ("step", "_step", "global_step", "trainer/global_step", "iteration", "iter")
"""Names that only steps have: a row is one step, whatever the order."""

_COUNTS: Final = (
    *("training_iteration", "time/total_timesteps", "total_timesteps", "epoch", "round"),
)
"""Names of what is counted up; in tables of one row for each run they tell how far it came."""

_RUNS: Final = ("run", "run_id", "run_name", "trial_id")
_TIMES: Final = ("timestamp", "_timestamp", "wall_time", "datetime", "time", "date")
_PREFIXES: Final = ("config/", "config.", "params/", "params.", "hparams/", "hparams.")
_SETTINGS: Final = frozenset(
    {
        *("lr", "learning_rate", "batch_size", "seed", "epochs", "n_epochs", "num_epochs"),
        *("momentum", "weight_decay", "dropout", "hidden_size", "num_layers", "max_depth"),
        *("n_estimators", "warmup_steps", "fold"),
    }
)
"""Numbers that are set and not measured, in tables of one row for each run."""

_EXPORTED: Final = ("run_id", "experiment", "name", "status", "start_time", "end_time")
_EXPORTED_POINTS: Final = ("run_id", "key", "step", "time", "value")
"""How the tables of an export of our own begin, which tell less than a store."""

_RAY: Final = frozenset({"training_iteration", "time_total_s"})
_RAY_OWN: Final = frozenset(
    {
        *("pid", "hostname", "node_ip", "date", "done", "should_checkpoint", "trial_id"),
        *("checkpoint_dir_name", "experiment_id", "time_since_restore", "logdir"),
        *("iterations_since_restore", "timesteps_since_restore", "warmup_time"),
    }
)
"""What Ray Tune notes in each row for itself."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What one row of a table stands for, and its columns by what they hold.

    Columns that are in none of these are metrics where they hold numbers, else parameters.
    """

    per_step: bool
    step: str | None
    time: str | None
    run: str | None
    params: frozenset[str]
    tags: frozenset[str]
    metrics: frozenset[str]
    ignored: frozenset[str]

    @property
    def raw(self) -> frozenset[str]:
        """Columns whose cells are to be kept as they are."""
        labels = {self.run} if self.run else set()
        return (self.params | self.tags | labels) - {self.time, self.step, None}


def choose_layout(file: TableFile, columns: TableColumns) -> Layout:
    """The layout of a file; raises `TableUnreadable` where a column that was named is missing."""
    names = file.names
    if names[: len(_EXPORTED)] == _EXPORTED or names == _EXPORTED_POINTS:
        raise TableUnreadable(
            f"{str(file.path)!r} was exported by Runfolio. Copy the store it came from instead."
        )
    _check_named(file.path, names, columns)
    run = columns.run or _first(_RUNS, names)
    step = columns.step or _find_step(file.head, names, run)
    found = step is not None or _repeats(file.head, run)
    per_step = columns.per == "step" if columns.per else found
    if run is None and not per_step:
        run = _first(["name"], names)
    ray = names and set(names) >= _RAY
    index = frozenset({""} | ({names[0]} if names[0].lower() == "unnamed: 0" else set()))
    named = {*columns.metrics, *columns.tags, *columns.params}
    settings = {name for name in names if name.startswith(_PREFIXES)}
    if not per_step:
        settings |= {name for name in names if name.lower() in _SETTINGS}
    return Layout(
        per_step,
        step if per_step else None,
        _find_named_time(file, columns.time) or _find_time(file.head, names),
        run,
        frozenset(columns.params) | frozenset(settings - named),
        frozenset(columns.tags),
        frozenset(columns.metrics),
        index | (_RAY_OWN - named - {run} if ray else frozenset()),
    )


def _check_named(path: Path, names: Sequence[str], columns: TableColumns) -> None:
    single = [name for name in (columns.step, columns.time, columns.run) if name]
    given = [*single, *columns.params, *columns.metrics, *columns.tags]
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        raise TableUnreadable(f"The column {twice!r} is named twice. Say one thing that it is.")
    for name in given:
        if name not in names:
            known = ", ".join(repr(one) for one in names[:50])
            raise TableUnreadable(f"{str(path)!r} has no column {name!r}. Its columns are {known}.")


def _first(wanted: Iterable[str], names: Sequence[str]) -> str | None:
    lower = {name.lower(): name for name in reversed(names)}
    return next((lower[one] for one in wanted if one in lower), None)


def _find_step(head: Sequence[Record], names: Sequence[str], run: str | None) -> str | None:
    lower = {name.lower(): name for name in reversed(names)}
    for wanted in (*_STEPS, *_COUNTS):
        name = lower.get(wanted)
        if name is None:
            continue
        if _are_steps(head, name) if wanted in _STEPS else _goes_up(head, name, run):
            return name
    return names[0] if _counts(head, names) else None


def _repeats(head: Sequence[Record], run: str | None) -> bool:
    """Whether some run has several rows."""
    labels = [str(row[run]) for row in head if run in row] if run else []
    return len(set(labels)) < len(labels)


def _whole(value: Any) -> int | None:
    number = as_number(value)
    return int(number) if number is not None and number == number // 1 else None


def _are_steps(head: Sequence[Record], name: str) -> bool:
    """Whether most of what a column holds are whole numbers."""
    told = [row[name] for row in head if name in row]
    return len([one for one in told if _whole(one) is not None]) * 2 > len(told)


def _goes_up(head: Sequence[Record], name: str, run: str | None) -> bool:
    """Whether whole numbers rise in runs of several rows, and fall only to begin anew."""
    last: dict[Any, int] = {}
    first: dict[Any, int] = {}
    rises = several = False
    for row in head:
        if name not in row:
            continue
        value = _whole(row[name])
        if value is None:
            return False
        label = str(row.get(run)) if run else ""
        before = last.get(label)
        if before is not None:
            several = True
            rises = rises or value > before
            if value < before and value != first[label]:
                return False
        last[label] = value
        first.setdefault(label, value)
    return bool(last) and (rises or not several)


def _counts(head: Sequence[Record], names: Sequence[str]) -> bool:
    """Whether the first column counts rows in equal steps, and all others hold numbers."""
    values = [_whole(row.get(names[0])) for row in head]
    if len(values) < 3 or None in values:
        return False
    whole = [value for value in values if value is not None]
    steps = {after - before for before, after in pairwise(whole)}
    if len(steps) != 1 or steps.pop() <= 0 or names[0].lower().endswith("id"):
        return False
    return all(as_number(value) is not None for row in head for value in row.values())


def _find_time(head: Sequence[Record], names: Sequence[str]) -> str | None:
    for wanted in _TIMES:
        name = _first([wanted], names)
        if name is None:
            continue
        told = [row[name] for row in head if row.get(name) not in (None, "")]
        if told and all(as_time(value) is not None for value in told):
            return name
    return None


def _find_named_time(file: TableFile, name: str | None) -> str | None:
    """The column of times that was named; raises `TableUnreadable` where it holds none."""
    told = [row[name] for row in file.head if name in row] if name else []
    if told and all(as_time(value) is None for value in told):
        raise TableUnreadable(
            f"{str(file.path)!r} has no times in the column {name!r}, but {str(told[0])[:40]!r}. "
            "Times are in ISO 8601, or seconds, ms, µs or ns since 1970."
        )
    return name


def as_time(value: Any) -> int | None:
    """Microseconds since 1970 of a time as ISO text or a number of s, ms, µs or ns, else None.

    Numbers are times from 1973 on, which tells the units apart.
    """
    number = as_number(value)
    if number is None:
        return microseconds(value)
    for most, factor in ((1e11, 1e6), (1e14, 1e3), (1e17, 1.0), (1e20, 1e-3)):
        if most / 1e3 <= number < most:
            return round(number * factor)
    return None
