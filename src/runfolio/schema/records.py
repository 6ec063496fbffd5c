"""One run as plain records, the form in which the runs of other tools come into a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.schema.params import Param
from runfolio.schema.tables import FINISHED

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one metric in log order, as lists or arrays of one length.

    Times are microseconds since 1970, UTC.
    """

    key: str
    steps: Sequence[int] | npt.NDArray[Any]
    times: Sequence[int] | npt.NDArray[Any]
    values: Sequence[float] | npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file kept with a run: `source` is where it lies, or its content.

    `path` is where it goes among the run's artifacts. `kind`, `key` and `step` are as in the
    store's ``artifacts`` table, and `time` is in microseconds since 1970.
    """

    path: str
    source: Path | bytes
    kind: str = "file"
    key: str | None = None
    step: int | None = None
    time: int | None = None


@dataclass(frozen=True, slots=True)
class InputRecord:
    """A data set that a run used; `schema` and `profile` are JSON objects."""

    name: str
    digest: str
    source: str | None = None
    context: str | None = None
    schema: Mapping[str, Any] | None = None
    profile: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class WholeRun:
    """One run, whole and checked; times are microseconds since 1970, `duration` is seconds."""

    id: str
    experiment: str
    name: str
    start_time: int
    status: str = FINISHED
    end_time: int | None = None
    duration: float | None = None
    parent_id: str | None = None
    note: str | None = None
    params: Mapping[str, Param] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    metrics: Sequence[Series] = ()
    files: Sequence[FileRecord] = ()
    inputs: Sequence[InputRecord] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool = False
    timed: bool = True
    """Whether the times of points were told, and not made up by who read them."""
    guessed: bool = False
    """Whether another run may have this id: it is made of a path and of first values."""
