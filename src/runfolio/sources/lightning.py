"""Lightning's CSVLogger: `metrics.csv` with sparse rows and `hparams.yaml` in `version_N`.

Source: ``lightning/pytorch/loggers/csv_logs.py`` and ``lightning/fabric/loggers/csv_logs.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from runfolio.documents import flatten, read_yaml
from runfolio.errors import LightningLogUnreadable
from runfolio.sources.columns import (
    Steps,
    file_time,
    first_cells,
    gather_columns,
    tell_others,
)
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Parts, Source
from runfolio.sources.rows import read_header, read_rows

_METRICS: Final = "metrics.csv"
_PARAMS: Final = "hparams.yaml"
_VERSION = re.compile(r"version_\d+")
_NAMELESS: Final = frozenset({"lightning_logs", "csv_logs", "logs", ""})
"""Folders of loggers that were given no name of their own."""


def finds(place: Place) -> bool:
    """Whether there is a `metrics.csv` with steps in a folder that Lightning names or fills."""
    return any("step" in read_header(file) for file in _find_logs(place))


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """One run for each `metrics.csv`; all its times are those of the file."""
    return _read_logs(place, reading, _find_logs(place))


def _read_logs(place: Place, reading: Reading, files: Iterable[Path]) -> Iterator[ForeignRun]:
    versions = Counter(file.parent.parent for file in _find_logs(place))
    for file in files:
        with reading.skipping(file, ValueError):
            yield _read_run(file, place, reading, alone=versions[file.parent.parent] == 1)


def _find_logs(place: Place) -> Iterator[Path]:
    alone = not place.path.is_dir()
    with_params = {file.parent for file in place.files if file.name == _PARAMS}
    for file in place.files:
        folder = file.parent
        if file.name == _METRICS and (
            alone or folder in with_params or _VERSION.fullmatch(folder.name)
        ):
            yield file


def _read_run(file: Path, place: Place, reading: Reading, *, alone: bool) -> ForeignRun:
    rows = read_rows(file, reading)
    if "step" not in rows.header:
        raise LightningLogUnreadable("it has no column 'step'.")
    columns, count = gather_columns(rows.header, rows.cells)
    first = list(first_cells(columns))
    steps = Steps.of_column(columns.pop("step"), count, file_time(file))
    steps.tell_missing("step", file, reading)
    tell_others(columns, file, reading)
    experiment, name = _name(file, place, alone=alone)
    return ForeignRun(
        identity="\n".join([place.relative(file), *first]),
        experiment=experiment,
        name=name,
        params=_read_params(file.with_name(_PARAMS), place, reading),
        metrics=[steps.series(key, column, once=key == "epoch") for key, column in columns.items()],
        timed=False,
        guessed=True,
    )


def _name(file: Path, place: Place, *, alone: bool) -> tuple[str, str]:
    """The experiment and name of a run: its logger's name and version, or what is above them."""
    folder = file.parent
    above = file.parent.relative_to(place.folder).parts[:-1]
    logger = folder.parent.name
    named = logger not in _NAMELESS and len(above) != 0
    parts = [part for part in (above[:-1] if named else above) if part not in _NAMELESS]
    if not parts or not alone:
        parts.append(folder.name)
    return logger if named else place.name, "/".join(parts)


def _read_params(file: Path, place: Place, reading: Reading) -> dict[str, Any]:
    if not place.holds(file):
        return {}
    with reading.skipping(file, ValueError):
        content = read_yaml(file)
        if isinstance(content, dict):
            return flatten(content)
        if content is not None:
            raise LightningLogUnreadable("it holds no names with values.")
    return {}


SOURCE = Source(
    "lightning",
    "Lightning's CSVLogger",
    LightningLogUnreadable,
    finds,
    read,
    Parts(_find_logs, _read_logs),
)
