"""The runs of a store as the columns that filters, orders and tables ask for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from runfolio.query.directions import guess_direction
from runfolio.query.language.syntax import Field
from runfolio.query.runs import decode_param

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from runfolio.store import StoreOverview

_COLUMN_OF = {"run_name": "name", "user_id": "user"}


class _Facts:
    """The rows of one table about runs, by key: which runs have the key, and the rows' places."""

    def __init__(self, table: pa.Table, runs: _RunNumbers) -> None:
        import numpy as np
        import pyarrow.compute as pc

        self.table = table
        encoded = pc.dictionary_encode(table["key"].combine_chunks())
        self._codes = encoded.indices.to_numpy()
        names = encoded.dictionary.to_pylist()
        self._code = {name: code for code, name in enumerate(names)}
        self.keys = sorted(names)
        self._runs = runs.of(table)
        self._by_code = np.argsort(self._codes, kind="stable")
        self._bounds = np.searchsorted(self._codes[self._by_code], np.arange(len(names) + 1))

    def __contains__(self, key: str) -> bool:
        return key in self._code

    def rows(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the runs that have a key, and the rows that say so."""
        import numpy as np

        if key not in self._code:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        code = self._code[key]
        rows = self._by_code[self._bounds[code] : self._bounds[code + 1]]
        return self._runs[rows], rows


class _RunNumbers:
    """The places of runs in the run table, for tables in the same order of ids."""

    def __init__(self, ids: pa.Array) -> None:
        self._ids = ids

    def of(self, table: pa.Table) -> np.ndarray:
        """For each row of a table the place of its run."""
        import numpy as np
        import pyarrow.compute as pc

        if table.num_rows == 0:
            return np.empty(0, np.int64)
        ends = pc.run_end_encode(table["run_id"].combine_chunks())
        places = pc.index_in(ends.values, self._ids).to_numpy(zero_copy_only=False)
        lengths = np.diff(ends.run_ends.to_numpy(), prepend=0)
        return np.repeat(places.astype(np.int64), lengths)


class StoreColumns:
    """All runs of an overview, column by column; columns are made when they are asked for."""

    def __init__(self, overview: StoreOverview) -> None:
        self._overview = overview
        self._runs = overview.runs
        self._ids = overview.runs["run_id"].combine_chunks()
        self.count: int = overview.runs.num_rows

    @cached_property
    def _numbers(self) -> _RunNumbers:
        return _RunNumbers(self._ids)

    @cached_property
    def params(self) -> _Facts:
        """The parameters."""
        return _Facts(self._overview.params, self._numbers)

    @cached_property
    def tags(self) -> _Facts:
        """The tags."""
        return _Facts(self._overview.tags, self._numbers)

    @cached_property
    def metrics(self) -> _Facts:
        """The summaries of metrics."""
        return _Facts(self._overview.summaries, self._numbers)

    def attribute(self, name: str) -> pa.Array:
        """A column of the run table."""
        return self._runs[name].combine_chunks()

    def text(self, field: Field) -> np.ndarray:
        """The text of a parameter, tag or attribute for each run, None where it has none."""
        import numpy as np

        if field.entity == "param":
            return self._texts(self.params, field.key, "text")
        if field.entity == "tag":
            return self.tag(field.key)
        if field.key == "artifact_uri":
            return self._artifact_addresses()
        column = self.attribute(_COLUMN_OF.get(field.key, field.key))
        if field.key == "git_dirty":
            column = column.cast("string")
        texts = column.to_numpy(zero_copy_only=False)
        return np.asarray(texts, object)

    def numbers(self, field: Field) -> tuple[np.ndarray, np.ndarray]:
        """The number of a field for each run, and whether it has one; see `RunColumns`."""
        if field.entity == "metric":
            return self.metric(field.key, field.aggregate or "last")
        if field.entity == "param":
            return self._typed_numbers(field.key)
        column = self.attribute(field.key)
        if field.key != "duration":
            column = column.cast("int64")
        present = column.is_valid().to_numpy(zero_copy_only=False)
        return column.fill_null(0).to_numpy(zero_copy_only=False).astype("float64"), present

    def has_metric(self, key: str) -> bool:
        """Whether any run has a metric of that whole name."""
        return key in self.metrics

    def tag(self, key: str) -> np.ndarray:
        """A tag of each run, None where it has none."""
        return self._texts(self.tags, key, "value")

    def _artifact_addresses(self) -> np.ndarray:
        import numpy as np

        runs = self._overview.root / "runs"
        found = np.full(self.count, None, object)
        found[:] = [(runs / one / "artifacts").as_uri() for one in self._ids.to_pylist()]
        return found

    def _typed_numbers(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        """The values of a parameter where it was logged as a number."""
        import pyarrow as pa
        import pyarrow.compute as pc

        values, present = self._blank()
        runs, rows = self.params.rows(key)
        found = self.params.table.select(["kind", "number"]).take(pa.array(rows))
        numeric = pc.is_in(found["kind"], value_set=pa.array(["int", "float"]))
        typed = numeric.combine_chunks().to_numpy(zero_copy_only=False)
        numbers = found["number"].combine_chunks().to_numpy(zero_copy_only=False)
        values[runs[typed]], present[runs[typed]] = numbers[typed], True
        return values, present

    def metric(self, key: str, aggregate: str = "last") -> tuple[np.ndarray, np.ndarray]:
        """A metric's aggregate for each run, and whether it has one; NaN may be a value."""
        import pyarrow as pa

        values, present = self._blank()
        runs, rows = self.metrics.rows(key)
        for column, chosen in self._columns_of(key, aggregate, runs):
            numbers = self.metrics.table[column].combine_chunks().take(pa.array(rows[chosen]))
            values[runs[chosen]] = numbers.to_numpy(zero_copy_only=False)
            present[runs[chosen]] = numbers.is_valid().to_numpy(zero_copy_only=False)
        return values, present

    def _columns_of(self, key: str, aggregate: str, runs: np.ndarray) -> Sequence[tuple[str, Any]]:
        """Which column of the summaries tells an aggregate, for which of `runs`."""
        if aggregate != "best":
            return [(aggregate, slice(None))]
        up = self._better_up(key)[runs]
        return [("max", up), ("min", ~up)]

    def _better_up(self, key: str) -> np.ndarray:
        """For each run whether higher values of a metric are better in its experiment."""
        import numpy as np

        guessed = guess_direction(key) == "up"
        said = {
            name: one.direction == "up"
            for name, one in self._overview.experiments.items()
            if one.primary_metric == key and one.direction is not None
        }
        experiments = self.attribute("experiment").to_pylist() if said else []
        ups = [said.get(name, guessed) for name in experiments] or [guessed] * self.count
        return np.array(ups, np.bool_)

    def datasets(self) -> list[list[tuple[str, str, str | None]]]:
        """The data sets of each run as name, digest and context."""
        found: list[list[tuple[str, str, str | None]]] = [[] for _ in range(self.count)]
        table = self._overview.inputs
        columns = (table[name].to_pylist() for name in ("name", "digest", "context"))
        for run, *said in zip(self._numbers.of(table).tolist(), *columns, strict=True):
            found[run].append((said[0], said[1], said[2]))
        return found

    def _texts(self, facts: _Facts, key: str, column: str) -> np.ndarray:
        import numpy as np

        texts = np.full(self.count, None, object)
        runs, rows = facts.rows(key)
        texts[runs] = facts.table[column].combine_chunks().take(rows).to_numpy(zero_copy_only=False)
        return texts

    def _blank(self) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        return np.full(self.count, np.nan), np.zeros(self.count, np.bool_)


def param_values(kinds: list[str], texts: list[str], numbers: list[float | None]) -> list[Any]:
    """The values of parameters with their types."""
    rows = zip(kinds, texts, numbers, strict=True)
    return [decode_param({"kind": kind, "text": text, "number": one}) for kind, text, one in rows]
