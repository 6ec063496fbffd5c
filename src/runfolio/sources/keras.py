"""Keras' CSVLogger: a file of `epoch` and the sorted names of its metrics, a row per epoch.

Source: ``keras/src/callbacks/csv_logger.py``. In append mode the epochs of a later `fit` may start
again at 0; such rows go on counting, and the metric `epoch` keeps what the file says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from runfolio.errors import KerasLogUnreadable
from runfolio.sources.columns import (
    MAX_STEP,
    Column,
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

_SUFFIXES: Final = frozenset({".csv", ".tsv", ".log", ".txt"})
_STEP: Final = "epoch"


def finds(place: Place) -> bool:
    """Whether a file begins with the header that Keras writes: the epoch, then sorted names."""
    return next(_find_logs(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """One run for each file; all its times are those of the file."""
    return _read_logs(place, reading, _find_logs(place))


def _read_logs(place: Place, reading: Reading, files: Iterable[Path]) -> Iterator[ForeignRun]:
    for file in files:
        with reading.skipping(file, ValueError):
            yield _read_run(file, _separator_of(file, place), place, reading)


def _find_logs(place: Place) -> Iterator[Path]:
    for file in place.files:
        if file.suffix.lower() in _SUFFIXES:
            separator = _separator_of(file, place)
            if separator and _is_keras(read_header(file, separator)):
                yield file


def _separator_of(file: Path, place: Place) -> str:
    return _find_separator(place.head(file, len(_STEP) + 4))


def _find_separator(head: bytes) -> str:
    """The character after the first column's name, whatever it is; empty for another file."""
    text = head.decode("utf-8-sig", errors="ignore")
    follows = text.removeprefix(_STEP)[:1]
    usable = text.startswith(_STEP) and not follows.isalnum() and follows not in '_"\r\n\0 '
    return follows if usable else ""


def _is_keras(header: tuple[str, ...]) -> bool:
    """Keras always logs the loss, and sorts the names of training and of validation."""
    names = header[1:]
    training = [name for name in names if not name.startswith("val_")]
    return "loss" in names and "step" not in names and training == sorted(training)


def _read_run(file: Path, separator: str, place: Place, reading: Reading) -> ForeignRun:
    rows = read_rows(file, reading, separator)
    columns, count = gather_columns(rows.header, rows.cells)
    epochs = columns[_STEP]
    first = list(first_cells(columns))
    steps, fits = _go_on(epochs)
    step_of = Steps.of_column(steps, count, file_time(file))
    step_of.tell_missing("epoch", file, reading)
    tell_others(columns, file, reading)
    metrics = {key: column for key, column in columns.items() if key != _STEP or fits > 1}
    return ForeignRun(
        identity="\n".join([place.relative(file), *first]),
        experiment=place.name,
        name=file.relative_to(place.folder).with_suffix("").as_posix(),
        tags={"keras.fits": str(fits)} if fits > 1 else {},
        metrics=[step_of.series(key, column) for key, column in metrics.items()],
        timed=False,
        guessed=True,
    )


def _go_on(epochs: Column) -> tuple[Column, int]:
    """The epochs counted on where they start again, and how often they start."""
    values = epochs.values
    whole = np.isfinite(values) & (np.abs(values) < MAX_STEP) & (values == np.floor(values))
    kept = values[whole]
    starts = np.flatnonzero(np.diff(kept) <= 0) + 1
    shift = np.zeros(len(kept))
    for start in starts:
        shift[start:] = kept[start - 1] + shift[start - 1] + 1 - kept[start]
    return Column.of_numbers(epochs.rows[whole], kept + shift), len(starts) + 1


SOURCE = Source(
    "keras", "Keras' CSVLogger", KerasLogUnreadable, finds, read, Parts(_find_logs, _read_logs)
)
