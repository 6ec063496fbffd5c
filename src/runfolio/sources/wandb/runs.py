"""W&B's run folders, read without W&B: ``wandb/run-*``, ``wandb/offline-run-*``, ``.wandb`` files.

A run that was resumed lies in several folders and is one run here; all its points are kept, in the
order of its folders. Without a record of its end a run counts as killed. What W&B calls ``_step``
is the step, whatever `define_metric` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.errors import WandbUnreadable
from runfolio.schema import FAILED, FINISHED, KILLED, FileRecord
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Source
from runfolio.sources.wandb.content import MAX_OUTPUT, Content
from runfolio.sources.wandb.documents import (
    is_older_run,
    read_documents,
    read_older,
    time_in_name,
)
from runfolio.sources.wandb.files import RunFiles
from runfolio.sources.wandb.records import MAGIC, RecordReader
from runfolio.sources.wandb.values import walk_config

_NAMELESS: Final = "uncategorized"
"""What W&B calls the project of a run that names none."""


@dataclass(slots=True)
class Stretch:
    """A run from one start to its end, in a folder or file of its own."""

    path: Path
    content: Content
    files: list[FileRecord] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.content.start_time or time_in_name(self.path) or 0

    @property
    def end(self) -> int:
        """When it ended, as far as it tells."""
        last = self.content.values.last_time or self.start
        return max(last, self.start + 1_000_000 * (self.content.runtime or 0))


def finds(place: Place) -> bool:
    """Whether one of the files is a run of W&B, by its first bytes or by its name."""
    return any(_is_log(place, file) for file in place.files) or any(
        is_older_run(place, file) for file in place.files
    )


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The runs below a place, in the order of their first folders."""
    runs: dict[tuple[str, str], list[Stretch]] = {}
    for stretch in _read_stretches(place, reading):
        key = (stretch.content.project, stretch.content.id)
        runs.setdefault(key, []).append(stretch)
    for stretches in runs.values():
        yield _make_run(_without_copies(stretches))


def _read_stretches(place: Place, reading: Reading) -> Iterator[Stretch]:
    read_folders = set()
    for path in place.files:
        if _is_log(place, path):
            read_folders.add(path.parent)
            yield from _read_log(place, path, reading)
    for folder in dict.fromkeys(
        file.parent.parent if file.parent.name == "files" else file.parent
        for file in place.files
        if is_older_run(place, file)
    ):
        if folder not in read_folders:
            content = read_older(folder, reading)
            files = RunFiles(place, _files_of(folder), str(folder), reading)
            yield Stretch(folder, content, files.read(content.values.media, []))


def _is_log(place: Place, path: Path) -> bool:
    if path.suffix != ".wandb" and path != place.path:
        return False
    return (path.name.startswith("run-") and path.suffix == ".wandb") or (
        place.head(path, len(MAGIC)) == MAGIC
    )


def _files_of(folder: Path) -> Path:
    inner = folder / "files"
    return inner if inner.is_dir() and not inner.is_symlink() else folder


def _read_log(place: Place, path: Path, reading: Reading) -> Iterator[Stretch]:
    """What a ``.wandb`` file and the files beside it tell; nothing where that is nothing."""
    content, skipped = Content(), len(reading.skipped)
    with reading.skipping(path, ValueError), path.open("rb") as file:
        records = RecordReader(file)
        for record in records.read():
            content.take(record)
        _tell(path, content, records.damage, reading)
    inner = path.parent / "files"
    if place.holds(inner):
        read_documents(inner, content, reading)
    if content.is_empty:
        # Its project isn't known yet, so it would not be known again when it has grown.
        if len(reading.skipped) == skipped:
            reading.skip(path, "nothing was written to it yet, or before the run was killed")
        return
    content.id = content.id or path.stem.removeprefix("run-")
    listed = content.files if place.holds(inner) else []
    files = RunFiles(place, inner, str(path), reading).read(content.values.media, listed)
    yield Stretch(path, content, files)


def _tell(path: Path, content: Content, damage: str | None, reading: Reading) -> None:
    if damage:
        reading.skip(path, damage)
    if content.unread:
        reading.skip(path, f"{content.unread:,} of its records can't be read")
    if content.artifacts:
        named = ", ".join(dict.fromkeys(content.artifacts))
        reading.skip(path, f"the files of its artifacts {named!r} lie outside of its folder")


def _without_copies(stretches: list[Stretch]) -> list[Stretch]:
    """The stretches of a run by time; of copies of one only the one that says most."""
    known: dict[int, Stretch] = {}
    for stretch in sorted(stretches, key=lambda one: str(one.path)):
        other = known.get(stretch.start)
        if other is None or _points(stretch) > _points(other):
            known[stretch.start] = stretch
    return [known[start] for start in sorted(known)]


def _points(stretch: Stretch) -> int:
    return sum(len(steps) for steps, _, _ in stretch.content.values.points.values())


def _make_run(stretches: list[Stretch]) -> ForeignRun:
    contents = [one.content for one in stretches]
    first, last = contents[0], contents[-1]
    config: dict[str, Any] = {}
    context: dict[str, Any] = {}
    tags: dict[str, str] = {}
    texts: dict[str, str] = {}
    for one in contents:
        config |= one.config
        context |= one.context
        tags |= one.tags
        if one is last:
            one.values.add_summary(one.summary)
        texts |= one.values.texts
        if one.step_metrics:
            context["step_metrics"] = one.step_metrics
    return ForeignRun(
        identity=f"{first.project}/{first.id}",
        experiment=first.project or _NAMELESS,
        name=last.name or first.id,
        status=_status(last),
        start_time=stretches[0].start or None,
        end_time=stretches[-1].end or None,
        duration=sum(one.end - one.start for one in stretches) / 1e6,
        note=next((one.note for one in reversed(contents) if one.note), None),
        params=dict(walk_config(config)),
        tags=texts | tags,
        metrics=[series for one in contents for series in one.values.series()],
        files=list(_files(stretches)),
        context=context,
    )


def _status(content: Content) -> str:
    if content.exit_code is None:
        return KILLED
    return FINISHED if content.exit_code == 0 else FAILED


def _files(stretches: list[Stretch]) -> Iterator[FileRecord]:
    """All files; of those with one path the last one, with what consoles said in one file."""
    found: dict[str, FileRecord] = {}
    for stretch in stretches:
        for file in stretch.files:
            found[file.path] = file
    if len(stretches) > 1 or not _is_filled(found.get("output.log")):
        log = b"".join(_output(stretch) for stretch in stretches)
        found["output.log"] = FileRecord("output.log", log, "text")
        if not log:
            del found["output.log"]
    alerts = _lines(one for stretch in stretches for one in stretch.content.alerts)
    if alerts:
        found["alerts.txt"] = FileRecord("alerts.txt", alerts, "text")
    yield from found.values()


def _is_filled(file: FileRecord | None) -> bool:
    return file is not None and isinstance(file.source, Path) and file.source.stat().st_size > 0


def _output(stretch: Stretch) -> bytes:
    for file in stretch.files:
        if file.path == "output.log" and isinstance(file.source, Path):
            with suppress(OSError), file.source.open("rb") as log:
                content = log.read(MAX_OUTPUT)
                if content:
                    return content
    return "".join(stretch.content.output).encode(errors="replace")


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode(errors="replace")


SOURCE: Final = Source("wandb", "W&B", WandbUnreadable, finds, read)
