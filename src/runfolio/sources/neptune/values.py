"""The values in an export of Neptune: scalars, series of numbers, and files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.schema import SYSTEM_PREFIX, FileRecord, Series
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading

if TYPE_CHECKING:
    import pyarrow as pa

MONITORING: Final = "monitoring/"

_SCALARS: Final = {
    "int": "int_value",
    "float": "float_value",
    "string": "string_value",
    "bool": "bool_value",
    "datetime": "datetime_value",
    "string_set": "string_set_value",
}
_FILES: Final = ("file", "file_series", "file_set", "artifact")
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


def read_scalars(rows: pa.Table) -> dict[str, Any]:
    """The attributes that have one value, by their paths."""
    found: dict[str, Any] = {}
    for kind, column in _SCALARS.items():
        own = _of_type(rows, kind)
        pairs = zip(own["attribute_path"].to_pylist(), own[column].to_pylist(), strict=True)
        found |= {path: value for path, value in pairs if path and value is not None}
    return dict(sorted(found.items()))


def read_series(rows: pa.Table, moment: int) -> Iterator[Series]:
    """The series of numbers; where a point has no time it is `moment`'s."""
    own = _of_type(rows, "float_series")
    own = own.filter(own["float_value"].is_valid())
    steps = own["step"].cast("float64").fill_null(0).to_numpy()
    times = own["timestamp"].cast("int64").fill_null(moment).to_numpy()
    values = own["float_value"].to_numpy()
    for path, places in _by_path(own):
        whole = steps[places] == np.floor(steps[places])
        taken = steps[places].astype(np.int64) if whole.all() else np.arange(len(places))
        yield Series(_metric(path), taken, times[places], values[places])


def _metric(path: str) -> str:
    inner = path.removeprefix(MONITORING)
    return f"{SYSTEM_PREFIX}{inner}" if inner != path else path


def _of_type(rows: pa.Table, *kinds: str) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    return rows.filter(pc.is_in(rows["attribute_type"], pa.array(kinds, pa.string())))


def _by_path(rows: pa.Table) -> Iterator[tuple[str, np.ndarray]]:
    """Each attribute's path with the places of its rows, in their order."""
    encoded = rows["attribute_path"].fill_null("").combine_chunks().dictionary_encode()
    codes = encoded.indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(encoded.dictionary)), side="right")
    start = 0
    for path, end in zip(encoded.dictionary.to_pylist(), ends.tolist(), strict=True):
        if path:
            yield path, order[start:end]
        start = end


class RunFiles:
    """The files of one run: those that were downloaded, and those made of series of texts.

    Downloads lie in a folder named as that of the Parquet files, in another tree that is
    ``files`` unless its user named it otherwise.
    """

    def __init__(self, place: Place, folder: Path, reading: Reading, run: str) -> None:
        self._place = place
        self._folder = folder
        self._reading = reading
        self._run = run
        data = folder.parent
        tops = (data.parent / "files", data / "files")
        self._roots = (*(top / folder.name for top in tops), *tops, folder / "files", folder)

    def read(self, rows: pa.Table) -> Iterator[FileRecord]:
        """All files of a run."""
        yield from self._downloads(_of_type(rows, *_FILES))
        yield from self._texts(_of_type(rows, "string_series"))
        yield from self._histograms(_of_type(rows, "histogram_series"))

    def _downloads(self, rows: pa.Table) -> Iterator[FileRecord]:
        names = ("attribute_path", "attribute_type", "file_value", "step", "timestamp")
        for row in rows.select(names).to_pylist():
            told = (row["file_value"] or {}).get("path")
            found = self._find(told) if told and row["attribute_path"] else None
            if found is None:
                reason = f"the file {told!r} of {row['attribute_path']!r} is not below this place"
                self._reading.skip(f"{self._folder}: run {self._run!r}", reason)
            elif found.is_dir():
                yield from self._keep_folder(row["attribute_path"], found)
            else:
                yield _make_download(row, found)

    def _find(self, told: str) -> Path | None:
        parts = PurePosixPath(told.replace("\\", "/")).parts
        paths = (root.joinpath(*parts) for root in self._roots)
        return next((path for path in paths if self._place.holds(path)), None)

    def _keep_folder(self, name: str, folder: Path) -> Iterator[FileRecord]:
        for path in sorted(folder.rglob("*")):
            if self._place.holds(path) and path.is_file():
                yield FileRecord(f"{name}/{path.relative_to(folder).as_posix()}", path)

    def _texts(self, rows: pa.Table) -> Iterator[FileRecord]:
        texts = rows["string_value"].fill_null("").to_pylist()
        for path, places in _by_path(rows):
            content = "".join(f"{texts[place]}\n" for place in places.tolist())
            yield FileRecord(f"texts/{path}.txt", content.encode(errors="replace"), "text")

    def _histograms(self, rows: pa.Table) -> Iterator[FileRecord]:
        found = rows.select(["histogram_value", "step"]).to_pylist()
        for path, places in _by_path(rows):
            for place in places.tolist():
                step = int(found[place]["step"] or 0)
                content = _make_histogram(found[place]["histogram_value"] or {})
                name = f"histograms/{path}/{step}.json"
                yield FileRecord(name, content, "histogram", path, step)


def _make_download(row: dict[str, Any], found: Path) -> FileRecord:
    path, suffix = row["attribute_path"], found.suffix.lower()
    kind = "image" if suffix in _PICTURES else "file"
    if row["attribute_type"] == "file_series":
        step = int(row["step"] or 0)
        name = f"{path}/{step}{suffix}"
        return FileRecord(name, found, kind, path if kind == "image" else None, step)
    name = path if path.lower().endswith(suffix) else f"{path}{suffix}"
    return FileRecord(name, found, kind)


def _make_histogram(value: dict[str, Any]) -> bytes:
    counts, edges = value.get("values") or [], value.get("edges") or []
    return json.dumps({"counts": counts, "edges": edges, "count": sum(counts)}).encode()
