"""What an archive says of itself, in each of its forms: words for people, JSON-LD for machines."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.analysis.numbers import count_noun
from runfolio.archive.citation import Citation
from runfolio.archive.keeping import KeptFile
from runfolio.site.times import format_iso
from runfolio.store import Damage, StoreTables


@dataclass(frozen=True, slots=True)
class About:
    """An archive that is being made: `time` is its date, in microseconds since 1970.

    `flaws` is what of the store could not be read or kept, or is not as it was logged.
    """

    title: str
    time: int
    version: str
    citation: Citation
    tables: StoreTables
    files: tuple[KeptFile, ...]
    flaws: tuple[Damage, ...]

    @property
    def date(self) -> str:
        """The day, as machines write it."""
        return format_iso(self.time)[:10]

    @property
    def description(self) -> str:
        """What was said of it, else how many runs it holds."""
        if self.citation.description:
            return self.citation.description
        runs, experiments = self.tables.runs.num_rows, len(self.experiments)
        return f"{count_noun(runs, 'run')} of {count_noun(experiments, 'experiment')}, as logged."

    @property
    def experiments(self) -> list[str]:
        """The names of the experiments that have runs."""
        return sorted(set(self.tables.runs["experiment"].to_pylist()))


def last_activity(tables: StoreTables) -> int:
    """The latest time that the tables tell, in microseconds since 1970; 0 without any run."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = (
        tables.runs["start_time"],
        tables.runs["end_time"],
        tables.summaries["last_time"],
        tables.artifacts["time"],
    )
    found = [pc.max(column.cast(pa.int64())).as_py() for column in columns]
    return max((time for time in found if time is not None), default=0)
