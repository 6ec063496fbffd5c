"""Exports of Neptune: the Parquet files that neptune-exporter wrote, and the files beside them.

An export has one row per value, in columns for its attribute, step, time and for each type. Steps
with fractions, which a store of ours lacks, are replaced by the places of the points in their
series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.documents import microseconds
from runfolio.errors import NeptuneUnreadable, StoreDamaged
from runfolio.schema import FAILED, FINISHED, RUNNING
from runfolio.sources.footers import read_footer
from runfolio.sources.neptune.values import RunFiles, read_scalars, read_series
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Source
from runfolio.store import read_parquet

if TYPE_CHECKING:
    import pyarrow as pa

_PART = re.compile(r"(?P<run>.*)_part_(?P<number>[0-9]{1,9})\.parquet", re.DOTALL)
_ODD: Final = (ValueError, TypeError, KeyError, OverflowError, NotImplementedError)
_RUNNING: Final = ("active", "running")
_TEXT_TAGS: Final = ("sys/tags", "sys/group_tags")


def finds(place: Place) -> bool:
    """Whether one of the files is a part of an exported run."""
    return any(_names_attributes(path) for path in _find_parts(place))


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The exported runs below a place, by the paths of their files."""
    folders = {path.parent for path in _find_parts(place) if _names_attributes(path)}
    parts = sorted((path for path in _find_parts(place) if path.parent in folders), key=_order)
    for (folder, _), paths in groupby(parts, key=lambda path: _order(path)[:2]):
        table = _read_parts(list(paths), reading)
        if table is not None:
            yield from _make_runs(table, folder, place, reading)


def _find_parts(place: Place) -> Iterator[Path]:
    return (path for path in place.files if _PART.fullmatch(path.name))


def _order(path: Path) -> tuple[Path, str, int]:
    found = _PART.fullmatch(path.name)
    return path.parent, found["run"] if found else "", int(found["number"]) if found else 0


def _names_attributes(path: Path) -> bool:
    """Whether a file is Parquet whose footer names the columns of attributes."""
    footer = read_footer(path)
    return b"attribute_path" in footer and b"attribute_type" in footer


def _read_parts(paths: list[Path], reading: Reading) -> pa.Table | None:
    import pyarrow as pa

    tables = []
    for path in paths:
        with reading.skipping(path, *_ODD):
            tables.append(_read_table(path))
    return pa.concat_tables(tables) if tables else None


def _read_table(path: Path) -> pa.Table:
    """The columns of an export in their types, with nulls for those that aren't there."""
    import pyarrow as pa

    try:
        found = read_parquet(path)
    except StoreDamaged as error:
        raise NeptuneUnreadable(str(error)) from None
    columns = {}
    for field in _schema():
        if field.name in found.column_names:
            columns[field.name] = found[field.name].cast(field.type)
        else:
            columns[field.name] = pa.nulls(len(found), field.type)
    return pa.table(columns)


def _schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        {
            **dict.fromkeys(("project_id", "run_id", "attribute_path"), pa.string()),
            "attribute_type": pa.string(),
            "step": pa.decimal128(18, 6),
            "timestamp": pa.timestamp("us", "UTC"),
            "int_value": pa.int64(),
            "float_value": pa.float64(),
            "string_value": pa.string(),
            "bool_value": pa.bool_(),
            "datetime_value": pa.timestamp("us", "UTC"),
            "string_set_value": pa.list_(pa.string()),
            "file_value": pa.struct({"path": pa.string()}),
            "histogram_value": pa.struct(
                {
                    "type": pa.string(),
                    "edges": pa.list_(pa.float64()),
                    "values": pa.list_(pa.float64()),
                }
            ),
        }
    )


def _make_runs(
    table: pa.Table, folder: Path, place: Place, reading: Reading
) -> Iterator[ForeignRun]:
    """The runs in a table, which is one as the exporter writes it."""
    import pyarrow.compute as pc

    names = table.select(["project_id", "run_id"]).group_by(["project_id", "run_id"])
    for found in names.aggregate([]).to_pylist():
        project, run = found["project_id"], found["run_id"]
        if not project or not run:
            reading.skip(folder, f"rows name no project or run, but {project!r} and {run!r}")
            continue
        own = pc.and_(pc.equal(table["project_id"], project), pc.equal(table["run_id"], run))
        with reading.skipping(folder / run, *_ODD):
            files = RunFiles(place, folder, reading, run)
            yield _make_run(project, run, table.filter(own), files)


def _make_run(project: str, run: str, rows: pa.Table, files: RunFiles) -> ForeignRun:
    told = read_scalars(rows)
    system = {key: told.pop(key) for key in list(told) if key.startswith("sys/")}
    started = microseconds(system.get("sys/creation_time"))
    status = _status(system)
    running = system.get("sys/running_time")
    return ForeignRun(
        identity=f"{project}\0{run}",
        experiment=project,
        name=_text(system.get("sys/name")) or _text(system.get("sys/experiment/name")) or run,
        status=status,
        start_time=started,
        end_time=None if status == RUNNING else microseconds(system.get("sys/ping_time")),
        duration=running if isinstance(running, float) else None,
        note=_text(system.get("sys/description")),
        params={key: _plain(value) for key, value in told.items()},
        tags=dict(_tags(run, system)),
        metrics=list(read_series(rows, started or 0)),
        files=list(files.read(rows)),
        context={
            "host": _text(system.get("sys/hostname")),
            "user": _text(system.get("sys/owner")),
            "source": _text(told.get("source_code/entrypoint")),
        },
        deleted=system.get("sys/trashed") is True,
    )


def _status(system: dict[str, Any]) -> str:
    if system.get("sys/failed") is True:
        return FAILED
    return RUNNING if str(system.get("sys/state")).lower() in _RUNNING else FINISHED


def _tags(run: str, system: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "neptune.id", run
    for key in _TEXT_TAGS:
        if system.get(key):
            yield key.removeprefix("sys/"), ", ".join(map(str, system[key]))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


SOURCE: Final = Source(
    kind="neptune", title="Neptune", error=NeptuneUnreadable, finds=finds, read=read
)
