"""The runs of a store as plain records, ordered by experiment, start and id."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from runfolio.query.rows import Rows, as_codes, slices

if TYPE_CHECKING:
    import pyarrow as pa

    from runfolio.query.rows import Places
    from runfolio.store import StoreTables

ParamValue = int | float | bool | str | None

LONG_INT: Final = 400
"""Integers of so many digits are longer than any float."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file kept with a run; `file` is where it lies, which has to be within `folder`."""

    path: str
    file: Path
    folder: Path
    size: int
    sha256: str
    media_type: str
    kind: str
    key: str | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Input:
    """A data set a run used; `schema` has the types of its columns or arrays by name.

    What MLflow tells of them stands under a key of MLflow's.
    """

    name: str
    digest: str
    source: str | None
    context: str | None
    schema: dict[str, Any]
    profile: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run; times are microseconds since 1970 and `duration` is seconds."""

    id: str
    experiment: str
    name: str
    status: str
    start_time: int
    end_time: int | None
    duration: float | None
    parent_id: str | None
    note: str | None
    context: dict[str, Any]
    params: dict[str, ParamValue]
    param_texts: dict[str, str]
    tags: dict[str, str]
    artifacts: tuple[Artifact, ...]
    inputs: tuple[Input, ...]


def find_runs(
    tables: StoreTables, *, experiments: Collection[str] | None = None
) -> list[RunRecord]:
    """The runs of a store, or of some of its experiments."""
    runs = StoredRuns(tables, experiments=experiments)
    return runs.records(np.arange(len(runs.ids), dtype=np.int32))


class StoredRuns:
    """The runs of a store by experiment, start and id, which become records when asked for.

    Runs are counted by their places in this order: `ids` has their ids, and `experiments` where
    those of each experiment begin and end.
    """

    def __init__(self, tables: StoreTables, *, experiments: Collection[str] | None = None) -> None:
        import pyarrow as pa

        names = tables.runs["experiment"].to_pylist()
        starts = _microseconds(tables.runs, "start_time")
        found = sorted(
            (name, start or 0, run_id, place)
            for place, (name, start, run_id) in enumerate(
                zip(names, starts, tables.runs["run_id"].to_pylist(), strict=True)
            )
            if experiments is None or name in experiments
        )
        self.ids = [run_id for _, _, run_id, _ in found]
        self.experiments = _find_stretches([name for name, _, _, _ in found])
        self._tables = tables
        self._places = np.array([place for _, _, _, place in found], np.int32)
        ids = pa.array(self.ids, pa.string())
        self.params, self.tags = Rows(tables.params, ids), Rows(tables.tags, ids)
        self.artifacts, self.inputs = Rows(tables.artifacts, ids), Rows(tables.inputs, ids)

    def column(self, name: str, start: int, end: int) -> list[Any]:
        """A column of the table of runs, of those from `start` to before `end`."""
        return _read_column(self._tables.runs.select([name]).take(self._places[start:end]), name)

    def contexts(self, start: int, end: int) -> tuple[list[dict[str, Any]], Places]:
        """The different contexts of the runs from `start` to before `end`, and whose is which."""
        texts, codes = as_codes(self._tables.runs["context"].take(self._places[start:end]))
        return [*map(_json_object, texts), {}], codes

    def records(self, runs: Places) -> list[RunRecord]:
        """The records of some runs."""
        rows = self._tables.runs.take(self._places[runs])
        own = zip(*(_read_column(rows, name) for name in _OWN), strict=True)
        params, tags = self._params(runs), self._tags(runs)
        told = zip(own, params, tags, self._artifacts(runs), self._inputs(runs), strict=True)
        make: Callable[..., RunRecord] = RunRecord
        return [make(*values, *of_params, *others) for values, of_params, *others in told]

    def _params(self, runs: Places) -> Iterator[tuple[dict[str, ParamValue], dict[str, str]]]:
        """The parameters of each of some runs, as values and as texts."""
        rows, counts = self.params.of(runs)
        keys = self.params.keys_of(rows)
        kinds, texts, numbers = self.params.take(rows, ["kind", "text", "number"])
        values = decode_values(kinds, texts, numbers)
        for part in slices(counts):
            yield (
                dict(zip(keys[part], values[part], strict=True)),
                dict(zip(keys[part], texts[part], strict=True)),
            )

    def _tags(self, runs: Places) -> Iterator[dict[str, str]]:
        rows, counts = self.tags.of(runs)
        keys = self.tags.keys_of(rows)
        (values,) = self.tags.take(rows, ["value"])
        for part in slices(counts):
            yield dict(zip(keys[part], values[part], strict=True))

    def _artifacts(self, runs: Places) -> Iterator[tuple[Artifact, ...]]:
        rows, counts = self.artifacts.of(runs)
        told = zip(*self.artifacts.take(rows, list(_ARTIFACT)), strict=True)
        for run, count in zip(runs.tolist(), counts, strict=True):
            run_id = self.ids[run]
            yield tuple(_artifact(self._tables, run_id, one) for one in islice(told, count))

    def _inputs(self, runs: Places) -> Iterator[tuple[Input, ...]]:
        rows, counts = self.inputs.of(runs)
        told = zip(*self.inputs.take(rows, list(_INPUT)), strict=True)
        for count in counts:
            yield tuple(_input(*one) for one in islice(told, count))


def _find_stretches(names: list[str]) -> dict[str, tuple[int, int]]:
    """Where each of some names begins and ends that stand in order."""
    found: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(names):
        found[name] = found.get(name, (place, place))[0], place + 1
    return found


def decode_param(row: dict[str, Any]) -> ParamValue:
    """A parameter's value: a number, bool or text, or None for JSON's null."""
    return decode_value(row["kind"], row["text"], row["number"])


def decode_value(kind: str | None, text: str | None, number: float | None) -> ParamValue:
    """A parameter's value from its kind, its text and its number, as the table has them.

    A run that lacks it has neither kind nor text.
    """
    if text is None:
        return None
    if kind == "int":
        return _decode_int(text)
    if kind == "float":
        return math.nan if number is None else float(number)
    if kind == "bool":
        return bool(text == "true")
    return None if kind == "json" and text == "null" else str(text)


def decode_values(
    kinds: list[str | None], texts: list[str | None], numbers: list[float | None]
) -> Sequence[ParamValue]:
    """The values of many parameters, each as `decode_value` has it."""
    found = set(kinds)
    if found == {"float"} and None not in numbers:
        return numbers
    if found == {"string"}:
        return texts
    known = [text for text in texts if text is not None] if found <= {"int", "float"} else []
    if known and len(known) == len(texts) and max(map(len, known)) < LONG_INT:
        told = zip(kinds, known, numbers, strict=True)
        with suppress(ValueError):
            return [
                int(text) if kind == "int" else math.nan if one is None else one
                for kind, text, one in told
            ]
    return list(map(decode_value, kinds, texts, numbers))


def _decode_int(text: str) -> int | float | str:
    """An integer; infinite where it is longer than any float, text where it is none after all."""
    try:
        return int(text) if len(text) < LONG_INT else math.inf
    except ValueError:
        return text


def _read_column(runs: pa.Table, name: str) -> list[Any]:
    """A column of the table of runs as a record has it."""
    if name == "start_time":
        return [one or 0 for one in _microseconds(runs, name)]
    if name == "end_time":
        return list(_microseconds(runs, name))
    values = runs[name].to_pylist()
    return [_json_object(one) for one in values] if name == "context" else values


def _microseconds(table: pa.Table, column: str) -> list[int | None]:
    import pyarrow as pa

    times: list[int | None] = table[column].cast(pa.int64()).to_pylist()
    return times


_OWN: Final = (
    *("run_id", "experiment", "name", "status", "start_time", "end_time", "duration"),
    *("parent_id", "note", "context"),
)
"""The columns of the table of runs in the order of a record's fields."""

