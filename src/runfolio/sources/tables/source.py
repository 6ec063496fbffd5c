"""Tables of any tool: CSV, TSV and JSONL with a row for each step or for each run.

Ray Tune's trials are such tables too, with a file of parameters beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from runfolio.documents import flatten, read_json
from runfolio.errors import TableUnreadable
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Source
from runfolio.sources.rows import open_text
from runfolio.sources.tables.files import TableFile, is_json
from runfolio.sources.tables.layout import choose_layout
from runfolio.sources.tables.runs import TableRun, read_row_runs, read_step_runs

_SUFFIXES: Final = frozenset({".csv", ".tsv", ".jsonl", ".ndjson"})
_TRIAL_TABLES: Final = ("result.json", "progress.csv")
"""What Ray Tune writes of one trial; the first one has all that the second one has."""

_TRIAL_PARAMS: Final = "params.json"


def finds(place: Place) -> bool:
    """Whether the place is a table, has some at its top, or has trials of Ray Tune."""
    return any(_looks_like_one(place, file) for file in _find_tables(place))


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The runs of each table; raises `TableUnreadable` where none has a column that was named."""
    failed: list[tuple[Path, TableUnreadable]] = []
    empty = True
    for file in _find_tables(place):
        if not _looks_like_one(place, file):
            continue
        with reading.skipping(file, ValueError):
            try:
                for run in _read_file(file, place, reading):
                    empty = False
                    yield run
            except TableUnreadable as error:
                if reading.strict:
                    raise
                failed.append((file, error))
    if empty and failed:
        raise failed[0][1]
    for file, reason in failed:
        reading.skip(file, str(reason).removesuffix("."))


def _find_tables(place: Place) -> Iterator[Path]:
    if not place.path.is_dir():
        yield place.path
        return
    by_folder: dict[Path, set[str]] = {}
    for file in place.files:
        by_folder.setdefault(file.parent, set()).add(file.name)
    for file in place.files:
        names = by_folder[file.parent]
        table = next((name for name in _TRIAL_TABLES if name in names), None)
        if table is not None and _TRIAL_PARAMS in names:
            if file.name == table:
                yield file
        elif file.parent == place.folder and file.suffix.lower() in _SUFFIXES:
            yield file


def _looks_like_one(place: Place, file: Path) -> bool:
    """Whether a file's first bytes are text, and an object where it is to be lines of JSON."""
    head = place.head(file, 4096)
    if file.suffix.lower() not in (*_SUFFIXES, ".json") or not head.strip():
        return False
    if not is_json(file):
        return b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return False
    return file.suffix.lower() != ".json" or file.name == "result.json" or _has_lines(file)


def _has_lines(file: Path) -> bool:
    """Whether the first line of a `.json` file is an object of its own."""
    with open_text(file) as text:
        line = text.readline(1 << 16).rstrip()
    return line.startswith("{") and line.endswith("}")


def _read_file(file: Path, place: Place, reading: Reading) -> Iterator[ForeignRun]:
    with closing(TableFile(file, reading)) as opened:
        layout = choose_layout(opened, reading.columns)
        host = opened.head[0].get("hostname") if "hostname" in layout.ignored else None
        table = opened.gather(layout.raw, all_raw=not layout.per_step)
    trial = file.name in _TRIAL_TABLES and place.holds(file.with_name(_TRIAL_PARAMS))
    params = _read_trial(file.with_name(_TRIAL_PARAMS), reading) if trial else {}
    runs = (
        read_step_runs(table, layout, file, reading)
        if layout.per_step
        else read_row_runs(table, layout, file, reading)
    )
    for number, run in enumerate(runs, 1):
        otherwise = file.stem if layout.per_step else f"row {number}"
        yield ForeignRun(
            identity="\n".join([place.relative(file), run.label or "", *run.first]),
            experiment=place.name,
            name=file.parent.name if trial else run.label or otherwise,
            params=params | _without(run, params),
            tags=run.tags,
            metrics=run.metrics,
            context={"host": str(host)} if host else {},
            timed=run.timed,
            guessed=True,
        )


def _without(run: TableRun, params: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in run.params.items() if key not in params}


def _read_trial(file: Path, reading: Reading) -> dict[str, Any]:
    params: dict[str, Any] = {}
    with reading.skipping(file, ValueError):
        params |= flatten(read_json(file))
    return params


SOURCE = Source("table", "CSV or JSONL tables", TableUnreadable, finds, read)
