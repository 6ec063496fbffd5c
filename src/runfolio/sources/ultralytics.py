"""Ultralytics' training folders (YOLOv5 and later): `results.csv` and `args.yaml`.

Plots become image artifacts. Of the weights only small files are kept, and never opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from runfolio.documents import flatten, read_yaml
from runfolio.errors import UltralyticsUnreadable
from runfolio.schema import FileRecord
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

MAX_WEIGHTS: Final = 16 << 20
"""Bytes of a file of weights that is kept."""

_RESULTS: Final = "results.csv"
_PARAMS: Final = {"args.yaml": "", "opt.yaml": "", "hyp.yaml": "hyp"}
"""Files of parameters and what goes before their names; the last two are YOLOv5's."""

_PREFIXES: Final = ("train/", "val/", "metrics/")
_IMAGES: Final = frozenset({".png", ".jpg", ".jpeg"})


def finds(place: Place) -> bool:
    """Whether a `results.csv` has an epoch and metrics named as Ultralytics names them."""
    return next(_find_results(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """One run for each `results.csv`; all its times are those of the file."""
    return _read_results(place, reading, _find_results(place))


def _read_results(place: Place, reading: Reading, files: Iterable[Path]) -> Iterator[ForeignRun]:
    beside: dict[Path, list[Path]] = {}
    for file in place.files if place.path.is_dir() else ():
        beside.setdefault(file.parent, []).append(file)
    for file in files:
        with reading.skipping(file, ValueError):
            yield _read_run(file, place, reading, beside)


def _find_results(place: Place) -> Iterator[Path]:
    for file in place.files:
        if file.name == _RESULTS or file == place.path:
            header = read_header(file)
            named = any(one.startswith(_PREFIXES) for one in header)
            if header[:1] == ("epoch",) and named and "step" not in header:
                yield file


def _read_run(
    file: Path, place: Place, reading: Reading, beside: dict[Path, list[Path]]
) -> ForeignRun:
    rows = read_rows(file, reading)
    columns, count = gather_columns(rows.header, rows.cells)
    first = list(first_cells(columns))
    steps = Steps.of_column(columns.pop("epoch"), count, file_time(file))
    steps.tell_missing("epoch", file, reading)
    tell_others(columns, file, reading)
    seconds = columns["time"].values if "time" in columns else np.empty(0)
    folder = file.parent
    return ForeignRun(
        identity="\n".join([place.relative(file), *first]),
        experiment=_experiment(folder, place),
        name=folder.name,
        duration=float(seconds[-1]) if len(seconds) else None,
        params=_read_params(folder, place, reading),
        metrics=[steps.series(key, column) for key, column in columns.items()],
        files=list(_find_files(folder, beside, reading)),
        timed=False,
        guessed=True,
    )


def _experiment(folder: Path, place: Place) -> str:
    """Runs of one project lie in folders side by side, such as `runs/detect/train2`."""
    above = folder.relative_to(place.folder).parts[:-1]
    return "/".join(above) if above else place.name


def _read_params(folder: Path, place: Place, reading: Reading) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for name, prefix in _PARAMS.items():
        file = folder / name
        if place.holds(file):
            with reading.skipping(file, ValueError):
                content = read_yaml(file)
                if not isinstance(content, dict):
                    raise UltralyticsUnreadable("it holds no names with values.")
                params |= flatten(content, prefix)
    return params


def _find_files(
    folder: Path, beside: dict[Path, list[Path]], reading: Reading
) -> Iterator[FileRecord]:
    for file in beside.get(folder, ()):
        if file.suffix.lower() in _IMAGES:
            yield FileRecord(file.name, file, kind="image", key=file.stem, time=file_time(file))
    for file in beside.get(folder / "weights", ()):
        if file.stat().st_size <= MAX_WEIGHTS:
            yield FileRecord(f"weights/{file.name}", file, time=file_time(file))
        else:
            reading.skip(file, f"weights of more than {MAX_WEIGHTS >> 20} MiB are not copied")


SOURCE = Source(
    "ultralytics",
    "Ultralytics",
    UltralyticsUnreadable,
    finds,
    read,
    Parts(_find_results, _read_results),
)
