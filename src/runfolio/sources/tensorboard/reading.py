"""Reading the event files of one run.

Format: TensorFlow's ``core/util/event.proto`` and ``core/framework/summary.proto``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np

from runfolio.schema import FileRecord
from runfolio.sources.protobuf import Message
from runfolio.sources.reading import Reading
from runfolio.sources.tensorboard.artifacts import Moment, holds_files, read_files
from runfolio.sources.tensorboard.contents import Contents, Held
from runfolio.sources.tensorboard.hparams import HPARAMS, LATEST, to_time
from runfolio.sources.tensorboard.records import Block, read_blocks
from runfolio.sources.tensorboard.scalars import SCALAR_PLUGINS, take_scalars
from runfolio.sources.tensorboard.tensors import STRING, read_numbers

_QUIET: Final = ("graph", "keras", "custom_scalars", "projector", "profile")
"""What the names of plug-ins begin with whose data only TensorBoard itself can show."""

_STAMPED: Final = re.compile(r"tfevents\.([0-9]{9,11})(?![0-9])")

Point = tuple[int, int, float, float]


def read_contents(paths: Sequence[Path], reading: Reading) -> Contents:
    """Everything in the event files of one run, in the order in which they were begun."""
    found = Contents()
    for begin, path in sorted((find_begin(path), path) for path in paths):
        if found.began is None and math.isfinite(begin):
            found.began = begin
        with reading.skipping(path):
            _File(path, found, reading).read()
    return found


def find_begin(path: Path) -> float:
    """The wall time of a file's first event, or that in its name where the event has none.

    Infinity where there is no event.
    """
    try:
        with path.open("rb") as file:
            first = next(read_blocks(file, size=4096), None)
        if first is None or not len(first.starts):
            return math.inf
        told = Message(first.record(0)).double(1)
    except (OSError, ValueError):
        return math.inf
    return told if 0 < told < LATEST else _time_in_name(path)


def _time_in_name(path: Path) -> float:
    found = _STAMPED.search(path.name)
    return float(found[1]) if found else 0.0


class _File:
    """One event file, read into the contents of its run."""

    def __init__(self, path: Path, found: Contents, reading: Reading) -> None:
        self._path = path
        self._found = found
        self._reading = reading
        self._points: dict[str, list[Point]] = {}

    def read(self) -> None:
        found, size = self._found, self._path.stat().st_size
        if not size:
            self._reading.skip(self._path, "it is empty")
        named = to_time(_time_in_name(self._path))
        found.otherwise = found.otherwise or named or self._path.stat().st_mtime_ns // 1000
        found.firsts.append(found.count)
        with self._path.open("rb") as file:
            for block in read_blocks(file):
                self._take(block)
                if block.damage:
                    self._reading.skip(self._path, block.damage)

    def _take(self, block: Block) -> None:
        found = self._found
        for index in take_scalars(block, found.count, found.curves):
            try:
                self._take_event(block, index)
            except ValueError as error:
                place = f"the event at byte {block.place(index):,}"
                self._reading.skip(self._path, f"{place} can't be read: {error}")
        self._hand_over()
        found.count += len(block.starts)

    def _take_event(self, block: Block, index: int) -> None:
        event = Message(block.record(index))
        values = event.message(5).messages(1)
        wanted = [self._take_value(event, value, self._found.count + index) for value in values]
        if any(wanted):
            held = Held(self._path, block.place(index), int(block.lengths[index]))
            self._found.held.append(held)

    def _take_value(self, event: Message, value: Message, number: int) -> bool:
        """Take a point or what a session says; return whether the value holds files."""
        found, tag = self._found, value.text(1)
        if 9 in value:
            plugin_data = value.message(9).message(1)
            found.plugins[tag] = plugin_data.text(1)
            if found.plugins[tag] == HPARAMS:
                found.session.take(plugin_data.content(2))
                return False
        plugin = found.plugins.get(tag, "")
        number_held = _read_scalar(value, plugin)
        if number_held is not None:
            point = (number, event.whole(2), event.double(1), number_held)
            self._points.setdefault(tag, []).append(point)
            return False
        if not holds_files(value, plugin):
            self._leave_out(plugin)
            return False
        return True

    def _leave_out(self, plugin: str) -> None:
        """Say once of a plug-in that its data is left out, if it might be missed."""
        if plugin in ("", "scalars", *self._found.unknown) or plugin.startswith(_QUIET):
            return
        self._found.unknown.add(plugin)
        self._reading.skip(self._path, f"what the plug-in {plugin!r} wrote is left out")

    def _hand_over(self) -> None:
        for tag, rows in self._points.items():
            numbers, steps, walls, values = zip(*rows, strict=True)
            whole = np.array(numbers, np.int64), np.array(steps, np.int64)
            self._found.curves.add(tag, *whole, np.array(walls), np.array(values))
        self._points = {}


def _read_scalar(value: Message, plugin: str) -> float | None:
    """The number of a value; None where it holds something else."""
    if 2 in value:
        return value.double(2)
    if 8 not in value or plugin not in SCALAR_PLUGINS:
        return None
    tensor = value.content(8)
    if Message(tensor).whole(1) in (0, STRING):
        return None
    numbers = read_numbers(tensor)
    return float(numbers.item()) if numbers.size == 1 else None


class HeldFiles:
    """The files in the events of a run, read from there one by one each time they are asked for."""

    def __init__(self, found: Contents, reading: Reading) -> None:
        self._found = found
        self._reading = reading

    def __iter__(self) -> Iterator[FileRecord]:
        names = _Names()
        for path, held in groupby(self._found.held, lambda one: one.path):
            with self._reading.skipping(path), path.open("rb") as file:
                for one in held:
                    file.seek(one.start)
                    yield from map(names.make_unique, self._read(one, file.read(one.length)))

    def _read(self, held: Held, record: bytes) -> Iterator[FileRecord]:
        try:
            event = Message(record)
            time = to_time(event.double(1)) or self._found.otherwise
            values = event.message(5).messages(1)
        except ValueError as error:
            self._reading.skip(held.path, f"the event at byte {held.start:,} has changed: {error}")
            return
        moment = Moment(event.whole(2), time)
        for value in values:
            tag = value.text(1)
            try:
                yield from read_files(value, self._found.plugins.get(tag, ""), moment)
            except ValueError as error:
                self._reading.skip(held.path, f"{tag!r} of step {moment.step:,}: {error}")


class _Names:
    """Paths of files that are all different: a step that comes again gets a number."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def make_unique(self, file: FileRecord) -> FileRecord:
        times = self._used[file.path] = self._used.get(file.path, 0) + 1
        if times == 1:
            return file
        path = PurePosixPath(file.path)
        name = path.with_name(f"{path.stem}-{times}{path.suffix}").as_posix()
        return FileRecord(name, file.source, file.kind, file.key, file.step, file.time)