_ARTIFACT: Final = ("path", "size", "sha256", "media_type", "kind", "key", "step")
_INPUT: Final = ("name", "digest", "source", "context", "schema", "profile")

_UNTOLD: Final[dict[str, Any]] = {
    "size": 0,
    "sha256": "",
    "media_type": "application/octet-stream",
    "kind": "file",
}
"""What counts for an artifact where nothing is told, as only somebody else's store does."""


def _artifact(tables: StoreTables, run_id: str, values: tuple[Any, ...]) -> Artifact:
    row = dict(zip(_ARTIFACT, values, strict=True))
    folder, file = tables.file_of(run_id, row["path"])
    told = {name: one for name, one in row.items() if name not in _UNTOLD or one is not None}
    return Artifact(file=file, folder=folder, **(_UNTOLD | told))


def _input(
    name: str,
    digest: str,
    source: str | None,
    context: str | None,
    schema: str | None,
    profile: str | None,
) -> Input:
    return Input(name, digest, source, context, _read_schema(schema), _json_object(profile))


def _read_schema(text: str | None) -> dict[str, Any]:
    """The types by name; they are kept as a list, in the order of the columns."""
    listed = _json(text)
    if not isinstance(listed, list):
        return _json_object(text)
    columns = [one for one in listed if isinstance(one, dict) and "name" in one]
    return {str(one["name"]): _name_type(one) for one in columns}


def _name_type(column: dict[str, Any]) -> str:
    shape = column.get("shape")
    named = str(column.get("type", ""))
    return f"{named} ({', '.join(map(str, shape))})" if isinstance(shape, list) else named


def _json_object(text: str | None) -> dict[str, Any]:
    value = _json(text)
    return value if isinstance(value, dict) else {}


def _json(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
