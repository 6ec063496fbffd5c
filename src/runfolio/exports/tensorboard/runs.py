"""A store's runs as TensorBoard's event files: one folder for each run."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.exports.tensorboard import events
from runfolio.exports.writing import new_folder
from runfolio.query import Artifact, Curve, RunRecord, find_curves, find_runs
from runfolio.schema import FINISHED, RUNNING, SYSTEM_PREFIX
from runfolio.store.files import read_plain
from runfolio.store.image_sizes import read_image_head

if TYPE_CHECKING:
    from runfolio.store import StoreTables

_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f\\/:*?"<>|]|[\ud800-\udfff]')
_LONGEST: Final = 60
_EXACT: Final = 1 << 53
_BATCH: Final = 1 << 16
_MAX_FILE: Final = 256 << 20
_STATUSES: Final = {FINISHED: events.SUCCESS, RUNNING: events.RUNNING}


def write_tensorboard(tables: StoreTables, target: Path) -> list[str]:
    """Write the runs of a store to a new or empty folder, for ``tensorboard --logdir``.

    TensorBoard keeps values as 32-bit floats. Scalars, parameters, how runs ended, notes, tags,
    texts, pictures and histograms are written. Returns which files of runs could not be, and why.
    Raises `OutputRefused` where `target` holds files.
    """
    curves: defaultdict[str, list[Curve]] = defaultdict(list)
    for curve in find_curves(tables.metrics):
        curves[curve.run_id].append(curve)
    times = _artifact_times(tables)
    left_out: list[str] = []
    with new_folder(target) as folder:
        names = _Names()
        for run in find_runs(tables):
            writer = _Run(run, curves[run.id], times)
            writer.write(folder / names.of(run))
            left_out += writer.left_out
    return left_out


def _artifact_times(tables: StoreTables) -> dict[tuple[str, str], int]:
    import pyarrow as pa

    table = tables.artifacts
    times = table["time"].cast(pa.int64()).to_pylist()
    keys = zip(table["run_id"].to_pylist(), table["path"].to_pylist(), strict=True)
    return dict(zip(keys, times, strict=True))


class _Names:
    """A folder of its own for each run, ``<experiment>/<run>-<begin of its id>``."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, run: RunRecord) -> str:
        for length in (6, len(run.id)):
            name = f"{_safe(run.experiment)}/{_safe(run.name)}-{run.id[:length]}"
            if name.casefold() not in self._taken:
                break
        self._taken.add(name.casefold())
        return name


def _safe(name: str) -> str:
    """A name as a folder's; its letters stay, since TensorBoard shows runs by it."""
    return _UNSAFE.sub("_", name).strip(" .")[:_LONGEST].strip(" .") or "_"


class _Run:
    """One run as the events of one file."""

    def __init__(
        self, run: RunRecord, curves: list[Curve], times: Mapping[tuple[str, str], int]
    ) -> None:
        self._run = run
        self._curves = curves
        self._times = times
        self.left_out: list[str] = []

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        seconds = max(self._run.start_time // 1_000_000, 0)
        with (folder / f"events.out.tfevents.{seconds:010}.runfolio").open("xb") as file:
            for batch in _batches(self._events()):
                file.write(events.frame_all(batch))

    def _events(self) -> Iterator[bytes]:
        run = self._run
        yield events.version_event(run.start_time)
        names = [one.key for one in self._curves if not one.key.startswith(SYSTEM_PREFIX)]
        yield from events.hparams_events(_params(run), names, run.start_time)
        for curve in self._curves:
            yield from events.scalar_events(curve.key, curve.step, curve.time, curve.value)
        if run.note:
            yield events.text_event("note", run.note, 0, run.start_time)
        if run.tags:
            yield events.text_event("tags", _table(run.tags), 0, run.start_time)
        for artifact in run.artifacts:
            if artifact.kind in _FORMS:
                yield from self._artifact(artifact)
        last = max((int(one.time.max()) for one in self._curves), default=run.start_time)
        yield events.end_event(_STATUSES.get(run.status, events.FAILURE), run.end_time, last)

    def _artifact(self, artifact: Artifact) -> Iterator[bytes]:
        time = self._times.get((self._run.id, artifact.path), self._run.start_time)
        try:
            if artifact.file.is_symlink() or artifact.file.stat().st_size > _MAX_FILE:
                raise ValueError("it is a link or too large")
            content = read_plain(artifact.file, within=artifact.folder)
            tag = artifact.key or artifact.path
            yield _FORMS[artifact.kind](content, tag, artifact.step or 0, time)
        except OSError as error:
            self._leave_out(artifact, error.strerror or str(error))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            self._leave_out(artifact, str(error))

    def _leave_out(self, artifact: Artifact, reason: str) -> None:
        self.left_out.append(f"{artifact.path!r} of run {self._run.id}: {reason}")


def _batches(contents: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for content in contents:
        batch.append(content)
        if len(batch) == _BATCH or len(content) > _BATCH:
            yield batch
            batch = []
    yield batch


def _params(run: RunRecord) -> dict[str, float | bool | str]:
    """Parameters as the plug-in takes them: numbers where a double holds them exactly."""
    return {key: _param(value, run.param_texts[key]) for key, value in run.params.items()}


def _param(value: object, text: str) -> float | bool | str:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, float) or (isinstance(value, int) and abs(value) <= _EXACT):
        return float(value)
    return text


def _table(tags: Mapping[str, str]) -> str:
    """Tags as a Markdown table."""
    cells = [[_cell(one) for one in row] for row in sorted(tags.items())]
    return "\n".join(["| tag | value |", "|---|---|", *(f"| {a} | {b} |" for a, b in cells)])


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _text(content: bytes, tag: str, step: int, time: int) -> bytes:
    return events.text_event(tag, content.decode(errors="replace"), step, time)


def _image(content: bytes, tag: str, step: int, time: int) -> bytes:
    return events.image_event(tag, content, _image_size(content), step, time)


def _image_size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG, GIF or JPEG; raises `ValueError` for another file."""
    head = read_image_head(content)
    if head is None or head.media_type not in _PICTURES:
        raise ValueError("it is no PNG, JPEG or GIF")
    if head.size is None:
        raise ValueError("the picture is cut short")
    return head.size


_PICTURES: Final = ("image/png", "image/jpeg", "image/gif")
"""What TensorBoard shows."""


def _histogram(content: bytes, tag: str, step: int, time: int) -> bytes:
    document: dict[str, Any] = json.loads(content)
    edges = [float(edge) for edge in document["edges"]]
    counts = [float(count) for count in document["counts"]]
    if len(edges) != len(counts) + 1 or not all(map(math.isfinite, edges + counts)):
        raise ValueError("it is no histogram")
    return events.histogram_event(tag, edges, counts, step, time)


_FORMS: Final[dict[str, Callable[[bytes, str, int, int], bytes]]] = {
    "text": _text,
    "image": _image,
    "histogram": _histogram,
}
