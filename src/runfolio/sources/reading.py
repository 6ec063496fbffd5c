"""What a reader is told, and where it says what it had to skip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from runfolio.errors import SourceUnreadable
from runfolio.schema import as_text


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of a foreign store that was left out: its file, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableColumns:
    """How to read CSV and JSONL files: which column is what, where the names don't tell.

    `per` is "step" or "run", what one row stands for; None to find out. A `run` column tells the
    runs of one file apart.
    """

    per: str | None = None
    step: str | None = None
    time: str | None = None
    run: str | None = None
    params: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


NO_COLUMNS: Final = TableColumns()
"""Nothing is said of columns: they are found out."""


@dataclass(slots=True)
class Reading:
    """One reading of a foreign store; `strict` makes the first thing to skip an error."""

    error: type[SourceUnreadable]
    strict: bool = False
    experiment: str | None = None
    columns: TableColumns = NO_COLUMNS
    skipped: list[Skipped] = field(default_factory=list)
    _refused: SourceUnreadable | None = None

    def skip(self, path: Path | str, reason: str) -> None:
        """Note that `path` was left out and why, in words that end a sentence without its dot."""
        if self.strict:
            said = f"Couldn't read {as_text(path)!r}: {as_text(reason)}"
            self._refused = self.error(f"{said}. Leave out --strict to skip it.")
            raise self._refused
        self.skipped.append(Skipped(as_text(path), as_text(reason)))

    @contextmanager
    def skipping(self, path: Path | str, *also: type[Exception]) -> Iterator[None]:
        """Skip `path` where the block can't read it: `SourceUnreadable`, `OSError` or `also`."""
        try:
            yield
        except SourceUnreadable as error:
            if error is self._refused:  # it was said of a part of it
                raise
            self.skip(path, str(error).removesuffix("."))
        except OSError as error:
            self.skip(path, error.strerror or str(error))
        except also as error:
            named = "" if type(error) is ValueError else f"{type(error).__name__}: "
            self.skip(path, f"{named}{error}")
