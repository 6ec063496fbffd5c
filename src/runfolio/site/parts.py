"""The parts of a site: files made together, and taken over where nothing they show changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from runfolio.site.details import Details, is_settled, read_details
from runfolio.site.pictures import Drawings, Drawn, PictureFiles
from runfolio.site.publish import Content, Staging, pack_texts, unpack_texts
from runfolio.site.record import Part, Record, pack_record


class PartWriter:
    """Writes the files of one part; some of them other parts may share, under the same name."""

    def __init__(self, site: Staging, before: Record) -> None:
        self._site = site
        self._before = before
        self.files: dict[str, None] = {}
        self.sources: dict[str, Details] = {}
        self.left: list[PictureFiles] = []

    def leave(self, picture: PictureFiles) -> None:
        """Leave a picture to be drawn by whoever the parts hand it on to."""
        self.left.append(picture)

    def write(self, path: str, content: Content) -> None:
        """Write a file, unless another part has written it."""
        self.files[path] = None
        if not self._site.has(path):
            self._site.write(path, content)

    def has(self, path: str) -> bool:
        """Make a file a part of this one that another part has written; False if none has."""
        if not self._site.has(path):
            return False
        self.files[path] = None
        return True

    def keep(self, path: str) -> bool:
        """Keep a file of the site before, whose name says what is in it.

        False if there is none as it was written.
        """
        if not self.has(path) and not self._site.keep(path, self._before.stamps.get(path)):
            return False
        self.files[path] = None
        return True

    def copy(self, path: str, source: Path) -> None:
        """Copy a file into the site, once."""
        self.files[path] = None
        now, details = time.time(), read_details(source)
        self._site.copy(path, source, known=self._before.sources.get(path) == details)
        if is_settled(details, now):
            self.sources[path] = details


def _draw_nothing(drawings: Drawings) -> None:
    """Stands for who has pictures drawn where no part may leave any."""
    raise NotImplementedError(f"nobody draws the pictures of {drawings.part}")


@dataclass(frozen=True, slots=True)
class PartsDone:
    """Parts that a process has made or taken over: their record and their names, all packed."""

    record: bytes
    taken: bytes
    made: bytes


class Parts:
    """Writes a site part by part; `before` is the record of the site that is replaced.

    Where parts leave pictures, `hand_on` is to have them drawn, and `finish` to be told of that.
    """

    def __init__(self, site: Staging, before: Record) -> None:
        self._site = site
        self._before = before
        self.hand_on: Callable[[Drawings], None] = _draw_nothing
        self._waiting: dict[str, tuple[str, PartWriter]] = {}
        self._parts: dict[str, Part] = {}
        self._taken: set[str] = set()
        self._sources: dict[str, Details] = {}
        self._others: list[PartsDone] = []

    def write(self, name: str, fingerprint: str, make: Callable[[PartWriter], None]) -> bool:
        """Have a part made and return True, unless it could be taken over."""
        if self.take_over(name, fingerprint):
            return False
        self.make(name, fingerprint, make)
        return True

    def take_over(self, name: str, fingerprint: str) -> bool:
        """Take a part over if its fingerprint is as before; an empty one is never that."""
        return self.take_over_all([(name, fingerprint)])

    def take_over_all(self, wanted: Collection[tuple[str, str]]) -> bool:
        """Take several parts over, given by names and fingerprints, or none of them."""
        if not all(self.is_known(*one) for one in wanted):
            return False
        known = {name: self._before.parts[name] for name, _ in wanted}
        paths = list(chain.from_iterable(part.files for part in known.values()))
        try:
            stamps = {path: self._before.stamps[path] for path in paths}
        except KeyError:
            return False
        if not self._site.take_over(stamps):
            return False
        self._parts |= known
        self._taken |= known.keys()
        return True

    def keep(self, name: str) -> bool:
        """Take a part over as it was; False if there is none."""
        known = self._before.parts.get(name)
        return known is not None and self.take_over(name, known.fingerprint)

    def is_known(self, name: str, fingerprint: str) -> bool:
        """Whether a part was made of the same; with an empty fingerprint that can't be told."""
        known = self._before.parts.get(name)
        return bool(fingerprint) and known is not None and known.fingerprint == fingerprint

    def make(self, name: str, fingerprint: str, make: Callable[[PartWriter], None]) -> None:
        """Have a part made."""
        writer = PartWriter(self._site, self._before)
        make(writer)
        if writer.left:
            self._waiting[name] = fingerprint, writer
            self.hand_on(Drawings.of(name, writer.left))
        else:
            self._take_in(name, fingerprint, writer)

    def finish(self, drawn: Drawn) -> None:
        """Write the pictures that a part has left."""
        fingerprint, writer = self._waiting.pop(drawn.part)
        for path, svg in drawn.files.items():
            writer.write(path, svg)
        self._take_in(drawn.part, fingerprint, writer)

    def _take_in(self, name: str, fingerprint: str, writer: PartWriter) -> None:
        self._sources |= writer.sources
        self._parts[name] = Part(fingerprint, tuple(writer.files))

    def record(self) -> Record:
        """What was built, for the next build."""
        parts, taken = self._parts, self._taken & self._parts.keys()
        known = {path for name in taken for path in parts[name].files}
        made = {path for name in parts.keys() - taken for path in parts[name].files}
        stamps = {path: self._before.stamps[path] for path in known}
        copied = self._before.sources
        sources = {path: copied[path] for path in known & copied.keys()}
        stamps |= self._site.stamp(made)
        joined = tuple(one.record for one in self._others)
        return Record(parts, stamps, sources | self._sources, joined)

    def files(self, name: str) -> tuple[str, ...]:
        """The files of a part that is made or taken over."""
        return self._parts[name].files

    def all_files(self) -> set[str]:
        """The files of all parts that are made or taken over."""
        return {path for part in self._parts.values() for path in part.files}

    def done(self) -> PartsDone:
        """What another process is told of these parts."""
        record = pack_record(self.record())
        made = self._parts.keys() - self._taken
        return PartsDone(record, pack_texts(self._taken), pack_texts(made))

    def join(self, others: PartsDone) -> None:
        """Count parts in that another process has made, or taken over as they were."""
        self._others.append(others)
        for name in chain(unpack_texts(others.taken), unpack_texts(others.made)):
            self._parts.pop(name, None)
            self._taken.discard(name)

    def compare(self, prefix: str) -> tuple[list[str], list[str], list[str]]:
        """Of the parts whose names begin so the rest of the names: new, made again, and gone."""
        joined_taken = [name for one in self._others for name in unpack_texts(one.taken)]
        joined_made = [name for one in self._others for name in unpack_texts(one.made)]
        before, now, taken = (
            [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
            for names in (
                self._before.parts,
                [*self._parts, *joined_taken, *joined_made],
                [*self._taken, *joined_taken],
            )
        )
        known, kept = set(before), set(taken)
        new = [name for name in now if name not in known]
        changed = [name for name in now if name in known and name not in kept]
        return new, changed, sorted(known - set(now))
