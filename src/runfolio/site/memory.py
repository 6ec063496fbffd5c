"""What builds of one site remember for the next one."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path

from runfolio.site.record import Record, read_record, write_record
from runfolio.site.spare import Spare
from runfolio.store.memory import ReadMemory


@dataclass(slots=True, weakref_slot=True)
class BuildMemory:
    """What was read and built; hand it to `build_report` again to do only what is new.

    The record of what was built is kept in the user's cache folder as well, for other processes,
    unless the site is only passing, in a folder that is gone afterwards.
    """

    reading: ReadMemory = field(default_factory=ReadMemory)
    is_passing: bool = False
    spare: Spare | None = field(default_factory=Spare)
    _output: Path | None = None
    _record: Record = field(default_factory=Record)
    _folder: Path | None = None

    @classmethod
    def once(cls, *, is_passing: bool = False) -> BuildMemory:
        """The memory of a single build, which keeps nothing of what was read."""
        return cls(ReadMemory(lasting=False), is_passing, spare=None)

    def recall(self, output: Path) -> Record:
        """What is known of the site in a folder."""
        if not output.exists():
            return Record()
        if self._output != output:
            return read_record(output)
        self._record = self._record.whole()
        return self._record

    def remember(self, output: Path, record: Record) -> None:
        """Keep in mind what was built."""
        self._output, self._record = output, record

    def write_record(self) -> None:
        """Keep what was built for the next process."""
        if self._output is not None and not self.is_passing:
            write_record(self._output, self._record)

    def folder(self) -> Path:
        """A folder for a site that is on its way elsewhere; it lasts as long as the memory."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="runfolio-site-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder
