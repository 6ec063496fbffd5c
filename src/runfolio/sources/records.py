"""What the readers of other tools' stores yield: runs as found, before they are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.errors import SourceUnreadable
from runfolio.schema import FINISHED, FileRecord, InputRecord, Series

if TYPE_CHECKING:
    from runfolio.sources.place import Place
    from runfolio.sources.reading import Reading


@dataclass(slots=True)
class ForeignRun:
    """A run as another tool keeps it; times are microseconds since 1970, UTC.

    `identity` names it for ever and wherever its store is moved: its id in that tool, or else what
    no later writing changes, such as its path in the store with its first values. `parent` is the
    identity of another run. Values of `params` have their types, or are made with `read_param`
    where the tool keeps text. Without `start_time` the run starts with its first point, without
    `end_time` one that has ended ends with its last.
    """

    identity: str
    experiment: str
    name: str
    status: str = FINISHED
    start_time: int | None = None
    end_time: int | None = None
    duration: float | None = None
    parent: str | None = None
    note: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, Any] = field(default_factory=dict)
    metrics: Iterable[Series] = ()
    files: Iterable[FileRecord] = ()
    inputs: Iterable[InputRecord] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool = False
    timed: bool = True
    """Whether the tool told the times of points; False where a file's own time stands for them."""
    guessed: bool = False
    """Whether the identity is a path with first values, which another run may share."""


@dataclass(frozen=True, slots=True)
class ForeignExperiment:
    """What another tool says of an experiment, which may have no runs.

    `direction` is "down" where lower values of `primary_metric` are better, and "up" where higher
    ones are.
    """

    name: str
    note: str | None = None
    primary_metric: str | None = None
    direction: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ForeignVersion:
    """One version of a registered model as another tool keeps it.

    `identity` names it for ever. `path` is the model's folder among the files of the run whose
    identity is `run`; a version without a run came from `source`. Of a `deleted` one only its
    identity counts.
    """

    identity: str
    number: int
    run: str | None = None
    path: str = ""
    source: str | None = None
    created: int | None = None
    user: str | None = None
    note: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ForeignModel:
    """A registered model as another tool keeps it; `aliases` lead to identities of versions."""

    name: str
    created: int | None = None
    note: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[ForeignVersion, ...] = ()


Found = ForeignRun | ForeignExperiment | ForeignModel
"""What a source yields; models come after the runs that they are about."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a store is read by itself: the paths of runs, in order, and how some are read."""

    find: Callable[[Place], Iterable[Path]]
    read: Callable[[Place, Reading, Iterable[Path]], Iterator[ForeignRun]]


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of store: how it is recognised and read.

    `finds` says whether a place holds such a store, from the names and first bytes of its files.
    `read` yields its runs one by one, and says to the `Reading` what it had to skip. Where `parts`
    are given, all that it yields are runs that can also be read elsewhere, some here, some there.
    """

    kind: str
    title: str
    error: type[SourceUnreadable]
    finds: Callable[[Place], bool]
    read: Callable[[Place, Reading], Iterator[Found]]
    parts: Parts | None = None
