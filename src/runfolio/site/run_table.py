"""The runs of an experiment in columns: what looks at all runs reads these.

A column is a list with one value a run, in the order of the runs, or in that of `runs` where these
are given by their numbers; where a run lacks something its value is None. Columns are made when
they are asked for and as a rule not kept: an experiment with very many runs needs little memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from runfolio.query.runs import ParamValue
from runfolio.site.entries import BROKEN_OFF, RunEntry

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from runfolio.query.rows import Places

DatasetNames = tuple[tuple[str, str, str | None], ...]
"""The data sets of a run: name, digest and context of each."""


class Kept(NamedTuple):
    """An artifact of the run with a number."""

    run: int
    path: str
    kind: str


class ContextFacts(NamedTuple):
    """What columns show of what was captured with a run, as texts."""

    user: str | None
    host: str | None
    source: str | None
    git_commit: str | None
    git_branch: str | None
    git_dirty: str | None
    commit: str | None
    """The commit that the code is told to have been at."""


class RunTable(ABC):
    """The runs of an experiment in columns.

    `marks` are what colours go by. Keys of parameters, metrics and tags are those that any run has,
    in order.
    """

    marks: list[int]
    param_keys: list[str]
    metric_keys: list[str]
    tag_keys: list[str]

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Meanwhile columns are kept once they are made, unless they are very large or many."""
        yield

    @abstractmethod
    def own(self, name: str) -> list[Any]:
        """What a run is by itself, by the name of the record's field."""

    @abstractmethod
    def param_values(self, key: str, runs: Places | None = None) -> list[ParamValue]:
        """The values of a parameter; None also for JSON's null."""

    @abstractmethod
    def param_texts(self, key: str, runs: Places | None = None) -> list[str | None]:
        """The texts of a parameter; None only where a run lacks it."""

    @abstractmethod
    def tags(self, key: str, runs: Places | None = None) -> list[str | None]:
        """The values of a tag."""

    @abstractmethod
    def metric(self, key: str, aggregate: str = "last", runs: Places | None = None) -> list[Any]:
        """A number of a metric's summary."""

    def metric_array(
        self, key: str, aggregate: str = "last", runs: Places | None = None
    ) -> pa.Array:
        """A number of a metric's summary, as Arrow has it."""
        import pyarrow as pa

        kind = pa.int64() if aggregate == "count" else pa.float64()
        return pa.array(self.metric(key, aggregate, runs), kind)

    def text_array(self, key: str, runs: Places | None = None) -> pa.Array:
        """The texts of a parameter, as Arrow has them."""
        import pyarrow as pa

        return pa.array(self.param_texts(key, runs), pa.string())

    def tag_array(self, key: str, runs: Places | None = None) -> pa.Array:
        """The values of a tag, as Arrow has them."""
        import pyarrow as pa

        return pa.array(self.tags(key, runs), pa.string())

    def typed_array(self, key: str, runs: Places | None = None) -> pa.Array | None:
        """The values of a parameter, as Arrow has them, where all the runs have it as integers of
        64 bits, as fractions, or as texts."""
        import pyarrow as pa

        values = self.param_values(key, runs)
        kinds = set(map(type, values))
        if kinds in ({float}, {str}):
            return pa.array(values)
        with suppress(OverflowError):
            return pa.array(values, pa.int64()) if kinds == {int} else None
        return None

    def number_array(self, key: str, runs: Places | None = None) -> pa.Array | None:
        """The values of a parameter where all the runs have it as such integers or as fractions."""
        values = self.typed_array(key, runs)
        return None if values is None or values.type == "string" else values

    @abstractmethod
    def metric_count(self, key: str) -> int:
        """How many runs have a metric."""

    @property
    @abstractmethod
    def metric_sets(self) -> list[frozenset[str]]:
        """The different sets of metrics that runs have."""

    @property
    @abstractmethod
    def datasets(self) -> list[DatasetNames | None]:
        """The data sets of each run."""

    @property
    @abstractmethod
    def artifacts(self) -> Iterable[Kept]:
        """All artifacts, those of a run together."""

    @property
    @abstractmethod
    def facts(self) -> list[ContextFacts]:
        """What was captured with each run."""

    @abstractmethod
    def entries(self, numbers: Sequence[int]) -> list[RunEntry]:
        """Some of the runs with all that is known of them."""

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the runs."""
        return self.own("id")

    @cached_property
    def status_counts(self) -> Counter[str]:
        """How many runs have each status."""
        return Counter(self.own("status"))

    @cached_property
    def contending(self) -> NDArray[np.bool_]:
        """Whether each run may be best: those that did not break off, or all if all did."""
        sound = np.array([one not in BROKEN_OFF for one in self.own("status")], bool)
        return sound if sound.any() else ~sound

    def last(self, key: str) -> NDArray[np.float64]:
        """The last value of a metric, NaN where a run has none that is finite."""
        found = self.metric_array(key).to_numpy(zero_copy_only=False)
        return np.where(np.isfinite(found), found, np.nan)

    def has_curve(self, key: str) -> bool:
        """Whether any run logged a metric more than once, so that there is a curve to draw."""
        import pyarrow.compute as pc

        return (pc.max(self.metric_array(key, "count")).as_py() or 0) > 1

    @property
    def moments(self) -> list[int]:
        """When each run ended, or began while it is still going."""
        ends, starts = self.own("end_time"), self.own("start_time")
        return [end or start for end, start in zip(ends, starts, strict=True)]


class EntryTable(RunTable):
    """The columns of runs that are at hand as entries."""

    def __init__(self, runs: Sequence[RunEntry]) -> None:
        self._runs = runs
        self.marks = [run.mark for run in runs]
        self.param_keys = sorted({key for run in runs for key in run.record.params})
        self.metric_keys = sorted({key for run in runs for key in run.summaries})
        self.tag_keys = sorted({key for run in runs for key in run.record.tags})

    def _chosen(self, runs: Places | None) -> Sequence[RunEntry]:
        return self._runs if runs is None else [self._runs[run] for run in runs]

    def own(self, name: str) -> list[Any]:
        return [getattr(run.record, name) for run in self._runs]

    def param_values(self, key: str, runs: Places | None = None) -> list[ParamValue]:
        return [run.record.params.get(key) for run in self._chosen(runs)]

    def param_texts(self, key: str, runs: Places | None = None) -> list[str | None]:
        return [run.record.param_texts.get(key) for run in self._chosen(runs)]

    def tags(self, key: str, runs: Places | None = None) -> list[str | None]:
        return [run.record.tags.get(key) for run in self._chosen(runs)]

    def metric(self, key: str, aggregate: str = "last", runs: Places | None = None) -> list[Any]:
        summaries = [run.summaries.get(key) for run in self._chosen(runs)]
        return [None if one is None else getattr(one, aggregate) for one in summaries]

    def metric_count(self, key: str) -> int:
        return sum(key in run.summaries for run in self._runs)

    @property
    def metric_sets(self) -> list[frozenset[str]]:
        return list(dict.fromkeys(frozenset(run.summaries) for run in self._runs))

    @property
    def datasets(self) -> list[DatasetNames | None]:
        return [
            tuple((one.name, one.digest, one.context) for one in run.record.inputs) or None
            for run in self._runs
        ]

    @property
    def artifacts(self) -> Iterable[Kept]:
        for number, run in enumerate(self._runs):
            for one in run.record.artifacts:
                yield Kept(number, one.path, one.kind)

    def entries(self, numbers: Sequence[int]) -> list[RunEntry]:
        return [self._runs[number] for number in numbers]

    @property
    def facts(self) -> list[ContextFacts]:
        return [describe_context(run.record.context) for run in self._runs]


def describe_context(context: Mapping[str, Any]) -> ContextFacts:
    """What columns show of what was captured with a run."""
    names = ("user", "host", "source", "git_commit", "git_branch", "git_dirty")
    git = context.get("git")
    commit = git.get("commit") if isinstance(git, dict) else None
    texts = {name: _text(context.get(name)) for name in names}
    return ContextFacts(**texts, commit=str(commit) if commit else None)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
